"""From rows to the frozen contexts of letters: what the reader will see, as it stands at this moment."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.formats import date_format

from ikc.models import Organisation
from kvk2.core import deadlines
from kvk2.core.documents import Municipality
from subsidies.decision_terms import decision_term
from subsidies.documents import (
    Accountability,
    Addressee,
    Advance,
    AdviceContext,
    Adviser,
    ApplicationFacts,
    Continuity,
    CriterionScore,
    EffortObligation,
    ExplanationStep,
    LegalBasis,
    LetterContext,
    LetterKind,
    ObjectionClause,
    Obligation,
    Ranking,
    Reduction,
    Signature,
)
from subsidies.facts import known
from subsidies.instalments import AccountDocument
from subsidies.letter_texts import LetterTextCode
from subsidies.models import (
    Application,
    CommissionAdvice,
    CommissionMember,
    ConflictException,
    Criterion,
    Decision,
)
from subsidies.services.financial_years import divisions
from subsidies.services.letters import objection_until
from subsidies.services.scheme_terms import (
    account_due,
    articles,
    grounds,
    letter_texts,
    ordinances,
    rule_for,
)
from subsidies.states import COUNTED_REVIEWS, AdviceState

ADVISER = "IKC-commissie"
ACCOUNT_DOCUMENTS: Mapping[AccountDocument, str] = MappingProxyType(
    {
        AccountDocument.ACTIVITY_REPORT: "een verslag van de activiteiten en wat die opleverden",
        AccountDocument.FINANCIAL_REPORT: "een financieel verslag of de jaarrekening",
        AccountDocument.BALANCE_SHEET: "een balans met toelichting",
        AccountDocument.AUDITOR_STATEMENT: "een controleverklaring van een accountant",
    }
)
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        Decision.Kind.GRANT: "Besluit: u krijgt subsidie voor",
        Decision.Kind.PARTIAL_GRANT: "Besluit: u krijgt een deel van de subsidie voor",
        Decision.Kind.REFUSAL: "Besluit: u krijgt geen subsidie voor",
    }
)
CONCLUSIONS: Mapping[str, str] = MappingProxyType(
    {
        CommissionAdvice.Conclusion.POSITIVE: "positief",
        CommissionAdvice.Conclusion.POSITIVE_WITH_EFFORT: "positief",
        CommissionAdvice.Conclusion.PARTIAL: "deels positief",
        CommissionAdvice.Conclusion.NEGATIVE: "negatief",
    }
)


def addressee(board: Organisation) -> Addressee:
    """The board as it stands on the envelope; `lines` is empty while its address is not known."""
    town = f"{board.postcode} {board.city}".strip()
    lines = tuple(line for line in (board.street, town) if line)
    return Addressee(organisation=board.name, attention="het bestuur", lines=lines)


def application_facts(application: Application) -> ApplicationFacts:
    return ApplicationFacts(
        number=application.number,
        ikc=application.ikc.name,
        submitted_on=deadlines.local_date(known(application.received_at)),
        requested=known(application.requested_amount),
        round_title=application.round.name,
    )


def advice_context(advice: CommissionAdvice, *, recused: int, at: datetime) -> AdviceContext:
    """The letter L06; `advice` was adopted, `recused` is the number of members that stepped aside."""
    application = advice.application
    return AdviceContext(
        municipality=Municipality.from_settings(),
        addressee=addressee(application.board),
        sent_on=deadlines.local_date(at),
        reference=f"{application.number}-A",
        application=application_facts(application),
        adviser=ADVISER,
        met_on=known(advice.meeting_on),
        reviews=known(advice.reviews_counted),
        recused=recused,
        conclusion=CONCLUSIONS[advice.conclusion],
        considerations=paragraphs(advice.text),
        scores=criterion_scores(advice, list(application.round.criteria.order_by("order"))),
        total_score=known(advice.score),
        secretary=known(advice.adopted_by).full_name,
        signed_as=_function_of(advice),
        exceptions=exceptions_of(application),
        proposed_amount=advice.proposed_amount,
        effort=effort(advice),
        decision_before=decision_term(application).last_day,
        opening_text=letter_texts(application.round.scheme_version)[LetterTextCode.ADVICE],
        demo=settings.DEMO,
    )


def _function_of(advice: CommissionAdvice) -> str:
    """The function in the commission of who adopted, on that day."""
    day = deadlines.local_date(known(advice.adopted_at))
    seat = CommissionMember.objects.active_on(day).filter(user=advice.adopted_by).first()
    return seat.get_function_display() if seat else CommissionMember.Function.SECRETARY.label


def exceptions_of(application: Application) -> tuple[str, ...]:
    """What the college decided about members with a competing interest who scored this application, without names (C4)."""
    rows = ConflictException.objects.filter(
        round=application.round_id,
        member__reviews__application=application,
        member__reviews__state__in=COUNTED_REVIEWS,
    )
    return tuple(
        "Eén lid heeft een belang bij een andere aanvraag in deze ronde. Het college besloot dat dit lid toch mag "
        f"beoordelen (besluit {row.decision_number} van {date_format(row.decided_on, 'j F Y')}): {row.reason}"
        for row in rows.order_by("pk")
    )


def decision_context(
    decision: Decision, *, criteria: Sequence[Criterion], signature: Signature, at: datetime
) -> LetterContext:
    """The letter L08, L09 or L10 of a decision; `criteria` are those of its round, in published order."""
    application = decision.application
    municipality = Municipality.from_settings()
    sent_on = deadlines.local_date(at)
    version = application.round.scheme_version
    advice = advice_of(application)
    return LetterContext(
        kind=LetterKind(decision.kind.upper()),
        municipality=municipality,
        addressee=addressee(application.board),
        sent_on=sent_on,
        reference=decision.reference,
        subject=f"{SUBJECTS[decision.kind]} {application.ikc.name}",
        application=application_facts(application),
        legal_basis=LegalBasis(
            ordinance=ordinances(version),
            scheme=version.citation,
            articles=(*divisions(version), *articles(version, decision.grounds)),
        ),
        adviser=_adviser(advice, decision) if advice else None,
        motivation=paragraphs(decision.motivation),
        objection=ObjectionClause(
            last_day=objection_until(sent_on), postal_lines=municipality.address
        ),
        signature=signature,
        contact=decision.drafted_by.full_name,
        ranking=_ranking(decision.ceiling_snapshot),
        scores=criterion_scores(advice, criteria) if advice else (),
        granted=decision.amount,
        continuity=_continuity(decision),
        texts=letter_texts(version),
        explanation=_explanation(decision.ceiling_snapshot),
        demo=settings.DEMO,
        **_terms(decision),
    )


def _continuity(decision: Decision) -> Continuity | None:
    """What the drafter found on earlier subsidy; nothing while there is nothing to judge, or no judgement yet."""
    row = getattr(decision, "continuity", None)
    if row is None or row.is_open:
        return None
    return Continuity(
        years=tuple(str(year) for year in row.years),
        motivation=row.motivation,
        announced_on=row.announced_on,
        term_until=row.term_until,
        continued_amount=row.continued_amount,
    )


def _period_until(decision: Decision) -> date:
    """The end of the round's period, or of the reasonable term when only that is paid for."""
    end = decision.application.round.period_end
    row = getattr(decision, "continuity", None)
    if row is None or not row.above_division or row.above_division < decision.amount:
        return end
    return min(end, known(row.term_until))


