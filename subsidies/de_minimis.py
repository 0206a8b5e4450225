"""How much de-minimis aid one undertaking may get over three years, by regulation; and whether a sum still fits.

Pure. The amounts are those of the Union and not of a municipality; they are rows with their days (`LegalFigure`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

YEARS = 3


@dataclass(frozen=True, slots=True)
class Limit:
    """The most for one undertaking over any three years, in euros. `outcome`: of `StateAidAssessment`."""

    outcome: str
    amount: Decimal
    regulation: str


@dataclass(frozen=True, slots=True)
class OwnAid:
    """De-minimis aid that this municipality gave by a decision on `day`, in euros."""

    number: str
    amount: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class Room:
    """The sum over three years: what counts of before, what is to be given now, and the limit. All in euros."""

    before: Decimal
    now: Decimal
    limit: Decimal

    @property
    def total(self) -> Decimal:
        return self.before + self.now

    @property
    def fits(self) -> bool:
        return self.total <= self.limit


def window_start(day: date) -> date:
    """The first day of the three years that end on `day`."""
    try:
        return day.replace(year=day.year - YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year - YEARS, day=28)


def room_for(
    now: Decimal, *, declared: Decimal, declared_on: date, own: Sequence[OwnAid], limit: Limit
) -> Room:
    """What the undertaking declared, or what we know we gave up to then if that is more; and what we gave since.

    Aid of before the declaration should be in it, so that it does not count twice; aid of later cannot be.
    """
    told = sum((aid.amount for aid in own if aid.day < declared_on), Decimal(0))
    since = sum((aid.amount for aid in own if aid.day >= declared_on), Decimal(0))
    return Room(before=max(declared, told) + since, now=now, limit=limit.amount)
