"""The open data of DUO about primary schools, in each layout in which DUO publishes it.

School locations: `;` in Windows-1252 (both the header until 2021 and the one after) or `,` in UTF-8.
Pupils per year: `;` in UTF-8; a small number is written as '<5' and a year without school as 0.
"""

import re
from dataclasses import dataclass

from ikc.importers.tables import (
    BadCell,
    Cells,
    Parsed,
    UnreadableFile,
    parse_rows,
    read_table,
    require_columns,
)

LOCATIONS_SOURCE = "DUO, alle schoolvestigingen basisonderwijs"
PUPILS_SOURCE = "DUO, historisch overzicht aantal leerlingen per schoolvestiging"

# Until 2021 the location code stood under VESTIGINGSNUMMER.
_LOCATION_CODE = ("VESTIGINGSCODE", "VESTIGINGSNUMMER")
_LOCATION_COLUMNS = [
    "BEVOEGD GEZAG NUMMER",
    "VESTIGINGSNAAM",
    "STRAATNAAM",
    "HUISNUMMER TOEVOEGING",
    "POSTCODE",
    "PLAATSNAAM",
    "GEMEENTENUMMER",
    "GEMEENTENAAM",
]
_PUPIL_COLUMNS = [
    "VESTIGINGSCODE",
    "NAAM VESTIGING",
    "SOORT VESTIGING",
    "BEVOEGD GEZAG NUMMER",
    "GEMEENTECODE VESTIGING",
]
_PUPIL_YEAR = re.compile(r"LEERLINGEN ([0-9]{4})")
_PRIMARY = "BO"
MAX_PUPILS = 5_000

# After a place name DUO writes the province when there are two places of that name: 'WIRDUM FR'.
_PROVINCES = frozenset({"FR", "GN", "DR", "OV", "GLD", "UT", "NH", "ZH", "ZLD", "NB", "LB", "FLD"})
_SMALL_WORDS = frozenset(
    {"aan", "aan't", "bij", "de", "den", "der", "en", "het", "in", "op", "te", "van"}
)


@dataclass(frozen=True, slots=True)
class Location:
    """One school location; `in_town` when the place bears the name of its municipality."""

    line: int
    code: str
    name: str
    board_number: str
    street: str
    postcode: str
    city: str
    in_town: bool


@dataclass(frozen=True, slots=True)
class Pupils:
    """The pupils of one location; a year is None for '<5', 0 when there was no school, absent when left blank."""

    line: int
    code: str
    name: str
    board_number: str
    by_year: dict[int, int | None]


def is_locations(columns: list[str]) -> bool:
    """Enough to tell the kind; `parse_locations` then says what else is missing."""
    names_location = any(name in columns for name in _LOCATION_CODE)
    return names_location and {"VESTIGINGSNAAM", "BEVOEGD GEZAG NUMMER"} <= set(columns)


def is_pupils(columns: list[str]) -> bool:
    return "SOORT VESTIGING" in columns and any(map(_PUPIL_YEAR.fullmatch, columns))


def parse_locations(data: bytes, *, municipality: str) -> Parsed[Location]:
    """The locations in `municipality` (four digits); raises UnreadableFile when this is another kind of file."""
    columns, rows = read_table(data)
    require_columns(columns, _LOCATION_COLUMNS, kind="met schoolvestigingen")
    code_column = next((name for name in _LOCATION_CODE if name in columns), None)
    if code_column is None:
        raise UnreadableFile(
            "Dit is geen bestand met schoolvestigingen: er is geen vestigingscode."
        )

    def parse(cells: Cells) -> Location | None:
        if _municipality(cells, "GEMEENTENUMMER") != municipality:
            return None
        city = cells.text("PLAATSNAAM", max_length=80, required=True)
        number = cells.text("HUISNUMMER TOEVOEGING", max_length=20)
        street = cells.text("STRAATNAAM", max_length=100)
        return Location(
            line=cells.line,
            code=_location_code(cells, code_column),
            name=cells.text("VESTIGINGSNAAM", max_length=120, required=True),
            board_number=_board_number(cells),
            street=f"{street} {number}".strip(),
            postcode=_postcode(cells),
            city=place_name(city),
            in_town=city.casefold() == cells.text("GEMEENTENAAM").casefold(),
        )

    return parse_rows(rows, parse, key=lambda row: row.code)