def _terms(decision: Decision) -> dict[str, Any]:
    """What only a grant states: period, activities, duties, advances and the account (Awb 4:30-4:44)."""
    if decision.kind == Decision.Kind.REFUSAL:
        return {}
    application = decision.application
    advice = advice_of(application)
    duties = [
        Obligation(text=duty.text, due_on=duty.due_on)
        for duty in decision.obligations.all()
        if duty.kind == duty.Kind.STANDARD
    ]
    account = application.board.known_account
    return {
        "period_from": application.round.period_start,
        "period_until": _period_until(decision),
        "activities": tuple(
            activity.title for activity in application.activities.order_by("order", "pk")
        ),
        "obligations": tuple(duties),
        "effort": effort(advice) if advice else None,
        "advances": tuple(
            Advance(amount=part.amount, pay_on=part.due_on) for part in decision.advances.all()
        ),
        "iban_last4": account.last4 if account else "",
        **_accountability(decision),
        "reductions": _reductions(decision),
    }


def advice_of(application: Application) -> CommissionAdvice | None:
    """Nothing in a round without a commission."""
    return getattr(application, "advice", None)


def criterion_scores(
    advice: CommissionAdvice, criteria: Sequence[Criterion]
) -> tuple[CriterionScore, ...]:
    return tuple(
        CriterionScore(
            label=criterion.name,
            weight=criterion.weight,
            score=Decimal(advice.criterion_scores[criterion.code]),
            motivation=advice.criterion_texts.get(criterion.code, ""),
        )
        for criterion in criteria
    )


