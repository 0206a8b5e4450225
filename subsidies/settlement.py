"""The determined amount of a subsidy, and what is still to pay or to recover (domain reference 3.9).

Amounts are euros. A subsidy is determined as granted, unless one of the grounds of Awb 4:46(2) is there; whether to
lower, and how far, is a decision of people, and only its arithmetic is here.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kvk2.core.deadlines import DeadlineKind, deadline
from kvk2.core.errors import DomainError
from kvk2.core.money import cents, from_cents, round_half_up
from subsidies.instalments import PercentageInvalid


class SubsidyTypeUnknown(DomainError):
    """Not one of the types of subsidy that the regulation knows."""

    code = "UNKNOWN_SUBSIDY_TYPE"


class CostInvalid(DomainError):
    """More unnecessary cost than there was cost, or a figure that this type of subsidy needs is missing."""

    code = "COST_INVALID"


class SubsidyType(StrEnum):
    """What the amount depends on: nothing more, the actual cost, or the units delivered."""

    BUDGET = "budget"
    COST = "cost"
    PERFORMANCE = "performance"


class DeterminationKind(StrEnum):
    AS_GRANTED = "as_granted"
    LOWERED = "lowered"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Realised:
    """What the recipient shows afterwards; of these, each type of subsidy uses its own.

    `lowered_to_percentage`: what the college leaves of a budget subsidy (0-100), None when it does not lower.
    `unnecessary_cost`: the part of `actual_cost` that was not reasonably necessary (Awb 4:46(3)).
    """

    lowered_to_percentage: Decimal | None = None
    actual_cost: Decimal | None = None
    unnecessary_cost: Decimal | None = None
    units_realised: int | None = None
    amount_per_unit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What follows from the determined amount after the advances; at most one of the two is above nought."""

    pay: Decimal
    recover: Decimal


@dataclass(frozen=True, slots=True)
class Settled(Balance):
    """`due_on`: the last day to pay, by whoever has to; None when nobody has to."""

    due_on: date | None


@dataclass(frozen=True, slots=True)
class Determined:
    """The amount that the subsidy comes to, and the balance after the advances."""

    amount: Decimal
    kind: DeterminationKind
    balance: Balance


def determine(
    subsidy_type: SubsidyType, granted: Decimal, advances_paid: Decimal, realised: Realised
) -> Determined:
    """The determined amount by the type of subsidy; never more than granted.

    Refusals: `AMOUNT_INVALID`, `PERCENTAGE_INVALID`, `COST_INVALID`.
    """
    amount = from_cents(min(cents(granted), cents(_AMOUNTS[subsidy_type](granted, realised))))
    if amount == granted:
        kind = DeterminationKind.AS_GRANTED
    else:
        kind = DeterminationKind.LOWERED if amount else DeterminationKind.ZERO
    return Determined(amount, kind, balance(amount, advances_paid))


def balance(determined: Decimal, advances_paid: Decimal) -> Balance:
    """Advances are set off against the determined amount (Awb 4:95(4)). Refusal: `AMOUNT_INVALID`."""
    difference = cents(determined) - cents(advances_paid)
    return Balance(pay=from_cents(max(difference, 0)), recover=from_cents(max(-difference, 0)))


def settle(determined: Decimal, advances_paid: Decimal, *, announced_on: date) -> Settled:
    """The balance with the day before which it is paid: six weeks after the announcement (Awb 4:87)."""
    left = balance(determined, advances_paid)
    owed = left.pay or left.recover
    due_on = deadline(DeadlineKind.PAY, announced_on).last_day if owed else None
    return Settled(pay=left.pay, recover=left.recover, due_on=due_on)


def _of_budget(granted: Decimal, realised: Realised) -> Decimal:
    """A fixed sum for results: cost plays no part."""
    percentage = realised.lowered_to_percentage
    if percentage is None:
        return granted
    if not 0 <= percentage <= 100:
        raise PercentageInvalid("Verlagen kan tot 0 tot en met 100 procent.")
    return round_half_up(Fraction(granted) * Fraction(percentage) / 100, 2)


def _of_cost(granted: Decimal, realised: Realised) -> Decimal:
    """The cost that was really made and reasonably necessary."""
    if realised.actual_cost is None:
        raise CostInvalid("Vul de werkelijke kosten in.")
    needless = cents(realised.unnecessary_cost or Decimal(0))
    actual = cents(realised.actual_cost)
    if needless > actual:
        raise CostInvalid("Er kan niet meer onnodig zijn dan er aan kosten was.")
    return from_cents(actual - needless)


def _of_performance(granted: Decimal, realised: Realised) -> Decimal:
    """An amount for each unit that was delivered."""
    units, each = realised.units_realised, realised.amount_per_unit
    if units is None or each is None or units < 0:
        raise CostInvalid("Vul in hoeveel prestaties er waren, en het bedrag per prestatie.")
    return from_cents(units * cents(each))


_AMOUNTS = {
    SubsidyType.BUDGET: _of_budget,
    SubsidyType.COST: _of_cost,
    SubsidyType.PERFORMANCE: _of_performance,
}
