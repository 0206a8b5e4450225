"""From figures to places and words: ticks, scales, and how a figure is written. No drawing."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from math import floor, log10
from typing import TypeAlias

from kvk2.core.money import format_amount, format_number

Figure: TypeAlias = Decimal | float | int
Scale: TypeAlias = Callable[[Figure], float]
Point: TypeAlias = tuple[float, float]

NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MISSING = "niet gemeten"


def scale(low: Figure, high: Figure, start: float, end: float) -> Scale:
    """The way from figures between `low` and `high` to places between `start` and `end`."""
    lowest, span = float(low), (float(high) - float(low)) or 1.0
    return lambda value: start + (end - start) * (float(value) - lowest) / span


def ticks_between(low: float, high: float, *, wanted: int = 5) -> list[float]:
    """Round numbers from at or under `low` to at or over `high`."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** floor(log10(span / wanted))
    step = next(power * nice for nice in NICE_STEPS if span / (power * nice) <= wanted)
    ticks = [round(floor(low / step) * step, 6)]
    while ticks[-1] < high - step * 1e-6 or len(ticks) < 2:
        ticks.append(round(ticks[-1] + step, 6))
    return ticks


def ticks_for(values: Iterable[Figure | None], *, wanted: int = 5) -> list[float]:
    """Round numbers that span the known values; from 0 to 1 when there are none."""
    known = [float(value) for value in values if value is not None] or [0.0, 1.0]
    return ticks_between(min(known), max(known), wanted=wanted)


def tick_words(ticks: Sequence[float], unit: str = "") -> list[str]:
    """The ticks as written along an axis, with as many decimals as keep them exact."""
    places = next(d for d in (0, 1, 2, 6) if all(round(t, d) == t for t in ticks) or d == 6)
    return [in_words(tick, unit, places) for tick in ticks]


def stretches(places: Sequence[float], heights: Sequence[float | None]) -> list[list[Point]]:
    """The stretches of known points: a missing height ends one."""
    runs: list[list[Point]] = [[]]
    for x, y in zip(places, heights, strict=True):
        if y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    return [run for run in runs if run]


def spread(places: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """The places of labels, moved apart until they are `distance` from each other."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + distance)
    if order and moved[order[-1]] > high:
        moved[order[-1]] = high
        for after, before in pairwise(order[::-1]):
            moved[before] = min(moved[before], moved[after] - distance)
    return [max(place, low) for place in moved] if len(moved) == 1 else moved


def decimals_of(values: Iterable[Figure | None]) -> int:
    """One decimal as soon as one of the figures is not whole."""
    return 0 if all(value is None or float(value).is_integer() for value in values) else 1


def in_words(value: Figure | None, unit: str, decimals: int, *, missing: str = MISSING) -> str:
    """`€ 1.250`, `71%`, `12 kinderen`; 'niet gemeten' when there is no figure."""
    if value is None:
        return missing
    if unit == "€":
        return format_amount(Decimal(str(value)), decimals, space="\N{NO-BREAK SPACE}")
    number = format_number(Decimal(str(value)), decimals)
    if unit == "%":
        return f"{number}%"
    return f"{number} {unit}".strip()
