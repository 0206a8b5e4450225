"""The figures that the portal knows about an IKC and its district, for the analysis of an application."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from ikc.models import Ikc, PupilCount
from kvk2.core.audit import record
from kvk2.core.money import format_whole
from kvk2.core.suppression import suppress_row
from subsidies.models import AnalysisFigure, Application
from subsidies.services.applications import lock_draft

if TYPE_CHECKING:
    from ikc.models import User

# Domain reference 8.2: below this a count may point at a child.
THRESHOLD = 5
YEARS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it may be shown, with its year and where it comes from."""

    code: str
    label: str
    value: str
    period: str
    source: str


def available_figures(ikc: Ikc) -> list[Figure]:
    """What may be taken into an analysis: the pupils of the last years, and the district of the attention area."""
    pupils = PupilCount.objects.filter(ikc=ikc).order_by("-year")[:YEARS]
    figures = [
        Figure(
            f"pupils-{count.year}",
            "Leerlingen van de school",
            _shown(count.pupils),
            str(count.year),
            count.source,
        )
        for count in pupils
    ]
    area = ikc.attention_area
    if area is None:
        return figures
    district = area.district
    facts = (
        ("inhabitants", "Inwoners van de wijk", district.inhabitants),
        ("dwellings", "Woningen in de wijk", district.dwellings),
    )
    return figures + [
        Figure(
            f"{code}-{district.code}-{district.year}",
            f"{label} {district.name}",
            _shown(value),
            str(district.year),
            district.source,
        )
        for code, label, value in facts
        if value is not None
    ]


def _shown(count: int | None) -> str:
    """The count, or `<5` for a small one; None is what DUO itself printed as '<5'."""
    if count is None:
        return f"<{THRESHOLD}"
    (shown,) = suppress_row([count], None, k=THRESHOLD).cells
    return format_whole(count) if shown == str(count) else shown


@transaction.atomic
def take_figures(
    application: Application, codes: Collection[str], *, by: "User", at: datetime
) -> int:
    """Freeze the chosen figures as they are now; one that was taken before stays as it was, one not chosen goes.

    Returns how many the application has. Refusal: `NoLongerDraft`.
    """
    application = lock_draft(application)
    known = {figure.code: figure for figure in available_figures(application.ikc)}
    taken = set(application.figures.values_list("code", flat=True))
    application.figures.exclude(code__in=codes).delete()
    AnalysisFigure.objects.bulk_create(
        AnalysisFigure(
            application=application,
            taken_at=at,
            code=code,
            label=known[code].label,
            value=known[code].value,
            period=known[code].period,
            source=known[code].source,
        )
        for code in codes
        if code in known and code not in taken
    )
    record(
        application,
        "figures_taken",
        actor=by,
        at=at,
        on_behalf_of=str(application.board),
        codes=sorted(codes),
    )
    return application.figures.count()
