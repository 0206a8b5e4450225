"""Figures of an agreement, without ORM and clock: filling in targets, and what to warn about (monitoring reference 4)."""

import itertools
from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import TypeVar

from kvk2.core.money import round_half_up

HUNDRED = Decimal(100)
# A programme year, by its label or by its index.
Year = TypeVar("Year", str, int)


def linear_targets(
    start: Decimal, end: Decimal, *, steps: int, decimals: int, least: Decimal = Decimal(0)
) -> list[Decimal]:
    """Equal steps from `start` (not included) to `end`: 40 → 60 in 4 steps gives 45, 50, 55, 60.

    A step that would be smaller than `least` waits for a later year: the target stands still.
    """
    distance = Fraction(end) - Fraction(start)
    found, previous = [], start
    for step in range(1, steps):
        figure = round_half_up(Fraction(start) + distance * step / steps, decimals)
        if abs(figure - previous) < least or 0 < abs(end - figure) < least:
            figure = previous
        found.append(figure)
        previous = figure
    return [*found, round_half_up(Fraction(end), decimals)]


def planned_improvement(baseline: Decimal, last_target: Decimal, *, sign: int) -> Decimal:
    """How far the last target lies beyond the baseline in the agreed direction (`sign` +1 higher, -1 lower)."""
    return sign * (last_target - baseline)


def steps_against(
    baseline: Decimal | None, targets: Mapping[Year, Decimal], *, sign: int
) -> list[Year]:
    """The years whose target is worse than the one before it (or than the baseline, for the first)."""
    against, previous = [], baseline
    for year, target in targets.items():
        if previous is not None and sign * (target - previous) < 0:
            against.append(year)
        previous = target
    return against


def steps_smaller_than(
    least: Decimal, baseline: Decimal | None, targets: Mapping[Year, Decimal]
) -> list[Year]:
    """The years whose target differs from the one before it, by less than `least`."""
    small, previous = [], baseline
    for year, target in targets.items():
        if previous is not None and 0 < abs(target - previous) < least:
            small.append(year)
        previous = target
    return small


def smallest_step(baseline: Decimal | None, targets: Sequence[Decimal]) -> Decimal | None:
    """The smallest change from one year to the next that is not 0; None when nothing changes."""
    figures = [*([] if baseline is None else [baseline]), *targets]
    steps = [
        abs(later - earlier) for earlier, later in itertools.pairwise(figures) if later != earlier
    ]
    return min(steps, default=None)


def one_child(n: int) -> Decimal:
    """What one child weighs in a percentage of a group of `n`, in points."""
    return HUNDRED / n


def least_step(n: int, decimals: int) -> Decimal:
    """The same, cut off at the decimals in which the figure is written: 3 for a group of 30 in whole points.

    Two targets that are one child apart may lie 3 or 4 points apart when both are rounded.
    """
    return one_child(n).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN)


def percentage(numerator: int, denominator: int, decimals: int) -> Decimal:
    """75.0 for 30 of 40; rounded half-up, as every figure is shown and judged."""
    return round_half_up(Fraction(100 * numerator, denominator), decimals)
