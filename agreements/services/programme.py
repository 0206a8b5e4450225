"""Putting the frame in place: the programme with its years and goals, and a first library of indicators."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from agreements.models import (
    FundingSource,
    Goal,
    IndicatorDefinition,
    IndicatorDefinitionVersion,
    Programme,
    ProgrammeYear,
    StandardClause,
)

Row = dict[str, str]


@transaction.atomic
def seed_programme(folder: Path) -> Programme:
    """Load `programme.csv`, `programme_years.csv`, `goals.csv`, `clauses.csv`, `funding_sources.csv` and `indicators.csv`.

    Loading twice changes nothing: what is there already stays as it is, because agreements may
    stand on it.
    """
    (row,) = _rows(folder / "programme.csv")
    programme, _ = Programme.objects.get_or_create(
        code=row["code"],
        defaults={
            "name": row["name"],
            "start": date.fromisoformat(row["start"]),
            "end": date.fromisoformat(row["end"]),
            "owner_group": row["owner_group"],
        },
    )
    for row in _rows(folder / "programme_years.csv"):
        ProgrammeYear.objects.get_or_create(
            programme=programme,
            index=int(row["index"]),
            defaults={
                "label": row["label"],
                "start": date.fromisoformat(row["start"]),
                "end": date.fromisoformat(row["end"]),
                "kind": row["kind"],
            },
        )
    for row in _rows(folder / "goals.csv"):
        Goal.objects.get_or_create(
            programme=programme,
            code=row["code"],
            defaults={
                "order": int(row["order"]),
                "title": row["title"],
                "explanation": row["explanation"],
            },
        )
    for row in _rows(folder / "clauses.csv"):
        StandardClause.objects.get_or_create(
            programme=programme,
            code=row["code"],
            number=1,
            defaults={"text": row["text"], "valid_from": programme.start},
        )
    for row in _rows(folder / "funding_sources.csv"):
        FundingSource.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "explanation": row["explanation"],
                "order": int(row["order"]),
                "is_possible_later": row["is_possible_later"] == "1",
            },
        )
    for row in _rows(folder / "indicators.csv"):
        _seed_indicator(row)
    return programme


def _seed_indicator(row: Row) -> None:
    definition, _ = IndicatorDefinition.objects.get_or_create(
        code=row["code"],
        defaults={
            "name": row["name"],
            "type": row["type"],
            "unit": row["unit"],
            "decimals": int(row["decimals"]),
            "direction": row["direction"],
            "is_flow": row["is_flow"] == "1",
        },
    )
    IndicatorDefinitionVersion.objects.get_or_create(
        definition=definition,
        number=1,
        defaults={
            "text": row["text"],
            "numerator": row["numerator"],
            "denominator": row["denominator"],
            "source": row["source"],
            "reference_date_rule": row["reference_date_rule"],
            "min_n": int(row["min_n"]),
            "valid_min": Decimal(row["valid_min"]) if row["valid_min"] else None,
            "valid_max": Decimal(row["valid_max"]) if row["valid_max"] else None,
            "valid_from": date.fromisoformat(row["valid_from"]),
            "rubric": [words for words in row.get("rubric", "").split("|") if words],
        },
    )


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
