"""Which districts are the most vulnerable: rank per indicator, one score, and how far it can be relied upon.

The method, for one set of figures on one district map (docs/adr/0016 tells why):

1. Of each indicator that counts, the latest reference year up to the asked one is taken: for all districts the same.
2. Within an indicator the districts are ranked, 1 being the most vulnerable. Equal figures share a rank, and the
   ranks after them are skipped (1, 1, 3).
3. A rank gives points: 100 for the most vulnerable of `n` districts, 0 for rank `n`, evenly between:
   `100 × (n - rank) / (n - 1)`.
4. The score of a district is the mean of its points, each weighing as its indicator weighs, over the indicators of
   which it has a figure. Where these weigh less than half of all, there is no score.
5. Districts are ranked by score; equal scores share a rank.
6. A score is indicative when a figure of it is, or when one is missing; else it is reliable.

All sums are exact fractions: nothing is rounded before it is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

FULL_POINTS = 100
LEAST_KNOWN = Fraction(1, 2)
RELIABLE, INDICATIVE = "B", "I"


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator as the sum needs it; `weight` above zero, `higher_is_worse` the way of vulnerability."""

    code: str
    weight: Decimal
    higher_is_worse: bool


@dataclass(frozen=True, slots=True)
class Observed:
    """One figure: `value` is None when it is missing, `is_indicative` when the source says so."""

    measure: str
    district: str
    year: int
    value: Decimal | None
    is_indicative: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What one indicator says of one district; no rank without a figure."""

    measure: str
    year: int
    value: Decimal | None
    is_indicative: bool
    rank: int | None
    points: Fraction | None


@dataclass(slots=True)
class Result:
    """One district: its parts in the order of the measures, and what follows from them."""

    district: str
    parts: list[Part] = field(default_factory=list)
    score: Fraction | None = None
    rank: int | None = None
    reliability: str = INDICATIVE

    @property
    def missing(self) -> list[str]:
        """The indicators of which there is no figure."""
        return [part.measure for part in self.parts if part.value is None]


def ranks(values: Mapping[str, Decimal | Fraction], *, highest_first: bool) -> dict[str, int]:
    """Rank 1 for the highest (or the lowest) value; equal values share a rank and the next ones are skipped."""
    ordered = sorted(values.values(), reverse=highest_first)
    first: dict[Decimal | Fraction, int] = {}
    for place, value in enumerate(ordered, 1):
        first.setdefault(value, place)
    return {key: first[value] for key, value in values.items()}


def points_of(rank: int, among: int) -> Fraction:
    """100 for rank 1, 0 for the last rank; a single district has nobody to be compared with: 0."""
    return Fraction(FULL_POINTS * (among - rank), among - 1) if among > 1 else Fraction(0)


def reference_year(figures: Iterable[Observed], *, until: int) -> int | None:
    """The latest year up to `until` of which there is any figure."""
    return max((one.year for one in figures if one.year <= until), default=None)


def analyse(
    measures: Sequence[Measure],
    figures: Iterable[Observed],
    districts: Sequence[str],
    *,
    until: int,
) -> list[Result]:
    """Every district of `districts`, in their order. An indicator without any figure up to `until` takes no part."""
    results = {district: Result(district) for district in districts}
    by_measure: dict[str, list[Observed]] = {}
    for one in figures:
        by_measure.setdefault(one.measure, []).append(one)
    used = []
    for measure in measures:
        own = by_measure.get(measure.code, [])
        year = reference_year(own, until=until)
        if year is not None:
            used.append(measure)
            _take_part(measure, year, own, results)
    whole = sum((Fraction(measure.weight) for measure in used), Fraction(0))
    weights = {measure.code: Fraction(measure.weight) for measure in used}
    for result in results.values():
        _score(result, weights, whole)
    scored = {key: one.score for key, one in results.items() if one.score is not None}
    for district, rank in ranks(scored, highest_first=True).items():
        results[district].rank = rank
    return list(results.values())


def _take_part(
    measure: Measure, year: int, figures: Iterable[Observed], results: Mapping[str, Result]
) -> None:
    found = {one.district: one for one in figures if one.year == year and one.district in results}
    values = {key: one.value for key, one in found.items() if one.value is not None}
    places = ranks(values, highest_first=measure.higher_is_worse)
    for district, result in results.items():
        one, rank = found.get(district), places.get(district)
        result.parts.append(
            Part(
                measure.code,
                year,
                one.value if one else None,
                one.is_indicative if one else False,
                rank,
                points_of(rank, len(values)) if rank is not None else None,
            )
        )


def _score(result: Result, weights: Mapping[str, Fraction], whole: Fraction) -> None:
    known = [(part, weights[part.measure]) for part in result.parts if part.points is not None]
    weight = sum((weight for _, weight in known), Fraction(0))
    if weight and weight >= LEAST_KNOWN * whole:
        total = sum((weight * (part.points or 0) for part, weight in known), Fraction(0))
        result.score = total / weight
    is_whole = bool(result.parts) and not result.missing
    if is_whole and not any(part.is_indicative for part in result.parts):
        result.reliability = RELIABLE