def parse_pupils(data: bytes, *, municipality: str) -> Parsed[Pupils]:
    """The pupils per year of primary schools (SOORT_VESTIGING = BO) in `municipality`."""
    columns, rows = read_table(data)
    require_columns(columns, _PUPIL_COLUMNS, kind="met leerlingen per vestiging")
    years = {
        int(match[1]): name
        for name in columns
        if (match := _PUPIL_YEAR.fullmatch(name)) is not None
    }
    if not years:
        raise UnreadableFile("Dit bestand heeft geen kolom LEERLINGEN met een jaar.")

    def parse(cells: Cells) -> Pupils | None:
        if _municipality(cells, "GEMEENTECODE VESTIGING") != municipality:
            return None
        if cells.text("SOORT VESTIGING") != _PRIMARY:
            return None
        return Pupils(
            line=cells.line,
            code=_location_code(cells, "VESTIGINGSCODE"),
            name=cells.text("NAAM VESTIGING", max_length=120, required=True),
            board_number=_board_number(cells),
            by_year={
                year: _pupils(cells, name)
                for year, name in sorted(years.items())
                if cells.text(name)
            },
        )

    return parse_rows(rows, parse, key=lambda row: row.code)


def place_name(text: str) -> str:
    """'WIRDUM FR' as people write it: 'Wirdum FR'; 'ALPHEN AAN DEN RIJN': 'Alphen aan den Rijn'."""
    words = []
    for index, word in enumerate(text.split()):
        lower = word.lower()
        if word in _PROVINCES and index:
            words.append(word)
        elif lower in _SMALL_WORDS and index:
            words.append(lower)
        elif lower.startswith("'"):
            head, dash, tail = lower.partition("-")
            words.append(head + dash + tail.capitalize())
        else:
            words.append("-".join(_capitalised(part) for part in lower.split("-")))
    return " ".join(words)


def _capitalised(word: str) -> str:
    """The Dutch ij at the start of a word is one letter: 'IJlst'."""
    return f"IJ{word[2:]}" if word.startswith("ij") else word.capitalize()


def _municipality(cells: Cells, column: str) -> str:
    """Four digits: one file writes 0080, the other 80."""
    value = cells.text(column, required=True)
    if not (value.isascii() and value.isdigit() and len(value) <= 4):
        raise BadCell(column, f"‘{value[:20]}’ is geen gemeentenummer")
    return value.zfill(4)


def _location_code(cells: Cells, column: str) -> str:
    value = cells.text(column, required=True).upper()
    if not re.fullmatch(r"[0-9]{2}[A-Z]{2}[0-9]{2}", value):
        raise BadCell(
            column, f"‘{value[:20]}’ is geen vestigingscode (2 cijfers, 2 letters, 2 cijfers)"
        )
    return value


def _board_number(cells: Cells) -> str:
    value = cells.text("BEVOEGD GEZAG NUMMER", required=True)
    if not re.fullmatch(r"[0-9]{5}", value):
        raise BadCell("BEVOEGD GEZAG NUMMER", f"‘{value[:20]}’ heeft geen 5 cijfers")
    return value


def _postcode(cells: Cells) -> str:
    value = cells.text("POSTCODE").upper().replace(" ", "")
    if not value:
        return ""
    if not re.fullmatch(r"[1-9][0-9]{3}[A-Z]{2}", value):
        raise BadCell("POSTCODE", f"‘{value[:20]}’ is geen postcode")
    return f"{value[:4]} {value[4:]}"


def _pupils(cells: Cells, column: str) -> int | None:
    value = cells.text(column)
    if value == "<5":
        return None
    if not (value.isascii() and value.isdigit()) or int(value) > MAX_PUPILS:
        raise BadCell(column.replace(" ", "_"), f"‘{value[:20]}’ is geen aantal leerlingen")
    return int(value)
