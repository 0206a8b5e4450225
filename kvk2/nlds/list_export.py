"""A long list as a file: the columns, the order and the rows of the page, all pages of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from django.http import StreamingHttpResponse
from django.utils import timezone

from kvk2.core.csv_export import csv_stream
from kvk2.core.spreadsheet import EURO, Heading, workbook
from kvk2.nlds.columns import Column, Kind
from kvk2.nlds.row_list import RowList
from kvk2.nlds.templatetags.nlds import dutch_datetime

_FORMATS = {Kind.EURO: EURO, Kind.DECIMAL: "0.0"}
_WIDTHS = {Kind.TEXT: 28, Kind.MOMENT: 18}


def plain_rows(list_: RowList) -> Iterator[list[Any]]:
    """The values of every row, of every page."""
    columns = list_.columns
    for row in list_.all_rows():
        yield [_value(column, row) for column in columns]


def _value(column: Column, row: Any) -> Any:
    value = column.value(row)
    if column.kind is Kind.DAY and isinstance(value, datetime):
        return timezone.localdate(value)
    return value


def as_csv(list_: RowList, filename: str) -> StreamingHttpResponse:
    return csv_stream(filename, [column.label for column in list_.columns], plain_rows(list_))


def as_workbook(list_: RowList, title: str, *, by: str, at: datetime) -> IO[bytes]:
    """An Excel file of the list, with a sheet that says which filter, who made it and when."""
    about: Sequence[tuple[str, str]] = (
        ("Lijst", title),
        ("Filters", list_.words),
        ("Gemaakt door", by),
        ("Gemaakt op", dutch_datetime(at)),
    )
    headings = [
        Heading(column.label, _FORMATS.get(column.kind, ""), _WIDTHS.get(column.kind, 14))
        for column in list_.columns
    ]
    return workbook(title, headings, plain_rows(list_), about)
