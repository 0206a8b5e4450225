"""The decision on an objection (Awb 7:11, 7:12; L21): a full reconsideration, and what it does to the contested decision.

It goes the way of every later decision (`services.acts`). A founded objection may put another decision in the place of
the contested one. That is tested against the ceiling as it stood then (Awb 4:25(3)); what does not fit is paid above it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.money import format_amount
from subsidies.facts import known
from subsidies.models import Application, Decision, Grant, Letter, Objection, ObjectionHearing
from subsidies.services.acts import draft_act
from subsidies.services.decision_guards import mandate_up_to
from subsidies.services.financial_years import duties
from subsidies.services.grant_changes import give_other_amount, refuse_fixed
from subsidies.services.grant_terms import write_advances, write_obligations
from subsidies.services.grants import open_grant
from subsidies.services.letters import order_letter
from subsidies.services.notices import written
from subsidies.services.objection_hearings import involved
from subsidies.services.objection_letters import addressee_of, case
from subsidies.services.objections import lock, lock_for, uphold_when_done
from subsidies.services.scheme_terms import payments
from subsidies.services.schemes import rows_of
from subsidies.services.standard_letters import standard_context
from subsidies.services.state_aid import refuse_without_assessment
from subsidies.states import DECISION_WORKFLOW, DecisionState
from subsidies.states_objections import OBJECTION_WORKFLOW, ObjectionState

if TYPE_CHECKING:
    from ikc.models import User

Kind, Outcome = Decision.Kind, Objection.Outcome
SENTENCES = {
    Outcome.INADMISSIBLE: "Wij verklaren uw bezwaar niet-ontvankelijk.",
    Outcome.UNFOUNDED: "Wij verklaren uw bezwaar ongegrond.",
    Outcome.FOUNDED_UPHELD: "Wij verklaren uw bezwaar gegrond.",
    Outcome.FOUNDED_REPLACED: "Wij verklaren uw bezwaar gegrond.",
}
EFFECTS = {
    Outcome.INADMISSIBLE: "Dat betekent dat wij het besluit niet opnieuw bekijken. Het besluit blijft zoals het is.",
    Outcome.UNFOUNDED: "Het besluit blijft zoals het is.",
    Outcome.FOUNDED_UPHELD: "Het besluit blijft gelden, met de motivering die hieronder staat.",
    Outcome.FOUNDED_REPLACED: "Wij trekken het besluit in en nemen een nieuw besluit, dat in deze brief staat.",
}


class AnswerRefused(DomainError):
    """The objection cannot be decided like this."""

    code = "ANSWER_REFUSED"


class SignerInvolved(DomainError):
    """Who had a part in the contested decision does not decide on the objection to it (Awb 7:5, 10:3(3))."""

    code = "SIGNER_INVOLVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is decided. `new_amount`: in euros, of the decision that comes in the place of the contested one."""

    outcome: str
    motivation: str
    new_amount: Decimal | None = None
    costs_awarded: Decimal | None = None


@transaction.atomic
def draft_answer(objection: Objection, answer: Answer, *, by: "User", at: datetime) -> Decision:
    """A draft of the decision on an objection that was advised on. Refusals: `AnswerRefused`, `NotAHandler`, `ActOpen`."""
    objection = lock_for(objection, by)
    details: dict[str, Any] = {
        "objection": objection.pk,
        "reference": objection.reference,
        "outcome": answer.outcome,
    }
    if answer.new_amount is not None:
        details["new_amount"] = str(answer.new_amount)
    if answer.costs_awarded is not None:
        details["costs_awarded"] = str(answer.costs_awarded)
    return draft_act(
        objection.decision.application,
        Kind.OBJECTION_DECISION,
        amount=Decimal(0),
        motivation=answer.motivation,
        details=details,
        by=by,
        at=at,
    )


def objection_of(decision: Decision) -> Objection:
    """The objection that a decision of this kind answers."""
    rows = Objection.objects.select_related(
        "decision__application__round__scheme_version",
        "decision__application__ikc",
        "decision__application__board",
        "own_application__round__scheme_version",
        "own_application__board",
        "own_application__ikc",
    )
    return rows.get(pk=decision.details["objection"])


