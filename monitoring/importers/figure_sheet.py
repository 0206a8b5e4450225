"""The Excel file of a round: the portal hands it out, somebody fills it, and the same file is read back.

One row per IKC and indicator. What the portal knows is locked, what is to be filled is open, with lists to choose
from. A sheet that nobody sees says, signed, for which round and which agreements the file was made.
"""

import io
import math
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, NamedTuple
from uuid import UUID

import openpyxl
from django.core import signing
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation

from ikc.importers.tables import UnreadableFile
from kvk2.core.csv_export import is_formula
from monitoring.personal_data import is_personal_column

FIGURES, ABOUT, MARK = "Cijfers", "Uitleg", "kvk2"
FORMAT = 1  # of the sheet; another one is asked to be fetched anew
MAX_ROWS = 120_000  # ten thousand IKCs of twelve indicators
MAX_LINES = 2 * MAX_ROWS  # blank ones included
_SALT = "monitoring.figure-sheet"
_KEY = re.compile(r"([0-9]{1,18})-([0-9a-f]{32})")
_DAY = "dd-mm-yyyy"


class Column(NamedTuple):
    """One column: its title, its field (empty: what the portal tells), its width and how its cells are written."""

    title: str
    field: str = ""
    width: int = 14
    number_format: str = "General"


COLUMNS = (
    Column("Sleutel"),
    Column("IKC", width=30),
    Column("Indicator", width=44),
    Column("In te vullen", width=22),
    Column("Eenheid", width=12),
    Column("Vorig jaar", width=22),
    Column("Streefwaarde", width=18),
    Column("Waarde", "value"),
    Column("Teller", "numerator"),
    Column("Noemer", "denominator"),
    Column("Niveau", "level"),
    Column("Bereikt op", "reached_on", number_format=_DAY),
    Column("Geen cijfer, omdat", "missing_reason", 24),
    Column("Peildatum", "reference_date", number_format=_DAY),
    Column("Bron", "source", 30, "@"),
    Column("Toelichting", "note", 50, "@"),
)
TITLES = [column.title for column in COLUMNS]
FIELDS = [column.field for column in COLUMNS]
TITLE_OF = {column.field: column.title for column in COLUMNS if column.field}
HOW = (
    "Vul op het blad ‘Cijfers’ alleen de witte kolommen in. De andere kolommen zijn beveiligd.",
    "In de kolom ‘In te vullen’ staat welke kolommen bij de indicator horen.",
    "Een percentage vult u in als teller en noemer: 19 en 24. Het portaal rekent het percentage uit.",
    "Is er geen cijfer? Kies dan de reden. Een lege regel blijft zoals die in het portaal staat.",
    "Zet geen namen, geboortedata of nummers van kinderen in dit bestand. Het portaal weigert zo’n bestand.",
    "Voeg geen kolommen toe. Formules worden niet gelezen: plak de uitkomst als waarde.",
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """For which round a file was made, upon which agreements (a digest of their versions), and when."""

    cycle: int
    year: str
    agreements: str
    made_at: str

    def signed(self) -> str:
        return signing.dumps(
            [FORMAT, self.cycle, self.year, self.agreements, self.made_at], salt=_SALT
        )


@dataclass(frozen=True, slots=True)
class OutRow:
    """One row to hand out: what the portal tells, and the figure that it has."""

    return_id: int
    series_key: UUID
    told: tuple[str, str, str, str, str, str]
    figure: tuple[Any, ...]


class InRow(NamedTuple):
    """One row that was read: the cells to fill by field. Without a key it belongs to nothing (`return_id` 0)."""

    line: int
    return_id: int
    series_key: UUID | None
    typed: dict[str, object]


# ---------------------------------------------------------------- out


def write_sheet(
    rows: Iterable[OutRow], mark: Fingerprint, *, reasons: Iterable[str], levels: int
) -> IO[bytes]:
    """The file with `rows`; `reasons` and `levels` are what can be chosen. Written row by row, through a file."""
    book = openpyxl.Workbook(write_only=True)
    book.security = WorkbookProtection(lockStructure=True)
    sheet = book.create_sheet(FIGURES)
    sheet.freeze_panes = "D2"
    sheet.protection.enable()
    sheet.protection.formatColumns = sheet.protection.autoFilter = sheet.protection.sort = False
    _set_columns(sheet)
    sheet.append([_heading(sheet, column) for column in COLUMNS])
    count = 1
    for row in rows:
        sheet.append(_cells(sheet, row))
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{count}"
    _let_choose(sheet, max(count, 2), reasons, levels)
    _tell(book, mark)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return file


def _set_columns(sheet: Any) -> None:
    for number, column in enumerate(COLUMNS, 1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = column.width
        dimension.hidden = number == 1
        dimension.number_format = column.number_format
        dimension.protection = Protection(locked=not column.field)


def _heading(sheet: Any, column: Column) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, column.title)
    cell.font = Font(bold=True)
    if not column.field:
        cell.fill = PatternFill("solid", fgColor="E7E6E6")
    return cell


def _cells(sheet: Any, row: OutRow) -> list[Any]:
    """Empty cells are left to the style of their column: the file stays small."""
    told: list[Any] = [_text(sheet, text) for text in row.told]
    open_cells = [
        None if value in (None, "") else _open(sheet, value, column)
        for value, column in zip(row.figure, COLUMNS[7:], strict=True)
    ]
    return [f"{row.return_id}-{row.series_key.hex}", *told, *open_cells]


def _open(sheet: Any, value: Any, column: Column) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str) and is_formula(value):
        cell.data_type, cell.quotePrefix = "s", True
    cell.number_format = column.number_format
    cell.protection = Protection(locked=False)
    return cell


