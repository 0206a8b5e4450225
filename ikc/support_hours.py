"""Hours a week of support: what is in use on the busiest day, and how a year was used. Pure; the database has the same rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many hours a week from `first` up to and including `last`."""

    hours: Decimal
    first: date
    last: date


def peak(stretches: Iterable[Stretch], first: date, last: date) -> Decimal:
    """The most hours a week in use on one day between `first` and `last`.

    The sum only rises on a day on which some stretch starts, so those days are enough (domain reference 5.5).
    """
    running = [row for row in stretches if row.first <= last and row.last >= first]
    days = {max(row.first, first) for row in running}
    return max(
        (sum((r.hours for r in running if r.first <= day <= r.last), Decimal(0)) for day in days),
        default=Decimal(0),
    )


def average(stretches: Iterable[Stretch], first: date, last: date) -> Decimal:
    """Hours a week, averaged over the days from `first` to `last`, to one decimal."""
    total = Decimal(0)
    for row in stretches:
        days = (min(row.last, last) - max(row.first, first)).days + 1
        if days > 0:
            total += row.hours * days
    return (total / ((last - first).days + 1)).quantize(Decimal("0.1"))
