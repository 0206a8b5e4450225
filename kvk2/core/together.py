"""Several small sets of rows in one statement.

A page about one thing reads a dozen tables of which each gives a handful of rows. What that costs is the asking, not
the rows: so they are asked for at once, each set as an array, and made into the instances that a queryset would give.
For sets that fit a page; anything longer, or seen through `visible_to`, is for a queryset.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from django.db import connection, models

# What JSON does not know by itself; everything else is written in it as Python has it.
_READERS: dict[str, Callable[[str], object]] = {
    "DateField": date.fromisoformat,
    "DateTimeField": datetime.fromisoformat,
    "DecimalField": Decimal,
}
_AS_IN_JSON = {
    "ArrayField",
    "BigAutoField",
    "BigIntegerField",
    "BooleanField",
    "CharField",
    "EmailField",
    "FileField",
    "IntegerField",
    "JSONField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "SlugField",
    "SmallIntegerField",
    "TextField",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of `model` for which `where` holds of `value`.

    `where` and `order` are SQL, in which `one` is the row; `along` names foreign keys whose rows come along, each to be
    called by that name in `order`.
    """

    model: type[models.Model]
    where: str
    value: object
    order: str = "one.id"
    along: tuple[str, ...] = ()


def read_together(*wanted: Rows) -> list[list[Any]]:
    """The instances of each set in its order, all in one statement."""
    parts = [_subquery(rows.model, rows.where, rows.order, rows.along) for rows in wanted]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", [cast(Any, rows.value) for rows in wanted])
        found = cursor.fetchone()
    return [
        [_instance(rows, values) for values in json.loads(text)]
        for rows, text in zip(wanted, found, strict=True)
    ]


def keep(parent: Any, name: str, rows: Iterable[models.Model]) -> None:
    """From now on `parent.<name>.all()` gives `rows`, as after `prefetch_related`."""
    queryset = getattr(parent, name).all()
    queryset._result_cache = list(rows)
    kept = parent.__dict__.setdefault("_prefetched_objects_cache", {})
    kept[name] = queryset


@lru_cache(maxsize=256)  # each set of rows that the code names, once per process
def _subquery(model: type[models.Model], where: str, order: str, along: tuple[str, ...]) -> str:
    """The set as text in JSON: of each row a list of tables, of each table a list of columns."""
    tables = [_columns(model, "one")]
    joins = ""
    for name in along:
        field: Any = model._meta.get_field(name)
        other = field.related_model
        tables.append(_columns(other, name))
        joins += (
            f' LEFT JOIN "{other._meta.db_table}" "{name}" ON "{name}".id = one."{field.column}"'
        )
    return (
        f"(SELECT coalesce(json_agg(json_build_array({', '.join(tables)}) ORDER BY {order}), '[]')::text"  # noqa: S608 - names of the code itself; the value is a parameter
        f' FROM "{model._meta.db_table}" one{joins} WHERE {where})'
    )


def _columns(model: type[models.Model], table: str) -> str:
    columns = []
    for field in model._meta.concrete_fields:
        kind = _kind(field)
        if kind not in _READERS and kind not in _AS_IN_JSON:
            raise TypeError(f"Cannot read {field} out of JSON.")
        exact = "::text" if kind == "DecimalField" else ""  # JSON has no exact fractions
        columns.append(f'"{table}"."{field.column}"{exact}')
    return f"json_build_array({', '.join(columns)})"


@lru_cache(maxsize=256)
def _readers(model: type[models.Model]) -> tuple[list[str], list[tuple[int, Callable]]]:
    """The attributes in the order of the columns, and at which places something is to be read."""
    fields = model._meta.concrete_fields
    kinds = [_kind(field) for field in fields]
    readers = [(place, _READERS[kind]) for place, kind in enumerate(kinds) if kind in _READERS]
    return [field.attname for field in fields], readers


def _kind(field: Any) -> str:
    return str((field.target_field if field.is_relation else field).get_internal_type())


def _instance(rows: Rows, tables: Sequence[list[Any]]) -> models.Model:
    instance = _made(rows.model, tables[0])
    for name, values in zip(rows.along, tables[1:], strict=True):
        other: Any = getattr(rows.model, name).field.related_model
        # The first column is the key: without it the foreign key is empty.
        setattr(instance, name, None if values[0] is None else _made(other, values))
    return instance


def _made(model: type[models.Model], values: list[Any]) -> models.Model:
    names, readers = _readers(model)
    for place, read in readers:
        if values[place] is not None:
            values[place] = read(values[place])
    return model.from_db(connection.alias, names, values)
