"""The analysis of one district map out of the database: who ranks where, and where it is going."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from ikc.area_analysis import Measure, Observed, Part, Result, analyse
from ikc.models import AreaFigure, AreaIndicator, District, Reliability
from kvk2.core.money import round_half_up

# Smaller differences of the score, in points, are called equal: ranks of neighbours change places for less.
STEADY = Decimal(2)


@dataclass(frozen=True, slots=True)
class Standing:
    """A district in an analysis; `before` is the score of the previous reference year, None when there is none."""

    district: District
    result: Result
    before: Decimal | None

    @property
    def score(self) -> Decimal | None:
        """Out of 100, one decimal: the higher, the more vulnerable."""
        return None if self.result.score is None else round_half_up(self.result.score, 1)

    @property
    def rank(self) -> int | None:
        return self.result.rank

    @property
    def reliability(self) -> Reliability:
        return Reliability(self.result.reliability)

    @property
    def trend(self) -> Decimal | None:
        """By how many points the score rose since the previous reference year."""
        if self.score is None or self.before is None:
            return None
        return self.score - self.before

    @property
    def trend_words(self) -> str:
        return trend_words(self.trend)


def trend_words(trend: Decimal | None) -> str:
    """'kwetsbaarder', 'minder kwetsbaar' or 'gelijk'; empty when nothing can be said."""
    if trend is None:
        return ""
    if abs(trend) < STEADY:
        return "gelijk"
    return "kwetsbaarder" if trend > 0 else "minder kwetsbaar"


@dataclass
class Analysis:
    """All districts of the map of one year, with the figures up to a reference year; four queries in all."""

    map_year: int
    until: int | None = None
    districts: Sequence[District] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.districts = list(District.objects.filter(year=self.map_year).order_by("code"))

    @cached_property
    def indicators(self) -> list[AreaIndicator]:
        """All that counts and all that is context, by code."""
        return list(AreaIndicator.objects.prefetch_related("bands").order_by("family", "code"))

    @cached_property
    def measures(self) -> list[Measure]:
        return [
            Measure(one.code, one.weight, one.direction == AreaIndicator.Direction.HIGHER)
            for one in self.indicators
            if one.counts
        ]

    @cached_property
    def figures(self) -> list[AreaFigure]:
        return list(AreaFigure.objects.of_map(self.map_year).for_analysis())

    @cached_property
    def years(self) -> list[int]:
        """The reference years of the indicators that count, oldest first."""
        return sorted({row.year for row in self.figures if row.indicator.counts})

    @property
    def year(self) -> int | None:
        """The latest reference year that this analysis looks at."""
        return max(
            (year for year in self.years if self.until is None or year <= self.until), default=None
        )

    @cached_property
    def _observed(self) -> list[Observed]:
        codes = {one.pk: one.code for one in self.districts}
        return [
            Observed(
                row.indicator.code,
                codes[row.district_id],
                row.year,
                row.value,
                row.reliability == Reliability.INDICATIVE,
            )
            for row in self.figures
        ]

    def results(self, year: int) -> list[Result]:
        """As it stands with the figures up to `year`."""
        return analyse(
            self.measures, self._observed, [one.code for one in self.districts], until=year
        )

    @cached_property
    def standings(self) -> list[Standing]:
        """The districts, the most vulnerable first; those without a score last."""
        if self.year is None:
            return [Standing(one, Result(one.code), None) for one in self.districts]
        earlier = [year for year in self.years if year < self.year]
        before = {
            one.district: round_half_up(one.score, 1)
            for one in (self.results(earlier[-1]) if earlier else [])
            if one.score is not None
        }
        rows = [
            Standing(district, result, before.get(district.code))
            for district, result in zip(self.districts, self.results(self.year), strict=True)
        ]
        return sorted(rows, key=lambda row: (row.rank is None, row.rank, row.district.code))

    def history(self, code: str) -> list[tuple[int, Result]]:
        """How the district `code` stood in each reference year."""
        return [
            (year, next(one for one in self.results(year) if one.district == code))
            for year in self.years
        ]

    def inputs_of(self, standing: Standing) -> list[dict]:
        """The figures that the score stands on, to be kept with a recalibration (domain reference 5.3)."""
        named = {one.code: one for one in self.indicators}
        sources = {
            (row.indicator.code, row.district_id, row.year): row.source for row in self.figures
        }
        return [
            _input(
                part,
                named[part.measure],
                sources.get((part.measure, standing.district.pk, part.year), ""),
            )
            for part in standing.result.parts
        ]


def _input(part: Part, indicator: AreaIndicator, source: str) -> dict:
    return {
        "code": part.measure,
        "name": indicator.name,
        "unit": indicator.unit,
        "weight": str(indicator.weight),
        "direction": indicator.direction,
        "year": part.year,
        "value": None if part.value is None else str(part.value),
        "reliability": "I" if part.is_indicative else "B",
        "rank": part.rank,
        "source": source,
    }


def latest_map() -> int | None:
    """The year of the newest district map."""
    return District.objects.order_by("-year").values_list("year", flat=True).first()
