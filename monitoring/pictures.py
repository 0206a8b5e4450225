"""The charts on the pages of this app; the reports have the same figures in their own sizes."""

from decimal import Decimal

from agreements.models import AgreedIndicator
from kvk2.core.charts import Chart, Series, line_chart
from kvk2.core.money import format_number


def course(indicator: AgreedIndicator, values: dict[int, Decimal | None], until: int) -> Chart:
    """Targets and figures over the eight years; `values` by programme year, a missing year breaks the line."""
    targets = sorted(indicator.targets.all(), key=lambda target: target.year.index)
    definition = indicator.definition_version.definition
    unit = "%" if definition.unit == "%" else ""
    return line_chart(
        [Series("Gemeten", [values.get(target.year.index) for target in targets])],
        [target.year.label for target in targets],
        title=f"{definition.name}, {definition.unit}",
        description=_conclusion(indicator, values, until),
        unit=unit,
        target=[target.value for target in targets],
        target_label="Streefwaarde",
    )


def _conclusion(indicator: AgreedIndicator, values: dict[int, Decimal | None], until: int) -> str:
    measured = {year: value for year, value in values.items() if value is not None}
    if not measured:
        return "Er zijn nog geen metingen."
    decimals = indicator.definition_version.definition.decimals
    last = max(measured)
    target = next((row.value for row in indicator.targets.all() if row.year.index == last), None)
    sentence = f"De laatste meting is {format_number(measured[last], decimals)}"
    if target is None:
        return f"{sentence}."
    return f"{sentence}; de streefwaarde van dat jaar is {format_number(target, decimals)}."
