"""Lists as CSV that a Dutch spreadsheet opens at once and that can not carry a formula into it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone

# A spreadsheet runs a cell that begins with one of these; the last four are their full-width twins.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_PORTION = 32_000  # characters that are sent at once
_BYTE_ORDER_MARK = "\ufeff"  # without it, Excel reads UTF-8 as Windows-1252


def safe_cell(value: object) -> str:
    """The text of one cell: numbers with a decimal comma, local times, yes and no in Dutch, no formulas."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nee"
        case int():
            return str(value)
        case float() | Decimal():
            return str(value).replace(".", ",")
        case datetime():
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return f"{local:%Y-%m-%d %H:%M}"
    text = str(value)
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run this text."""
    return text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)


def csv_text(headers: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """The table as text: `;` between the cells, CRLF after each row, a byte order mark in front."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe_cell(header) for header in headers])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return _BYTE_ORDER_MARK + target.getvalue()


def csv_response(
    filename: str, headers: Sequence[str], rows: Iterable[Iterable[object]]
) -> HttpResponse:
    """A download named `filename` (plain letters, with .csv); `rows` holds plain values, see `safe_cell`."""
    return HttpResponse(
        csv_text(headers, rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{filename}"',
            "Cache-Control": "private, no-store",
        },
    )


def csv_stream(
    filename: str, headers: Sequence[str], rows: Iterable[Iterable[object]]
) -> StreamingHttpResponse:
    """The same download, sent while the rows are read: for lists that may be long."""
    return StreamingHttpResponse(
        _lines(headers, rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{filename}"',
            "Cache-Control": "private, no-store",
        },
    )


def _lines(headers: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield csv_text(headers, ())
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        if target.tell() > _PORTION:
            yield target.getvalue()
            target.seek(0)
            target.truncate()
    yield target.getvalue()
