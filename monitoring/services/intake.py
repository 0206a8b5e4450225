"""What files and the link for machines share: from what was written per field to a figure that `measuring` keeps.

Both read with `typed_figures`, both keep by `measuring.enter_figures`: the form, a file and a machine meet the same
checks, the same locks and the same trail.
"""

import hashlib
from collections.abc import Mapping
from datetime import date

from agreements.models import AgreedIndicator, ProgrammeYear
from monitoring.figures import Figure
from monitoring.models import Measurement, MonitoringCycle
from monitoring.services.checking import check_figure
from monitoring.typed_figures import COLUMNS, FigureRefused, read_figure

# The code of each reason by its code and its name, in lower case.
REASONS: Mapping[str, str] = {
    **{code.lower(): code for code, _ in Measurement.MissingReason.choices},
    **{label.lower(): code for code, label in Measurement.MissingReason.choices},
}
# What tells one figure from another; a file that says nothing of the other facts leaves them as they are.
_FIGURE = ("value", "numerator", "denominator", "level", "reached_on", "missing_reason")
_ORIGIN = ("reference_date", "source", "note")


def read(
    indicator: AgreedIndicator,
    typed: Mapping[str, object],
    *,
    year: ProgrammeYear,
    today: date,
    via: str,
    kept: Measurement | None = None,
) -> Figure | None:
    """The figure of a row, checked; None when the row is empty. Where it names no source, day or note, `kept` stands.

    Refusal: `FigureRefused`, at the field.
    """
    for name, value in typed.items():
        if isinstance(value, str) and value.startswith("="):
            raise FigureRefused("Hier staat een formule. Plak de uitkomst als waarde.", field=name)
    kind = indicator.definition_version.definition.type
    facts = read_figure(typed, kind=kind, reasons=REASONS)
    if facts is None:
        return None
    for name in _ORIGIN:
        if kept is not None and not facts[name]:
            facts[name] = getattr(kept, name)
    figure = Figure(**facts, via=via)
    check_figure(indicator, figure, year=year, today=today)
    return figure


def is_same(figure: Figure, kept: Measurement) -> bool:
    """Whether a figure is what the portal has already."""
    return all(getattr(figure, name) == getattr(kept, name) for name in (*_FIGURE, *_ORIGIN))


def columns_of(indicator: AgreedIndicator) -> tuple[str, ...]:
    """The fields in which a figure of this indicator is written."""
    return COLUMNS[indicator.definition_version.definition.type]


def agreements_digest(cycle: MonitoringCycle) -> str:
    """Which version of which agreement judges this round: a file or link made upon others is refused."""
    pairs = cycle.returns.order_by("pk").values_list("pk", "version_id")
    return hashlib.sha256(repr(list(pairs)).encode()).hexdigest()[:16]
