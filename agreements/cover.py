"""Whether there is money behind the promises: per budget year and source, what is available and what was promised.

Only euros count; what a party gives in kind or in hours needs no cover. Promised is what stands in an
agreement in force, and what stands in a draft of an IKC that has none in force yet (domain reference 1.6).
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, Sum

from agreements.models import (
    AgreementVersion,
    ClosedBudgetYear,
    Contribution,
    FundingBudget,
    FundingSource,
    Programme,
)
from agreements.states import OPEN, AgreementState
from kvk2.core.charts import Chart, Series, bar_chart
from kvk2.core.money import format_whole

if TYPE_CHECKING:
    from django.db.models import QuerySet

NOUGHT = Decimal(0)
NO_SOURCE = "Nog zonder geldbron"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source in one year, in euros."""

    source: str
    available: Decimal
    in_force: Decimal
    drafted: Decimal
    basis: str = ""

    @property
    def promised(self) -> Decimal:
        return self.in_force + self.drafted

    @property
    def left(self) -> Decimal:
        """What remains; negative is a gap."""
        return self.available - self.promised


@dataclass(frozen=True, slots=True)
class YearCover:
    """One budget year with its sources."""

    year: int
    rows: list[SourceRow]
    is_closed: bool

    @property
    def total(self) -> SourceRow:
        return SourceRow(
            "Samen",
            sum((row.available for row in self.rows), NOUGHT),
            sum((row.in_force for row in self.rows), NOUGHT),
            sum((row.drafted for row in self.rows), NOUGHT),
        )

    @property
    def verdict(self) -> str:
        left = self.total.left
        amount = f"€ {format_whole(int(abs(left)))}"
        if left < 0:
            return f"{amount} te weinig"
        return f"{amount} over" if left else "precies gedekt"

    @property
    def has_gap(self) -> bool:
        return self.total.left < 0


def promised(programme: Programme) -> "QuerySet[Contribution]":
    """The euros that were promised in agreements of `programme`: in force, or drafted where none is in force."""
    in_force = AgreementVersion.objects.filter(
        agreement=OuterRef("party__version__agreement"), state=AgreementState.IN_FORCE
    )
    return Contribution.objects.filter(
        Q(party__version__state=AgreementState.IN_FORCE)
        | Q(party__version__state__in=OPEN) & ~Exists(in_force),
        party__version__agreement__programme=programme,
        kind=Contribution.Kind.MONEY,
    )


def cover_of(programme: Programme) -> list[YearCover]:
    """Every budget year of the programme; four queries, however many agreements there are."""
    sources = list(FundingSource.objects.order_by("order", "pk"))
    budgets: dict[tuple[int, int | None], FundingBudget] = {
        (row.budget_year, row.source_id): row
        for row in FundingBudget.objects.filter(programme=programme)
    }
    sums: dict[tuple[int, int | None, bool], Decimal] = defaultdict(Decimal)
    for row in (
        promised(programme)
        .order_by()
        .values("budget_year", "source", "party__version__state")
        .annotate(total=Sum("amount"))
    ):
        is_agreed = row["party__version__state"] == AgreementState.IN_FORCE
        sums[row["budget_year"], row["source"], is_agreed] += row["total"]
    closed = set(
        ClosedBudgetYear.objects.filter(programme=programme).values_list("budget_year", flat=True)
    )
    found = []
    for year in range(programme.start.year, programme.end.year + 1):
        rows = []
        for key, name in [*((source.pk, source.name) for source in sources), (None, NO_SOURCE)]:
            budget = budgets.get((year, key))
            row_of_source = SourceRow(
                name,
                budget.amount if budget else NOUGHT,
                sums[year, key, True],
                sums[year, key, False],
                budget.basis if budget else "",
            )
            if row_of_source.available or row_of_source.promised:
                rows.append(row_of_source)
        found.append(YearCover(year, rows, year in closed))
    return found


def cover_chart(years: list[YearCover]) -> Chart | None:
    """Available beside promised, per budget year; None while there is nothing to compare."""
    told = [year for year in years if year.rows]
    if not told:
        return None
    short = [year for year in told if year.has_gap]
    return bar_chart(
        [
            Series("Beschikbaar", [year.total.available for year in told]),
            Series("Toegezegd", [year.total.promised for year in told]),
        ],
        [str(year.year) for year in told],
        title="Beschikbaar en toegezegd geld per begrotingsjaar",
        description=(
            f"In {len(short)} van de {len(told)} jaren is meer toegezegd dan er beschikbaar is."
            if short
            else "In elk jaar is er genoeg voor wat is toegezegd."
        ),
        unit="€",
        first_header="Begrotingsjaar",
        compact=True,
    )


@dataclass(frozen=True, slots=True)
class IkcRow:
    """What was promised for one IKC in one year, per party and source."""

    ikc: str
    version_id: int
    party: str
    source: str
    amount: Decimal
    is_draft: bool


def promises_of(programme: Programme, year: int) -> list[IkcRow]:
    """The promises behind one year, per IKC and party; one query."""
    rows = (
        promised(programme)
        .filter(budget_year=year)
        .select_related("party__version", "source")
        .defer("party__version__content")
        .order_by("party__version__ikc_name", "party__role", "party__organisation_name", "pk")
    )
    return [
        IkcRow(
            row.party.version.ikc_name,
            row.party.version_id,
            row.party.organisation_name,
            row.source.name if row.source else NO_SOURCE,
            row.amount,
            row.party.version.state != AgreementState.IN_FORCE,
        )
        for row in rows
    ]
