"""Reading figures of districts out of a file: uploaded, its columns named, looked at, and only then kept.

Nothing is written before somebody confirms; what was read keeps the file, its hash, who, when, source and licence.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import NamedTuple

from django.db import transaction

from ikc.importers.area_figures import (
    MAX_BYTES,
    ColumnMapping,
    FigureFile,
    FigureRow,
    parse_figures,
    read_file,
)
from ikc.importers.tables import RowError, UnreadableFile, decode
from ikc.models import AreaFigure, AreaImport, AreaIndicator, District, User
from ikc.states_areas import IMPORT_WORKFLOW, ImportState
from kvk2.core.audit import record, record_download
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import store
from kvk2.core.uploads import FileRefused, accept_file, clean_name, megabytes

CSV = "text/csv"


class ImportRefused(DomainError):
    """This file, or this step with it, cannot be."""

    code = "IMPORT_REFUSED"


class Origin(NamedTuple):
    """Where a file comes from, as its uploader says; `map_year` is the year of the districts in it."""

    source: str
    licence: str
    retrieved_on: date
    map_year: int


class Change(NamedTuple):
    """One figure of a file against what is known: `known` is None for a new one."""

    row: FigureRow
    indicator: AreaIndicator
    district: District
    known: AreaFigure | None

    @property
    def is_same(self) -> bool:
        known, row = self.known, self.row
        return known is not None and (known.value, known.missing_reason, known.reliability) == (
            row.value,
            row.missing,
            row.mark,
        )


@dataclass(slots=True)
class Preview:
    """What an import would do."""

    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: list[Change] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        return bool(self.new or self.changed)


@transaction.atomic
def upload(name: str, content: bytes, *, origin: Origin, by: User, at: datetime) -> AreaImport:
    """Keep a file to look at. Refusals: `FileRefused`, `UnreadableFile`, `ImportRefused` for the same file again."""
    clean, content_type = _accept(name, content)
    read_file(content)
    digest = hashlib.sha256(content).hexdigest()
    earlier = AreaImport.objects.exclude(state=ImportState.DISCARDED).filter(sha256=digest).first()
    if earlier is not None:
        raise ImportRefused(
            f"Precies dit bestand is al geüpload, op {earlier.uploaded_at:%-d-%-m-%Y} als ‘{earlier.name}’."
        )
    if not District.objects.filter(year=origin.map_year).exists():
        raise ImportRefused(f"Er is geen kaart met de wijkindeling van {origin.map_year}.")
    stored = store(
        content,
        name=clean,
        content_type=content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )
    made = AreaImport.objects.create(
        file=stored, name=clean, sha256=digest, uploaded_by=by, uploaded_at=at, **origin._asdict()
    )
    record(made, "area_import.uploaded", actor=by, at=at, reason=f"{clean}. {origin.source}")
    return made


def _accept(name: str, content: bytes) -> tuple[str, str]:
    """The clean name and the media type: an Excel file as any upload, a CSV file as the text that it is."""
    clean = clean_name(name)
    if len(content) > MAX_BYTES:
        raise FileRefused(f"‘{clean}’ is groter dan {megabytes(MAX_BYTES)}.")
    match PurePosixPath(clean).suffix.lower():
        case ".csv":
            if not content.strip():
                raise FileRefused(f"‘{clean}’ is leeg.")
            decode(content)
            return clean, CSV
        case ".xlsx":
            accepted = accept_file(name, content)
            return accepted.name, accepted.content_type
    raise FileRefused(f"‘{clean}’ is geen CSV of XLSX.")


def content_of(area_import: AreaImport) -> FigureFile:
    """The rows of the file as it was uploaded. Refusal: `UnreadableFile`."""
    if not area_import.file.file:
        raise UnreadableFile("De virusscanner gooide dit bestand weg.")
    with area_import.file.file.open("rb") as stored:
        return read_file(stored.read())


def open_file(area_import: AreaImport, *, by: User, at: datetime) -> StoredFile:
    """Hand out the file as it was uploaded and write down who took it. Refusals: `UnreadableFile`, `FileRefused`."""
    if not area_import.file.file:
        raise UnreadableFile("De virusscanner gooide dit bestand weg.")
    require_openable(area_import.file)
    record_download(
        area_import, "area_import.opened", area_import.file,
        about=f"Wijkcijfers, {area_import.source}", actor=by, at=at, original=True,
    )  # fmt: skip
    return area_import.file


def mapping_of(area_import: AreaImport) -> ColumnMapping | None:
    """What somebody said of the columns; None before that."""
    return ColumnMapping(**area_import.mapping) if area_import.mapping else None


@transaction.atomic
def map_columns(
    area_import: AreaImport, mapping: ColumnMapping, *, by: User, at: datetime
) -> AreaImport:
    """Say what each column is. Refusal: `ImportRefused`."""
    area_import = _lock(area_import)
    if area_import.state != ImportState.PREVIEW:
        raise ImportRefused("Dit bestand is al afgehandeld.")
    if not mapping.values and not (mapping.indicator_column and mapping.value_column):
        raise ImportRefused("Kies minstens één kolom met cijfers.")
    if not mapping.year_column and mapping.year is None:
        raise ImportRefused("Kies de kolom met het jaar, of vul het jaar van de cijfers in.")
    area_import.mapping = mapping.as_json()
    area_import.save(update_fields=["mapping"])
    record(area_import, "area_import.mapped", actor=by, at=at)
    return area_import


def preview(area_import: AreaImport) -> Preview:
    """What the file would change, figure by figure, and every row that cannot be read. Refusal: `UnreadableFile`."""
    mapping = mapping_of(area_import)
    if mapping is None:
        raise ImportRefused("Zeg eerst welke kolom wat is.")
    indicators = {one.code: one for one in AreaIndicator.objects.order_by("code")}
    names = {one.name.upper(): one.code for one in indicators.values()}
    known = names | {code.upper(): code for code in indicators}
    rows, errors = parse_figures(content_of(area_import), mapping, known=known)
    found = Preview(errors=errors)
    _compare(area_import, rows, indicators, found)
    return found


def _compare(
    area_import: AreaImport,
    rows: Iterable[FigureRow],
    indicators: Mapping[str, AreaIndicator],
    found: Preview,
) -> None:
    maps: dict[str, list[District]] = {}
    for one in District.objects.order_by("-year"):
        maps.setdefault(one.code, []).append(one)
    figures = {
        (row.indicator_id, row.district_id, row.year): row
        for row in AreaFigure.objects.of_map(area_import.map_year).order_by("pk")
    }
    mapping = mapping_of(area_import)
    place = mapping.district_column if mapping else ""
    wrong: set[RowError] = set()
    for row in rows:
        drawn = maps.get(row.district, [])
        district = next((one for one in drawn if one.year == area_import.map_year), None)
        if district is None:
            wrong.add(RowError(row.line, place, _why_unknown(row.district, area_import, drawn)))
            continue
        indicator = indicators[row.indicator]
        change = Change(
            row, indicator, district, figures.get((indicator.pk, district.pk, row.year))
        )
        if change.is_same:
            found.same.append(change)
        else:
            (found.new if change.known is None else found.changed).append(change)
    found.errors = sorted([*found.errors, *wrong], key=lambda error: (error.line, error.column))


def _why_unknown(code: str, area_import: AreaImport, drawn: list[District]) -> str:
    """A code of another year is another district: it is never taken for the one of this map."""
    told = f"{code} bestaat niet in de wijkindeling van {area_import.map_year}"
    if drawn:
        years = ", ".join(f"{one.year} ({one.name})" for one in drawn)
        return f"{told}, wel in die van {years}"
    return told


@transaction.atomic
def apply(area_import: AreaImport, *, skip_errors: bool, by: User, at: datetime) -> AreaImport:
    """Keep the figures. With errors only when `skip_errors`: those rows are left out. Refusals: `ImportRefused`, …"""
    area_import = _lock(area_import)
    target = IMPORT_WORKFLOW.target("apply", state=area_import.state)
    found = preview(area_import)
    if found.errors and not skip_errors:
        raise ImportRefused(
            "Het bestand heeft regels met een fout. Verbeter het bestand, of vink aan dat die regels wegblijven."
        )
    if not found.writes:
        raise ImportRefused("Dit bestand verandert niets: er valt niets in te lezen.")
    AreaFigure.objects.bulk_create(_figure(area_import, change) for change in found.new)
    for change in found.changed:
        _figure(area_import, change).save()
    area_import.state, area_import.closed_by, area_import.closed_at = target, by, at
    area_import.created_count, area_import.changed_count = len(found.new), len(found.changed)
    area_import.same_count, area_import.error_count = len(found.same), len(found.errors)
    area_import.save()
    record(
        area_import, "area_import.applied", actor=by, at=at,
        before=ImportState.PREVIEW, after=target, sha256=area_import.sha256,
        new=len(found.new), changed=len(found.changed), errors=len(found.errors),
    )  # fmt: skip
    return area_import


def _figure(area_import: AreaImport, change: Change) -> AreaFigure:
    """The figure as the file has it; the one that was known keeps its row and gets a new line in its history."""
    return AreaFigure(
        pk=change.known.pk if change.known else None,
        indicator=change.indicator,
        district=change.district,
        map_year=change.district.year,
        year=change.row.year,
        value=change.row.value,
        missing_reason=change.row.missing,
        reliability=change.row.mark,
        source=area_import.source,
        retrieved_on=area_import.retrieved_on,
        area_import=area_import,
    )


@transaction.atomic
def discard(area_import: AreaImport, *, by: User, at: datetime) -> AreaImport:
    """Do not keep the figures; the same file may be uploaded again."""
    area_import = _lock(area_import)
    area_import.state = IMPORT_WORKFLOW.target("discard", state=area_import.state)
    area_import.closed_by, area_import.closed_at = by, at
    area_import.save(update_fields=["state", "closed_by", "closed_at"])
    record(
        area_import, "area_import.discarded", actor=by, at=at,
        before=ImportState.PREVIEW, after=area_import.state,
    )  # fmt: skip
    return area_import


def _lock(area_import: AreaImport) -> AreaImport:
    return (
        AreaImport.objects.select_for_update(of=("self",))
        .select_related("file")
        .get(pk=area_import.pk)
    )
