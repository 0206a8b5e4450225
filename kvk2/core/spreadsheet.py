"""Lists as an Excel file: numbers are numbers, days are days, text is never a formula. Written row by row, through a file."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from kvk2.core.csv_export import is_formula

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT = 32_767  # what Excel holds in a cell
EURO, DAY, MOMENT = "€ #,##0.00;-€ #,##0.00", "dd-mm-yyyy", "dd-mm-yyyy hh:mm"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its name, how its figures are written (an Excel format; empty: by their type), its width in characters."""

    label: str
    number_format: str = ""
    width: int = 16


def workbook(
    title: str,
    headings: Sequence[Heading],
    rows: Iterable[Iterable[Any]],
    about: Sequence[tuple[str, str]],
) -> IO[bytes]:
    """A file with the rows on a sheet called `title`, and a sheet that says what they are (`about`: name and text)."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(number)].width = heading.width
    sheet.append([_cell(sheet, heading.label, bold=True) for heading in headings])
    formats = [heading.number_format for heading in headings]
    count = 1
    for row in rows:
        sheet.append([_cell(sheet, *each) for each in zip(row, formats, strict=True)])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{count}"
    _tell(book, about)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return file


def _tell(book: Workbook, about: Sequence[tuple[str, str]]) -> None:
    sheet = book.create_sheet("Over deze lijst")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 90
    for name, text in about:
        value = _cell(sheet, text)
        if isinstance(value, str):
            value = WriteOnlyCell(sheet, value)
        value.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([_cell(sheet, name, bold=True), value])


def _cell(sheet: Any, value: Any, number_format: str = "", *, bold: bool = False) -> Any:
    """What `append` takes: the bare value where Excel needs to be told nothing."""
    match value:
        case None:
            return None
        case bool():
            return "ja" if value else "nee"
        case datetime():
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            value, number_format = local.replace(tzinfo=None), number_format or MOMENT
        case date():
            number_format = number_format or DAY
        case int() | float() | Decimal():
            pass
        case _:
            return _text(sheet, str(value), bold=bold)
    if not number_format:
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell


def _text(sheet: Any, text: str, *, bold: bool) -> Any:
    text = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_TEXT]
    is_risky = is_formula(text)
    if not (bold or is_risky):
        return text
    cell = WriteOnlyCell(sheet, text)
    # A text by its type; the mark keeps it one when somebody edits it or saves it as CSV.
    cell.data_type, cell.quotePrefix = "s", is_risky
    if bold:
        cell.font = Font(bold=True)
    return cell


def xlsx_response(filename: str, file: IO[bytes]) -> FileResponse:
    """A download named `filename` (plain letters, with .xlsx)."""
    return FileResponse(
        file,
        as_attachment=True,
        filename=filename,
        content_type=CONTENT_TYPE,
        headers={"Cache-Control": "private, no-store"},
    )
