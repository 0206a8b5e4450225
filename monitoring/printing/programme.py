"""What the programme report prints: counts and charts over all IKCs, never a ranking or a total."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kvk2.core.charts import (
    Chart,
    Panel,
    Slope,
    Strip,
    counts_chart,
    dots_chart,
    panels_chart,
    slope_chart,
)
from kvk2.core.charts.scales import in_words
from kvk2.core.money import round_half_up
from monitoring.printing import figures
from monitoring.printing.contents import Contents, Entry
from monitoring.printing.figures import Counts, Mark
from monitoring.printing.money import money_table
from monitoring.report_dataset import (
    Goal,
    Indicator,
    ProgrammeIkc,
    ProgrammeReportData,
)
from monitoring.status import Status

# A strip of dots with fewer than this tells how one of them did.
FEWEST_DOTS = 5
# Small charts are drawn for indicators that at least this many IKCs share.
SHARED_BY = 2


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One IKC in the table under the small charts of an indicator."""

    name: str
    baseline: str
    before: str
    now: str
    target: str
    end: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Comparison:
    """One indicator that several IKCs share."""

    id: str
    indicator: Indicator
    panels: Chart
    slopes: Chart
    rows: tuple[ComparisonRow, ...]
    unit: str
    pooled: bool  # a programme line of added-up counts stands behind the panels


