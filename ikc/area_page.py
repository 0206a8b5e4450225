"""What the pages of the area analysis show, put together out of an `Analysis`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from ikc.area_analysis import Part
from ikc.models import AreaFigure, AreaIndicator, AttentionArea, District, Reliability
from ikc.services.area_analysis import Analysis, Standing
from kvk2.core.capitals import upper_first
from kvk2.core.charts import Chart, Series, line_chart
from kvk2.core.money import format_number
from kvk2.nlds.components import Tile

MARKS = {Reliability.RELIABLE: "success", Reliability.INDICATIVE: "warning"}
NO_DIFFERENCE = Decimal(0)


def figure_words(figure: AreaFigure | None, indicator: AreaIndicator) -> str:
    """'12,5%', '8.590 inwoners', or why there is none."""
    if figure is None:
        return "geen cijfer"
    if figure.value is None:
        return figure.get_missing_reason_display()
    number = format_number(figure.value, indicator.decimals)
    return f"{number}%" if indicator.unit == "%" else f"{number} {indicator.unit}"


def band_of(indicator: AreaIndicator, value: Decimal | None) -> str:
    """The name that the scale of the indicator gives a figure; empty without a scale."""
    if value is None:
        return ""
    below = [band for band in indicator.bands.all() if band.lowest <= value]
    return max(below, key=lambda band: band.lowest).label if below else ""


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator of one district: the latest figure, its rank, and the figure before it."""

    indicator: AreaIndicator
    figures: list[AreaFigure]  # oldest first
    rank: int | None
    among: int

    @property
    def latest(self) -> AreaFigure | None:
        return self.figures[-1] if self.figures else None

    @property
    def words(self) -> str:
        return figure_words(self.latest, self.indicator)

    @property
    def band(self) -> str:
        return band_of(self.indicator, self.latest.value if self.latest else None)

    @property
    def trend(self) -> str:
        """Against the last figure before it: which way it went, and whether that is more vulnerable."""
        known = [row.value for row in self.figures if row.value is not None]
        if self.latest is None or self.latest.value is None or len(known) < 2:
            return ""
        difference = known[-1] - known[-2]
        if difference == NO_DIFFERENCE:
            return "gelijk"
        way = "gestegen" if difference > 0 else "gedaald"
        if not self.indicator.counts:
            return way
        is_worse = (difference > 0) == (self.indicator.direction == AreaIndicator.Direction.HIGHER)
        return f"{way}, {'kwetsbaarder' if is_worse else 'minder kwetsbaar'}"


class DistrictPage:
    """One district: its score, its figures over the years, and where each comes from."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.analysis = Analysis(district.year)
        self.standing: Standing = next(
            row for row in self.analysis.standings if row.district.pk == district.pk
        )
        self.among = sum(row.rank is not None for row in self.analysis.standings)

    @cached_property
    def rows(self) -> list[IndicatorRow]:
        """The indicators that count first, context last; those without any figure are left out."""
        parts = {part.measure: part for part in self.standing.result.parts}
        own = [row for row in self.analysis.figures if row.district_id == self.district.pk]
        rows = []
        for indicator in self.analysis.indicators:
            figures = [row for row in own if row.indicator_id == indicator.pk]
            if figures:
                rows.append(self._row(indicator, figures, parts.get(indicator.code)))
        return sorted(rows, key=lambda row: not row.indicator.counts)

    def _row(
        self, indicator: AreaIndicator, figures: list[AreaFigure], part: Part | None
    ) -> IndicatorRow:
        among = (
            sum(
                any(other.measure == indicator.code and other.rank for other in row.result.parts)
                for row in self.analysis.standings
            )
            if part
            else 0
        )
        return IndicatorRow(indicator, figures, part.rank if part else None, among)

    @property
    def tiles(self) -> list[Tile]:
        standing = self.standing
        marks = "alle cijfers zijn er en zijn betrouwbaar"
        if standing.reliability == Reliability.INDICATIVE:
            count = len(standing.result.missing)
            marks = "een cijfer is indicatief"
            if count:
                marks = f"er {'ontbreekt 1 cijfer' if count == 1 else f'ontbreken {count} cijfers'}"
        return [
            Tile("Rang", standing.rank or "–", f"van {self.among} wijken; 1 is het kwetsbaarst"),
            Tile(
                "Score",
                "–" if standing.score is None else format_number(standing.score, 1),
                "van 0 tot 100; hoger is kwetsbaarder",
            ),
            Tile("Betrouwbaarheid", upper_first(standing.reliability.label), marks),
            Tile(
                "Trend", upper_first(standing.trend_words or "–"), "tegenover het vorige peiljaar"
            ),
        ]

    @cached_property
    def score_chart(self) -> Chart | None:
        """The score over the reference years; None with fewer than two."""
        history = [
            (year, None if one.score is None else round(float(one.score), 1))
            for year, one in self.analysis.history(self.district.code)
        ]
        known = [(year, score) for year, score in history if score is not None]
        if len(known) < 2:
            return None
        (first, start), (last, end) = known[0], known[-1]
        return line_chart(
            [Series("Score", [score for _, score in history], "Score")],
            [str(year) for year, _ in history],
            title=f"Score van {self.district.name}",
            description=f"De score ging van {format_number(Decimal(str(start)), 1)} in {first} naar "
            f"{format_number(Decimal(str(end)), 1)} in {last}. Hoger is kwetsbaarder.",
            decimals=1,
        )

    @cached_property
    def charts(self) -> list[Chart]:
        """A small drawing for each indicator with at least two figures."""
        return [chart for row in self.rows if (chart := indicator_chart(row))]


def indicator_chart(row: IndicatorRow) -> Chart | None:
    """The figures of one indicator over its reference years."""
    known = [figure for figure in row.figures if figure.value is not None]
    if len(known) < 2:
        return None
    first, last = known[0], known[-1]
    unit = row.indicator.unit if row.indicator.unit == "%" else ""
    return line_chart(
        [Series(row.indicator.name, [figure.value for figure in row.figures], "Nu")],
        [str(figure.year) for figure in row.figures],
        title=row.indicator.name,
        description=f"Van {figure_words(first, row.indicator)} in {first.year} naar "
        f"{figure_words(last, row.indicator)} in {last.year}.",
        unit=unit,
        decimals=row.indicator.decimals,
        compact=True,
    )


def area_today(district: District, day: date) -> AttentionArea | None:
    """The attention area that the district is on `day`."""
    return district.attention_areas.active_on(day).select_related("recalibration").first()
