"""Figures of an agreement, without ORM and clock: filling in targets, and what to warn about (monitoring reference 4)."""

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from kvk2.core.money import round_half_up

HUNDRED = Decimal(100)


def linear_targets(start: Decimal, end: Decimal, *, steps: int, decimals: int) -> list[Decimal]:
    """Equal steps from `start` (not included) to `end`: 40 → 60 in 4 steps gives 45, 50, 55, 60."""
    distance = Fraction(end) - Fraction(start)
    return [
        round_half_up(Fraction(start) + distance * step / steps, decimals)
        for step in range(1, steps + 1)
    ]


def planned_improvement(baseline: Decimal, last_target: Decimal, *, sign: int) -> Decimal:
    """How far the last target lies beyond the baseline in the agreed direction (`sign` +1 higher, -1 lower)."""
    return sign * (last_target - baseline)


def steps_against(
    baseline: Decimal | None, targets: Mapping[str, Decimal], *, sign: int
) -> list[str]:
    """The years whose target is worse than the one before it (or than the baseline, for the first)."""
    against, previous = [], baseline
    for year, target in targets.items():
        if previous is not None and sign * (target - previous) < 0:
            against.append(year)
        previous = target
    return against


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


def percentage(numerator: int, denominator: int, decimals: int) -> Decimal:
    """75.0 for 30 of 40; rounded half-up, as every figure is shown and judged."""
    return round_half_up(Fraction(100 * numerator, denominator), decimals)
