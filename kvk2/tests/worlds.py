"""Worlds for tests, made once by the real services and put back as rows after that.

A year of monitoring or a decided round takes the services most of a second, and hundreds of tests begin with one. The
first test of a process that starts in an empty database makes it; its rows are remembered, and the next tests get the
very same ones: keys, times and files. Nothing of it holds in a database in which somebody stands already: there the
services do it again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, wraps
from typing import Any, TypeAlias, TypeVar

from django.apps import apps
from django.db import connection, transaction

Made = TypeVar("Made")
# by table the names of its columns, and its rows
Content: TypeAlias = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
SIMPLE = (bool, int, str, Decimal, date)


@dataclass(frozen=True, slots=True)
class _World:
    rows: Content
    made: Any


_remembered: dict[str, _World] = {}
# Whoever made one of these before would have had a part in what is made.
_ALONE = (
    "ikc.User",
    "ikc.Organisation",
    "ikc.Ikc",
    "agreements.Programme",
    "agreements.IndicatorDefinition",
    "agreements.FundingSource",
    "subsidies.SubsidyRound",
    "monitoring.RuleSet",
)


def world(make: Callable[..., Made]) -> Callable[..., Made]:
    """Decorator: what `make` gives for these arguments, loaded anew, so that no test meets an object that another held.

    Only of numbers, words and days: with an object of the test itself the services do it again.
    """

    @wraps(make)
    def remembering(*args: Any, **asked: Any) -> Made:
        plain = all(isinstance(one, SIMPLE) for one in _flat([*args, *asked.values()]))
        if not (plain and _is_empty() and _may_restore()):
            return make(*args, **asked)
        name = f"{make.__module__}.{make.__qualname__} {args} {sorted(asked.items())} {_keys()}"
        if name in _remembered:
            _put_back(_remembered[name].rows)
            return _anew(_remembered[name].made)
        before = _everything()
        made = make(*args, **asked)
        _remembered[name] = _World(_added(before, _everything()), made)
        return made

    return remembering


def _added(before: Content, after: Content) -> Content:
    return {
        table: (columns, [row for row in found if row not in before[table][1]])
        for table, (columns, found) in after.items()
        if len(found) > len(before[table][1])
    }


def _flat(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [one for part in value for one in _flat(part)]
    return [value]


def _anew(made):
    if isinstance(made, list):
        return [_anew(one) for one in made]
    return type(made)._default_manager.get(pk=made.pk)


def _is_empty() -> bool:
    union = " UNION ALL ".join(
        f"(SELECT 1 FROM {connection.ops.quote_name(apps.get_model(label)._meta.db_table)} LIMIT 1)"
        for label in _ALONE
    )
    with connection.cursor() as cursor:
        cursor.execute(union)
        return cursor.fetchone() is None


def _keys() -> str:
    """Other when content types got other keys: a test with real transactions empties their table, and events point to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(string_agg(concat_ws('.', id, app_label, model), ',' ORDER BY id)) FROM django_content_type"
        )
        return cursor.fetchone()[0]


@cache
def _may_restore() -> bool:
    """Triggers are passed by as a superuser only: the portal's own server for tests gives that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        return cursor.fetchone()[0]


@cache
def _tables() -> list[str]:
    """Every table of the project, those behind many-to-many fields and of its history too."""
    return sorted(
        table
        for table in connection.introspection.table_names()
        if not table.startswith(("django_migrations", "django_content_type", "auth_permission"))
    )


def _everything() -> Content:
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = [column.name for column in cursor.description], cursor.fetchall()
    return found


def _put_back(rows: Content) -> None:
    """As a restored backup would: past the triggers, which saw these rows when they were made."""
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
    ):  # a test with real transactions is in none
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, (columns, found) in rows.items():
            names = ", ".join(connection.ops.quote_name(name) for name in columns)
            row = f"({', '.join(['%s'] * len(columns))})"
            cursor.execute(
                f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES "
                + ", ".join([row] * len(found)),
                [value for one in found for value in one],
            )
        cursor.execute("SET LOCAL session_replication_role = origin")
