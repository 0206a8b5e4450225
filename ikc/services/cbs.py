"""What the files of CBS do to the districts; a code counts together with the year of its map."""

from typing import Any

from django.db import transaction

from ikc.importers.cbs import FIGURES_SOURCE, OUTLINES_SOURCE, FiguresFile, Outline
from ikc.importers.tables import Parsed
from ikc.models import District
from ikc.services.reports import ImportReport

# CBS rounds each figure to 5: n districts and their sum may differ by at most this much each.
_ROUNDING = 2.5


@transaction.atomic
def import_outlines(parsed: Parsed[Outline], *, source: str = OUTLINES_SOURCE) -> ImportReport:
    report = ImportReport.of(parsed)
    for row in parsed.rows:
        outline = [[list(point) for point in ring] for ring in row.rings]
        values = {"name": row.name, "outline": outline}
        _store(report, row.code, row.year, values, source=source)
    return report


@transaction.atomic
def import_figures(file: FiguresFile, *, year: int, source: str = FIGURES_SOURCE) -> ImportReport:
    """Inhabitants, dwellings and hectares; a figure that CBS does not give leaves the known one alone."""
    report = ImportReport.of(file.districts)
    for row in file.districts.rows:
        figures = {
            "inhabitants": row.inhabitants,
            "dwellings": row.dwellings,
            "area_hectares": row.area_hectares,
        }
        values = {name: value for name, value in figures.items() if value is not None}
        _store(report, row.code, year, {"name": row.name, **values}, source=source)
    report.notes += _check_sum(file)
    return report


def _store(
    report: ImportReport, code: str, year: int, values: dict[str, Any], *, source: str
) -> None:
    district, created = District.objects.select_for_update().get_or_create(
        code=code, year=year, defaults={**values, "source": source}
    )
    changes = {name: value for name, value in values.items() if getattr(district, name) != value}
    if created:
        report.created += 1
    elif changes:
        for name, value in changes.items():
            setattr(district, name, value)
        if source not in district.source:
            district.source = f"{district.source}; {source}"
        district.save(update_fields=[*changes, "source"])
        report.changed += 1
    else:
        report.unchanged += 1


def _check_sum(file: FiguresFile) -> list[str]:
    """The sum of the districts against the municipality: a rounding difference is told, a larger one warned of."""
    given = [row.inhabitants for row in file.districts.rows if row.inhabitants is not None]
    whole = file.municipality_inhabitants
    if whole is None or not given or sum(given) == whole:
        return []
    allowed = _ROUNDING * (len(given) + 1)
    verdict = (
        "dat is afronding door het CBS"
        if abs(sum(given) - whole) <= allowed
        else "dat is meer dan afronding: controleer het bestand"
    )
    return [f"de wijken hebben samen {sum(given)} inwoners, de gemeente {whole}; {verdict}"]