def new_amount_of(decision: Decision) -> Decimal | None:
    found = decision.details.get("new_amount")
    return None if found is None else Decimal(found)


def costs_of(decision: Decision) -> Decimal | None:
    found = decision.details.get("costs_awarded")
    return None if found is None else Decimal(found)


def new_kind(application: Application, amount: Decimal) -> str:
    """Refused, granted in full or in part, by the amount in euros."""
    if not amount:
        return Kind.REFUSAL
    return Kind.GRANT if amount >= known(application.requested_amount) else Kind.PARTIAL_GRANT


def refuse(decision: Decision, at: datetime) -> None:
    """Raises `AnswerRefused` when the law does not allow this answer (any more)."""
    objection = objection_of(decision)
    if objection.state != ObjectionState.ADVISED:
        raise AnswerRefused(
            "Op dit bezwaar kan nu niet worden beslist: het advies ontbreekt, of er is al beslist."
        )
    outcome, amount = decision.details["outcome"], new_amount_of(decision)
    if outcome not in Outcome.values:
        raise AnswerRefused("Kies wat de beslissing is.")
    _refuse_admissibility(objection, outcome)
    if (outcome == Outcome.FOUNDED_REPLACED) != (amount is not None):
        raise AnswerRefused(
            "Een nieuw bedrag hoort bij een besluit dat wordt vervangen, en bij geen ander."
        )
    if amount is not None:
        _refuse_replacement(objection, amount, day=local_date(at))
    _refuse_costs(objection, outcome, costs_of(decision))


def _refuse_admissibility(objection: Objection, outcome: str) -> None:
    """What is late without an excuse, or by somebody without an interest, is inadmissible (Awb 6:6, 6:7, 7:1)."""
    late = objection.timeliness == Objection.Verdict.LATE and not objection.excused
    if (late or not objection.interested) and outcome != Outcome.INADMISSIBLE:
        raise AnswerRefused(
            "Het bezwaar is te laat, of de bezwaarmaker is geen belanghebbende. De beslissing is dan niet-ontvankelijk."
        )


def _refuse_replacement(objection: Objection, amount: Decimal, *, day: date) -> None:
    contested, application = objection.decision, objection.decision.application
    if contested.kind not in (Kind.GRANT, Kind.PARTIAL_GRANT, Kind.REFUSAL):
        raise AnswerRefused(
            "Dit soort besluit wordt niet hier vervangen. Neem daarvoor een nieuw besluit."
        )
    if contested.state != DecisionState.CONTESTED:
        raise AnswerRefused("Het bestreden besluit is al vervangen of staat vast.")
    requested = known(application.requested_amount)
    if not 0 <= amount <= requested:
        raise AnswerRefused(
            f"Het nieuwe bedrag is hoogstens wat is gevraagd: {format_amount(requested)}."
        )
    if amount == contested.amount:
        raise AnswerRefused("Het nieuwe bedrag is gelijk aan het oude. Kies dan ‘besluit blijft’.")
    if objection.party == Objection.Party.ADDRESSEE and amount < contested.amount:
        raise AnswerRefused(
            "Wie bezwaar maakt, wordt daar zelf niet slechter van. Kies een hoger bedrag."
        )
    # Awb 4:35(3) holds for a won objection too.
    refuse_without_assessment({application: amount}, day=day)
    grant = Grant.objects.filter(application=application).first()
    if grant is not None:
        refuse_fixed(grant, ends=not amount)


def _refuse_costs(objection: Objection, outcome: str, costs: Decimal | None) -> None:
    """Awb 7:15(2): on request, and only when the decision is revoked."""
    if costs is None:
        return
    if not objection.costs_requested:
        raise AnswerRefused("Er is niet om vergoeding van kosten gevraagd (artikel 7:15 Awb).")
    if costs and outcome != Outcome.FOUNDED_REPLACED:
        raise AnswerRefused(
            "Kosten worden alleen vergoed als het besluit wordt herroepen (artikel 7:15 Awb)."
        )
    if costs < 0:
        raise AnswerRefused("Een vergoeding is niet minder dan nul.")


