"""Promised and given money in the reports: one table with a column per year, and one chart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from kvk2.core.charts import Chart, Series, bar_chart
from kvk2.core.money import format_amount, format_whole
from monitoring.printing.figures import NOTHING


class Line(Protocol):
    """A contribution of one party in one budget year, in euros."""

    @property
    def party(self) -> str: ...
    @property
    def budget_year(self) -> int: ...
    @property
    def planned(self) -> Decimal: ...
    @property
    def realised(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One row of the table: amounts per budget year as printed."""

    name: str
    kind: str  # "afgesproken" or "gegeven"
    amounts: tuple[str, ...]
    total: str


@dataclass(frozen=True, slots=True)
class MoneyTable:
    """All contributions, with a column per budget year."""

    years: tuple[int, ...]
    rows: tuple[MoneyRow, ...]
    chart: Chart
    has_given: bool

    @property
    def compact(self) -> bool:
        """More years than fit at the normal size."""
        return len(self.years) > 4


def money_table(lines: Sequence[Line]) -> MoneyTable | None:
    """The contributions per party; `None` when there are none.

    What was given is printed only when at least one amount is known: not known is not zero.
    """
    if not lines:
        return None
    years = tuple(sorted({line.budget_year for line in lines}))
    parties = tuple(dict.fromkeys(line.party for line in lines))
    has_given = any(line.realised is not None for line in lines)
    rows: list[MoneyRow] = []
    for party in parties:
        own = [line for line in lines if line.party == party]
        promised = [_sum(line.planned for line in own if line.budget_year == y) for y in years]
        rows.append(_row(party, "afgesproken", promised))
        if has_given:
            given = [_sum(line.realised for line in own if line.budget_year == y) for y in years]
            rows.append(_row(party, "gegeven", given))
    chart = _chart(lines, parties, years, has_given=has_given)
    return MoneyTable(years, tuple(rows), chart, has_given)


def euros(amount: Decimal | None) -> str:
    """Whole euros with their sign, or a dash."""
    return NOTHING if amount is None else format_amount(amount, 0, space="\N{NO-BREAK SPACE}")


def _row(party: str, kind: str, amounts: Sequence[Decimal | None]) -> MoneyRow:
    printed = tuple(NOTHING if amount is None else format_whole(amount) for amount in amounts)
    return MoneyRow(party, kind, printed, euros(_sum(amounts)))


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; `None` when nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _chart(
    lines: Sequence[Line], parties: Sequence[str], years: Sequence[int], *, has_given: bool
) -> Chart:
    promised, received, words = [], [], []
    for party in parties:
        own = [line for line in lines if line.party == party]
        # Only years of which both amounts are known can be compared.
        compared = [line for line in own if line.realised is not None] or own
        planned = _sum(line.planned for line in compared) or Decimal(0)
        given = _sum(line.realised for line in compared)
        promised.append(planned)
        received.append(given)
        told = f", {euros(given)} gegeven" if has_given else ""
        words.append(f"{party}: {euros(planned)} afgesproken{told}")
    series = [Series("Afgesproken", promised)]
    if has_given:
        series.append(Series("Gegeven", received))
    period = f"{years[0]} tot en met {years[-1]}" if len(years) > 1 else str(years[0])
    return bar_chart(
        series,
        parties,
        title=f"Bijdragen per partij, {period}",
        description=f"{'; '.join(words)}.",
        unit="€",
        first_header="Partij",
    )
