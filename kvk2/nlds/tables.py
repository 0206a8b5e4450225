"""Base class and columns of the portal's lists."""

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.db.models import Case, IntegerField, QuerySet, When
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django_tables2.utils import Accessor, signature

from kvk2.core import money
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro, status_badge

NUMERIC = {"th": {"class": "lw-num"}, "td": {"class": "lw-num"}}


class NldsTable(tables.Table):
    """A list; `caption` is its name for everybody, and hidden when a heading already says it."""

    caption = ""
    caption_hidden = True

    @property
    def body(self) -> SafeString:
        """The rows of this page.

        Written here and not in the template, and a column at a time: what the library works out again for
        each of hundreds of cells (attributes, what a function wants to be told) is worked out once.
        """
        rows = list(self.paginated_rows)
        columns = [(*_frame(column), _cells(self, column, rows)) for column in self.columns]
        parts = []
        for number in range(len(rows)):
            parts.append('<tr role="row" class="utrecht-table__row">')
            for opening, closing, cells in columns:
                parts += (opening, cells[number], closing)
            parts.append("</tr>\n")
        return mark_safe("".join(parts))  # noqa: S308 - frames and cells are escaped


def _cells(
    table: NldsTable, column: tables.columns.BoundColumn, rows: list[tables.rows.BoundRow]
) -> list[str]:
    """What a column holds on each row, escaped; the same as `BoundRow.get_cell`, which a test holds it against."""
    accessor, default = Accessor(column.accessor), conditional_escape(localize(column.default))
    render, link = _fitted(column.render), column.link
    display = _display_of(accessor, rows[0].record) if rows else None
    shared = {"column": column.column, "bound_column": column, "table": table}
    cells: list[str] = []
    for row in rows:
        record = row.record
        value = display(record) if display else accessor.resolve(record, quiet=True)
        if value in column.column.empty_values:
            cells.append(default)
            continue
        facts = {"value": value, "record": record, "bound_row": row, **shared}
        cell = render(facts)
        cells.append(conditional_escape(localize(link(cell, **facts) if link else cell)))
    return cells


def _fitted(function: Callable[..., Any]) -> Callable[[dict[str, Any]], Any]:
    """`function`, told only what it asks for by name."""
    names, takes_all = signature(function)
    if takes_all:
        return lambda facts: function(**facts)
    return lambda facts: function(**{name: facts[name] for name in names})


def _display_of(accessor: Accessor, record: Any) -> Callable[[Any], Any] | None:
    """How a record names the choice that it holds, when the column shows a field with choices."""
    field = accessor.get_field(record)
    if not getattr(field, "choices", None):
        return None
    path, _, name = accessor.rpartition(accessor.SEPARATOR)
    owner = Accessor(path)
    return lambda each: getattr(owner.resolve(each, quiet=True), f"get_{name}_display", str)()


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

    def order(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        """In the order of `kinds`, which is that of the flow, and not of the stored words."""
        if not self.order_by:
            return queryset, False
        name, *others = (str(part) for part in self.order_by)
        places = (When(**{name: stored}, then=place) for place, stored in enumerate(self.kinds))
        place = Case(*places, default=len(self.kinds), output_field=IntegerField())
        return queryset.order_by(place.desc() if is_descending else place.asc(), *others), True
