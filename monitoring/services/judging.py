"""From rows to the status engine and back: the one way in which a colour comes to be stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from agreements.models import AgreedIndicator, YearTarget
from kvk2.core.deadlines import local_date
from monitoring import outlook, stages, status
from monitoring.explain import explain, explain_level, explain_milestone
from monitoring.models import Measurement, Return, StatusResult
from monitoring.small_numbers import SMALL_GROUP, hides_count, hides_percentage
from monitoring.states import EDITABLE


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


@dataclass(frozen=True, slots=True)
class Earlier:
    """The comparable figures of one series in the years before, from old to new.

    `incomplete`: a year with a target has no figure among them.
    """

    measurements: tuple[Measurement, ...] = ()
    incomplete: bool = False


NOTHING_EARLIER = Earlier()


def earlier_of(return_: Return, indicators: Iterable[AgreedIndicator]) -> dict[UUID, Earlier]:
    """series_key → the years before, of the indicators that are judged over several years; at most one query."""
    wanted = {indicator.series_key: indicator for indicator in indicators if spans_years(indicator)}
    if not wanted:
        return {}
    figures = Measurement.objects.filter(
        of_return__agreement=return_.agreement_id,
        of_return__cycle__year__index__lt=return_.cycle.year.index,
        series_key__in=wanted,
        missing_reason="",
    ).select_related("definition_version", "of_return__cycle__year")
    found: dict[UUID, dict[int, Measurement]] = {key: {} for key in wanted}
    for measurement in figures:
        found[measurement.series_key][measurement.of_return.cycle.year.index] = measurement
    index = return_.cycle.year.index
    return {key: earlier_among(years, wanted[key], before=index) for key, years in found.items()}


def spans_years(indicator: AgreedIndicator) -> bool:
    """Whether it is judged by the figures of several years together."""
    definition = indicator.definition_version.definition
    return definition.is_cumulative or definition.pools_years


def earlier_among(
    years: Mapping[int, Measurement], indicator: AgreedIndicator, *, before: int
) -> Earlier:
    """Of one series, by the index of the year: what can be compared in the years `before`."""
    comparable = {
        index: measurement
        for index, measurement in years.items()
        if index < before
        and not measurement.missing_reason
        and is_same_method(indicator, measurement)
    }
    return Earlier(
        tuple(comparable[index] for index in sorted(comparable)),
        incomplete=any(
            target.year.index < before
            and not target.is_empty
            and target.year.index not in comparable
            for target in indicator.targets.all()
        ),
    )


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
        prev_target=_target_before(indicator, target) if definition.is_cumulative else None,
    )


def _target_before(indicator: AgreedIndicator, target: YearTarget | None) -> Decimal:
    """Of a sum over the years: where this year starts counting."""
    before = None
    if target is not None:
        index = target.year.index - 1
        before = next((row for row in indicator.targets.all() if row.year.index == index), None)
    if before is not None and before.value is not None:
        return before.value
    return indicator.baseline_value or Decimal(0)


def measured_of(
    indicator: AgreedIndicator,
    measurement: Measurement | None,
    *,
    due: bool,
    rules: status.RuleSet = status.KVK_1,
    earlier: Earlier = NOTHING_EARLIER,
) -> status.Measured | status.MeasuredPercentage:
    """What the engine has to know of the figure; no row at all is 'not measured'."""
    definition = indicator.definition_version.definition
    is_percentage = definition.is_percentage
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
        return _percentage(indicator, measurement, rules, earlier, facts)
    value = measurement.value
    if definition.is_cumulative and value is not None:
        before = sum(
            (row.value for row in earlier.measurements if row.value is not None), Decimal(0)
        )
        return status.Measured(value=value + before, incomplete=earlier.incomplete, **facts)
    return status.Measured(value=value, **facts)


def _percentage(
    indicator: AgreedIndicator,
    measurement: Measurement,
    rules: status.RuleSet,
    earlier: Earlier,
    facts: dict[str, Any],
) -> status.MeasuredPercentage:
    """The counts of the year; or those of several years as one group of children, when that was agreed."""
    num, den = measurement.numerator, measurement.denominator
    if num is None or den is None or not indicator.definition_version.definition.pools_years:
        return status.MeasuredPercentage(num=num, den=den, **facts)
    counts = [(row.numerator or 0, row.denominator or 0) for row in earlier.measurements]
    together = outlook.pooled(
        [*counts, (num, den)], min_n=indicator.definition_version.min_n, rules=rules
    )
    return status.MeasuredPercentage(
        num=together.numerator, den=together.denominator, years=together.years, **facts
    )


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
    earlier: Earlier = NOTHING_EARLIER,
) -> Judgement:
    """Judge one indicator in one year. Nothing is stored: entry screens use it while somebody types.

    `on` is the day of judging: it decides how late a milestone is that was not reached. `earlier`: from `earlier_of`.
    """
    definition = indicator.definition_version.definition
    if definition.is_scale:
        return _judge_level(indicator, measurement, year_id=year_id, due=due)
    if definition.is_milestone:
        return _judge_milestone(indicator, measurement, year_id=year_id, due=due, on=on)
    agreed = agreed_of(indicator, target_of(indicator, year_id))
    measured = measured_of(indicator, measurement, due=due, rules=rules, earlier=earlier)
    rules = replace(rules, min_n=indicator.definition_version.min_n)
    if isinstance(measured, status.MeasuredPercentage):
        result = status.judge_percentage(agreed, measured, rules)
    else:
        result = status.judge(agreed, measured, rules)
    unit = indicator.definition_version.definition.unit
    return Judgement(
        result,
        explain(result, agreed, measured, rules, unit=unit),
        explain(
            result,
            agreed,
            measured,
            rules,
            unit=unit,
            threshold=SMALL_GROUP,
            # of several years together too: with the others known, the small one could be computed
            hidden=any(
                is_hidden(row, indicator)
                for row in (*earlier.measurements, measurement)
                if row is not None
            ),
        ),
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
        evidence=measurement is not None and measurement.has_evidence,
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
        for measurement in return_.measurements.select_related(
            "definition_version"
        ).prefetch_related("evidence__stored", "parts__category", "checks")
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
    indicators = list(indicators if indicators is not None else indicators_of(return_))
    rows = judged_rows(
        return_,
        indicators,
        measurements_by_series(return_),
        earlier_of(return_, indicators),
        _first_agreed(return_),
        rules=rules,
        at=at,
        due=is_due(return_, day),
    )
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
            "original_status",
            "original_explanation",
            "original_public_explanation",
            "ruleset",
            "judged_at",
        ],
    )
    return len(rows)


def judged_rows(
    return_: Return,
    indicators: Iterable[AgreedIndicator],
    measurements: Mapping[UUID, Measurement],
    earlier: Mapping[UUID, Earlier],
    first: Mapping[UUID, AgreedIndicator],
    *,
    rules: status.RuleSet,
    at: datetime,
    due: bool,
) -> list[StatusResult]:
    """The results of a return, by what was agreed and also by what was agreed `first`; nothing is read or stored."""
    rows = []
    for indicator in indicators:
        key = indicator.series_key

        def judged(agreed: AgreedIndicator, key: UUID = key) -> Judgement:
            return judge(
                agreed,
                measurements.get(key),
                year_id=return_.cycle.year_id,
                rules=rules,
                due=due,
                on=local_date(at),
                earlier=earlier.get(key, NOTHING_EARLIER),
            )

        original = judged(first[key]) if key in first else None
        rows.append(_row(return_, indicator, judged(indicator), original, at))
    return rows


def _first_agreed(return_: Return) -> dict[UUID, AgreedIndicator]:
    """series_key → what the first version asked; empty while that version judges. Four queries, one then.

    So that a lowered target never wipes out what was promised (monitoring reference 4, amended targets).
    """
    if return_.version.number == 1:
        return {}
    indicators = (
        AgreedIndicator.objects.filter(version__agreement=return_.agreement_id, version__number=1)
        .select_related("definition_version__definition")
        .prefetch_related("targets__year")
    )
    return {indicator.series_key: indicator for indicator in indicators}


def is_hidden(measurement: Measurement, indicator: AgreedIndicator) -> bool:
    """Whether the figure would show a small group of children to outsiders (domain reference 8.2, 7.8)."""
    definition_version = indicator.definition_version
    if measurement.numerator is not None and measurement.denominator is not None:
        return hides_percentage(
            measurement.numerator, measurement.denominator, min_n=definition_version.min_n
        )
    if measurement.value is None or definition_version.definition.decimals:
        return False
    return hides_count(int(measurement.value))


def _row(
    return_: Return,
    indicator: AgreedIndicator,
    judgement: Judgement,
    original: Judgement | None,
    at: datetime,
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
        original_status=original.result.status.value if original else "",
        original_explanation=original.explanation if original else "",
        original_public_explanation=original.public_explanation if original else "",
        ruleset=return_.cycle.ruleset,
        judged_at=at,
    )


def _stored(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else figure.quantize(Decimal("0.0001"))
