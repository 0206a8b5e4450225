"""Files with figures for tests: the real one of a round, filled in as a person would."""

import io
from collections.abc import Mapping

import openpyxl

from monitoring.importers.figure_sheet import FIELDS, FIGURES
from monitoring.services import figure_files
from monitoring.tests.factories import AT

KEY = "key"


def book_of(cycle) -> openpyxl.Workbook:
    with figure_files.fill_in_file(cycle, at=AT) as file:
        return openpyxl.load_workbook(file)


def column(field: str) -> int:
    """The number of the column of a field; of the key it is the first."""
    return 1 if field == KEY else FIELDS.index(field) + 1


def filled_file(cycle, rows: Mapping[int, Mapping[str, object]]) -> bytes:
    """The file of `cycle` with these cells typed, by line (the first figure is on line 2) and field."""
    book = book_of(cycle)
    for line, cells in rows.items():
        for field, value in cells.items():
            book[FIGURES].cell(line, column(field)).value = value
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
