"""The columns of a long list: what they read, how they sort, and how a cell looks on a page and in a spreadsheet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate

from kvk2.core import money
from kvk2.core.keyset import Order
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro

Row = Mapping[str, Any]
NOTHING = "–"


class Kind(StrEnum):
    """What a column holds: decides its notation, its side and its type in a spreadsheet."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    EURO = "euro"
    DAY = "day"
    MOMENT = "moment"
    YES_NO = "yes_no"


NUMERIC = frozenset({Kind.WHOLE, Kind.DECIMAL, Kind.EURO})
_NO_BREAK = " class=lw-nowrap"
_CLASSES = {
    **dict.fromkeys(NUMERIC, " class=lw-num"),
    **dict.fromkeys((Kind.DAY, Kind.MOMENT), _NO_BREAK),
}


@lru_cache(maxsize=1024)  # a list names the same days on every row
def _day(day: date) -> str:
    return dutch_date(day)


_WRITTEN: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: str,
    Kind.WHOLE: lambda value: money.format_number(value, 0),
    Kind.DECIMAL: lambda value: money.format_number(value, 1),
    Kind.EURO: euro,
    Kind.DAY: lambda value: _day(localdate(value) if isinstance(value, datetime) else value),
    Kind.MOMENT: dutch_datetime,
    Kind.YES_NO: lambda value: "ja" if value else "nee",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `field` is an ORM path or annotation; `sort` the paths it sorts on (empty: it does not sort).

    `plain` turns what the database holds into what people call it, for screen and spreadsheet alike; `write` makes
    the HTML of a cell when text is not enough. Both are asked once per value and page.
    """

    key: str
    label: str
    field: str
    kind: Kind = Kind.TEXT
    sort: tuple[str, ...] = ()
    nullable: bool = False
    plain: Callable[[Any], Any] | None = None
    write: Callable[[Any], str] | None = None
    link: Callable[[Row], str] | None = None
    # Names the row; read first on a narrow screen, where each row is a card.
    is_name: bool = False
    # Whether a card says what this is: not of a badge or a number that speaks for itself.
    labelled: bool = True
    is_unbroken: bool = False

    def order(self, *, descending: bool) -> Order:
        return Order(self.sort, descending=descending, nullable=self.nullable)

    def value(self, row: Row) -> Any:
        """The plain value of a cell, for a spreadsheet."""
        raw = row[self.field]
        return self.plain(raw) if self.plain else raw

    def html(self, raw: Any) -> str:
        if self.write:
            return conditional_escape(self.write(raw))
        value = self.plain(raw) if self.plain else raw
        if value is None or value == "":
            return NOTHING
        return conditional_escape(_WRITTEN[self.kind](value))


def body_html(columns: Sequence[Column], rows: Sequence[Row], *, choose: str = "") -> SafeString:
    """The rows of a table. `choose` names the field whose value a checkbox in front of each row carries, if any.

    Written a column at a time, each value of a column once: a page of a list is thousands of small pieces of text.
    The style sheet gives cells of `lw-list` their looks by their place, so that a cell carries no classes.
    """
    cells = [list(_cells(column, rows)) for column in columns]
    if choose:
        name = next((column for column in columns if column.is_name), columns[0])
        cells.insert(0, [_box(row[choose], row[name.field]) for row in rows])
    lines = [f"<tr role=row>{''.join(line)}</tr>\n" for line in zip(*cells, strict=True)]
    return mark_safe("".join(lines))  # noqa: S308 - every cell is escaped


def _box(value: Any, name: Any) -> str:
    return format_html(
        '<td role="cell" data-label="Kies"><label class="lw-option"><input type="checkbox" name="row"'
        ' class="utrecht-checkbox utrecht-checkbox--html-input" value="{}" aria-label="Kies {}">'
        "</label></td>",
        value,
        name,
    )


def _cells(column: Column, rows: Iterable[Row]) -> Iterable[str]:
    written: dict[Any, str] = {}
    field, link = column.field, column.link
    if column.is_name:
        opening, closing = "<th scope=row role=rowheader>", "</th>"
    else:
        classes = _NO_BREAK if column.is_unbroken else _CLASSES.get(column.kind, "")
        label = format_html(' data-label="{}"', column.label) if column.labelled else ""
        opening, closing = f"<td role=cell{classes}{label}>", "</td>"
    for row in rows:
        raw = row[field]
        cell = written.get(raw)
        if cell is None:
            cell = written[raw] = column.html(raw)
        if link:
            cell = f'<a class="nl-link" href="{conditional_escape(link(row))}">{cell}</a>'
        yield f"{opening}{cell}{closing}"
