"""What the pages of a cycle show: counts of returns, figures and colours, never averaged, never ranked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from agreements.models import AgreedIndicator, Goal, YearTarget
from monitoring.explain import LABELS, VERDICT_LABELS, Label
from monitoring.models import Measurement, MonitoringCycle, Return, StatusResult
from monitoring.querysets import sees_small_groups
from monitoring.services.judging import is_hidden
from monitoring.shielding import as_shown, definitions_of, shield_for
from monitoring.status import GoalItem, GoalVerdict, Status, goal_verdict

if TYPE_CHECKING:
    from ikc.models import User

EXPORT_HEADERS = [
    "IKC",
    "Doel",
    "Indicator",
    "Eenheid",
    "Streefwaarde",
    "Waarde",
    "Status",
    "Waarom",
    "Peildatum",
    "Bron",
]


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One line of the list of cycles."""

    cycle: MonitoringCycle
    filed: int
    returns: int


@dataclass(frozen=True, slots=True)
class GoalCell:
    """How one goal of one IKC stands: the verdict and the counts behind it."""

    goal: Goal
    verdict: GoalVerdict
    verdict_text: str
    counts: list[tuple[Label, int]]
    statuses: list[Status]


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One IKC in a cycle."""

    return_: Return
    measured: int
    indicators: int
    goals: list[GoalCell]


@dataclass(frozen=True, slots=True)
class CycleOverview:
    """A whole cycle as far as the user may see it."""

    rows: list[ReturnRow]
    goals: list[Goal]
    filed: int
    measured: int
    indicators: int
    colours: list[tuple[Label, int]]


def with_counts(cycles: QuerySet, returns: QuerySet) -> list[CycleRow]:
    """The cycles with how many of the visible returns were filed; two queries."""
    total: Counter[int] = Counter()
    filed: Counter[int] = Counter()
    for cycle_id, submitted_at in returns.values_list("cycle_id", "submitted_at"):
        total[cycle_id] += 1
        filed[cycle_id] += submitted_at is not None
    return [CycleRow(cycle, filed[cycle.pk], total[cycle.pk]) for cycle in cycles]


def of_cycle(cycle: MonitoringCycle, returns: QuerySet, user: "User") -> CycleOverview:
    """Rows per IKC in alphabetical order, with the verdict per goal; a constant number of queries."""
    rows = list(returns.for_list().order_by("agreement__ikc__name", "pk"))
    goals = list(Goal.objects.filter(programme=cycle.year.programme_id).order_by("order"))
    indicators = _indicators_by_version(rows)
    results = _results_by_return(rows, user)
    measured = Counter(
        Measurement.objects.filter(of_return__in=rows).values_list("of_return_id", flat=True)
    )
    rules = cycle.ruleset.rules()
    table = [
        ReturnRow(
            return_=return_,
            measured=measured[return_.pk],
            indicators=len(indicators[return_.version_id]),
            goals=[
                _cell(goal, indicators[return_.version_id], results[return_.pk], rules)
                for goal in goals
            ],
        )
        for return_ in rows
    ]
    colours = Counter(status for row in table for cell in row.goals for status in cell.statuses)
    return CycleOverview(
        rows=table,
        goals=goals,
        filed=sum(row.return_.submitted_at is not None for row in table),
        measured=sum(row.measured for row in table),
        indicators=sum(row.indicators for row in table),
        colours=[(label, colours[status]) for status, label in LABELS.items() if colours[status]],
    )


def _indicators_by_version(returns: Iterable[Return]) -> dict[int, list[AgreedIndicator]]:
    found: dict[int, list[AgreedIndicator]] = defaultdict(list)
    versions = {return_.version_id for return_ in returns}
    for indicator in (
        AgreedIndicator.objects.filter(version__in=versions)
        .select_related("result__goal", "definition_version__definition")
        .order_by("result__goal__order", "result__number", "pk")
    ):
        found[indicator.version_id].append(indicator)
    return found


def _results_by_return(returns: Iterable[Return], user: "User") -> dict[int, dict]:
    """The judgements as the reader may see them: never saved, for what is hidden is taken out of them."""
    found: dict[int, dict] = defaultdict(dict)
    results = list(
        StatusResult.objects.filter(of_return__in=returns).select_related(
            "of_return__cycle__year", "indicator__definition_version"
        )
    )
    shield = shield_for(user, definitions_of(results))
    for result in results:
        found[result.of_return_id][result.series_key] = as_shown(result, shield)
    return found


def _cell(goal: Goal, indicators: list[AgreedIndicator], results: dict, rules) -> GoalCell:
    items = [
        GoalItem(
            Status(results[indicator.series_key].status)
            if indicator.series_key in results
            else Status.NOT_YET_DUE,
            indicator.is_core,
        )
        for indicator in indicators
        if indicator.result.goal_id == goal.pk
    ]
    verdict = goal_verdict(items, rules)
    counts = Counter(item.status for item in items)
    return GoalCell(
        goal=goal,
        verdict=verdict,
        verdict_text=VERDICT_LABELS[verdict],
        counts=[(label, counts[status]) for status, label in LABELS.items() if counts[status]],
        statuses=[item.status for item in items],
    )


def export_rows(cycle: MonitoringCycle, returns: QuerySet, user: "User") -> Iterator[list]:
    """The rows of the CSV; who does not enter figures gets no small groups (domain reference 8.2)."""
    rows = list(returns.for_list().order_by("agreement__ikc__name", "pk"))
    indicators = _indicators_by_version(rows)
    results = _results_by_return(rows, user)
    targets = _targets(indicators, cycle)
    measurements = {
        (row.of_return_id, row.series_key): row
        for row in Measurement.objects.filter(of_return__in=rows)
    }
    inside = sees_small_groups(user)
    for return_ in rows:
        for indicator in indicators[return_.version_id]:
            result = results[return_.pk].get(indicator.series_key)
            measurement = measurements.get((return_.pk, indicator.series_key))
            yield _export_row(return_, indicator, result, measurement, targets, inside)


def _targets(indicators: dict[int, list[AgreedIndicator]], cycle: MonitoringCycle) -> dict:
    ids = [indicator.pk for group in indicators.values() for indicator in group]
    return {
        target.indicator_id: target
        for target in YearTarget.objects.filter(indicator__in=ids, year=cycle.year_id)
    }


def _export_row(return_, indicator, result, measurement, targets, inside: bool) -> list:
    definition = indicator.definition_version.definition
    target = targets.get(indicator.pk)
    status = Status(result.status) if result else Status.NOT_YET_DUE
    return [
        return_.version.ikc_name,
        indicator.result.label,
        definition.name,
        definition.unit,
        _agreed(target, definition.decimals),
        _shown_value(result, measurement, indicator, inside),
        LABELS[status].text,
        _sentence(result, inside),
        measurement.reference_date if measurement else "",
        measurement.source if measurement else "",
    ]


def _shown_value(result, measurement, indicator, inside: bool) -> str:
    if result is None or (
        not inside and measurement is not None and is_hidden(measurement, indicator)
    ):
        return ""
    return _plain(result.value, indicator.definition_version.definition.decimals)


def _agreed(target: YearTarget | None, decimals: int) -> str:
    if target is not None and target.due_on is not None:
        return target.due_on.isoformat()
    return _plain(target.number if target else None, decimals)


def _sentence(result: StatusResult | None, inside: bool) -> str:
    if result is None:
        return ""
    return result.explanation if inside else result.public_explanation


def _plain(figure, decimals: int) -> str:
    return "" if figure is None else f"{figure:.{decimals}f}".replace(".", ",")
