"""Base class and columns of the portal's lists."""

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from kvk2.core import money
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro, status_badge

NUMERIC = {"th": {"class": "lw-num"}, "td": {"class": "lw-num"}}


class NldsTable(tables.Table):
    """A list; `caption` is its name for everybody, and hidden when a heading already says it."""

    caption = ""
    caption_hidden = True
    empty_text = "Geen resultaten."

    @property
    def body(self) -> SafeString:
        """The rows of this page.

        Written here and not in the template, which would work out the attributes of a column again for
        each of the hundreds of cells.
        """
        frames = {column.name: _frame(column) for column in self.columns}
        parts = []
        for row in self.paginated_rows:
            parts.append('<tr role="row" class="utrecht-table__row">')
            for column, cell in row.items():
                opening, closing = frames[column.name]
                parts += (opening, conditional_escape(localize(cell)), closing)
            parts.append("</tr>\n")
        return mark_safe("".join(parts))  # noqa: S308 - frames and cells are escaped


def _frame(column: tables.columns.BoundColumn) -> tuple[SafeString, str]:
    """What stands around each cell of a column."""
    attrs = column.attrs
    if attrs.get("row_header"):
        opening = format_html(
            '<th scope="row" role="rowheader" class="utrecht-table__cell utrecht-table__header-cell"'
            ' data-label="{}">',
            column.header,
        )
        return opening, "</th>"
    classes = " ".join(filter(None, ["utrecht-table__cell", attrs["td"].get("class")]))
    opening = format_html('<td role="cell" class="{}" data-label="{}">', classes, column.header)
    return opening, "</td>"


class RowHeaderColumn(tables.Column):
    """The column that names the row: link it with `linkify`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"row_header": True, "a": {"class": "nl-link"}})
        super().__init__(**kwargs)


class NumberColumn(tables.Column):
    """A figure, right-aligned, with `places` decimals."""

    def __init__(self, *, places: int = 0, **kwargs: Any) -> None:
        super().__init__(**{"attrs": NUMERIC, **kwargs})
        self.places = places

    def render(self, value: Any) -> str:
        return money.format_number(value, self.places)

    def value(self, value: Any) -> str:
        """For the CSV: a decimal comma and no points, as a Dutch spreadsheet reads it."""
        return str(value).replace(".", ",")


class EuroColumn(NumberColumn):
    """An amount in euros and cents."""

    def render(self, value: Any) -> str:
        return euro(value)


class DateColumn(tables.Column):
    """A day, written out; of a moment the time as well, when `with_time`."""

    def __init__(self, *, with_time: bool = False, **kwargs: Any) -> None:
        super().__init__(**{"attrs": {"td": {"class": "lw-nowrap"}}, **kwargs})
        self.write: Callable[[Any], str] = dutch_datetime if with_time else dutch_date

    def render(self, value: Any) -> str:
        return self.write(value)

    def value(self, value: Any) -> str:
        return value.isoformat()


class BadgeColumn(tables.Column):
    """A status; `kinds` maps the stored value to a kind of badge, and the label is shown."""

    def __init__(self, *, kinds: dict[Any, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds = kinds

    def render(self, value: Any, record: Any, bound_column: Any) -> str:
        stored = getattr(record, bound_column.accessor, value)
        return status_badge(value, self.kinds.get(stored, "neutral"))

    def value(self, value: Any) -> str:
        return str(value)
