"""From figures that may be read to what follows from them: trend, forecast and the verdict on a goal."""

from dataclasses import replace

from monitoring import report_dataset as data
from monitoring.explain import TREND_LABELS, explain_forecast, explain_goal
from monitoring.models import MonitoringCycle
from monitoring.outlook import EndTarget, Trend, forecast, trend
from monitoring.status import Direction, GoalItem, RuleSet, goal_verdict

# Types of which the figures can be drawn on to the last year.
WITH_FIGURES = ("number", "percentage", "amount")


def judged(goals: tuple[data.Goal, ...], cycle: MonitoringCycle) -> tuple[data.Goal, ...]:
    """The goals with what follows from the figures that may be read: trend of each, and verdict of the whole."""
    rules = cycle.ruleset.rules()
    return tuple(_judged(goal, cycle, rules) for goal in goals)


def _judged(goal: data.Goal, cycle: MonitoringCycle, rules: RuleSet) -> data.Goal:
    rows = tuple(_with_trend(row, rules) for row in goal.indicators)
    items = [GoalItem(row.years[cycle.year.index - 1].status, row.is_core) for row in rows]
    verdict = goal_verdict(items, rules)
    return replace(
        goal,
        indicators=rows,
        verdict=verdict,
        verdict_explanation=explain_goal(items, verdict, rules),
    )


def _with_trend(row: data.Indicator, rules: RuleSet) -> data.Indicator:
    points = [(item.year, item.value) for item in row.years if item.value is not None]
    course = trend(points, row.direction, row.tolerance, rules)
    return replace(
        row,
        trend="" if course is Trend.TOO_FEW_POINTS else TREND_LABELS[course],
        forecast=_forecast(row, points, rules),
    )


def _forecast(row: data.Indicator, points: list, rules: RuleSet) -> str:
    """One sentence on the last year, from what may be read; empty when there is nothing to say yet."""
    last = row.years[-1]
    if row.direction is Direction.RANGE or row.kind not in WITH_FIGURES or last.target is None:
        return ""
    end = EndTarget(
        direction=row.direction,
        target=last.target,
        year=last.year,
        lowest=row.lowest,
        highest=row.highest,
    )
    return explain_forecast(forecast(points, end, rules), unit=row.unit)
