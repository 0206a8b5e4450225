"""Freeze the figures of a year: one JSON document with its hash, before the analysis begins (monitoring reference 5, step 1 and 3)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from agreements.models import AgreedIndicator
from ikc.models import User
from kvk2.core.audit import record
from kvk2.core.documents import Frozen
from monitoring.models import CycleDataset, Measurement, MonitoringCycle, Return, StatusResult


@dataclass(frozen=True, slots=True)
class FrozenFigure(Frozen):
    """One figure with where it is from, and how it was judged. Values in the unit of the indicator."""

    series_key: str
    indicator: str
    definition: str  # code and version
    unit: str
    value: Decimal | None
    numerator: int | None
    denominator: int | None
    level: int | None
    reached_on: date | None
    missing_reason: str
    coverage: Decimal
    data_status: str
    source: str
    reference_date: date | None
    n: int | None
    revision: int
    status: str
    reason: str
    gap: Decimal | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class FrozenReturn(Frozen):
    """The figures of one agreement, and the text that they are judged by."""

    ikc: str
    reference: str
    version: int
    content_hash: str
    figures: tuple[FrozenFigure, ...]


@dataclass(frozen=True, slots=True)
class FrozenCycle(Frozen):
    """A whole year. Counts and figures of groups only: of no single child anything is kept."""

    programme: str
    year: str
    ruleset: str
    returns: tuple[FrozenReturn, ...]


def freeze(
    cycle: MonitoringCycle, *, by: User | None, at: datetime, note: str = ""
) -> CycleDataset:
    """Keep the next numbered dataset of the year; the same figures always give the same hash."""
    last = cycle.datasets.order_by("-number").first()
    frozen = frozen_cycle(cycle)
    dataset = CycleDataset.objects.create(
        cycle=cycle,
        number=last.number + 1 if last else 1,
        content=frozen.as_dict(),
        sha256=frozen.digest(),
        note=note,
        frozen_at=at,
        frozen_by=by,
    )
    record(cycle, "cycle_frozen", actor=by, at=at, number=dataset.number, sha256=dataset.sha256)
    return dataset


def frozen_cycle(cycle: MonitoringCycle) -> FrozenCycle:
    """The document of `cycle` as its figures stand now; four queries."""
    returns = list(
        cycle.returns.select_related("agreement", "version")
        .defer("version__content")
        .order_by("agreement__reference", "pk")
    )
    measurements = {
        (row.of_return_id, row.series_key): row
        for row in Measurement.objects.filter(of_return__in=returns).select_related(
            "definition_version__definition"
        )
    }
    results = {
        (row.of_return_id, row.series_key): row
        for row in StatusResult.objects.filter(of_return__in=returns)
    }
    indicators: dict[int, list[AgreedIndicator]] = {}
    for indicator in (
        AgreedIndicator.objects.filter(version__in={row.version_id for row in returns})
        .select_related("definition_version__definition")
        .order_by("result__goal__order", "result__number", "pk")
    ):
        indicators.setdefault(indicator.version_id, []).append(indicator)
    return FrozenCycle(
        programme=cycle.year.programme.code,
        year=cycle.year.label,
        ruleset=cycle.ruleset.code,
        returns=tuple(
            _return(row, indicators.get(row.version_id, []), measurements, results)
            for row in returns
        ),
    )


def _return(
    return_: Return, indicators: list[AgreedIndicator], measurements: dict, results: dict
) -> FrozenReturn:
    return FrozenReturn(
        ikc=return_.version.ikc_name,
        reference=return_.agreement.reference,
        version=return_.version.number,
        content_hash=return_.version.content_hash,
        figures=tuple(
            _figure(
                measurements[return_.pk, indicator.series_key],
                results.get((return_.pk, indicator.series_key)),
            )
            for indicator in indicators
            if (return_.pk, indicator.series_key) in measurements
        ),
    )


def _figure(measurement: Measurement, result: StatusResult | None) -> FrozenFigure:
    version = measurement.definition_version
    return FrozenFigure(
        series_key=str(measurement.series_key),
        indicator=version.definition.name,
        definition=f"{version.definition.code}/{version.number}",
        unit=version.definition.unit,
        value=measurement.value,
        numerator=measurement.numerator,
        denominator=measurement.denominator,
        level=measurement.level,
        reached_on=measurement.reached_on,
        missing_reason=measurement.missing_reason,
        coverage=measurement.coverage,
        data_status=measurement.data_status,
        source=measurement.source,
        reference_date=measurement.reference_date,
        n=measurement.n,
        revision=measurement.revision,
        status=result.status if result else "",
        reason=result.reason if result else "",
        gap=result.gap if result else None,
        share=result.share if result else None,
    )
