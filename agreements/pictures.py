"""The planned course of an indicator as a small chart: from its baseline to the last year."""

from agreements.models import AgreedIndicator, IndicatorDefinition, YearTarget
from kvk2.core.charts import Chart, Series, line_chart
from kvk2.core.money import format_number

BASELINE = "nulmeting"


def planned_course(indicator: AgreedIndicator) -> Chart | None:
    """Baseline and eight targets (for a range its two ends); None when there is nothing to draw."""
    targets = list(indicator.targets.all())
    definition = indicator.definition
    series = _band(indicator, targets) if definition.is_range else _line(indicator, targets)
    if not any(value is not None for one in series for value in one.values):
        return None
    return line_chart(
        series,
        [BASELINE, *(target.year.label for target in targets)],
        title=f"{definition.name}: van nulmeting naar streefwaarde",
        description=_conclusion(indicator, targets),
        unit="%" if definition.is_percentage else "",
        decimals=definition.decimals,
        compact=True,
    )


def _line(indicator: AgreedIndicator, targets: list[YearTarget]) -> list[Series]:
    values = [indicator.baseline_value, *(target.value for target in targets)]
    return [Series("Streefwaarde", values)]


def _band(indicator: AgreedIndicator, targets: list[YearTarget]) -> list[Series]:
    return [
        Series("Ondergrens", [None, *(target.low for target in targets)]),
        Series("Bovengrens", [None, *(target.high for target in targets)]),
        Series("Nulmeting", [indicator.baseline_value, *(None for _ in targets)]),
    ]


def _conclusion(indicator: AgreedIndicator, targets: list[YearTarget]) -> str:
    definition, last = indicator.definition, targets[-1]
    if last.value is None or indicator.baseline_value is None:
        return "De streefwaarden staan in de tabel hierboven."
    return (
        f"Van {_written(indicator.baseline_value, definition)} bij de nulmeting naar"
        f" {_written(last.value, definition)} in {last.year.label}."
    )


def _written(value, definition: IndicatorDefinition) -> str:
    return format_number(value, definition.decimals) + ("%" if definition.is_percentage else "")
