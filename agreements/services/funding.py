"""Money behind the promises: what a source has per budget year, and what became of each signed pledge."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from agreements.models import (
    ClosedBudgetYear,
    Contribution,
    ContributionStep,
    FundingBudget,
    FundingSource,
    Programme,
)
from agreements.services.budget_years import BudgetYearRefused, check_budget_years
from agreements.services.saving import save_checked
from agreements.states import AgreementState
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User


VERBS = {
    ContributionStep.Kind.CONFIRMED.value: "contribution.confirmed",
    ContributionStep.Kind.REALISED.value: "contribution.realised",
}


class StepRefused(DomainError):
    """A pledge that was not signed, or that was not confirmed before it was realised."""


@transaction.atomic
def enter_budget(
    programme: Programme,
    *,
    source: FundingSource,
    budget_year: int,
    amount: Decimal,
    basis: str,
    by: "User | None",
    at: datetime,
) -> FundingBudget:
    """What `source` has in `budget_year`, in euros, and which document says so. Refusal: `BudgetYearRefused`."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    check_budget_years(programme, [budget_year])
    present = FundingBudget.objects.filter(
        programme=programme, source=source, budget_year=budget_year
    ).first()
    budget = present or FundingBudget(programme=programme, source=source, budget_year=budget_year)
    before = "" if present is None else str(present.amount)
    budget.amount, budget.basis = amount, basis.strip()
    save_checked(budget, BudgetYearRefused)
    record(
        programme,
        "funding.budget_entered",
        actor=by,
        at=at,
        before=before,
        after=str(amount),
        reason=budget.basis,
        source=source.code,
        year=budget_year,
    )
    return budget


@transaction.atomic
def close_budget_year(
    programme: Programme, *, budget_year: int, by: "User | None", at: datetime
) -> ClosedBudgetYear:
    """Settle a year that is over: its pledges, budgets and steps stay as they are (invariant 7)."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    check_budget_years(programme, [budget_year])
    if budget_year >= timezone.localdate(at).year:
        raise BudgetYearRefused(f"Begrotingsjaar {budget_year} is nog niet voorbij.")
    closed = ClosedBudgetYear(
        programme=programme, budget_year=budget_year, closed_at=at, closed_by=by
    )
    save_checked(closed, BudgetYearRefused)
    record(programme, "funding.year_closed", actor=by, at=at, year=budget_year)
    return closed


def confirm_contribution(
    contribution: Contribution, *, by: "User | None", at: datetime
) -> ContributionStep:
    """The party says that its pledge for this year stands, for the amount that was signed."""
    return _step(
        contribution, ContributionStep.Kind.CONFIRMED, contribution.amount, "", by=by, at=at
    )


def realise_contribution(
    contribution: Contribution, *, amount: Decimal, note: str, by: "User | None", at: datetime
) -> ContributionStep:
    """What was really put in, in euros or hours; a second row adds to the first, a negative one corrects it."""
    return _step(contribution, ContributionStep.Kind.REALISED, amount, note.strip(), by=by, at=at)


@transaction.atomic
def _step(
    contribution: Contribution,
    kind: str,
    amount: Decimal,
    note: str,
    *,
    by: "User | None",
    at: datetime,
) -> ContributionStep:
    contribution = (
        Contribution.objects.select_for_update(of=("self",))
        .select_related("party__version__agreement__programme")
        .get(pk=contribution.pk)
    )
    version = contribution.party.version
    if version.state != AgreementState.IN_FORCE:
        raise StepRefused("Deze afspraak is niet in werking: er is niets te bevestigen.")
    check_budget_years(version.agreement.programme, [contribution.budget_year])
    step = ContributionStep(
        contribution=contribution,
        kind=kind,
        amount=amount,
        note=note,
        recorded_at=at,
        recorded_by=by,
    )
    confirmed = contribution.steps.filter(kind=ContributionStep.Kind.CONFIRMED).exists()
    if kind == ContributionStep.Kind.REALISED and not confirmed:
        raise StepRefused("Bevestig deze bijdrage eerst; daarna legt u vast wat is ingebracht.")
    save_checked(step, StepRefused)
    record(
        version,
        VERBS[kind],
        actor=by,
        at=at,
        party=contribution.party.organisation_name,
        year=contribution.budget_year,
        amount=amount,
        reason=note,
    )
    return step
