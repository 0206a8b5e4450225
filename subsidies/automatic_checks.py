"""What the portal worked out of an application itself, as the commission reads it beside the scores.

The limits and sums are those of `subsidies.budget`; here they are told to a reader who did not fill them in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kvk2.core.models import StoredFile
from kvk2.core.money import format_amount, format_number
from subsidies.content import ApplicationContent
from subsidies.facts import known
from subsidies.models import Application, Attachment, BudgetLine, BudgetRule, PartnerConfirmation
from subsidies.services.budgets import BudgetState
from subsidies.services.contents import Dossier
from subsidies.services.standing import standing_at_submission, why_not_eligible
from subsidies.services.state_aid_statements import gaps

Kind, Side = BudgetLine.Kind, BudgetLine.Side
Confirmed = PartnerConfirmation.Answer.CONFIRMED


@dataclass(frozen=True, slots=True)
class Check:
    """Something that the portal looked at itself."""

    ok: bool
    text: str


def checks_of(application: Application, dossier: Dossier, budget: BudgetState) -> list[Check]:
    """Every check in the order of the application form; asks nothing of the database that the page does not have."""
    return [
        _participation(application),
        *_partners(dossier.content),
        _maximum(application, budget),
        *(_norm(rule, dossier.lines, budget) for rule in application.round.budget_rules.all()),
        *_lines(budget),
        _other_funding(application),
        _state_aid(dossier.content, known(application.received_at).date()),
        _attachments(dossier.attachments),
    ]


def _participation(application: Application) -> Check:
    refusal = why_not_eligible(
        application.round, application.ikc, standing_at_submission(application)
    )
    return Check(not refusal, refusal or "Dit IKC hoort bij de doelgroep van de ronde.")


def _partners(content: ApplicationContent) -> Iterator[Check]:
    for partner in content.partners:
        agreed = partner.last is not None and partner.last.answer == Confirmed
        words = "heeft het plan bevestigd" if agreed else "heeft het plan niet bevestigd"
        yield Check(agreed, f"Kinderopvang {partner.name} {words}.")


def _maximum(application: Application, budget: BudgetState) -> Check:
    asked, most = known(application.requested_amount), known(application.max_amount)
    sum_ = f" ({budget.maximum.explanation})" if budget.maximum else ""
    words = "niet hoger" if asked <= most else "hoger"
    return Check(
        asked <= most,
        f"Het gevraagde bedrag van {format_amount(asked)} is {words} dan het maximum van {format_amount(most)}{sum_}.",
    )


def _norm(rule: BudgetRule, lines: Iterable[BudgetLine], budget: BudgetState) -> Check:
    costs = [line for line in lines if line.side == Side.EXPENDITURE]
    broken = any(problem.code == rule.kind.upper() for problem in budget.problems)
    text = {
        BudgetRule.Kind.HOURLY_RATE: _rate,
        BudgetRule.Kind.PREPARATION: _preparation,
        BudgetRule.Kind.OVERHEAD: _overhead,
    }[BudgetRule.Kind(rule.kind)](rule.limit, costs, budget)
    if broken and rule.severity == BudgetRule.Severity.WARNING:
        text += " Dit mag, als de aanvrager het uitlegt."
    return Check(not broken, text)


def _rate(limit: Decimal, costs: list[BudgetLine], budget: BudgetState) -> str:
    rates = [line.rate for line in costs if line.rate is not None]
    if not rates:
        return "Er staan geen uurtarieven in de begroting."
    return (
        f"Het hoogste uurtarief is {format_amount(max(rates))}; de norm is {format_amount(limit)}."
    )


def _preparation(limit: Decimal, costs: list[BudgetLine], budget: BudgetState) -> str:
    asked, hours = _hours(costs, Kind.PREPARATION), _hours(costs, Kind.PROFESSIONAL)
    return (
        f"Voorbereiding is {_number(asked)} uur naast {_number(hours)} uur met kinderen of ouders; "
        f"de norm is {_number(limit)}%, dat is {_number(hours * limit / 100)} uur."
    )


def _overhead(limit: Decimal, costs: list[BudgetLine], budget: BudgetState) -> str:
    overhead = sum((line.amount for line in costs if line.kind == Kind.OVERHEAD), Decimal(0))
    most = known(budget.requested) * limit / 100
    return (
        f"Overhead is {format_amount(overhead)}; de norm is {_number(limit)}% van de subsidie, "
        f"dat is {format_amount(most)}."
    )


def _lines(budget: BudgetState) -> Iterator[Check]:
    codes = {problem.code for problem in budget.problems}
    balanced = "NOT_BALANCED" not in codes
    both = f"inkomsten {format_amount(budget.income)}, uitgaven {format_amount(budget.expenditure)}"
    yield Check(balanced, f"De begroting {'sluit' if balanced else 'sluit niet'}: {both}.")
    if "NO_EXPLANATION" in codes:
        yield Check(False, "Niet elke regel van de begroting heeft een toelichting.")


def _other_funding(application: Application) -> Check:
    elsewhere = application.applied_elsewhere
    if elsewhere is None:
        return Check(False, "Niet ingevuld is of ook ergens anders geld is gevraagd.")
    if not elsewhere:
        return Check(True, "Voor deze kosten is nergens anders geld gevraagd.")
    note = application.applied_elsewhere_note.strip()
    return Check(
        bool(note),
        f"Ook ergens anders is geld gevraagd: {note}"
        if note
        else "Ook ergens anders is geld gevraagd, zonder uitleg.",
    )


def _state_aid(content: ApplicationContent, day: date) -> Check:
    if gaps(content, day):
        return Check(False, "De vragen over staatssteun zijn niet helemaal beantwoord.")
    if known(content.state_aid).reaches_undertaking:
        return Check(False, "Er gaat geld naar een onderneming. De gemeente toetst de staatssteun.")
    return Check(True, "Er gaat volgens de aanvrager geen geld naar een onderneming.")


def _attachments(attachments: Iterable[Attachment]) -> Check:
    usable = [row for row in attachments if row.stored.scan_state != StoredFile.ScanState.INFECTED]
    if any(row.kind == Attachment.Kind.SUPPORT for row in usable):
        return Check(True, "Een bewijs van draagvlak is toegevoegd.")
    return Check(False, "Er is geen bewijs van draagvlak van team, ouders, MR of IKC-raad.")


def _hours(costs: Iterable[BudgetLine], kind: str) -> Decimal:
    return sum((line.hours or Decimal(0) for line in costs if line.kind == kind), Decimal(0))


def _number(value: Decimal) -> str:
    """Without decimals that say nothing: 40, or 12,5."""
    text = format_number(value, 2)
    return text.rstrip("0").rstrip(",") if "," in text else text
