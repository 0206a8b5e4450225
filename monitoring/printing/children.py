"""The children and the district on paper: pupils since 1996, and five small lines that nobody is judged by."""

from dataclasses import dataclass

from kvk2.core.charts import Chart, Multiple, history_chart, multiples_chart
from kvk2.core.money import format_number, format_whole
from monitoring.printing import figures
from monitoring.report_dataset import ContextLine, ContextPoint, Surroundings

FEWEST = 3
TABLE_YEARS = 10
HIDDEN = "niet te tonen"


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line in the table beside the small lines: a cell for each year."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """The small lines with their table and where they are from."""

    chart: Chart
    years: tuple[int, ...]
    rows: tuple[LineRow, ...]
    sources: tuple[str, ...]
    is_indicative: bool  # a figure is marked with an I


def children_chart(surroundings: Surroundings, name: str) -> Chart | None:
    """The pupils of the IKC over all known years."""
    known = [item for item in surroundings.pupils if item.count is not None]
    if len(known) < FEWEST:
        return None
    first, last = known[0], known[-1]
    words = (
        f"{format_whole(first.count or 0)} in {first.year} en "
        f"{format_whole(last.count or 0)} in {last.year}."
    )
    return history_chart(
        "Leerlingen",
        [item.count for item in surroundings.pupils],
        [str(item.year) for item in surroundings.pupils],
        title=f"Lijngrafiek van het aantal leerlingen van {name}",
        description=words,
    )


def tables(chart: Chart | None) -> list[tuple[tuple[str, ...], ...]]:
    """The figures of a long chart in tables of as many years as are wide enough for the page."""
    rows = chart.rows if chart else ()
    return [rows[start : start + TABLE_YEARS] for start in range(0, len(rows), TABLE_YEARS)]


def lines(surroundings: Surroundings) -> Lines | None:
    """The small lines over the same years; None when nothing was counted twice."""
    if not surroundings.lines:
        return None
    met = [point.year for line in surroundings.lines for point in line.points]
    years = tuple(range(min(met), max(met) + 1))
    told = [f"{line.name}: {_first_and_last(line)}" for line in surroundings.lines]
    return Lines(
        chart=multiples_chart(
            [
                Multiple(
                    name=line.name,
                    points=[(point.year - years[0], point.value) for point in line.points],
                    words=_last(line),
                    unit=line.unit,
                    decimals=line.decimals,
                )
                for line in surroundings.lines
            ],
            [str(year) for year in years],
            title="De kinderen en de wijk over de jaren",
            description=f"{'; '.join(told)}.",
        ),
        years=years,
        rows=tuple(_row(line, years) for line in surroundings.lines),
        sources=tuple(dict.fromkeys(line.source for line in surroundings.lines)),
        is_indicative=any(point.mark for line in surroundings.lines for point in line.points),
    )


def _row(line: ContextLine, years: tuple[int, ...]) -> LineRow:
    found = {point.year: point for point in line.points}
    return LineRow(
        f"{line.name} ({line.about})",
        tuple(_cell(found[year], line) if year in found else figures.NOTHING for year in years),
    )


def _cell(point: ContextPoint, line: ContextLine) -> str:
    if point.value is None:
        return HIDDEN
    number = format_number(point.value, line.decimals)
    unit = figures.PERCENT if line.unit == figures.PERCENT else ""
    return f"{number}{unit}{f' ({point.mark})' if point.mark else ''}"


def _known(line: ContextLine) -> list[ContextPoint]:
    return [point for point in line.points if point.value is not None]


def _last(line: ContextLine) -> str:
    last = _known(line)[-1]
    return f"{_cell(last, line)} in {last.year}"


def _first_and_last(line: ContextLine) -> str:
    first = _known(line)[0]
    return f"{_cell(first, line)} in {first.year} en {_last(line)}"
