"""What the yearly report of one IKC prints, made from its frozen dataset and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kvk2.core.charts import Chart, Journey, band, journeys_chart, progress_chart
from kvk2.core.money import format_whole
from monitoring.explain import format_figure
from monitoring.printing import figures
from monitoring.printing.agreed import (
    changed_slopes,
    changed_targets,
    measures_per_goal,
    proposal,
    told,
    versions_chart,
)
from monitoring.printing.children import children_chart, lines, tables
from monitoring.printing.contents import Contents, Entry
from monitoring.printing.figures import Counts, Mark
from monitoring.printing.ladders import ladder
from monitoring.printing.money import money_table
from monitoring.report_dataset import (
    Contribution,
    Goal,
    GoalReview,
    IkcReportData,
    Indicator,
    Staffing,
    YearResult,
)
from monitoring.status import COLOURS, Status

HIGHLIGHTS = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """A line in the list beside a chart."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class IndicatorBlock:
    """One indicator of a goal chapter."""

    id: str
    indicator: Indicator
    current: YearResult
    mark: Mark
    facts: tuple[Fact, ...]  # measured and target first
    chart: Chart | None  # none of a milestone: it has a day, and no figures
    better: str
    tolerance: str
    ladder: Chart | None = None  # of a scale


@dataclass(frozen=True, slots=True)
class GoalBlock:
    """One goal chapter."""

    id: str
    goal: Goal
    mark: Mark
    counts: Counts
    indicators: tuple[IndicatorBlock, ...]
    journeys: Chart | None
    answers: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """All figures of one indicator for the annex, as printed."""

    name: str
    baseline: str
    targets: tuple[str, ...]
    originals: tuple[str, ...]  # empty when no target was ever changed
    actuals: tuple[str, ...]
    children: tuple[str, ...]  # empty when nothing was counted
    marks: tuple[Mark | None, ...]

    @property
    def rows(self) -> int:
        """How many lines of the table the indicator takes."""
        return 3 + bool(self.originals) + bool(self.children)


def ikc_context(data: IkcReportData) -> dict[str, Any]:
    """The template context of `monitoring/pdf/ikc_report.html`."""
    blocks = tuple(_goal_block(goal, data) for goal in data.goals)
    indicators = [item for block in blocks for item in block.indicators]
    year = data.edition.year_index
    contents = _contents(data, blocks)
    children = children_chart(data.surroundings, data.ikc.name)
    return {
        "report": data,
        "year": figures.year_of(data.programme, year),
        "goals": blocks,
        "counts": figures.goal_counts(data.goals, year),
        "strong": _highlights(indicators, (Status.GREEN,)),
        "weak": _highlights(indicators, (Status.RED, Status.AMBER)),
        "indicators": indicators,
        "example": next(
            (item for item in indicators if item.chart and item.current.status in COLOURS), None
        ),
        "children_chart": children,
        "children_tables": tables(children),
        "lines": lines(data.surroundings),
        "targets": [_matrix_row(item.indicator) for item in indicators],
        "money": money_table(data.contributions),
        "purposes": _purposes(data.contributions),
        "staffing_rows": _marked(data.staffing),
        "measures": measures_per_goal(data),
        "steering": data.steering,
        "timeline": versions_chart(data),
        "changed": changed_targets(data),
        "slopes": changed_slopes(data),
        "proposal": proposal(data),
        "reactions": [told(row) for row in data.reactions],
        "contents": contents.as_list(),
        "chapters": contents.by_key(),
        "previous_edition": data.edition.number - 1,
        "amber_percentage": data.ruleset.amber_share * 100,
        "digest": data.digest(),
    }


