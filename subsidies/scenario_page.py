"""What the page of scenarios shows: up to four divisions side by side, who gains, who loses and what remains."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Sum

from kvk2.core.charts import Chart, Series, bar_chart
from kvk2.core.spreadsheet import EURO, Heading
from kvk2.nlds.templatetags.nlds import euro, euro0
from subsidies.continuity_page import in_words, lower_after_years
from subsidies.models import AllocationResult, AllocationRun, SubsidyRound
from subsidies.services.continuity import History

MOST_BESIDE = 4
RULES = {
    "ceiling": "Subsidieplafond",
    "method": "Verdeelwijze",
    "marginal_policy": "Bij de laatste aanvraag",
    "floor": "Kleinste zinvolle bedrag",
    "min_score": "Minimumscore",
    "tiers": "Voorrangsgroepen",
}
WORDS = {
    "method": dict(SubsidyRound.Method.choices),
    "marginal_policy": dict(SubsidyRound.MarginalPolicy.choices),
    "tiers": {True: "tellen mee", False: "tellen niet mee"},
}
PUBLISHED = "Gepubliceerde regels"


@dataclass(frozen=True, slots=True)
class Column:
    """One division: its name, in what it departs, and its figures in euros."""

    run: AllocationRun
    name: str
    departs: tuple[str, ...]
    granted: Decimal
    free: Decimal
    grants: int
    gains: int
    loses: int

    @property
    def changes(self) -> str:
        """`1 IKC krijgt meer, 2 krijgen minder`."""
        more = "1 IKC krijgt meer" if self.gains == 1 else f"{self.gains} IKC's krijgen meer"
        less = "1 krijgt minder" if self.loses == 1 else f"{self.loses} krijgen minder"
        return f"{more}, {less}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one gets in one division (`column`); `change` says the difference with the first column in words."""

    column: str
    granted: Decimal
    change: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One IKC, area or board over all columns."""

    name: str
    cells: tuple[Cell, ...]
    note: str = ""
    url: str = ""
    warning: str = ""

    @property
    def differs(self) -> bool:
        return len({cell.granted for cell in self.cells}) > 1


class ScenarioPage:
    """Reads of some runs of one round; the first is what the others are held against."""

    def __init__(self, runs: Sequence[AllocationRun]) -> None:
        self.runs = list(runs)[:MOST_BESIDE]

    @cached_property
    def results(self) -> list[AllocationResult]:
        return list(
            AllocationResult.objects.filter(run__in=self.runs)
            .select_related("application__ikc")
            .defer("application__ikc__note")
            .order_by("application__number")
        )

    @cached_property
    def by_run(self) -> dict[int, dict[int, Decimal]]:
        amounts: dict[int, dict[int, Decimal]] = {run.pk: {} for run in self.runs}
        for row in self.results:
            amounts[row.run_id][row.application_id] = row.granted
        return amounts

    @cached_property
    def columns(self) -> list[Column]:
        first = self.by_run[self.runs[0].pk] if self.runs else {}
        return [self._column(run, first) for run in self.runs]

    def _column(self, run: AllocationRun, first: dict[int, Decimal]) -> Column:
        amounts = self.by_run[run.pk]
        nothing = Decimal(0)
        differences = [amount - first.get(pk, nothing) for pk, amount in amounts.items()]
        granted = sum(amounts.values(), nothing)
        ceiling = Decimal(run.deviations.get("ceiling", [None, run.round.ceiling])[1])
        return Column(
            run=run,
            name=run.name if run.hypothetical else PUBLISHED,
            departs=departures(run),
            granted=granted,
            free=ceiling - granted,
            grants=sum(amount > 0 for amount in amounts.values()),
            gains=sum(difference > 0 for difference in differences),
            loses=sum(difference < 0 for difference in differences),
        )

    @cached_property
    def lines(self) -> list[Line]:
        """A line per application, in order of number."""
        applications = {row.application_id: row.application for row in self.results}
        return [
            Line(
                name=application.ikc.name,
                note=application.number,
                url=application.get_absolute_url(),
                warning="kreeg drie of meer jaar subsidie"
                if application.ikc_id in self.earlier
                else "",
                cells=self._cells(
                    [amounts.get(pk, Decimal(0)) for amounts in self.by_run.values()]
                ),
            )
            for pk, application in applications.items()
        ]

    @cached_property
    def earlier(self) -> dict[int, History]:
        """Of who gets less than was asked in one of the divisions: the IKCs (ids) that Awb 4:51 concerns."""
        return lower_after_years(self.runs[0].round, self.results) if self.runs else {}

    @property
    def warning(self) -> str:
        return in_words(self.earlier)

    @cached_property
    def areas(self) -> list[Line]:
        return self._totals("application__ikc__attention_area__name", "Geen aandachtsgebied")

    @cached_property
    def boards(self) -> list[Line]:
        return self._totals("application__board__name", "")

    def _totals(self, group: str, nameless: str) -> list[Line]:
        rows = (
            AllocationResult.objects.filter(run__in=self.runs)
            .values_list(group, "run")
            .annotate(total=Sum("granted"))
            .order_by(group, "run")
        )
        totals: dict[str, dict[int, Decimal]] = {}
        for name, run, total in rows:
            totals.setdefault(name or nameless, {})[run] = total
        return [
            Line(name, self._cells([found.get(run.pk, Decimal(0)) for run in self.runs]))
            for name, found in totals.items()
        ]

    def _cells(self, amounts: Sequence[Decimal]) -> tuple[Cell, ...]:
        return tuple(
            _cell(column.name, amount, amounts[0])
            for column, amount in zip(self.columns, amounts, strict=True)
        )

    @property
    def conclusion(self) -> str:
        """What the scenarios do, in a few sentences."""
        sentences = [
            f"‘{column.name}’: {column.changes}, en er blijft {euro0(column.free)} over."
            for column in self.columns[1:]
        ]
        return " ".join(sentences)

    @cached_property
    def picture(self) -> Chart:
        return bar_chart(
            [
                Series("Te verlenen", tuple(column.granted for column in self.columns)),
                Series("Blijft over", tuple(column.free for column in self.columns)),
            ],
            [column.name for column in self.columns],
            title="Te verlenen en over, per verdeling",
            description=self.conclusion,
            unit="€",
            first_header="Verdeling",
        )

    def export(self) -> tuple[list[str], list[list[object]]]:
        """The table per IKC, for CSV and XLSX: amounts, and the difference with the first column."""
        names = [column.name for column in self.columns]
        headers = ["IKC", "Nummer", *names, *(f"Verschil bij {name}" for name in names[1:])]
        rows: list[list[object]] = [
            [
                line.name,
                line.note,
                *(cell.granted for cell in line.cells),
                *(cell.granted - line.cells[0].granted for cell in line.cells[1:]),
            ]
            for line in self.lines
        ]
        return headers, rows

    def sheet(self) -> tuple[list[Heading], list[list[object]], list[tuple[str, str]]]:
        """The same table for Excel, with what each column is."""
        headers, rows = self.export()
        headings = [
            Heading(header, EURO if place > 1 else "", 40 if not place else 18)
            for place, header in enumerate(headers)
        ]
        about = [
            (column.name, "; ".join(column.departs) or "volgens de publicatie")
            for column in self.columns
        ]
        return headings, rows, about


def departures(run: AllocationRun) -> tuple[str, ...]:
    """In words, each rule that a scenario changes, with what is published."""
    return tuple(
        f"{RULES[rule]}: {_word(rule, tried)} in plaats van {_word(rule, published)}"
        for rule, (published, tried) in run.deviations.items()
    )


def _word(rule: str, value: object) -> str:
    if rule in WORDS:
        return str(WORDS[rule][value])  # type: ignore[index]
    if value is None:
        return "geen"
    return str(value).replace(".", ",") if rule == "min_score" else str(euro(Decimal(str(value))))


def _cell(column: str, amount: Decimal, first: Decimal) -> Cell:
    if amount > first:
        return Cell(column, amount, f"{euro(amount - first)} meer", "success")
    if amount < first:
        return Cell(column, amount, f"{euro(first - amount)} minder", "warning")
    return Cell(column, amount)
