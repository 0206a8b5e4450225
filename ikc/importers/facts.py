"""The portal's own fact files about one municipality (`data/<municipality>/*.csv`), UTF-8 with commas.

They are the project's own, so a mistake in one is a mistake of ours: it stops everything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ikc.importers.tables import (
    BadCell,
    Cells,
    RowError,
    UnreadableFile,
    column_name,
    read_limited,
    read_table,
)

Converter = Callable[[str], Any]


def text(value: str) -> str:
    return value


def number(value: str) -> int | None:
    return int(value) if value else None


def amount(value: str) -> Decimal:
    """Whole euros or euros with a decimal point."""
    return Decimal(value)


def day(value: str) -> date | None:
    """An ISO date, None for an empty cell."""
    return date.fromisoformat(value) if value else None


def yes_no(value: str) -> bool:
    return {"yes": True, "no": False}[value]


def pupils(value: str) -> int | None:
    """A number, or None for '<5'."""
    return None if value == "<5" else int(value)


def outline(value: str) -> list[list[list[float]]]:
    """Rings of [longitude, latitude]: `5.798,53.207 5.788,53.204 …`, several rings with `|` between them."""
    rings = [
        [[float(part) for part in point.split(",")] for point in ring.split()]
        for ring in value.split("|")
        if ring
    ]
    if any(len(point) != 2 for ring in rings for point in ring):
        raise ValueError(value)
    return rings


@dataclass(frozen=True, slots=True)
class FactFile:
    """The name of a file and how to read each of its columns."""

    name: str
    columns: Mapping[str, Converter]

    def read(self, folder: Path) -> list[dict[str, Any]]:
        """The rows of the file in `folder`, none when it is not there; raises UnreadableFile."""
        path = folder / self.name
        if not path.exists():
            return []
        found, rows = read_table(read_limited(path))
        wanted = [column_name(name) for name in self.columns]
        if found != wanted:
            raise UnreadableFile(f"{self.name}: de kolommen zijn niet {', '.join(self.columns)}.")
        return [self._values(cells) for cells in rows]

    def _values(self, cells: Cells | RowError) -> dict[str, Any]:
        if isinstance(cells, RowError):
            raise UnreadableFile(f"{self.name}, {cells}.")
        try:
            return {name: self._value(cells, name) for name in self.columns}
        except BadCell as error:
            raise UnreadableFile(
                f"{self.name}, {RowError(cells.line, error.column, error.message)}."
            ) from error

    def _value(self, cells: Cells, name: str) -> Any:
        raw = cells.text(column_name(name))
        try:
            return self.columns[name](raw)
        except (ValueError, KeyError, InvalidOperation) as error:
            raise BadCell(name, f"‘{raw[:40]}’ kan niet") from error


ORGANISATIONS = FactFile(
    "organisations.csv",
    {"kind": text, "name": text, "short_name": text, "board_number": text, "source": text},
)
DISTRICTS = FactFile(
    "districts.csv",
    {
        "code": text,
        "year": number,
        "name": text,
        "inhabitants": number,
        "dwellings": number,
        "area_hectares": number,
        "outline": outline,
        "source": text,
    },
)
ATTENTION_AREAS = FactFile(
    "attention_areas.csv",
    {
        "district_code": text,
        "district_year": number,
        "name": text,
        "valid_from": day,
        "valid_until": day,
        "source": text,
    },
)
AREA_INDICATORS = FactFile(
    "area_indicators.csv",
    {
        "code": text,
        "name": text,
        "unit": text,
        "decimals": number,
        "direction": text,
        "family": text,
        "weight": amount,
        "explanation": text,
        "source": text,
    },
)
AREA_BANDS = FactFile(
    "area_bands.csv", {"indicator": text, "lowest": amount, "label": text, "source": text}
)
LOCATIONS = FactFile(
    "locations.csv",
    {
        "code": text,
        "name": text,
        "board_number": text,
        "form": text,
        "street": text,
        "postcode": text,
        "city": text,
        "plus_candidate": yes_no,
        "note": text,
        "source": text,
        "source_on": day,
    },
)
NAMES = FactFile(
    "names.csv",
    {"code": text, "name": text, "valid_from": day, "valid_until": day, "source": text},
)
PUPILS = FactFile("pupils.csv", {"code": text, "year": number, "pupils": pupils})
PLUS_STATUSES = FactFile(
    "plus_statuses.csv",
    {"code": text, "state": text, "valid_from": day, "valid_until": day, "source": text},
)
SUCCESSIONS = FactFile(
    "successions.csv",
    {
        "predecessor": text,
        "successor": text,
        "happened_on": day,
        "confirmed": yes_no,
        "source": text,
    },
)