def _contents(data: IkcReportData, blocks: tuple[GoalBlock, ...]) -> Contents:
    contents = Contents()
    contents.front("oogopslag", "In één oogopslag")
    contents.front("leeswijzer", "Hoe leest u dit rapport?")
    contents.chapter("kinderen", "De kinderen en de wijk")
    contents.chapter("afspraken", "Wat is afgesproken")
    for block in blocks:
        entries = tuple(Entry(item.id, item.indicator.name) for item in block.indicators)
        contents.chapter(block.id, f"Doel {block.goal.number}: {block.goal.title}", entries)
    if data.measures:
        contents.chapter("aanbod", "Van analyse naar aanbod")
    if data.contributions or data.staffing or data.steering:
        contents.chapter("inzet", "Inzet en sturing")
    contents.chapter("vorige", "Wat deden we met de vorige conclusies?")
    contents.chapter("conclusies", "Conclusies, voorstel en acties")
    contents.chapter("reacties", "Reactie van de partijen")
    contents.annex("cijfers", "Alle cijfers")
    contents.annex("methode", "Methode en gegevens")
    contents.annex("begrippen", "Begrippen")
    return contents


def _goal_block(goal: Goal, data: IkcReportData) -> GoalBlock:
    year = data.edition.year_index
    return GoalBlock(
        id=f"doel-{goal.number}",
        goal=goal,
        mark=figures.verdict_mark(goal.verdict),
        counts=figures.goal_counts([goal], year),
        indicators=tuple(
            _indicator_block(item, f"indicator-{goal.number}-{number}", data)
            for number, item in enumerate(goal.indicators, 1)
        ),
        journeys=_journeys(goal, year),
        answers=_answers(goal.review),
    )


def _indicator_block(indicator: Indicator, identifier: str, data: IkcReportData) -> IndicatorBlock:
    year = data.edition.year_index
    current = figures.result(indicator, year)
    return IndicatorBlock(
        id=identifier,
        indicator=indicator,
        current=current,
        mark=figures.mark(current.status, provisional=current.provisional),
        facts=tuple(_facts(indicator, current, data)),
        chart=None if indicator.kind == figures.MILESTONE else _progress(indicator, data),
        better=figures.better(indicator),
        tolerance=figures.tolerance(indicator),
        ladder=ladder(indicator, data),
    )


def _facts(indicator: Indicator, current: YearResult, data: IkcReportData) -> Iterable[Fact]:
    year = data.edition.year_index
    label = figures.year_of(data.programme, year).label
    measured = figures.measured(current, indicator)
    nothing = measured == figures.NOTHING
    yield Fact(f"Gemeten {label}", figures.missing(current, indicator) if nothing else measured)
    yield Fact(f"Doel {label}", figures.target(current, indicator))
    if indicator.kind == figures.MILESTONE:
        return
    if year > 1:
        before = figures.result(indicator, year - 1)
        yield Fact("Vorig jaar", figures.figure(before.value, indicator))
    yield Fact(
        f"Nulmeting {indicator.baseline_label}", figures.figure(indicator.baseline, indicator)
    )
    yield Fact("Doel jaar 8", figures.target(indicator.years[-1], indicator))
    if current.denominator is not None:
        yield Fact("Aantal kinderen", format_whole(current.denominator))


def _progress(indicator: Indicator, data: IkcReportData) -> Chart:
    """The line chart of an indicator, up to and including the year of the report."""
    year, years = data.edition.year_index, indicator.years
    return progress_chart(
        figures.short_labels(data.programme),
        [item.target for item in years],
        [item.value if item.year <= year else None for item in years],
        title=f"Lijngrafiek van {indicator.name}",
        description=_progress_words(indicator, data),
        unit=figures.PERCENT if indicator.unit == figures.PERCENT else "",
        decimals=indicator.decimals,
        baseline=indicator.baseline,
        bands=[band(item.target, item.low, item.high, indicator.tolerance) for item in years],
        current=year - 1,
        end_label="doel jaar 8",
        compact=True,
    )


