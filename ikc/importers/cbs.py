"""The district maps and key figures of Statistics Netherlands (CBS).

Outlines: the GeoJSON of the yearly district map, generalised. Figures: the table of the open data
portal as CSV, whose column names end in a number that changes per year (`AantalInwoners_5`), or the
yearly Excel file (`a_inw`), in which '.' means that CBS gives no figure and later releases write text.
"""

import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ikc.importers.tables import (
    BadCell,
    Cells,
    Parsed,
    RowError,
    UnreadableFile,
    decode,
    parse_rows,
    read_table,
)

OUTLINES_SOURCE = "CBS en Kadaster, wijk- en buurtkaart"
FIGURES_SOURCE = "CBS, kerncijfers wijken en buurten"

MAX_RINGS = 50
MAX_POINTS = 20_000
MAX_SHEET_ROWS = 60_000
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
_MISSING = frozenset({"", ".", "-", "x"})
_POSITION_SUFFIX = re.compile(r" [0-9]+$")

# What the portal reads: (name in the open data table without its number, name in the Excel file).
_FIGURE_COLUMNS = {
    "inhabitants": ("AANTALINWONERS", "A INW"),
    "dwellings": ("WONINGVOORRAAD", "A WONING"),
    "area_hectares": ("OPPERVLAKTETOTAAL", "A OPP HA"),
}
_CODE_COLUMNS = ("CODERING", "GWB CODE 10")
_NAME_COLUMNS = ("STATNAAM", "REGIO")
_KIND_COLUMNS = ("SOORTREGIO", "RECS")
_DISTRICT = "Wijk"

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """One district as a map draws it: outer rings of (longitude, latitude), in degrees."""

    line: int
    code: str
    year: int
    name: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one district; None where CBS gives none. The area is in whole hectares."""

    line: int
    code: str
    name: str
    inhabitants: int | None
    dwellings: int | None
    area_hectares: int | None


@dataclass(frozen=True, slots=True)
class FiguresFile:
    """The districts of one municipality, and what CBS gives for the municipality as a whole."""

    districts: Parsed[Figures]
    municipality_inhabitants: int | None


def parse_outlines(data: bytes, *, municipality: str) -> Parsed[Outline]:
    """The districts of `municipality` (four digits); `line` is the position of the feature in the file."""
    try:
        document = json.loads(decode(data), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile("Dit is geen geldig GeoJSON-bestand.") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise UnreadableFile("Dit GeoJSON-bestand heeft geen lijst ‘features’.")
    parsed: Parsed[Outline] = Parsed()
    seen: dict[str, int] = {}
    for position, feature in enumerate(features, start=1):
        try:
            outline = _outline(position, feature, municipality)
        except BadCell as error:
            parsed.errors.append(RowError(position, error.column, error.message))
            continue
        if outline is None:
            parsed.elsewhere += 1
        elif first := seen.get(outline.code):
            parsed.errors.append(
                RowError(position, "statcode", f"{outline.code} staat ook al op plaats {first}")
            )
        else:
            seen[outline.code] = position
            parsed.rows.append(outline)
    return parsed


def _outline(position: int, feature: object, municipality: str) -> Outline | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(properties, dict):
        raise BadCell("properties", "ontbreekt")
    code = str(properties.get("statcode", ""))
    if not re.fullmatch(r"WK[0-9]{6}", code):
        raise BadCell("statcode", f"‘{code[:20]}’ is geen wijkcode")
    if code[2:6] != municipality:
        return None
    # The year stands in front of the code in jrstatcode: 2024WK008010.
    dated = re.fullmatch(r"((?:19|20)[0-9]{2})" + code, str(properties.get("jrstatcode", "")))
    if dated is None:
        raise BadCell("jrstatcode", "noemt het jaar van de indeling niet")
    name = str(properties.get("statnaam", "")).strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise BadCell("statnaam", "is geen naam van een wijk")
    return Outline(position, code, int(dated[1]), name, _rings(feature.get("geometry")))


def _rings(geometry: object) -> tuple[Ring, ...]:
    """The outer rings of a polygon or a multipolygon; holes play no part in a schematic map."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "Polygon":
        polygons = [coordinates]
    elif kind == "MultiPolygon" and isinstance(coordinates, list):
        polygons = coordinates
    else:
        raise BadCell("geometry", "is geen Polygon of MultiPolygon")
    if not 0 < len(polygons) <= MAX_RINGS:
        raise BadCell("geometry", f"heeft {len(polygons)} delen")
    return tuple(_ring(polygon) for polygon in polygons)


def _ring(polygon: object) -> Ring:
    points = polygon[0] if isinstance(polygon, list) and polygon else None
    if not isinstance(points, list) or not 4 <= len(points) <= MAX_POINTS:
        raise BadCell("geometry", "heeft een ring zonder genoeg punten")
    ring = tuple(_point(point) for point in points)
    if ring[0] != ring[-1]:
        raise BadCell("geometry", "heeft een ring die niet sluit")
    return ring


