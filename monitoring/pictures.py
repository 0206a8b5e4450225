"""The charts on the pages of this app; the reports have the same figures in their own sizes."""

from decimal import Decimal

from agreements.models import AgreedIndicator
from kvk2.core.charts import Chart, band, progress_chart
from kvk2.core.money import format_number


def course(indicator: AgreedIndicator, values: dict[int, Decimal | None], until: int) -> Chart:
    """Targets and figures over the eight years; `values` by programme year, a missing year breaks the line."""
    targets = sorted(indicator.targets.all(), key=lambda target: target.year.index)
    definition = indicator.definition_version.definition
    return progress_chart(
        [target.year.label for target in targets],
        [target.number for target in targets],
        [values.get(target.year.index) for target in targets],
        title=f"{definition.name}, {definition.unit}",
        description=_conclusion(indicator, values, until),
        unit="%" if definition.unit == "%" else "",
        decimals=definition.decimals,
        baseline=indicator.baseline_number,
        bands=[
            band(target.number, target.low, target.high, indicator.tolerance) for target in targets
        ],
        current=next((at for at, row in enumerate(targets) if row.year.index == until), None),
        end_label="doel jaar 8",
        compact=True,
    )


def _conclusion(indicator: AgreedIndicator, values: dict[int, Decimal | None], until: int) -> str:
    measured = {year: value for year, value in values.items() if value is not None}
    if not measured:
        return "Er zijn nog geen metingen."
    decimals = indicator.definition_version.definition.decimals
    last = max(measured)
    target = next((row.number for row in indicator.targets.all() if row.year.index == last), None)
    sentence = f"De laatste meting is {format_number(measured[last], decimals)}"
    if target is None:
        return f"{sentence}."
    return f"{sentence}; de streefwaarde van dat jaar is {format_number(target, decimals)}."