@dataclass(frozen=True, slots=True)
class GoalChapter:
    """One programme goal over all IKCs."""

    id: str
    number: int
    title: str
    counts: Counts
    before: Counts
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One IKC in the overview: a mark per goal, and how complete its figures are."""

    name: str
    marks: tuple[Mark, ...]
    counts: Counts
    remark: str


def programme_context(data: ProgrammeReportData) -> dict[str, Any]:
    """The template context of `monitoring/pdf/programme_report.html`."""
    year = data.edition.year_index
    ikcs = sorted(data.ikcs, key=lambda ikc: ikc.name.casefold())
    chapters = tuple(
        _goal_chapter(number, title, ikcs, data) for number, title in enumerate(data.goal_titles, 1)
    )
    contents = _contents(data, chapters)
    goals = [goal for ikc in ikcs for goal in ikc.goals]
    contexts = [ikc for ikc in ikcs if ikc.goals and ikc.context]
    return {
        "report": data,
        "year": figures.year_of(data.programme, year),
        "before": figures.year_of(data.programme, max(1, year - 1)),
        "goals": chapters,
        "counts": figures.goal_counts(goals, year),
        "reporting": sum(bool(ikc.goals) for ikc in ikcs),
        "overview": [_overview_row(ikc, data) for ikc in ikcs],
        "state_chart": _state_chart(chapters, data),
        "contexts": contexts,
        "differences": _differences(chapters, contexts, year),
        "money": money_table(data.contributions),
        "staffing": data.staffing,
        "contents": contents.as_list(),
        "chapters": contents.by_key(),
        "previous_edition": data.edition.number - 1,
        "amber_percentage": data.ruleset.amber_share * 100,
        "digest": data.digest(),
    }


def _contents(data: ProgrammeReportData, chapters: Iterable[GoalChapter]) -> Contents:
    contents = Contents()
    contents.front("samenvatting", "Bestuurlijke samenvatting")
    year = data.edition.year_index
    contents.chapter("stand", f"Waar staan we in jaar {year} van 8?")
    contents.chapter("overzicht", "Overzicht per IKC en doel")
    for chapter in chapters:
        entries = tuple(Entry(item.id, item.indicator.name) for item in chapter.comparisons)
        contents.chapter(chapter.id, f"Doel {chapter.number}: {chapter.title}", entries)
    if any(ikc.goals and ikc.context for ikc in data.ikcs):
        contents.chapter("verschillen", "Verschillen verklaard")
    contents.chapter("werkt", "Wat werkt")
    if data.contributions or data.staffing:
        contents.chapter("middelen", "Middelen en menskracht")
    contents.chapter("bijstellingen", "Bijstellingen dit jaar")
    if data.area_review:
        contents.chapter("herijking", "Herijking van de aandachtsgebieden")
    if data.recommendations or data.follow_up:
        contents.chapter("aanbevelingen", "Aanbevelingen")
    contents.chapter("verantwoording", "Gegevens en verantwoording")
    contents.annex("begrippen", "Begrippen")
    return contents


def _goal_chapter(
    number: int, title: str, ikcs: Sequence[ProgrammeIkc], data: ProgrammeReportData
) -> GoalChapter:
    year = data.edition.year_index
    goals = [(ikc.name, goal) for ikc in ikcs for goal in ikc.goals if goal.number == number]
    return GoalChapter(
        id=f"doel-{number}",
        number=number,
        title=title,
        counts=figures.goal_counts((goal for _, goal in goals), year),
        before=figures.goal_counts((goal for _, goal in goals), year - 1) if year > 1 else _NONE,
        comparisons=tuple(_comparisons(number, goals, data)),
    )


_NONE = Counts(0, 0, 0, 0)


def _comparisons(
    number: int, goals: Sequence[tuple[str, Goal]], data: ProgrammeReportData
) -> Iterable[Comparison]:
    """The core indicators that IKCs share, in the order of the agreements."""
    found = [(name, item) for name, goal in goals for item in goal.indicators if item.is_core]
    shared = Counter(item.code for _, item in found)
    codes = [code for code, times in shared.items() if times >= SHARED_BY]
    for position, code in enumerate(codes, 1):
        members = [(name, item) for name, item in found if item.code == code]
        yield _comparison(f"vergelijking-{number}-{position}", members, data)


def _comparison(
    identifier: str, members: Sequence[tuple[str, Indicator]], data: ProgrammeReportData
) -> Comparison:
    year = data.edition.year_index
    pooled = _pooled([item for _, item in members], year)
    panels = [
        Panel(
            name=name,
            targets=[outcome.target for outcome in item.years],
            actuals=[outcome.value if outcome.year <= year else None for outcome in item.years],
            sign=figures.sign(figures.result(item, year).status),
            words=figures.short(figures.result(item, year).value, item),
        )
        for name, item in members
    ]
    rows = tuple(_comparison_row(name, item, year) for name, item in members)
    indicator = members[0][1]
    now = figures.year_of(data.programme, year).label
    words = "; ".join(f"{row.name}: {row.now}, doel {row.target}, {row.mark.text}" for row in rows)
    return Comparison(
        id=identifier,
        indicator=indicator,
        panels=panels_chart(
            panels,
            figures.short_labels(data.programme),
            title=f"Kleine lijngrafieken van {indicator.name}, één per IKC",
            description=f"{words}.",
            background=pooled,
            current=year - 1,
            decimals=indicator.decimals,
        ),
        slopes=slope_chart(
            [_slope(name, item, year) for name, item in members],
            ("Nulmeting", now, "Doel jaar 8"),
            title=f"{indicator.name}: van nulmeting naar doel, één lijn per IKC",
            description=f"{words}.",
            unit=figures.PERCENT if indicator.unit == figures.PERCENT else "",
            decimals=indicator.decimals,
        ),
        rows=rows,
        unit="procenten" if indicator.unit == figures.PERCENT else indicator.unit,
        pooled=any(value is not None for value in pooled),
    )


def _slope(name: str, indicator: Indicator, year: int) -> Slope:
    current = figures.result(indicator, year)
    return Slope(
        name,
        (indicator.baseline, current.value, indicator.years[-1].target),
        figures.sign(current.status),
    )


def _differences(
    chapters: Iterable[GoalChapter], ikcs: Sequence[ProgrammeIkc], year: int
) -> Chart | None:
    """How far the IKCs lie apart on the indicators they share; only where at least `FEWEST_DOTS` have a figure."""
    strips = [
        strip
        for chapter in chapters
        for comparison in chapter.comparisons
        if (strip := _strip(comparison.indicator, ikcs, year))
    ]
    if not strips:
        return None
    return dots_chart(
        strips,
        [ikc.name for ikc in ikcs],
        title="Hoe ver de IKC’s uit elkaar liggen",
        description=f"{'; '.join(map(_range, strips))}.",
    )


def _range(strip: Strip) -> str:
    known = [value for value in strip.values if value is not None]
    low, high = (in_words(value, strip.unit, strip.decimals) for value in (min(known), max(known)))
    return f"{strip.name}: van {low} tot {high}"


def _strip(indicator: Indicator, ikcs: Sequence[ProgrammeIkc], year: int) -> Strip | None:
    """The figures of one indicator, in the order of `ikcs`."""
    found = {
        ikc.name: figures.result(item, year)
        for ikc in ikcs
        for goal in ikc.goals
        for item in goal.indicators
        if item.code == indicator.code
    }
    outcomes = [found.get(ikc.name) for ikc in ikcs]
    values = [outcome.value if outcome else None for outcome in outcomes]
    if sum(value is not None for value in values) < FEWEST_DOTS:
        return None
    return Strip(
        indicator.name,
        values,
        [figures.sign(one.status if one else Status.NO_DATA) for one in outcomes],
        figures.PERCENT if indicator.unit == figures.PERCENT else "",
        indicator.decimals,
    )


def _pooled(indicators: Sequence[Indicator], year: int) -> list[float | None]:
    """The programme's percentage per year: added-up counts, only when every IKC has them."""
    values: list[float | None] = []
    for index in range(len(indicators[0].years)):
        outcomes = [item.years[index] for item in indicators]
        counted = [
            (outcome.numerator, outcome.denominator)
            for outcome in outcomes
            if outcome.numerator is not None and outcome.denominator
        ]
        if len(counted) < len(outcomes) or index >= year:
            values.append(None)
            continue
        whole = sum(denominator for _, denominator in counted)
        part = sum(numerator for numerator, _ in counted)
        values.append(float(round_half_up(Decimal(100 * part) / whole, 1)))
    return values


