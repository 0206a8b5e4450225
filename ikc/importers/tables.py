"""A semicolon or comma separated file as checked rows, whoever made it: nothing in it is trusted.

What is wrong with the file as a whole raises `UnreadableFile`; what is wrong with one row becomes a
`RowError` that names the line and the column, and the other rows are still read.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from kvk2.core.errors import DomainError

# The national DUO and CBS files are 2 to 12 MB; what is far bigger is something else.
MAX_BYTES = 50 * 1024 * 1024
MAX_CELL = 2_000

Row = TypeVar("Row")


class UnreadableFile(DomainError):
    """The file as a whole is no file of this kind."""


class BadCell(DomainError):
    """The value in one column can not be right."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was left out; `line` counts from 1, the header included. `column` is empty for the row itself."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"regel {self.line}, kolom {self.column}" if self.column else f"regel {self.line}"
        return f"{place}: {self.message}"


@dataclass(slots=True)
class Parsed(Generic[Row]):
    """What a file held: the good rows, the errors of the bad ones, and how many were not asked for."""

    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    elsewhere: int = 0


def read_limited(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """The bytes of `path`; refuses what is larger than `limit` before reading it."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise UnreadableFile(f"{path.name} is geen gewoon bestand.")
        if size > limit:
            raise UnreadableFile(
                f"{path.name} is {size // 1024**2} MB. Een bestand mag hoogstens {limit // 1024**2} MB zijn."
            )
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise UnreadableFile(f"{path.name} kan niet worden gelezen: {error.strerror}.") from error
    if len(data) > limit:
        raise UnreadableFile(f"{path.name} groeide tijdens het lezen.")
    return data


def decode(data: bytes) -> str:
    """UTF-8 with or without byte order mark, else Windows-1252: the two that DUO and CBS use."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("Het bestand is UTF-16. Sla het op als UTF-8.")
    if b"\x00" in data:
        raise UnreadableFile("Het bestand bevat nul-tekens: het is geen tekstbestand.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            f"Regel {line} heeft een teken dat noch UTF-8 noch Windows-1252 is."
        ) from error


def column_name(header: str) -> str:
    """One spelling for a column, whether a file writes BRIN NUMMER, brin_nummer or Brin-nummer."""
    return " ".join(header.replace("_", " ").replace("-", " ").upper().split())


@dataclass(frozen=True, slots=True)
class Cells:
    """One row by column name; reading a value checks it."""

    line: int
    values: Mapping[str, str]

    def text(self, column: str, *, max_length: int = MAX_CELL, required: bool = False) -> str:
        """The trimmed text; DUO writes an empty cell as one space."""
        value = " ".join(self.values[column].split(" ")).strip()
        if required and not value:
            raise BadCell(column, "is leeg")
        if len(value) > max_length:
            raise BadCell(column, f"is langer dan {max_length} tekens")
        if value.startswith(("=", "+", "@", "\t")):
            raise BadCell(column, "begint met een teken waarmee een formule begint")
        if any(unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn"} for char in value):
            raise BadCell(column, "bevat een onzichtbaar stuurteken")
        if _is_mojibake(value):
            raise BadCell(column, f"is verkeerd gecodeerd: ‘{value}’")
        return value


def _is_mojibake(value: str) -> bool:
    """UTF-8 that somebody once read as Windows-1252: 'FryslÃ¢n'."""
    if value.isascii():
        return False
    try:
        return value.encode("cp1252").decode("utf-8") != value
    except UnicodeError:
        return False


def read_table(data: bytes) -> tuple[list[str], Iterator[Cells | RowError]]:
    """The column names and the rows; a row with too few or too many cells comes as its error."""
    text = decode(data)
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") >= first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(reader)
    except (StopIteration, csv.Error) as error:
        raise UnreadableFile("Het bestand is leeg of heeft geen kopregel.") from error
    columns = [column_name(cell) for cell in header]
    doubles = sorted({name for name in columns if columns.count(name) > 1 and name})
    if doubles:
        raise UnreadableFile(f"De kopregel noemt een kolom twee keer: {', '.join(doubles)}.")
    return columns, _rows(reader, columns)


def _rows(reader: Iterator[list[str]], columns: list[str]) -> Iterator[Cells | RowError]:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield RowError(reader.line_num, "", "de aanhalingstekens kloppen niet")  # type: ignore[attr-defined]
            continue
        line = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(columns):
            yield RowError(
                line, "", f"heeft {len(row)} cellen, de kopregel heeft er {len(columns)}"
            )
        else:
            yield Cells(line, dict(zip(columns, row, strict=True)))


def require_columns(columns: list[str], wanted: list[str], *, kind: str) -> None:
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise UnreadableFile(f"Dit is geen bestand {kind}: kolom {', '.join(missing)} ontbreekt.")


def parse_rows(
    rows: Iterator[Cells | RowError],
    parse: Callable[[Cells], Row | None],
    *,
    key: Callable[[Row], str],
) -> Parsed[Row]:
    """Each row through `parse` (None: not asked for); a second row with the same key is an error."""
    parsed: Parsed[Row] = Parsed()
    seen: dict[str, int] = {}
    for cells in rows:
        if isinstance(cells, RowError):
            parsed.errors.append(cells)
            continue
        try:
            row = parse(cells)
        except BadCell as error:
            parsed.errors.append(RowError(cells.line, error.column, error.message))
            continue
        if row is None:
            parsed.elsewhere += 1
        elif first := seen.get(key(row)):
            parsed.errors.append(
                RowError(cells.line, "", f"{key(row)} staat ook al op regel {first}")
            )
        else:
            seen[key(row)] = cells.line
            parsed.rows.append(row)
    return parsed
