"""How money and hours that were given are judged against what was promised (monitoring reference 4).

Beside `monitoring.status`, and as pure. Money is in euros, hours are hours. The share is given divided by promised:
a promise is kept or not, unlike an indicator, which is judged by its planned improvement.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kvk2.core.money import round_half_up
from monitoring.status import RESULT_DECIMALS, RuleSet, Status


class DeliveryReason(StrEnum):
    NO_DATA = "NO_DATA"
    NOT_AGREED = "NOT_AGREED"
    NOT_AGREED_BUT_SPENT = "NOT_AGREED_BUT_SPENT"
    BELOW = "BELOW"
    EQUAL = "EQUAL"
    ABOVE = "ABOVE"
    NOT_OVER = "NOT_OVER"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The judgement; `share` with four decimals, None when nothing was promised or is known."""

    status: Status
    reason: DeliveryReason | None = None
    share: Decimal | None = None
    more_than_agreed: bool = False


def judge_money(
    planned: Decimal, realised: Decimal | None, rules: RuleSet, *, elapsed: Decimal = Decimal(1)
) -> Delivery:
    """A contribution of one budget year, of which the part `elapsed` (0-1) has passed."""
    if realised is None:
        return Delivery(Status.NO_DATA, DeliveryReason.NO_DATA)
    promised = Fraction(planned) * Fraction(elapsed)
    if promised == 0 and realised == 0:
        return Delivery(Status.NOT_APPLICABLE, DeliveryReason.NOT_AGREED)
    if promised == 0:
        return Delivery(Status.AMBER, DeliveryReason.NOT_AGREED_BUT_SPENT)
    share = Fraction(realised) / promised
    off = abs(share - 1)
    if off <= Fraction(rules.money_green):
        status = Status.GREEN
    else:
        status = Status.AMBER if off <= Fraction(rules.money_amber) else Status.RED
    return Delivery(status, _side(share), round_half_up(share, RESULT_DECIMALS))


def judge_hours(
    hours_per_week: Decimal,
    weeks: int | Decimal,
    delivered: Decimal | None,
    rules: RuleSet,
    *,
    is_over: bool = True,
) -> Delivery:
    """The hours of one function in one year; a year that runs on has no colour yet."""
    if delivered is None and not is_over:
        return Delivery(Status.NOT_YET_DUE, DeliveryReason.NOT_OVER)
    if delivered is None:
        return Delivery(Status.NO_DATA, DeliveryReason.NO_DATA)
    promised = Fraction(hours_per_week) * Fraction(weeks)
    if promised == 0:
        return Delivery(Status.NOT_APPLICABLE, DeliveryReason.NOT_AGREED)
    share = Fraction(delivered) / promised
    if not is_over:
        rounded = round_half_up(share, RESULT_DECIMALS)
        return Delivery(Status.TOO_EARLY, DeliveryReason.NOT_OVER, rounded)
    if share >= Fraction(rules.hours_green):
        status = Status.GREEN
    else:
        status = Status.AMBER if share >= Fraction(rules.hours_amber) else Status.RED
    return Delivery(
        status,
        share=round_half_up(share, RESULT_DECIMALS),
        more_than_agreed=share > Fraction(rules.hours_more),
    )


def _side(share: Fraction) -> DeliveryReason:
    if share == 1:
        return DeliveryReason.EQUAL
    return DeliveryReason.BELOW if share < 1 else DeliveryReason.ABOVE
