"""The planned course of an indicator as a small chart: from its baseline to the last year."""

from agreements.models import AgreedIndicator, IndicatorDefinition, YearTarget
from kvk2.core.charts import Chart, Series, line_chart
from kvk2.core.money import format_number

BASELINE = "nulmeting"


def planned_course(indicator: AgreedIndicator) -> Chart | None:
    """Baseline and eight targets (for a range its two ends); None when there is nothing to draw, as of a milestone."""
    targets = list(indicator.targets.all())
    definition = indicator.definition
    if definition.is_milestone:
        return None
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
    values = [indicator.baseline_number, *(target.number for target in targets)]
    return [Series("Niveau" if indicator.definition.is_scale else "Streefwaarde", values)]


def _band(indicator: AgreedIndicator, targets: list[YearTarget]) -> list[Series]:
    return [
        Series("Ondergrens", [None, *(target.low for target in targets)]),
        Series("Bovengrens", [None, *(target.high for target in targets)]),
        Series("Nulmeting", [indicator.baseline_value, *(None for _ in targets)]),
    ]


def _conclusion(indicator: AgreedIndicator, targets: list[YearTarget]) -> str:
    definition, last = indicator.definition, targets[-1]
    if last.number is None or indicator.baseline_number is None:
        return "De streefwaarden staan in de tabel hierboven."
    return (
        f"Van {_written(indicator.baseline_number, definition)} bij de nulmeting naar"
        f" {_written(last.number, definition)} in {last.year.label}."
    )


def _written(value, definition: IndicatorDefinition) -> str:
    text = format_number(value, definition.decimals)
    return f"niveau {text}" if definition.is_scale else text + "%" * definition.is_percentage
