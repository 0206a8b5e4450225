"""The status rules, as the vector files call them (`kvk2.core.replay`)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kvk2.core.replay import Adapter, Input
from monitoring import delivery, outlook, stages, status
from monitoring.status import (
    KVK_1,
    Agreed,
    Direction,
    GoalItem,
    Measured,
    MeasuredPercentage,
    MissingReason,
    Status,
    StatusResult,
)

Output = Mapping[str, Any]
# The time of a trend grows with the square of its points; the programme has eight years.
MOST_POINTS = 200
MOST_DECIMALS = 10


def _judge(case: Input) -> Output:
    measured = Measured(
        value=case.optional_decimal("value"),
        due=case.boolean("due"),
        missing_reason=_missing_reason(case),
        coverage=case.decimal("coverage"),
        same_method=case.boolean("same_method"),
        is_percentage=case.boolean("is_percentage"),
        n=case.optional_integer("n"),
    )
    return _result(status.judge(_agreed(case), measured, KVK_1))


def _judge_percentage(case: Input) -> Output:
    measured = MeasuredPercentage(
        num=case.optional_integer("num"),
        den=case.optional_integer("den"),
        due=case.boolean("due"),
        missing_reason=_missing_reason(case),
        coverage=case.decimal("coverage"),
        same_method=case.boolean("same_method"),
    )
    return _result(status.judge_percentage(_agreed(case), measured, KVK_1))


def _agreed(case: Input) -> Agreed:
    return Agreed(
        direction=case.code("direction", Direction),
        target=case.optional_decimal("target"),
        baseline=case.optional_decimal("baseline"),
        tol=case.decimal("tol"),
        decimals=case.integer("decimals", limit=MOST_DECIMALS),
        low=case.optional_decimal("low"),
        high=case.optional_decimal("high"),
        flow=case.boolean("flow"),
        prev_target=case.optional_decimal("prev_target"),
        one_child_rule=case.boolean("one_child_rule"),
    )


def _missing_reason(case: Input) -> MissingReason | None:
    """The rules know one reason by name; any other code says only that a figure is missing."""
    code = case.optional_text("missing_reason")
    return None if code is None else MissingReason.__members__.get(code, MissingReason.OTHER)


def _result(result: StatusResult) -> Output:
    return {
        "status": result.status.name,
        "reason": result.reason.name,
        "value": _text(result.value),
        "gap": _text(result.gap),
        "share": _text(result.share),
        "tol_eff": _text(result.tol_eff),
        "provisional": result.provisional,
        "flags": [flag.name for flag in result.flags],
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _judge_scale(case: Input) -> Output:
    result = stages.judge_scale(
        stages.Level(
            target=case.optional_integer("target_level"),
            reached=case.optional_integer("level"),
            direction=case.code("direction", Direction),
            due=case.boolean("due"),
        )
    )
    return {
        "status": result.status.name,
        "reason": result.reason.name,
        "value": None if result.value is None else int(result.value),
        "gap": None if result.gap is None else int(result.gap),
    }


def _judge_milestone(case: Input) -> Output:
    result = stages.judge_milestone(
        stages.Milestone(
            due_on=case.day("due_on"),
            on=case.day("on"),
            reached_on=case.optional_day("reached_on"),
            leeway_days=case.integer("grace_days"),
            evidence=case.boolean("evidence"),
        )
    )
    return {
        "status": result.status.name,
        "reason": result.reason.name,
        "days": result.days,
        "flags": [flag.name for flag in result.flags],
    }


def _points(case: Input) -> list[outlook.Point]:
    return [
        (point.integer("year"), point.decimal("value"))
        for point in case.objects("points", limit=MOST_POINTS)
    ]


def _trend(case: Input) -> Output:
    direction = case.code("direction", Direction)
    return {"trend": outlook.trend(_points(case), direction, case.decimal("tol"), KVK_1).name}


def _forecast(case: Input) -> Output:
    end = outlook.EndTarget(
        direction=case.code("direction", Direction),
        target=case.decimal("end_target"),
        year=case.integer("end_year"),
        lowest=case.optional_decimal("vmin"),
        highest=case.optional_decimal("vmax"),
    )
    result = outlook.forecast(_points(case), end, KVK_1)
    return {
        "verdict": result.outlook.name,
        "forecast": _text(result.value),
        "pace": _text(result.pace),
        "needed": _text(result.needed),
        "ratio": _text(result.ratio),
    }


def _judge_money(case: Input) -> Output:
    result = delivery.judge_money(
        case.decimal("planned"),
        case.optional_decimal("realised"),
        KVK_1,
        elapsed=case.decimal("elapsed"),
    )
    return {
        "status": result.status.name,
        "reason": result.reason.name if result.reason else None,
        "share": _text(result.share),
    }


def _judge_hours(case: Input) -> Output:
    result = delivery.judge_hours(
        case.decimal("hours_week"), case.decimal("weeks"), case.optional_decimal("delivered"), KVK_1
    )
    return {
        "status": result.status.name,
        "reason": result.reason.name if result.reason else None,
        "share": _text(result.share),
        "flags": ["MORE_THAN_AGREED"] if result.more_than_agreed else [],
    }


def _goal_verdict(case: Input) -> Output:
    items = [
        GoalItem(item.code("status", Status), item.boolean("is_core"))
        for item in case.objects("items")
    ]
    return {"verdict": status.goal_verdict(items, KVK_1).name}


FUNCTIONS: dict[str, Adapter] = {
    "judge": _judge,
    "judge_percentage": _judge_percentage,
    "judge_scale": _judge_scale,
    "judge_milestone": _judge_milestone,
    "judge_money": _judge_money,
    "judge_hours": _judge_hours,
    "trend": _trend,
    "forecast": _forecast,
    "goal_verdict": _goal_verdict,
}
