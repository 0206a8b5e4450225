"""Between what was planned and what became of it: which differences ask for an explanation. No ORM, no clock.

Amounts are euros. Domain reference 3.8; Awb 4:45 (account for what was spent as far as it matters for the amount).
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Difference:
    """`planned` against `actual`; `percent` of what was planned, None where nothing was planned."""

    planned: Decimal
    actual: Decimal

    @property
    def amount(self) -> Decimal:
        return self.actual - self.planned

    @property
    def percent(self) -> Fraction | None:
        if not self.planned:
            return None
        return Fraction(abs(self.amount)) * 100 / Fraction(self.planned)


def asks_why(planned: Decimal | int, actual: Decimal | int, threshold: Decimal | None) -> bool:
    """Whether the difference is above `threshold` percent of what was planned; without a threshold, any is.

    What was not planned at all is always explained.
    """
    difference = Difference(Decimal(planned), Decimal(actual))
    if not difference.amount:
        return False
    if threshold is None or difference.percent is None:
        return True
    return difference.percent > Fraction(threshold)
