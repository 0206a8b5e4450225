"""A CSV or Excel file with figures of districts, of any source: what each column is, somebody says (`Mapping`).

A mistake in one cell becomes a `RowError` with its line and column; the other rows are still read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any

from ikc.importers.cbs import read_sheet
from ikc.importers.tables import BadCell, Cells, RowError, UnreadableFile, read_table

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5_000
MAX_COLUMNS = 60
MOST_DECIMALS = 3

_ZIP = b"PK\x03\x04"
_CODE = re.compile(r"WK[0-9]{6}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_MARKS = {"B": "B", "BETROUWBAAR": "B", "I": "I", "INDICATIEF": "I"}
_NOT_PUBLISHED = frozenset({".", "X"})
_NOT_MEASURED = frozenset({"", "-", "NB", "N.B.", "NVT", "N.V.T."})
# CBS, DUO and GGD write '<5' (or '< 10') where a figure would point at children.
_TOO_FEW = re.compile(r"<\s*[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What each column of a file is. Columns are named as the file names them, in capitals.

    Either `values` says which column holds which indicator, or the file names the indicator on each row
    (`indicator_column`) with its figure in `value_column`. Year and mark stand in a column or hold for the whole file.
    """

    district_column: str
    year_column: str = ""
    year: int | None = None
    mark_column: str = ""
    mark: str = "B"
    indicator_column: str = ""
    value_column: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure as a file gives it: `value` is None when `missing` says why."""

    line: int
    column: str
    district: str
    indicator: str
    year: int
    value: Decimal | None
    missing: str
    mark: str


@dataclass(frozen=True, slots=True)
class FigureFile:
    """The column names of a file and all of its rows."""

    columns: list[str]
    rows: list[Cells]
    errors: list[RowError]

    @property
    def sample(self) -> list[list[str]]:
        """The first rows, to see what the columns hold."""
        return [[row.values[name][:40] for name in self.columns] for row in self.rows[:4]]


def read_file(data: bytes) -> FigureFile:
    """CSV or Excel, by its content. Refusal: `UnreadableFile`."""
    columns, found = (
        read_sheet(data, as_text=_cell_text) if data.startswith(_ZIP) else read_table(data)
    )
    if not columns or len(columns) > MAX_COLUMNS:
        raise UnreadableFile(
            f"Het bestand heeft {len(columns)} kolommen; het mogen er hoogstens {MAX_COLUMNS} zijn."
        )
    if "" in columns:
        raise UnreadableFile(
            "Een kolom heeft geen naam. Geef elke kolom een naam in de eerste regel."
        )
    if len(set(columns)) < len(columns):
        raise UnreadableFile("De kopregel noemt een kolom twee keer.")
    rows = list(islice(found, MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        raise UnreadableFile(f"Het bestand heeft meer dan {MAX_ROWS} regels.")
    if not rows:
        raise UnreadableFile("Het bestand heeft geen regels met cijfers.")
    return FigureFile(
        columns,
        [row for row in rows if isinstance(row, Cells)],
        [row for row in rows if isinstance(row, RowError)],
    )


def _cell_text(value: object) -> str:
    """A number of Excel as a Dutch file would write it; whole years and codes without a fraction."""
    match value:
        case None:
            return ""
        case float():
            return format(value, ".12g").replace(".", ",")
    return str(value).strip()


def parse_figures(
    file: FigureFile, mapping: ColumnMapping, *, known: Mapping[str, str]
) -> tuple[list[FigureRow], list[RowError]]:
    """The figures of a file; `known` holds the code of each indicator by its code and its name, in capitals."""
    errors = list(file.errors)
    figures: list[FigureRow] = []
    seen: dict[tuple[str, str, int], int] = {}
    for cells in file.rows:
        for read in _readers(cells, mapping, known):
            try:
                row = read()
                first = seen.setdefault((row.district, row.indicator, row.year), row.line)
                if first != row.line or _is_double(figures, row):
                    raise BadCell(
                        row.column,
                        f"{row.district} heeft dit cijfer over {row.year} al op regel {first}",
                    )
            except BadCell as error:
                errors.append(RowError(cells.line, error.column, error.message))
            else:
                figures.append(row)
    return figures, _once(errors)


def _is_double(figures: list[FigureRow], row: FigureRow) -> bool:
    """Two columns of one line that were said to be the same indicator."""
    return any(
        other.indicator == row.indicator and other.line == row.line
        for other in figures[-MAX_COLUMNS:]
    )


def _once(errors: Iterable[RowError]) -> list[RowError]:
    """A wrong code or year of a line is told once, not for each of its figures."""
    return sorted(set(errors), key=lambda error: (error.line, error.column))


def _readers(
    cells: Cells, mapping: ColumnMapping, known: Mapping[str, str]
) -> Iterator[Callable[[], FigureRow]]:
    """One per figure of a row, so that a mistake in one cell leaves the others alone."""
    if mapping.indicator_column:
        yield partial(_named_figure, cells, mapping, known)
        return
    for column, code in mapping.values.items():
        yield partial(_figure, cells, mapping, column, code)


def _named_figure(cells: Cells, mapping: ColumnMapping, known: Mapping[str, str]) -> FigureRow:
    return _figure(cells, mapping, mapping.value_column, _indicator(cells, mapping, known))


def _indicator(cells: Cells, mapping: ColumnMapping, known: Mapping[str, str]) -> str:
    text = cells.text(mapping.indicator_column, required=True)
    try:
        return known[text.upper()]
    except KeyError:
        raise BadCell(
            mapping.indicator_column, f"‘{text[:40]}’ is geen indicator van het portaal"
        ) from None


def _figure(cells: Cells, mapping: ColumnMapping, column: str, indicator: str) -> FigureRow:
    code = cells.text(mapping.district_column, required=True).upper()
    if not _CODE.fullmatch(code):
        raise BadCell(
            mapping.district_column, f"‘{code[:20]}’ is geen wijkcode; die ziet eruit als WK008011"
        )
    value, missing = _value(cells.text(column), column)
    year, mark = _year(cells, mapping), _mark(cells, mapping)
    return FigureRow(cells.line, column, code, indicator, year, value, missing, mark)


def _year(cells: Cells, mapping: ColumnMapping) -> int:
    if not mapping.year_column:
        return mapping.year or 0
    text = cells.text(mapping.year_column, required=True)
    if not _YEAR.fullmatch(text):
        raise BadCell(mapping.year_column, f"‘{text[:20]}’ is geen jaar")
    return int(text)


def _mark(cells: Cells, mapping: ColumnMapping) -> str:
    if not mapping.mark_column:
        return mapping.mark
    text = cells.text(mapping.mark_column, required=True)
    try:
        return _MARKS[text.upper()]
    except KeyError:
        raise BadCell(
            mapping.mark_column, f"‘{text[:20]}’ is geen B (betrouwbaar) of I (indicatief)"
        ) from None


def _value(text: str, column: str) -> tuple[Decimal | None, str]:
    """The figure, or why there is none: '.' of CBS, '<5', or nothing at all."""
    if text.upper() in _NOT_PUBLISHED:
        return None, "not_published"
    if text.upper() in _NOT_MEASURED:
        return None, "not_measured"
    if _TOO_FEW.fullmatch(text):
        return None, "too_few"
    return _number(text, column), ""


def _number(text: str, column: str) -> Decimal:
    """'12,5', '1.234,5', '12.5' and '12,5%'; '1.234' may be two numbers, so that is asked."""
    bare = text.removesuffix("%").strip()
    if _GROUPED.fullmatch(bare):
        if bare.count(".") == 1 and "," not in bare:
            whole = bare.replace(".", "")
            raise BadCell(
                column,
                f"‘{bare}’ kan twee getallen zijn; schrijf {whole} of {bare.replace('.', ',')}",
            )
        bare = bare.replace(".", "")
    elif not _NUMBER.fullmatch(bare):
        raise BadCell(column, f"‘{text[:20]}’ is geen getal")
    number = Decimal(bare.replace(",", "."))
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        raise BadCell(column, f"‘{text[:20]}’ heeft meer dan {MOST_DECIMALS} decimalen")
    return number
