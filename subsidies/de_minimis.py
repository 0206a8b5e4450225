"""How much de-minimis aid one undertaking may get over three years, by regulation; and whether a sum still fits.

Pure. The amounts are those of the Union and not of a municipality; each with its source and the days on which it holds.
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
    valid_from: date
    valid_until: date


LIMITS = (
    Limit(
        "de_minimis",
        Decimal(300_000),
        "Verordening (EU) 2023/2831, artikel 3, tweede lid",
        date(2024, 1, 1),
        date(2030, 12, 31),
    ),
    Limit(
        "sgei_de_minimis",
        Decimal(750_000),
        "Verordening (EU) 2023/2832, artikel 3, tweede lid",
        date(2024, 1, 1),
        date(2030, 12, 31),
    ),
)


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


def limit_for(outcome: str, day: date) -> Limit | None:
    """The limit that holds on `day`; None when no regulation does."""
    return next(
        (
            limit
            for limit in LIMITS
            if limit.outcome == outcome and limit.valid_from <= day <= limit.valid_until
        ),
        None,
    )


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