def _progress_words(indicator: Indicator, data: IkcReportData) -> str:
    year = data.edition.year_index
    parts = [
        f"{figures.year_of(data.programme, item.year).label}: "
        f"gemeten {figures.figure(item.value, indicator)}, "
        f"doel {figures.target(item, indicator)}"
        for item in indicator.years[:year]
    ]
    return (
        f"Nulmeting {figures.figure(indicator.baseline, indicator)}. {'; '.join(parts)}. "
        f"Doel in jaar 8: {figures.target(indicator.years[-1], indicator)}."
    )


def _purposes(contributions: Iterable[Contribution]) -> list[Fact]:
    """What each party gives its contribution for."""
    named = dict.fromkeys(
        (item.party, item.description) for item in contributions if item.description
    )
    return [Fact(party, description) for party, description in named]


def _marked(rows: Iterable[Staffing]) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "agreed": f"{format_figure(row.hours_per_week)} uur × {row.weeks} weken",
            "mark": figures.mark(row.status),
        }
        for row in rows
    ]


def _journeys(goal: Goal, year: int) -> Chart | None:
    journeys = [one for item in goal.indicators if (one := _journey(item, year))]
    if not journeys:
        return None
    words = [f"{one.name}: {one.value_words}, doel jaar 8 {one.end_words}" for one in journeys]
    return journeys_chart(
        journeys, title="Afgelegde weg per indicator", description=f"{'; '.join(words)}."
    )


def _journey(indicator: Indicator, year: int) -> Journey | None:
    """None when there is no way to draw: no baseline, no target, or a target to stay level."""
    current, last = figures.result(indicator, year), indicator.years[-1].target
    if indicator.baseline is None or last is None or current.target is None:
        return None
    if indicator.baseline == last:
        return None
    return Journey(
        name=indicator.name,
        baseline=indicator.baseline,
        target=current.target,
        end_target=last,
        tolerance=current.tolerance or indicator.tolerance,
        value=current.value,
        sign=figures.sign(current.status),
        baseline_words=figures.plain(indicator.baseline, indicator),
        target_words=figures.plain(current.target, indicator),
        end_words=figures.plain(last, indicator),
        value_words=figures.short(current.value, indicator),
    )


def _answers(review: GoalReview | None) -> tuple[Fact, ...]:
    if review is None:
        return ()
    asked = (
        ("Wat herkennen wij?", review.recognise),
        ("Hoe verklaren wij het?", review.explain),
        ("Wat vinden wij ervan?", review.value),
        ("Wat doen wij beter?", review.improve),
    )
    return tuple(Fact(question, answer) for question, answer in asked if answer)


def _highlights(
    indicators: Iterable[IndicatorBlock], statuses: tuple[Status, ...]
) -> list[IndicatorBlock]:
    """At most three, core indicators first, otherwise in the order of the agreement."""
    found = [item for item in indicators if item.current.status in statuses]
    rank = {status: position for position, status in enumerate(statuses)}
    found.sort(key=lambda item: (rank[item.current.status], not item.indicator.is_core))
    return found[:HIGHLIGHTS]


def _matrix_row(indicator: Indicator) -> MatrixRow:
    years = indicator.years
    changed = any(item.original_target is not None for item in years)
    counted = any(item.denominator is not None for item in years)
    unit = f" ({indicator.unit})" if indicator.unit else ""
    return MatrixRow(
        name=f"{indicator.name}{unit}",
        baseline=figures.plain(indicator.baseline, indicator),
        targets=tuple(figures.target(item, indicator, with_unit=False) for item in years),
        originals=tuple(
            figures.plain(item.original_target or item.target, indicator) for item in years
        )
        if changed
        else (),
        actuals=tuple(figures.measured(item, indicator, with_unit=False) for item in years),
        children=tuple(
            figures.NOTHING if item.denominator is None else f"{item.denominator}" for item in years
        )
        if counted
        else (),
        marks=tuple(
            None if item.status is Status.NOT_YET_DUE else figures.mark(item.status)
            for item in years
        ),
    )
