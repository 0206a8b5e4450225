"""A figure, a target and a day as a reader is told them: '79,2% (19 van 24)', 'niveau 3', 'uiterlijk 1-5-2025'."""

from decimal import Decimal

from agreements.models import AgreedIndicator, YearTarget
from kvk2.core.dates import in_figures
from kvk2.core.money import format_number
from monitoring.models import Measurement


def measured(measurement: Measurement | None, indicator: AgreedIndicator) -> str:
    if measurement is None:
        return "niet gemeten"
    if measurement.missing_reason:
        return measurement.get_missing_reason_display()
    if measurement.reached_on is not None:
        return f"bereikt op {in_figures(measurement.reached_on)}"
    if measurement.level is not None:
        return shown(Decimal(measurement.level), indicator)
    if measurement.numerator is not None and measurement.denominator:
        part = Decimal(100 * measurement.numerator) / measurement.denominator
        return f"{shown(part, indicator)} ({measurement.numerator} van {measurement.denominator})"
    return shown(measurement.value, indicator)


def shown(figure: Decimal | None, indicator: AgreedIndicator) -> str:
    """'79,2%' or '12 kinderen'; '–' when there is none."""
    if figure is None:
        return "–"
    definition = indicator.definition_version.definition
    text = format_number(figure, definition.decimals)
    if definition.is_scale:
        return f"niveau {text}"
    return f"{text}%" if definition.unit == "%" else f"{text} {definition.unit}"


def shown_target(target: YearTarget | None, indicator: AgreedIndicator) -> str:
    if target is None or target.is_empty:
        return "–"
    if target.low is not None:
        return f"{shown(target.low, indicator)} tot {shown(target.high, indicator)}"
    if target.due_on is not None:
        return f"uiterlijk {in_figures(target.due_on)}"
    return shown(target.number, indicator)
