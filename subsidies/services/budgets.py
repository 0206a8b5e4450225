"""What the budget of one application adds up to, and which published limits it breaks (domain reference 4.7, 7.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from subsidies.budget import (
    BudgetFigures,
    BudgetProblem,
    ChildCounts,
    MaximumAmount,
    check_budget,
    maximum_amount,
)
from subsidies.budget import BudgetLine as Line
from subsidies.models import Application, BudgetLine
from subsidies.services.budget_rules import rules_of
from subsidies.services.standing import Standing, formula_for

SUBSIDY_LINE = "gevraagde subsidie"


class LineLike(Protocol):
    """A stored budget line, or one that is still being typed."""

    side: str
    kind: str
    description: str
    hours: Decimal | None
    rate: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BudgetState:
    """Totals in euros, the maximum (None while a number of children is missing) and the broken limits."""

    expenditure: Decimal
    other_income: Decimal
    requested: Decimal | None
    maximum: MaximumAmount | None
    problems: tuple[BudgetProblem, ...]

    @property
    def income(self) -> Decimal:
        """All income, the requested subsidy included."""
        return self.other_income + (self.requested or Decimal(0))

    @property
    def errors(self) -> list[BudgetProblem]:
        """What keeps the application from being filed."""
        return [problem for problem in self.problems if problem.blocks]

    @property
    def warnings(self) -> list[BudgetProblem]:
        """What the applicant explains rather than puts right."""
        return [problem for problem in self.problems if not problem.blocks]

    @property
    def difference(self) -> Decimal:
        """Expenditure that no income covers; negative when there is too much income."""
        return self.expenditure - self.income


def maximum_for(application: Application, standing: Standing) -> MaximumAmount | None:
    """The most that may be asked for; None while the children or the formula are unknown."""
    formula = formula_for(application.round, application.ikc, standing)
    two_three, four_twelve = application.children_2_3, application.children_4_12
    if two_three is None or four_twelve is None or formula is None:
        return None
    counts = ChildCounts(application.children_0_1 or 0, two_three, four_twelve)
    return maximum_amount(formula.formula, counts)


def budget_state(
    application: Application, lines: Iterable[LineLike], standing: Standing
) -> BudgetState:
    """Add up `lines` and hold them against the limits of the round."""
    lines = list(lines)
    expenditure = [line for line in lines if line.side == BudgetLine.Side.EXPENDITURE]
    income = [line for line in lines if line.side == BudgetLine.Side.INCOME]
    requested = application.requested_amount
    maximum = maximum_for(application, standing)
    figures = BudgetFigures(
        hourly_rates=[line.rate for line in expenditure if line.rate is not None],
        professional_hours=_hours(expenditure, BudgetLine.Kind.PROFESSIONAL),
        preparation_hours=_hours(expenditure, BudgetLine.Kind.PREPARATION),
        overhead=_total(line for line in expenditure if line.kind == BudgetLine.Kind.OVERHEAD),
        grant_total=requested,
        requested=requested,
        maximum=maximum.maximum if maximum else None,
        maximum_explanation=maximum.explanation if maximum else "",
        income=_income_lines(income, requested),
        expenditure=[Line(line.amount, line.description) for line in expenditure],
        asks_other_funding=True,
        applied_elsewhere=application.applied_elsewhere,
    )
    return BudgetState(
        expenditure=_total(expenditure),
        other_income=_total(income),
        requested=requested,
        maximum=maximum,
        problems=check_budget(figures, rules_of(application.round.budget_rules.all())),
    )


def _income_lines(income: Sequence[LineLike], requested: Decimal | None) -> list[Line]:
    own = [Line(line.amount, line.description) for line in income]
    return own if requested is None else [*own, Line(requested, SUBSIDY_LINE)]


def _hours(lines: Iterable[LineLike], kind: str) -> Decimal:
    return sum((line.hours or Decimal(0) for line in lines if line.kind == kind), Decimal(0))


def _total(lines: Iterable[LineLike]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))
