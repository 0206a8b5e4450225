"""One agreed indicator with what was judged in each year, as the reports and the small-number rule want it.

Stored judgements, never new ones; every figure is in it, so nothing of it may go out before `small_numbers`.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from agreements.models import AgreedIndicator, ProgrammeYear
from monitoring import report_dataset as data
from monitoring.explain import LABELS, MISSING_LABELS
from monitoring.models import Measurement, StatusResult
from monitoring.services.judging import target_of
from monitoring.status import Direction, MissingReason, Status


def indicator_years(
    indicator: AgreedIndicator,
    years: Iterable[ProgrammeYear],
    history: Mapping[tuple[UUID, int], tuple[StatusResult, Measurement | None]],
    *,
    until: int,
) -> data.Indicator:
    """All years of one indicator; `history` by series and year, and `until` the last year that could be measured."""
    definition_version = indicator.definition_version
    definition = definition_version.definition
    direction = Direction(definition.direction.upper())
    results = tuple(
        _year_result(indicator, year, history.get((indicator.series_key, year.index)), until)
        for year in years
    )
    return data.Indicator(
        key=str(indicator.series_key),
        code=definition.code,
        name=definition.name,
        definition=definition_version.text,
        unit=definition.unit,
        decimals=definition.decimals,
        direction=direction,
        is_core=indicator.is_core,
        tolerance=indicator.tolerance,
        baseline=indicator.baseline_number,
        baseline_label=indicator.baseline_year,
        source=definition_version.source,
        years=results,
        kind=definition.type,
        min_n=definition_version.min_n,
        lowest=definition_version.valid_min,
        highest=definition_version.valid_max,
        pools_years=definition.pools_years,
        levels=tuple(definition_version.rubric),
    )


def _year_result(indicator: AgreedIndicator, year, found, until: int) -> data.YearResult:
    target = target_of(indicator, year.pk)
    goal_figure = target.number if target else None
    due_on = target.due_on if target else None
    if found is None:
        late = year.index <= until
        return data.YearResult(
            year=year.index,
            status=Status.NO_DATA if late else Status.NOT_YET_DUE,
            target=goal_figure,
            missing_reason="niet gemeten" if late else "",
            due_on=due_on,
        )
    result, measurement = found
    return data.YearResult(
        year=year.index,
        status=Status(result.status),
        target=goal_figure,
        value=_plain(result.value, indicator),
        numerator=measurement.numerator if measurement else None,
        denominator=measurement.denominator if measurement else None,
        tolerance=_plain(result.tolerance, indicator),
        one_child_rule="TOLERANCE_ONE_CHILD" in result.flags,
        provisional="PROVISIONAL" in result.flags,
        explanation=result.public_explanation,
        original_status=Status(result.original_status) if result.original_status else None,
        original_explanation=result.original_public_explanation,
        missing_reason=_missing_words(measurement, result),
        source=measurement.source if measurement else "",
        reference_date=measurement.reference_date if measurement else None,
        due_on=due_on,
        reached_on=measurement.reached_on if measurement else None,
    )


def _missing_words(measurement: Measurement | None, result: StatusResult) -> str:
    if measurement is not None and measurement.missing_reason:
        return MISSING_LABELS[MissingReason(measurement.missing_reason)]
    return "" if result.value is not None else LABELS[Status(result.status)].text


def _plain(figure: Decimal | None, indicator: AgreedIndicator) -> Decimal | None:
    """The figure with the decimals of its indicator (it is kept with four)."""
    if figure is None:
        return None
    return figure.quantize(Decimal(1).scaleb(-indicator.definition_version.definition.decimals))
