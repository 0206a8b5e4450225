"""From rows to the status engine and back: the one way in which a colour comes to be stored."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from agreements.models import AgreedIndicator, YearTarget
from kvk2.core.deadlines import local_date
from kvk2.core.suppression import is_small, percentage_display
from monitoring import stages, status
from monitoring.explain import explain, explain_level, explain_milestone
from monitoring.models import Measurement, Return, StatusResult
from monitoring.states import EDITABLE

# k of the small-number rule for readers outside the organisation that entered the figure (domain reference 8.2).
SMALL_GROUP = 5


@dataclass(frozen=True, slots=True)
class Judgement:
    """A result of the engine with the sentences that explain it, inside and outside."""

    result: status.StatusResult
    explanation: str
    public_explanation: str


def indicators_of(return_: Return) -> list[AgreedIndicator]:
    """The indicators of the version that judges this return, in the order of the agreement; three queries."""
    return list(
        return_.version.indicators.select_related("result__goal", "definition_version__definition")
        .prefetch_related("targets__year")
        .order_by("result__goal__order", "result__number", "pk")
    )


def target_of(indicator: AgreedIndicator, year_id: int) -> YearTarget | None:
    """The target of one year out of the prefetched eight."""
    return next((target for target in indicator.targets.all() if target.year_id == year_id), None)


def agreed_of(indicator: AgreedIndicator, target: YearTarget | None) -> status.Agreed:
    """What the engine has to know of the agreement."""
    definition = indicator.definition_version.definition
    return status.Agreed(
        direction=status.Direction(definition.direction.upper()),
        target=target.value if target else None,
        low=target.low if target else None,
        high=target.high if target else None,
        baseline=indicator.baseline_value,
        tol=indicator.tolerance,
        decimals=definition.decimals,
        flow=definition.is_flow,
    )


def measured_of(
    indicator: AgreedIndicator, measurement: Measurement | None, *, due: bool
) -> status.Measured | status.MeasuredPercentage:
    """What the engine has to know of the figure; no row at all is 'not measured'."""
    is_percentage = indicator.definition_version.definition.is_percentage
    if measurement is None:
        if is_percentage:
            return status.MeasuredPercentage(num=None, den=None, due=due)
        return status.Measured(value=None, due=due)
    facts: dict[str, Any] = {
        "due": due,
        "missing_reason": _missing(measurement),
        "coverage": measurement.coverage,
        "same_method": is_same_method(indicator, measurement),
    }
    if is_percentage:
        return status.MeasuredPercentage(
            num=measurement.numerator, den=measurement.denominator, **facts
        )
    return status.Measured(value=measurement.value, **facts)


def is_same_method(indicator: AgreedIndicator, measurement: Measurement) -> bool:
    """False when the figure was taken by a later definition that breaks the series."""
    return (
        measurement.definition_version_id == indicator.definition_version_id
        or not measurement.definition_version.breaks_series
    )


def judge(
    indicator: AgreedIndicator,
    measurement: Measurement | None,
    *,
    year_id: int,
    rules: status.RuleSet,
    due: bool,
    on: date,
) -> Judgement:
    """Judge one indicator in one year. Nothing is stored: entry screens use it while somebody types.

    `on` is the day of judging: it decides how late a milestone is that was not reached.
    """
    definition = indicator.definition_version.definition
    if definition.is_scale:
        return _judge_level(indicator, measurement, year_id=year_id, due=due)
    if definition.is_milestone:
        return _judge_milestone(indicator, measurement, year_id=year_id, due=due, on=on)
    agreed = agreed_of(indicator, target_of(indicator, year_id))
    measured = measured_of(indicator, measurement, due=due)
    rules = replace(rules, min_n=indicator.definition_version.min_n)
    if isinstance(measured, status.MeasuredPercentage):
        result = status.judge_percentage(agreed, measured, rules)
    else:
        result = status.judge(agreed, measured, rules)
    unit = indicator.definition_version.definition.unit
    return Judgement(
        result,
        explain(result, agreed, measured, rules, unit=unit),
        explain(result, agreed, measured, rules, unit=unit, threshold=SMALL_GROUP),
    )


def _judge_level(
    indicator: AgreedIndicator, measurement: Measurement | None, *, year_id: int, due: bool
) -> Judgement:
    target = target_of(indicator, year_id)
    level = stages.Level(
        target=target.level if target else None,
        reached=measurement.level if measurement else None,
        direction=status.Direction(indicator.definition_version.definition.direction.upper()),
        due=due,
        missing_reason=_missing(measurement),
        same_method=measurement is None or is_same_method(indicator, measurement),
    )
    result = stages.judge_scale(level)
    sentence = explain_level(result, level)
    return Judgement(result, sentence, sentence)


def _judge_milestone(
    indicator: AgreedIndicator,
    measurement: Measurement | None,
    *,
    year_id: int,
    due: bool,
    on: date,
) -> Judgement:
    target = target_of(indicator, year_id)
    due_on = target.due_on if target else None
    milestone = stages.Milestone(
        due_on=due_on,
        # Somebody who may still enter the day on which it was reached is not late yet.
        on=on if due or measurement or due_on is None else min(on, due_on),
        reached_on=measurement.reached_on if measurement else None,
        leeway_days=indicator.leeway_days,
        evidence=bool(measurement and measurement.source.strip()),
        missing_reason=_missing(measurement),
    )
    reached = stages.judge_milestone(milestone)
    result = status.StatusResult(status=reached.status, reason=reached.reason, flags=reached.flags)
    sentence = explain_milestone(reached, milestone)
    return Judgement(result, sentence, sentence)


def _missing(measurement: Measurement | None) -> status.MissingReason | None:
    if measurement is None or not measurement.missing_reason:
        return None
    return status.MissingReason(measurement.missing_reason)


def is_due(return_: Return, day: date) -> bool:
    """Whether a missing figure counts as missing: the return was filed, or its day has passed."""
    return return_.state not in EDITABLE or day > return_.cycle.submit_by


def measurements_by_series(return_: Return) -> dict:
    """series_key → Measurement, with its definition version."""
    return {
        measurement.series_key: measurement
        for measurement in return_.measurements.select_related("definition_version")
    }


def store_judgements(
    return_: Return,
    *,
    rules: status.RuleSet,
    at: datetime,
    day: date,
    indicators: Iterable[AgreedIndicator] | None = None,
) -> int:
    """Judge the indicators of a return (all of them, or those given) and write the results; the number written."""
    measurements = measurements_by_series(return_)
    rows = []
    for indicator in indicators if indicators is not None else indicators_of(return_):
        judgement = judge(
            indicator,
            measurements.get(indicator.series_key),
            year_id=return_.cycle.year_id,
            rules=rules,
            due=is_due(return_, day),
            on=local_date(at),
        )
        rows.append(_row(return_, indicator, judgement, at))
    StatusResult.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["of_return", "series_key"],
        update_fields=[
            "indicator",
            "status",
            "reason",
            "value",
            "gap",
            "share",
            "tolerance",
            "flags",
            "explanation",
            "public_explanation",
            "ruleset",
            "judged_at",
        ],
    )
    return len(rows)


def is_hidden(measurement: Measurement, indicator: AgreedIndicator) -> bool:
    """Whether the figure would show a small group of children to outsiders (domain reference 8.2, 7.8)."""
    definition_version = indicator.definition_version
    if measurement.numerator is not None and measurement.denominator is not None:
        shown = percentage_display(
            measurement.numerator,
            measurement.denominator,
            k=SMALL_GROUP,
            min_denominator=definition_version.min_n,
        )
        return shown is None
    if measurement.value is None or definition_version.definition.decimals:
        return False
    return is_small(int(measurement.value), SMALL_GROUP)


def _row(
    return_: Return, indicator: AgreedIndicator, judgement: Judgement, at: datetime
) -> StatusResult:
    result = judgement.result
    return StatusResult(
        of_return=return_,
        indicator=indicator,
        series_key=indicator.series_key,
        status=result.status.value,
        reason=result.reason.value,
        value=_stored(result.value),
        gap=_stored(result.gap),
        share=_stored(result.share),
        tolerance=_stored(result.tol_eff),
        flags=[flag.value for flag in result.flags],
        explanation=judgement.explanation,
        public_explanation=judgement.public_explanation,
        ruleset=return_.cycle.ruleset,
        judged_at=at,
    )


def _stored(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else figure.quantize(Decimal("0.0001"))
