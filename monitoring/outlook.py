"""What a series of years says: its trend, where it goes, and the figure of several years together.

Beside `monitoring.status`, and as pure. Points are (programme year, value), years ascending; figures are in the unit of
the indicator. None of it changes the colour of a year (monitoring reference 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from statistics import median

from kvk2.core.money import round_half_up
from monitoring.status import Direction, RuleSet

Point = tuple[int, Decimal]

# How a forecast and the paces under it are shown.
FORECAST_DECIMALS = 1
PACE_DECIMALS = 2


class Trend(StrEnum):
    IMPROVING = "IMPROVING"
    STABLE = "STABLE"
    WORSENING = "WORSENING"
    TOO_FEW_POINTS = "TOO_FEW_POINTS"


class Outlook(StrEnum):
    """Whether the end target comes within reach at the pace of the past years."""

    END_TARGET_REACHED = "END_TARGET_REACHED"
    NO_FORECAST_YET = "NO_FORECAST_YET"
    PERIOD_OVER = "PERIOD_OVER"
    ON_PACE = "ON_PACE"
    ACCELERATION_NEEDED = "ACCELERATION_NEEDED"
    PACE_TOO_LOW = "PACE_TOO_LOW"
    WRONG_DIRECTION = "WRONG_DIRECTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTarget:
    """What was agreed for the last year, and the values that can exist."""

    direction: Direction
    target: Decimal
    year: int
    lowest: Decimal | None = None
    highest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """`pace`: change per year so far; `needed`: the pace that still reaches the target; `ratio` of the two."""

    outlook: Outlook
    value: Decimal | None = None
    pace: Decimal | None = None
    needed: Decimal | None = None
    ratio: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pooled:
    """Several years as one group of children: the sums of their counts, over `years` of them."""

    numerator: int
    denominator: int
    years: int


def trend(points: Sequence[Point], direction: Direction, tol: Decimal, rules: RuleSet) -> Trend:
    """Theil-Sen: the median of all slopes over the whole span, against the tolerance."""
    if len(points) < rules.trend_min_points:
        return Trend.TOO_FEW_POINTS
    change = _slope(points) * (points[-1][0] - points[0][0])
    if direction is Direction.LOWER:
        change = -change
    if change >= tol and change > 0:
        return Trend.IMPROVING
    if change <= -tol and change < 0:
        return Trend.WORSENING
    return Trend.STABLE


def forecast(points: Sequence[Point], end: EndTarget, rules: RuleSet) -> Forecast:
    """A straight line through the median of slopes and intercepts to the last year.

    Straight, because compound growth breaks at zero. Empty `points` have no forecast yet.
    """
    if not points:
        return Forecast(Outlook.NO_FORECAST_YET)
    last_year, last = points[-1]
    if _is_reached(last, end):
        return Forecast(Outlook.END_TARGET_REACHED)
    if len(points) < rules.forecast_min_points:
        return Forecast(Outlook.NO_FORECAST_YET)
    if last_year >= end.year:
        return Forecast(Outlook.PERIOD_OVER)
    slope = _slope(points)
    intercept = median(Fraction(value) - slope * year for year, value in points)
    needed = (Fraction(end.target) - Fraction(last)) / (end.year - last_year)
    ratio = slope / needed
    return Forecast(
        _by_pace(ratio, rules),
        value=round_half_up(_clamped(slope * end.year + intercept, end), FORECAST_DECIMALS),
        pace=round_half_up(slope, PACE_DECIMALS),
        needed=round_half_up(needed, PACE_DECIMALS),
        ratio=round_half_up(ratio, PACE_DECIMALS),
    )


def pooled(counts: Sequence[tuple[int, int]], *, min_n: int, rules: RuleSet) -> Pooled:
    """The counts (numerator, denominator) of the latest years as one group; `counts` from old to new.

    Three years, and five when three hold fewer than `min_n` children. A year without counts is simply not there.
    """
    years = rules.pool_years
    if sum(denominator for _, denominator in counts[-years:]) < min_n:
        years = rules.pool_years_small
    taken = counts[-years:]
    return Pooled(
        numerator=sum(numerator for numerator, _ in taken),
        denominator=sum(denominator for _, denominator in taken),
        years=len(taken),
    )


def _slope(points: Sequence[Point]) -> Fraction:
    return median(
        (Fraction(later) - Fraction(earlier)) / (year_later - year_earlier)
        for (year_earlier, earlier), (year_later, later) in combinations(points, 2)
    )


def _is_reached(value: Decimal, end: EndTarget) -> bool:
    return value <= end.target if end.direction is Direction.LOWER else value >= end.target


def _by_pace(ratio: Fraction, rules: RuleSet) -> Outlook:
    if ratio >= Fraction(rules.pace_enough):
        return Outlook.ON_PACE
    if ratio >= Fraction(rules.pace_almost):
        return Outlook.ACCELERATION_NEEDED
    return Outlook.PACE_TOO_LOW if ratio >= 0 else Outlook.WRONG_DIRECTION


def _clamped(value: Fraction, end: EndTarget) -> Fraction:
    if end.lowest is not None:
        value = max(value, Fraction(end.lowest))
    if end.highest is not None:
        value = min(value, Fraction(end.highest))
    return value