def above_ceiling(contested: Decision, amount: Decimal) -> Decimal:
    """What of a new `amount` does not fit under the ceiling as it stood at the contested decision, in euros."""
    free = Decimal(contested.ceiling_snapshot.get("free", 0))
    return max(amount - contested.amount - max(free, Decimal(0)), Decimal(0))


def values(decision: Decision, at: datetime) -> dict[str, Any]:
    """The merge fields of L21."""
    objection = objection_of(decision)
    outcome = Outcome(decision.details["outcome"])
    found = {
        **case(objection),
        "ontvangen_op": local_date(objection.received_at),
        "beslissing": SENTENCES[outcome],
        "gevolg": EFFECTS[outcome],
        "gehoord": _heard(objection),
        "advies": f"{objection.advised_by} bracht op {written(known(objection.advised_on))} advies uit: "
        f"{objection.get_advised_outcome_display()}. {objection.advice}",
        "kosten": _costs(objection, costs_of(decision)),
    }
    amount = new_amount_of(decision)
    return found if amount is None else {**found, **_replacement(decision, objection, amount, at)}


def _heard(objection: Objection) -> str:
    hearing = ObjectionHearing.objects.filter(objection=objection).first()
    if hearing is not None and hearing.held_at is not None:
        return (
            f"Op {written(local_date(hearing.starts_at))} was er een hoorzitting, geleid door {hearing.leader}. "
            f"Het verslag: {hearing.report}"
        )
    return f"Er was geen hoorzitting: {objection.get_no_hearing_display()}. {objection.no_hearing_reason}"


def _costs(objection: Objection, awarded: Decimal | None) -> str:
    if not objection.costs_requested:
        return ""
    if awarded:
        return f"Wij vergoeden {format_amount(awarded)} van uw kosten (artikel 7:15 van de Algemene wet bestuursrecht)."
    return "U vroeg om vergoeding van uw kosten. Die krijgt u niet."


def _replacement(
    decision: Decision, objection: Objection, amount: Decimal, at: datetime
) -> dict[str, Any]:
    application = objection.decision.application
    round_ = application.round
    place = f"Het nieuwe besluit heeft het kenmerk {new_reference(decision)} en komt in de plaats van besluit {objection.decision}."
    if not amount:
        return {"nieuw_besluit": f"{place} De aanvraag van {application.ikc} wordt geweigerd."}
    above = above_ceiling(objection.decision, amount)
    beyond = (
        f" Van dit bedrag past {format_amount(above)} niet in het subsidieplafond zoals dat toen was. Het wordt daarom "
        "boven het plafond betaald (artikel 4:25, derde lid, van de Algemene wet bestuursrecht)."
        if above
        else ""
    )
    return {
        "nieuw_besluit": f"{place} Wij verlenen voor {application.ikc} {format_amount(amount)} voor de periode "
        f"{written(round_.period_start)} tot en met {written(round_.period_end)}.{beyond}",
        "verplichtingen": [
            *(duty.text for duty in rows_of(round_.scheme_version, "obligations")),
            *duties(round_),
        ],
        "voorschotten": [
            f"{format_amount(part)}, uiterlijk op {written(day)}"
            for part, day in payments(round_, amount, today=local_date(at))
        ],
    }


def new_reference(answer: Decision) -> str:
    """The reference of the decision that comes with `answer`: known before it is there, so that the letter can name it."""
    return f"{answer.reference}-N"


