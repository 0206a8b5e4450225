"""Pages of a long list by position and not by number: the last page costs what the first does.

A page starts after (or ends before) the sort values of one row. Rows that come in between do not shift it, and the
database walks an index straight to it. What is sorted on gets the primary key behind it, so that the order is total.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP

MOST_COUNTED = 10_000
LONGEST_POSITION = 800


class Beyond(Func):
    """`(a, b) > (x, y)`: one comparison of rows, which one index answers at any depth."""

    output_field = BooleanField()

    def __init__(self, fields: Sequence[str], values: Sequence[Any], sign: str) -> None:
        half = len(fields)
        template = f"(({{}}) {sign} ({{}}))".format(
            ", ".join(["%s"] * half), ", ".join(["%s"] * half)
        )
        super().__init__(*map(F, fields), *map(Value, values))
        self.row_template = template

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **_: Any
    ) -> tuple[str, list[Any]]:
        parts, params = [], []
        for expression in self.source_expressions:
            sql, given = compiler.compile(expression)
            parts.append(sql)
            params += given
        return self.row_template % tuple(parts), params


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted on, the weightiest field first; `nullable`: the first may be empty, and empty comes last."""

    fields: tuple[str, ...]
    descending: bool = False
    nullable: bool = False

    @property
    def all_fields(self) -> tuple[str, ...]:
        return (*self.fields, "pk")

    def expressions(self, *, backwards: bool = False) -> list[str]:
        """For `order_by`, as one index gives it in either direction; empty values are asked for apart."""
        down = self.descending != backwards
        return [f"-{name}" if down else name for name in self.all_fields]

    @property
    def whole(self) -> list[Any]:
        """For `order_by`, of all rows at once: empty comes last."""
        first, *rest = self.expressions()
        if not self.nullable:
            return [first, *rest]
        name = F(self.fields[0])
        leading = name.desc(nulls_last=True) if self.descending else name.asc(nulls_last=True)
        return [leading, *rest]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins or ends: the values of `Order.all_fields` of one row."""

    values: tuple[Any, ...]

    def __str__(self) -> str:
        text = json.dumps([_plain(value) for value in self.values], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, queryset: QuerySet, order: Order) -> Self | None:
        """The position in an address; None when it is not one of a list that is sorted like this."""
        if not text or len(text) > LONGEST_POSITION:
            return None
        try:
            raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            fields = [_field_of(queryset, name) for name in order.all_fields]
            if not isinstance(raw, list) or len(raw) != len(fields):
                return None
            values = tuple(
                None if value is None else field.to_python(value)
                for field, value in zip(fields, raw, strict=True)
            )
        except (ValueError, TypeError, binascii.Error, ValidationError, OverflowError):
            return None
        empty = [value is None for value in values]
        if any(empty[1:]) or (empty[0] and not order.nullable):
            return None
        if any(isinstance(value, str) and "\0" in value for value in values):
            return None
        return cls(values)

    @classmethod
    def of(cls, row: Mapping[str, Any], order: Order) -> Self:
        return cls(tuple(row[name] for name in order.all_fields))


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a moment is one as well
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _field_of(queryset: QuerySet, name: str) -> Field:
    """What is sorted on: a field of the model, or something that the query works out of its fields."""
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field
    model: type[Model] = queryset.model
    return field_of(model, name)


@lru_cache(maxsize=256)
def field_of(model: type[Model], path: str) -> Field:
    """The field at the end of `path` ('ikc__name')."""
    field: Any = None
    for name in path.split(LOOKUP_SEP):
        owner: Any = field.related_model if field is not None else model
        field = owner._meta.pk if name == "pk" else owner._meta.get_field(name)
    if not isinstance(field, Field):
        raise FieldDoesNotExist(path)
    return field


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of one page, and whether there is more before and after it."""

    rows: list[dict[str, Any]]
    has_previous: bool
    has_next: bool
    first: Position | None = None
    last: Position | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Which page is asked for: after a position, before one, the last, or (nothing) the first."""

    after: Position | None = None
    before: Position | None = None
    at_end: bool = False


def page_of(
    queryset: QuerySet, order: Order, place: Place, *, size: int, fields: Iterable[str]
) -> Slice:
    """The rows of the page as dictionaries with `fields`: one query, or two where the empty values begin."""
    backwards = place.at_end or place.before is not None
    start = place.before if backwards else place.after
    wanted = dict.fromkeys((*fields, *order.all_fields))
    source = queryset.order_by(*order.expressions(backwards=backwards)).values(*wanted)
    rows = _rows(source, order, start, backwards=backwards, most=size + 1)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    return Slice(
        rows,
        has_previous=more if backwards else start is not None,
        has_next=more if not backwards else place.before is not None,
        first=Position.of(rows[0], order) if rows else None,
        last=Position.of(rows[-1], order) if rows else None,
    )


def _rows(
    source: QuerySet, order: Order, start: Position | None, *, backwards: bool, most: int
) -> list[dict[str, Any]]:
    """The first `most` rows past `start`; where the first field may be empty, the filled part and the empty part in turn."""
    sign = "<" if order.descending != backwards else ">"
    names, values = order.all_fields, start.values if start else ()
    if not order.nullable:
        return list((source.filter(_beyond(names, values, sign)) if start else source)[:most])
    first = order.fields[0]
    filled, empty = source.filter(**{f"{first}__isnull": False}), source.filter(**{first: None})
    parts = [empty, filled] if backwards else [filled, empty]
    if start and values[0] is None:
        parts = parts[parts.index(empty) :]
        parts[0] = empty.filter(_beyond(names[1:], values[1:], sign))
    elif start:
        parts = parts[parts.index(filled) :]
        parts[0] = filled.filter(_beyond(names, values, sign))
    rows: list[dict[str, Any]] = []
    for part in parts:
        if len(rows) < most:
            rows += part[: most - len(rows)]
    return rows


def _beyond(fields: Sequence[str], values: Sequence[Any], sign: str) -> Q:
    """The rows past the values; of a joined first field the range is named by itself, for its index."""
    beyond = Q(Beyond(fields, values, sign))
    if LOOKUP_SEP in fields[0]:
        beyond &= Q(**{f"{fields[0]}__{'lte' if sign == '<' else 'gte'}": values[0]})
    return beyond


def bounded_count(queryset: QuerySet, *, most: int = MOST_COUNTED) -> int:
    """How many rows, or `most` + 1 when there are more: counting on costs more than it tells."""
    return queryset.order_by().values("pk")[: most + 1].count()