def _point(point: object) -> tuple[float, float]:
    if not isinstance(point, list) or len(point) < 2:
        raise BadCell("geometry", "heeft een punt zonder twee coördinaten")
    longitude, latitude = point[0], point[1]
    for value, limit in ((longitude, 180), (latitude, 90)):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or abs(value) > limit:
            raise BadCell("geometry", "heeft een coördinaat die geen graden zijn (EPSG:4326)")
    return float(longitude), float(latitude)


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def parse_figures_csv(data: bytes, *, municipality: str) -> FiguresFile:
    """The key figures out of a CSV of the open data table."""
    columns, rows = read_table(data)
    return _figures(columns, rows, municipality)


def parse_figures_xlsx(data: bytes, *, municipality: str) -> FiguresFile:
    """The key figures out of the first sheet of the yearly Excel file, read row by row."""
    columns, rows = read_sheet(data)
    return _figures(columns, rows, municipality)


def _figures(
    columns: list[str], rows: Iterator[Cells | RowError], municipality: str
) -> FiguresFile:
    find = _finder(columns)
    code_column, kind_column = find(_CODE_COLUMNS), find(_KIND_COLUMNS)
    name_column = find(_NAME_COLUMNS)
    figure_columns = {name: find(spellings) for name, spellings in _FIGURE_COLUMNS.items()}
    whole: list[int | None] = []

    def parse(cells: Cells) -> Figures | None:
        code = cells.text(code_column, required=True)
        if code == f"GM{municipality}":
            whole.append(_count(cells, figure_columns["inhabitants"]))
        if cells.text(kind_column) != _DISTRICT or code[2:6] != municipality:
            return None
        if not re.fullmatch(r"WK[0-9]{6}", code):
            raise BadCell(code_column, f"‘{code[:20]}’ is geen wijkcode")
        return Figures(
            line=cells.line,
            code=code,
            name=cells.text(name_column, max_length=100, required=True),
            **{name: _count(cells, column) for name, column in figure_columns.items()},
        )

    districts = parse_rows(rows, parse, key=lambda row: row.code)
    return FiguresFile(districts, whole[0] if whole else None)


def _finder(columns: list[str]) -> Callable[[tuple[str, ...]], str]:
    by_name: Mapping[str, str] = {
        _POSITION_SUFFIX.sub("", column): column for column in reversed(columns)
    }

    def find(spellings: tuple[str, ...]) -> str:
        for spelling in spellings:
            if spelling in columns:
                return spelling
            if spelling in by_name:
                return by_name[spelling]
        raise UnreadableFile(
            f"Dit is geen bestand met kerncijfers: kolom {' of '.join(spellings)} ontbreekt."
        )

    return find


def _count(cells: Cells, column: str) -> int | None:
    """A whole number, also when Excel stored it as text or as 5400.0; None where CBS gives none."""
    value = cells.text(column)
    if value in _MISSING:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(\.0+)?", value):
        raise BadCell(column, f"‘{value[:20]}’ is geen geheel getal")
    return int(value.partition(".")[0])


def read_sheet(
    data: bytes, *, as_text: Callable[[object], str] | None = None
) -> tuple[list[str], Iterator[Cells | RowError]]:
    """The first sheet of an Excel file; `as_text` says how a cell is written. Refusal: `UnreadableFile`."""
    as_text = as_text or _cell_text
    _check_archive(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        # Somebody may have set the size to A1 on purpose or by mistake: read what is there.
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        values = sheet.iter_rows(values_only=True)
        header = next(values)
    except (
        InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, StopIteration, SyntaxError
    ) as error:  # fmt: skip
        raise UnreadableFile("Dit is geen leesbaar Excel-bestand.") from error
    columns = [as_text(cell).replace("_", " ").upper() for cell in header]
    while columns and not columns[-1]:
        columns.pop()
    return columns, _sheet_rows(values, columns, as_text)


def _sheet_rows(
    values: Iterator[tuple], columns: list[str], as_text: Callable[[object], str]
) -> Iterator[Cells | RowError]:
    width = len(columns)
    for line, row in enumerate(values, start=2):
        if line > MAX_SHEET_ROWS:
            raise UnreadableFile(f"Het werkblad heeft meer dan {MAX_SHEET_ROWS} regels.")
        texts = [as_text(cell) for cell in row]
        if not any(texts):
            continue
        if any(texts[width:]):
            yield RowError(line, "", "heeft meer cellen dan de kopregel")
            continue
        texts += [""] * (width - len(texts))
        yield Cells(line, dict(zip(columns, texts, strict=False)))


def _cell_text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _check_archive(data: bytes) -> None:
    """An .xlsx is a zip of XML: refuse what unpacks too far, and XML that may define entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise UnreadableFile("Dit Excel-bestand is uitgepakt te groot.")
            for member in archive.infolist():
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as file:
                        if b"<!DOCTYPE" in file.read(4096).upper():
                            raise UnreadableFile("Dit Excel-bestand bevat een DOCTYPE.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableFile("Dit is geen Excel-bestand (.xlsx).") from error