def on_take(decision: Decision, *, by: "User", at: datetime) -> None:
    """The objection is decided. Raises `SignerInvolved`, or `NoMandate` for the amount of the new decision."""
    objection = lock(objection_of(decision))
    if by.pk in involved(objection.decision):
        raise SignerInvolved(
            "U was betrokken bij het bestreden besluit. Een andere ondertekenaar beslist op het bezwaar "
            "(artikelen 7:5 en 10:3, derde lid, Awb)."
        )
    amount = new_amount_of(decision)
    if amount:
        mandate_up_to(by, amount, day=local_date(at))
    before = objection.state
    objection.state = OBJECTION_WORKFLOW.target("decide", state=before)
    objection.outcome, objection.answer = decision.details["outcome"], decision
    objection.costs_awarded = costs_of(decision)
    objection.save(update_fields=["state", "outcome", "answer", "costs_awarded"])
    record(
        objection,
        "objection_decided",
        actor=by,
        at=at,
        before=before,
        after=objection.state,
        outcome=objection.outcome,
        decision=decision.reference,
    )
    if objection.own_application not in (None, decision.application):
        _order_copy(decision, objection, at=at)


def _order_copy(decision: Decision, objection: Objection, *, at: datetime) -> None:
    """A competitor reads the answer as well as who was decided about (Awb 7:12(2), 3:41)."""
    code = Letter.Code.OBJECTION_DECISION
    letter = standard_context(
        code, decision.application, values(decision, at), decision=decision, at=at
    )
    letter = replace(letter, addressee=addressee_of(objection))
    order_letter(code, known(objection.own_application), letter.as_dict(), at=at)


def on_announce(decision: Decision, *, at: datetime) -> None:
    """What the answer does to the contested decision, from the moment that it is sent (Awb 3:40, 7:11(2))."""
    objection = objection_of(decision)
    contested = Decision.objects.select_for_update(of=("self",)).get(pk=objection.decision_id)
    contested.application = objection.decision.application
    amount = new_amount_of(decision)
    if amount is None:
        uphold_when_done(contested, at=at)
        return
    before, contested.state = (
        contested.state,
        DECISION_WORKFLOW.target("replace", state=contested.state),
    )
    contested.save(update_fields=["state"])
    record(
        contested,
        "decision_replaced",
        actor=None,
        at=at,
        before=before,
        after=contested.state,
        objection=objection.reference,
    )
    _replace(contested, decision, objection, amount, at=at)


def _replace(
    contested: Decision, answer: Decision, objection: Objection, amount: Decimal, *, at: datetime
) -> Decision:
    """The decision in the place of the contested one, signed with the answer and announced with its letter."""
    application = contested.application
    decision = Decision.objects.create(
        application=application,
        kind=new_kind(application, amount),
        state=DecisionState.SENT,
        reference=new_reference(answer),
        amount=amount,
        grounds=[] if amount else contested.grounds,
        motivation=answer.motivation,
        replaces=contested,
        objection_reference=objection.reference,
        ceiling_snapshot=contested.ceiling_snapshot
        | {"above_ceiling": str(above_ceiling(contested, amount))},
        drafted_by=answer.drafted_by,
        drafted_at=answer.drafted_at,
        checked_by=answer.checked_by,
        checked_at=answer.checked_at,
        taken_by=answer.taken_by,
        taken_at=answer.taken_at,
        signing_mandate=answer.signing_mandate,
        announced_at=at,
        objection_until=answer.objection_until,
    )
    if amount:
        write_obligations([decision], application.round)
        write_advances([decision], application.round, today=local_date(at))
    record(
        decision,
        "decision_replacing",
        actor=None,
        at=at,
        after=decision.state,
        objection=objection.reference,
        amount=amount,
    )
    application.granted_amount = amount
    application.save(update_fields=["granted_amount"])
    _follow_with_grant(decision, at=at)
    return decision


def _follow_with_grant(decision: Decision, *, at: datetime) -> None:
    """The grant gives what the new decision says: a first one comes to be, an existing one changes or ends."""
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .filter(application=decision.application_id)
        .first()
    )
    if grant is None:
        if decision.amount:
            open_grant(decision, at=at)
        return
    grant.application = decision.application
    give_other_amount(grant, decision, in_place=bool(decision.amount), at=at)