def effort(advice: CommissionAdvice) -> EffortObligation | None:
    if advice.conclusion != CommissionAdvice.Conclusion.POSITIVE_WITH_EFFORT:
        return None
    return EffortObligation(
        finding=advice.effort_finding,
        aim=advice.effort_text,
        due_on=known(advice.effort_due_on),
        evidence=advice.effort_evidence,
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text; a single line break stays inside one."""
    return tuple(part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip())


def _adviser(advice: CommissionAdvice, decision: Decision) -> Adviser:
    deviates = advice.state == AdviceState.DEVIATED or deviates_from(advice, decision)
    return Adviser(
        name=ADVISER,
        advised_on=deadlines.local_date(known(advice.adopted_at)),
        conclusion=CONCLUSIONS[advice.conclusion],
        followed=not deviates,
        deviation="de conclusie van het advies" if deviates else "",
        deviation_reason=decision.motivation if deviates else "",
    )


def deviates_from(advice: CommissionAdvice, decision: Decision) -> bool:
    """Whether the decision differs from the advice on the merits; a ceiling that is reached does not (Awb 3:50)."""
    advised_against = advice.conclusion == CommissionAdvice.Conclusion.NEGATIVE
    refused_on_merits = bool(set(decision.grounds) - {"ceiling", "eligibility"})
    return advised_against != refused_on_merits


def _ranking(snapshot: Mapping[str, Any]) -> Ranking | None:
    """The facts of the ranking, of a tender, when the money was not enough and the application took part."""
    if not snapshot.get("scarce") or snapshot.get("rank") is None or snapshot["method"] != "tender":
        return None
    return Ranking(
        ceiling=Decimal(snapshot["ceiling"]),
        applications=snapshot["applications"],
        total_requested=Decimal(snapshot["total_requested"]),
        rank=snapshot["rank"],
        score=Decimal(snapshot["score"]),
        last_granted_rank=snapshot["last_granted_rank"],
        tie_break=snapshot["tie_break"],
    )


def _explanation(snapshot: Mapping[str, Any]) -> tuple[ExplanationStep, ...]:
    """The steps of the division, as they stood when the decision was drafted."""
    steps = snapshot.get("explanation", {}).get("steps", ())
    return tuple(ExplanationStep(title=step["title"], text=step["text"]) for step in steps)


def _accountability(decision: Decision) -> dict[str, Any]:
    """When and how the recipient accounts for the grant, or that it is determined at once (Awb 4:42, 4:44)."""
    round_ = decision.application.round
    rule = rule_for(round_.scheme_version, decision.amount)
    due = account_due(rule, round_)
    if due is None:
        return {"determined_directly": True}
    documents = tuple(ACCOUNT_DOCUMENTS[AccountDocument(name)] for name in rule.documents)
    return {"accountability": Accountability(due_on=due, documents=documents)}


def _reductions(decision: Decision) -> tuple[Reduction, ...]:
    """Why a partial grant is lower: what the ceiling took, and what was not eligible to begin with."""
    requested = known(decision.application.requested_amount)
    eligible = Decimal(decision.ceiling_snapshot["eligible"])
    known_grounds = grounds(decision.application.round.scheme_version)
    # A ground that refuses all can still leave an amount for the rest of a reasonable term (Awb 4:51).
    lower = next((code for code in decision.grounds if code != "eligibility"), "ceiling")
    parts = (
        (eligible - decision.amount, lower),
        (requested - eligible, "eligibility"),
    )
    return tuple(
        Reduction(amount=amount, reason=f"{known_grounds[code]}.")
        for amount, code in parts
        if amount > 0
    )