def _text(sheet: Any, text: str) -> Any:
    if not is_formula(text):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type, cell.quotePrefix = "s", True
    return cell


def _let_choose(sheet: Any, last: int, reasons: Iterable[str], levels: int) -> None:
    words = ",".join(reasons)
    numbers = ",".join(str(level) for level in range(1, max(levels, 1) + 1))
    day = {"operator": "between", "formula1": "36526", "formula2": "73050"}  # 2000 to 2099
    for letter, rule in (
        ("H", DataValidation(type="decimal", operator="between", formula1="-999999999", formula2="999999999")),
        ("I", DataValidation(type="whole", operator="between", formula1="0", formula2="100000")),
        ("J", DataValidation(type="whole", operator="between", formula1="0", formula2="100000")),
        ("K", DataValidation(type="list", formula1=f'"{numbers}"')),
        ("L", DataValidation(type="date", **day)),
        ("M", DataValidation(type="list", formula1=f'"{words}"')),
        ("N", DataValidation(type="date", **day)),
    ):  # fmt: skip
        rule.allow_blank, rule.showErrorMessage = True, True
        rule.errorTitle, rule.error = (
            "Dit kan hier niet",
            "Kies uit de lijst, of kijk op het blad ‘Uitleg’.",
        )
        rule.add(f"{letter}2:{letter}{last}")
        sheet.data_validations.append(rule)


def _tell(book: Any, mark: Fingerprint) -> None:
    sheet = book.create_sheet(ABOUT)
    sheet.protection.enable()
    sheet.column_dimensions["A"].width = 100
    for text in (f"Cijfers van {mark.year}", *HOW, f"Gemaakt op {mark.made_at}."):
        cell = WriteOnlyCell(sheet, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([cell])
    hidden = book.create_sheet(MARK)
    hidden.sheet_state = "veryHidden"
    hidden.protection.enable()
    hidden.append([mark.signed()])


# ---------------------------------------------------------------- in


class FigureSheet:
    """A file that came back. Refusal: `UnreadableFile`. The caller has checked that it is harmless (`accept_file`)."""

    def __init__(self, content: bytes) -> None:
        try:
            self._book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
            self.fingerprint = self._read_mark()
            self._sheet = self._book[FIGURES]
            self._sheet.reset_dimensions()
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError, TypeError) as error:  # fmt: skip
            raise UnreadableFile(
                "Dit is geen invulbestand van het portaal. Haal het bestand van deze ronde op, en vul dat in."
            ) from error

    def _read_mark(self) -> Fingerprint:
        first = next(self._book[MARK].iter_rows(max_row=1, values_only=True), (None,))[0]
        try:
            version, *parts = signing.loads(str(first), salt=_SALT)
        except signing.BadSignature as error:
            raise ValueError(first) from error
        if version != FORMAT:
            raise UnreadableFile("Dit invulbestand is van een oudere vorm. Haal een nieuw op.")
        return Fingerprint(*parts)

    def rows(self) -> Iterator[InRow]:
        """Every row that holds something. Refusals: `UnreadableFile` for other columns or too many rows."""
        try:
            values = self._sheet.iter_rows(values_only=True)
            _require_columns(next(values, ()))
            count = 0
            for line, cells in enumerate(values, start=2):
                if line > MAX_LINES:
                    raise UnreadableFile(f"Het blad heeft meer dan {MAX_LINES} regels.")
                if all(cell is None for cell in cells):
                    continue
                count += 1
                if count > MAX_ROWS:
                    raise UnreadableFile(
                        f"Het bestand heeft meer dan {MAX_ROWS} regels met cijfers."
                    )
                yield _row(line, cells)
        except (ValueError, KeyError, SyntaxError, OverflowError) as error:
            raise UnreadableFile("Dit Excel-bestand is beschadigd.") from error

    def close(self) -> None:
        self._book.close()


def _require_columns(header: tuple) -> None:
    titles = [str(cell).strip() if cell is not None else "" for cell in header]
    while titles and not titles[-1]:
        titles.pop()
    for title in titles:
        if is_personal_column(title):
            raise UnreadableFile(
                f"Het bestand heeft een kolom ‘{title[:30]}’. Gegevens van personen horen niet in het portaal."
            )
    if extra := [title for title in titles if title not in TITLES]:
        raise UnreadableFile(f"De kolom ‘{extra[0][:30]}’ hoort niet in dit bestand.")
    if titles != TITLES:
        missing = next((title for title in TITLES if title not in titles), "")
        told = f"de kolom ‘{missing}’ ontbreekt" if missing else "de kolommen staan anders"
        raise UnreadableFile(f"De opzet van het bestand is gewijzigd: {told}.")


def _row(line: int, cells: tuple) -> InRow:
    found = _KEY.fullmatch(str(cells[0] or ""))
    typed = {
        field: _plain(cell)
        for field, cell in zip(FIELDS, cells, strict=False)
        if field and cell is not None
    }
    if found is None:
        return InRow(line, 0, None, typed)
    return InRow(line, int(found[1]), UUID(hex=found[2]), typed)


def _plain(cell: object) -> object:
    """What a cell holds, as it can be kept: numbers as numbers, days as days; anything strange as its text."""
    match cell:
        case float():
            return cell if math.isfinite(cell) else str(cell)
        case bool() | int() | datetime() | date():
            return cell
        case str():
            return cell.replace("\x00", "").strip()[:2000]
    return f"={type(cell).__name__}"  # a formula over several cells
