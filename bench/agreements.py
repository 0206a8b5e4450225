"""Ten thousand agreements of twelve indicators and eight years, and one IKC about which everything is known.

One agreement of the demonstration world is copied in the database itself, whatever columns it has by now; past the
triggers, as a restored backup would.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    AgreementParty,
    AgreementTopic,
    AgreementVersion,
    Contribution,
    ResultAgreement,
    YearTarget,
)
from ikc.models import Ikc, PupilCount

INDICATORS = 12  # each with eight targets


@dataclass(frozen=True)
class _Copied:
    """The copies of some rows: `first` is the key of the first one, `size` how many rows one copy has."""

    ranks: str
    first: int
    size: int
    times: int

    def key(self, copy: str, column: str) -> str:
        """The SQL of the key of the copy of the row that `column` points at."""
        rank = f"(SELECT rank FROM {self.ranks} WHERE old = row.{column})"  # noqa: S608 - no input
        return f"{self.first} + ({copy}) * {self.size} + {rank}"


def fill(size: int) -> dict[str, int]:
    """`size` agreements; gives the version, the bare IKC and the whole one to look at."""
    version = (
        AgreementVersion.objects.in_force()
        .filter(number=1)
        .order_by("pk")
        .select_related("agreement")
    )[0]
    whole = version.agreement.ikc
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        ikcs = _copy(
            Ikc, {"id": whole.pk}, size, {"name": "'Meting ' || n", "brin_location": "NULL"}
        )
        agreements = _copy(
            ResultAgreement, {"id": version.agreement_id}, size,
            {"reference": "'RA-M-' || n"}, ikc_id=ikcs,
        )  # fmt: skip
        versions = _copy(AgreementVersion, {"id": version.pk}, size, agreement_id=agreements)
        of_version = {"version_id": version.pk}
        _copy(AgreementTopic, of_version, size, version_id=versions)
        parties = _copy(AgreementParty, of_version, size, version_id=versions)
        _copy(Contribution, {"party_id": _keys(AgreementParty, of_version)}, size, party_id=parties)
        results = _copy(AgreedResult, of_version, size, version_id=versions)
        present = _keys(AgreedIndicator, of_version)
        twice = -(-INDICATORS // len(present))  # at least as many
        indicators = _copy(
            AgreedIndicator, of_version, size, {"series_key": "gen_random_uuid()"},
            twice=twice, version_id=versions, result_id=results,
        )  # fmt: skip
        _copy(YearTarget, {"indicator_id": present}, size, twice=twice, indicator_id=indicators)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {"version": version.pk, "bare": ikcs.first + 1, "whole": _fullest(whole).pk}


def _fullest(ikc: Ikc) -> Ikc:
    """Each year since 1996 with its pupils; the rest of its history is the demonstration's own."""
    for year in range(1996, 2026):
        PupilCount.objects.get_or_create(
            ikc=ikc, year=year, defaults={"pupils": 150 + year % 7, "source": "meting"}
        )
    return ikc


def _keys(model: type[models.Model], where: Mapping[str, Any]) -> list[int]:
    return list(model._default_manager.filter(**where).order_by("pk").values_list("pk", flat=True))


def _copy(
    model: type[models.Model], where: Mapping[str, Any], size: int,
    other: Mapping[str, str] | None = None, *, twice: int = 1, **parents: _Copied,
) -> _Copied:  # fmt: skip
    """`size` copies of the rows `where`; `other` is SQL for columns that differ, `parents` for keys of what was copied.

    With `twice` there are as many copies under each copy of the parent.
    """
    table = model._meta.db_table
    ranks = f"ranks_{table}"
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    wanted = [f"{name} = ANY(%s)" for name in where]
    keys = [value if isinstance(value, list) else [value] for value in where.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {ranks} ON COMMIT DROP AS SELECT id AS old,"  # noqa: S608 - no input
            f" row_number() OVER (ORDER BY id) - 1 AS rank FROM {table} WHERE {' AND '.join(wanted)}",
            keys,
        )
        cursor.execute(f"SELECT count(*), (SELECT max(id) FROM {table}) FROM {ranks}")  # noqa: S608
        rows, highest = cursor.fetchone()
        copied = _Copied(ranks, highest + 1, rows, twice)
        values = [_value(column, other or {}, parents, twice) for column in columns]
        cursor.execute(
            f"INSERT INTO {table} (id, {', '.join(columns)})"  # noqa: S608 - no input
            f" SELECT {copied.first} + n * {rows} + ranks.rank, {', '.join(values)}"
            f" FROM generate_series(0, {size * twice - 1}) n, {table} row"
            f" JOIN {ranks} ranks ON ranks.old = row.id"
        )
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
        )
    return copied


def _value(
    column: str, other: Mapping[str, str], parents: Mapping[str, _Copied], twice: int
) -> str:
    if column in other:
        return other[column]
    if column not in parents:
        return f"row.{column}"
    # the parent was copied once for each agreement, or as often as this row
    copy = "n" if parents[column].times == twice else f"n / {twice}"
    return parents[column].key(copy, column)
