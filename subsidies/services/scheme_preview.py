"""How a version of a scheme works out: a sample decision on invented facts, and a trial of its budget limits."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from kvk2.core.documents import Municipality
from subsidies.budget import BudgetFigures, BudgetProblem, check_budget
from subsidies.documents import (
    Accountability,
    Addressee,
    Advance,
    Adviser,
    ApplicationFacts,
    CriterionScore,
    LegalBasis,
    LetterContext,
    LetterKind,
    ObjectionClause,
    Obligation,
    Ranking,
    Reduction,
    Signature,
    render_letter,
)
from subsidies.instalments import AccountDocument
from subsidies.models import RefusalCode, SchemeVersion, SubsidyRound
from subsidies.motivation import Ground
from subsidies.services.budget_rules import rules_of
from subsidies.services.letter_contexts import ACCOUNT_DOCUMENTS
from subsidies.services.letters import objection_until
from subsidies.services.scheme_terms import (
    account_due,
    articles,
    grounds,
    letter_texts,
    ordinances,
    payments,
    rule_for,
)
from subsidies.services.schemes import rows_of

REQUESTED, PARTIAL = Decimal("48600.00"), Decimal("40000.00")
GRANTED = {
    LetterKind.GRANT: REQUESTED,
    LetterKind.PARTIAL_GRANT: PARTIAL,
    LetterKind.REFUSAL: Decimal(0),
}
SUBJECTS = {
    LetterKind.GRANT: "Besluit: u krijgt subsidie voor IKC Voorbeeld",
    LetterKind.PARTIAL_GRANT: "Besluit: u krijgt een deel van de subsidie voor IKC Voorbeeld",
    LetterKind.REFUSAL: "Besluit: u krijgt geen subsidie voor IKC Voorbeeld",
}


def sample_letter(version: SchemeVersion, kind: LetterKind, *, today: date) -> bytes:
    """The PDF of a decision with the words of `version`, marked as an example. Refusal: `MissingElements`."""
    return render_letter(sample_context(version, kind, today=today), example=True)


def sample_context(version: SchemeVersion, kind: LetterKind, *, today: date) -> LetterContext:
    """Invented facts, and the terms of `version`."""
    municipality = Municipality.from_settings()
    ceiling = RefusalCode.CEILING
    used = () if kind == LetterKind.GRANT else (ceiling,)
    known = grounds(version)
    letter = LetterContext(
        kind=kind,
        municipality=municipality,
        addressee=Addressee("Stichting Voorbeeldscholen", "het bestuur", ("Voorbeeldstraat 1", "1234 AB Voorbeeld")),
        sent_on=today,
        reference="VOORBEELD-0001-B1",
        subject=SUBJECTS[kind],
        application=ApplicationFacts("VOORBEELD-0001", "IKC Voorbeeld", today - timedelta(days=90), REQUESTED, "Voorbeeldronde"),
        legal_basis=LegalBasis(ordinances(version), version.citation, articles(version, used)),
        adviser=Adviser("IKC-commissie", today - timedelta(days=30), "positief"),
        motivation=_motivation(kind, known.get(ceiling)),
        objection=ObjectionClause(last_day=objection_until(today), postal_lines=municipality.address),
        signature=Signature("V. Voorbeeld", "ondertekenaar", "VOORBEELD", _moment(today)),
        contact="A. Voorbeeld",
        ranking=Ranking(Decimal(350_000), 12, Decimal(420_000), 8 if kind != LetterKind.REFUSAL else 11, Decimal("71.25"), 9),
        scores=(CriterionScore("Past bij het profiel van een IKC", 60, Decimal("4.00"), "Een verzonnen toelichting."), CriterionScore("Betrokkenheid van ouders", 40, Decimal("3.33"))),
        texts=letter_texts(version),
    )  # fmt: skip
    return letter if kind == LetterKind.REFUSAL else _granted(letter, version, known, today)


def _granted(
    letter: LetterContext, version: SchemeVersion, known: dict[str, Ground], today: date
) -> LetterContext:
    amount = GRANTED[letter.kind]
    start = date(today.year + 1, 8, 1)
    round_ = SubsidyRound(
        scheme_version=version,
        period_start=start,
        period_end=date(start.year + 1, 7, 31),
    )
    rule = rule_for(version, amount)
    due = account_due(rule, round_)
    reductions: tuple[Reduction, ...] = ()
    if letter.kind == LetterKind.PARTIAL_GRANT and RefusalCode.CEILING in known:
        reductions = (Reduction(REQUESTED - amount, f"{known[RefusalCode.CEILING]}."),)
    return replace(
        letter,
        granted=amount,
        period_from=round_.period_start,
        period_until=round_.period_end,
        activities=("Een verzonnen activiteit voor peuters en kleuters",),
        obligations=tuple(
            Obligation(
                duty.text,
                None
                if duty.due_weeks is None
                else round_.period_end + timedelta(weeks=duty.due_weeks),
            )
            for duty in rows_of(version, "obligations")
        ),
        advances=tuple(Advance(part, day) for part, day in payments(round_, amount, today=today)),
        iban_last4="0000",
        accountability=None
        if due is None
        else Accountability(
            due, tuple(ACCOUNT_DOCUMENTS[AccountDocument(name)] for name in rule.documents)
        ),
        determined_directly=due is None,
        reductions=reductions,
    )


def _motivation(kind: LetterKind, ceiling: Ground | None) -> tuple[str, ...]:
    if kind == LetterKind.GRANT:
        return ("Uw aanvraag staat op plaats 8 van de 12. Daar past het hele bedrag nog.",)
    if kind == LetterKind.PARTIAL_GRANT:
        return ("Uw aanvraag staat op plaats 8 van de 12. Daar was een deel van het bedrag over.",)
    why = f"Wij weigeren de subsidie, omdat {ceiling}." if ceiling else ""
    return (f"Uw aanvraag staat op plaats 11 van de 12. {why}".strip(),)


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)), UTC)


def try_budget(version: SchemeVersion, figures: BudgetFigures) -> tuple[BudgetProblem, ...]:
    """Which limits of `version` these figures break."""
    return check_budget(figures, rules_of(rows_of(version, "budget_rules")))
