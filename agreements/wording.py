"""How a frozen text words its figures: for the documents and for what differs between two texts."""

from decimal import Decimal

from agreements.documents import (
    ContributionText,
    IndicatorText,
    MeasureText,
    StaffingText,
    TargetText,
)
from agreements.models import (
    AgreedIndicator,
    Contribution,
    IndicatorDefinition,
    StaffingCommitment,
)
from kvk2.core.money import format_number
from kvk2.nlds.templatetags.nlds import euro

NONE = "–"


def amount(row: ContributionText) -> str:
    if row.kind == Contribution.Kind.HOURS:
        return f"{format_number(Decimal(row.amount), 0)} uur"
    return euro(Decimal(row.amount))


def direction(row: IndicatorText) -> str:
    if row.type == IndicatorDefinition.Type.MILESTONE:
        return "op tijd bereikt"
    return IndicatorDefinition.Direction(row.direction).label


def baseline(row: IndicatorText) -> str:
    """'40% (40 van 100) in 2020/21', or when it will be measured."""
    if row.baseline_status == AgreedIndicator.BaselineStatus.NONE:
        return "niet van toepassing"
    if row.baseline_level is not None:
        return f"niveau {row.baseline_level} in {row.baseline_year}"
    if row.baseline is None:
        return f"nog niet gemeten, komt in {row.baseline_planned_year}"
    fraction = (
        f" ({row.baseline_numerator} van {row.baseline_denominator})"
        if row.baseline_denominator
        else ""
    )
    provisional = row.baseline_status == AgreedIndicator.BaselineStatus.PROVISIONAL
    return (
        f"{figure(row.baseline, row)}{fraction} in {row.baseline_year}"
        f"{' (voorlopig)' if provisional else ''}"
    )


def tolerance(row: IndicatorText) -> str:
    if row.type == IndicatorDefinition.Type.MILESTONE:
        return f"{row.leeway_days} dagen speling"
    if row.type == IndicatorDefinition.Type.SCALE:
        return "geen"
    percentage = row.type == IndicatorDefinition.Type.PERCENTAGE
    unit = "procentpunt" if percentage else row.unit
    return f"{format_number(Decimal(row.tolerance), row.decimals)} {unit}"


def target(target: TargetText, row: IndicatorText) -> str:
    if target.low is not None and target.high is not None:
        return f"{figure(target.low, row)} tot {figure(target.high, row)}"
    if target.due_on is not None:
        return f"{target.due_on:%d-%m-%Y}"
    if target.level is not None:
        return f"niveau {target.level}"
    return figure(target.value, row)


def figure(value: str | None, row: IndicatorText) -> str:
    if value is None:
        return NONE
    text = format_number(Decimal(value), row.decimals)
    if row.type == IndicatorDefinition.Type.AMOUNT:
        return f"€ {text}"
    return text + ("%" if row.type == IndicatorDefinition.Type.PERCENTAGE else "")


def from_until(row: MeasureText) -> str:
    until = f" tot en met {row.planned_until:%d-%m-%Y}" if row.planned_until else ""
    return f"vanaf {row.planned_from:%d-%m-%Y}{until}"


def function(row: StaffingText) -> str:
    return row.description or StaffingCommitment.Function(row.function).label


def hours_of(row: StaffingText) -> str:
    hours = Decimal(row.hours_per_week)
    places = 0 if hours == hours.to_integral_value() else 1
    return f"{format_number(hours, places)} uur per week, {row.weeks_per_year} weken per jaar"