def _comparison_row(name: str, indicator: Indicator, year: int) -> ComparisonRow:
    current = figures.result(indicator, year)
    before = figures.result(indicator, year - 1).value if year > 1 else None
    return ComparisonRow(
        name=name,
        baseline=figures.plain(indicator.baseline, indicator),
        before=figures.plain(before, indicator),
        now=figures.plain(current.value, indicator),
        target=figures.target(current, indicator, with_unit=False),
        end=figures.target(indicator.years[-1], indicator, with_unit=False),
        mark=figures.mark(current.status, provisional=current.provisional),
    )


def _overview_row(ikc: ProgrammeIkc, data: ProgrammeReportData) -> OverviewRow:
    return OverviewRow(
        name=ikc.name,
        marks=tuple(figures.verdict_mark(goal.verdict) for goal in ikc.goals),
        counts=figures.goal_counts(ikc.goals, data.edition.year_index),
        remark=ikc.remark,
    )


def _state_chart(chapters: Iterable[GoalChapter], data: ProgrammeReportData) -> Chart | None:
    year = data.edition.year_index
    now = figures.year_of(data.programme, year).label
    rows = []
    for chapter in chapters:
        if year > 1:
            label = figures.year_of(data.programme, year - 1).label
            rows.append((f"Doel {chapter.number}, {label}", chapter.before.parts()))
        rows.append((f"Doel {chapter.number}, {now}", chapter.counts.parts()))
    if not any(count for _, counts in rows for count in counts):
        return None
    words = "; ".join(
        f"doel {chapter.number}: {chapter.counts.words()}, vorig jaar {chapter.before.words()}"
        for chapter in chapters
    )
    return counts_chart(
        rows,
        figures.PARTS,
        title="Aantal indicatoren per status",
        description=f"{words}.",
    )
