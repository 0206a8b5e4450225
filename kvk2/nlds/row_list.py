"""One page of a long list: which columns, sorted how, from where, and the HTML of the table. See `components/row_list.html`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kvk2.core import money
from kvk2.core.keyset import MOST_COUNTED, Order, Place, Position, Slice, bounded_count, page_of
from kvk2.nlds.columns import NUMERIC, Column, Row, body_html
from kvk2.nlds.list_filters import Filters
from kvk2.nlds.templatetags.nlds import icon

SORT, COLUMNS, AFTER, BEFORE, PAGE, LAST = "sort", "columns", "after", "before", "page", "last"
# With a checkbox in front of each row.
SELECT = "select"
PAGING = (AFTER, BEFORE, PAGE)


@dataclass(frozen=True, slots=True)
class Removable:
    """A filter at work, in words, with the address without it."""

    label: str
    words: str
    url: str


class RowList:
    """A list as one user asks for it in one address. `columns` are those the user may see; `shown` their keys."""

    size = 50

    def __init__(
        self,
        queryset: QuerySet,
        filters: Filters,
        *,
        columns: Sequence[Column],
        shown: Sequence[str],
        order: Order,
        query: Mapping[str, str],
        path: str,
        names: tuple[str, str],
        choose: bool = False,
    ) -> None:
        self.offered, self.query, self.filters, self.choose = columns, query, filters, choose
        by_key = {column.key: column for column in columns}
        asked = [key for key in query.get(COLUMNS, "").split(".") if key in by_key]
        self.columns = [by_key[key] for key in (asked or shown) if key in by_key]
        self.sorted_by, self.order = self._sorting(by_key, order)
        self.unfiltered, self.queryset = queryset, filters.applied_to(queryset)
        self.path = path
        self.singular, self.plural = names

    def _sorting(
        self, by_key: Mapping[str, Column], order: Order
    ) -> tuple[tuple[str, bool] | None, Order]:
        asked = self.query.get(SORT, "")
        key, descending = asked.removeprefix("-"), asked.startswith("-")
        column = by_key.get(key)
        if column is None or not column.sort:
            return None, order
        return (key, descending), column.order(descending=descending)

    # ------------------------------------------------------------ the rows

    @cached_property
    def slice(self) -> Slice:
        queryset, order = self.queryset, self.order
        place = Place(
            after=Position.read(self.query.get(AFTER, ""), queryset, order),
            before=Position.read(self.query.get(BEFORE, ""), queryset, order),
            at_end=self.query.get(PAGE) == LAST,
        )
        return page_of(queryset, order, place, size=self.size, fields=self.fields)

    @property
    def fields(self) -> list[str]:
        """What a row is read with: what the columns show, and the key for links."""
        return ["pk", *(column.field for column in self.columns)]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.slice.rows

    @cached_property
    def count(self) -> int:
        """How many rows there are; `MOST_COUNTED` + 1 stands for more. Asked only when there is another page."""
        if not (self.slice.has_previous or self.slice.has_next):
            return len(self.rows)
        return bounded_count(self.queryset)

    @property
    def counted(self) -> str:
        """'51 aanvragen', '1 aanvraag' or 'Meer dan 10.000 aanvragen'."""
        if self.count > MOST_COUNTED:
            return f"Meer dan {money.format_number(MOST_COUNTED, 0)} {self.plural}"
        return f"{money.format_number(self.count, 0)} {self.singular if self.count == 1 else self.plural}"

    def all_rows(self) -> Iterator[Row]:
        """Every row of every page, read in portions, for a spreadsheet."""
        wanted = dict.fromkeys((*self.fields, *self.order.all_fields))
        ordered = self.queryset.order_by(*self.order.whole).values(*wanted)
        return ordered.iterator(chunk_size=2000)

    # ------------------------------------------------------------ addresses

    @cached_property
    def lasting(self) -> dict[str, str]:
        """The address without the place in the list: filters, sorting and columns, as far as they say something."""
        known = {*self.filters.names, SORT, COLUMNS, SELECT}
        return {name: value for name, value in self.query.items() if name in known and value}

    def address(self, without: Iterable[str] = (), **changes: str) -> str:
        """The same list with something else; `?` alone is the list from the start, with nothing chosen."""
        kept = {name: value for name, value in self.lasting.items() if name not in without}
        return (
            f"?{urlencode({name: value for name, value in {**kept, **changes}.items() if value})}"
        )

    @property
    def full_address(self) -> str:
        """Where this page of the list stands, to come back to."""
        place = {name: self.query[name] for name in PAGING if self.query.get(name)}
        return f"{self.path}{self.address(**place)}"

    @property
    def with_choosing(self) -> str:
        return self.address(**{SELECT: "1"})

    @property
    def without_choosing(self) -> str:
        return self.address([SELECT])

    @property
    def export_addresses(self) -> dict[str, str]:
        return {kind: self.address([SELECT], export=kind) for kind in ("xlsx", "csv")}

    @property
    def chips(self) -> list[Removable]:
        return [
            Removable(chip.label, chip.words, self.address(chip.names))
            for chip in self.filters.chips
        ]

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters.values)

    @property
    def filter_form(self) -> SafeString:
        names = self.filters.names
        keep = {name: value for name, value in self.lasting.items() if name not in names}
        return self.filters.form_html(label=f"{self.plural.capitalize()} filteren", keep=keep)

    @property
    def words(self) -> str:
        """The filters and the sorting in one sentence, for the spreadsheet."""
        parts = [f"{chip.label}: {chip.words}" for chip in self.filters.chips] or ["geen filters"]
        if self.sorted_by:
            key, descending = self.sorted_by
            label = next(column.label for column in self.offered if column.key == key)
            parts.append(
                f"gesorteerd op {label.lower()}, {'aflopend' if descending else 'oplopend'}"
            )
        return "; ".join(parts)

    # ------------------------------------------------------------ HTML

    @property
    def head(self) -> SafeString:
        """The cells of the header; each links to the list sorted on it, or the other way round."""
        cells = [self._head_cell(column) for column in self.columns]
        if self.choose:
            cells.insert(
                0,
                format_html(
                    '<th scope="col" role="columnheader" class="{}"><span class="lw-visually-hidden">Kiezen</span></th>',
                    "utrecht-table__header-cell",
                ),
            )
        return format_html_join("", "{}", ((cell,) for cell in cells))

    def _head_cell(self, column: Column) -> SafeString:
        now = self.sorted_by[1] if self.sorted_by and self.sorted_by[0] == column.key else None
        classes = "utrecht-table__header-cell" + (" lw-num" if column.kind in NUMERIC else "")
        label: Any = column.label
        if column.sort:
            mark = {None: "selector", False: "chevron-up", True: "chevron-down"}[now]
            following = f"{'-' if now is False else ''}{column.key}"
            label = format_html(
                '<a class="lw-sort" href="{}">{}{}</a>',
                self.address(sort=following),
                column.label,
                icon(mark),
            )
        state = {None: "", False: ' aria-sort="ascending"', True: ' aria-sort="descending"'}[now]
        opening = format_html('<th scope="col" role="columnheader" class="{}"', classes)
        return format_html("{}{}>{}</th>", opening, SafeString(state), label)

    @property
    def body(self) -> SafeString:
        return body_html(self.columns, self.rows, choose="pk" if self.choose else "")

    @property
    def pages(self) -> dict[str, str]:
        """The addresses of the other pages, by their name; empty where there is none."""
        page = self.slice
        return {
            "first": self.address() if page.has_previous else "",
            "previous": self.address(before=str(page.first)) if page.has_previous else "",
            "next": self.address(after=str(page.last)) if page.has_next else "",
            "last": self.address(page=LAST) if page.has_next else "",
        }
