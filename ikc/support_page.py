"""What the pages about support show: pools against use, per kind and year, and the hours of each IKC."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ikc.models import Ikc, SupportPool, SupportWorkerAllocation
from ikc.states_support import SHORT_KINDS, SupportKind
from ikc.support_hours import Stretch, average, peak
from kvk2.core.capitals import upper_first
from kvk2.core.charts import Chart, Series, bar_chart
from kvk2.core.money import format_number


@dataclass(frozen=True, slots=True)
class PoolUse:
    """One kind of support in one year: hours a week that there are (None: not laid down), at most in use, and on average."""

    kind: SupportKind
    year: int
    pool: SupportPool | None
    peak: Decimal
    average: Decimal

    @property
    def available(self) -> Decimal | None:
        return self.pool.hours if self.pool else None

    @property
    def free(self) -> Decimal | None:
        return None if self.pool is None else self.pool.hours - self.peak


def pool_use(year: int) -> list[PoolUse]:
    """All kinds in one year; two queries."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    pools = {pool.kind: pool for pool in SupportPool.objects.filter(year=year)}
    by_kind: dict[str, list[Stretch]] = defaultdict(list)
    rows = SupportWorkerAllocation.objects.overlapping(first, last)
    for kind, hours, start, end in rows.values_list(
        "kind", "hours_per_week", "valid_from", "valid_until"
    ):
        by_kind[kind].append(Stretch(hours, start, end))
    return [
        PoolUse(
            kind,
            year,
            pools.get(kind),
            peak(by_kind[kind], first, last),
            average(by_kind[kind], first, last),
        )
        for kind in SupportKind
    ]


def pool_chart(uses: Sequence[PoolUse]) -> Chart | None:
    """In use beside what there is, per kind; None when there is nothing to draw."""
    shown = [use for use in uses if use.pool or use.peak]
    if not shown:
        return None
    full = [SHORT_KINDS[use.kind] for use in shown if use.free is not None and use.free <= 0]
    sentence = (
        f"Helemaal ingezet: {', '.join(full)}." if full else "Van elke soort zijn nog uren vrij."
    )
    return bar_chart(
        [
            Series("Hoogstens ingezet", [use.peak for use in shown], short="ingezet"),
            Series("Beschikbaar", [use.available for use in shown], short="beschikbaar"),
        ],
        [upper_first(SHORT_KINDS[use.kind]) for use in shown],
        title=f"Ondersteuning in {shown[0].year}, uren per week",
        description=sentence,
        unit="uur",
        first_header="Soort",
    )


@dataclass(frozen=True, slots=True)
class IkcHours:
    """The hours a week of one IKC per kind on one day, and whether one person does both kinds of jeugdondersteuner."""

    ikc: Ikc
    hours: dict[str, Decimal]
    merged: bool
    independent: bool

    @property
    def total(self) -> Decimal:
        return sum(self.hours.values(), Decimal(0))

    @property
    def cells(self) -> list[tuple[str, Decimal]]:
        """Each kind with its hours, as columns of a table."""
        return [(SHORT_KINDS[kind], self.hours.get(kind, Decimal(0))) for kind in SupportKind]

    @property
    def remark(self) -> str:
        parts = ["één persoon voor 0-12 en VVE"] if self.merged else []
        if not self.independent:
            parts.append("in dienst van een partij")
        return ", ".join(parts)


def hours_by_ikc(allocations: Iterable[SupportWorkerAllocation]) -> list[IkcHours]:
    """`allocations` of one day, loaded with IKC and worker, and the partners of each IKC prefetched."""
    by_ikc: dict[Ikc, list[SupportWorkerAllocation]] = defaultdict(list)
    for row in allocations:
        by_ikc[row.ikc].append(row)
    found = []
    for ikc, rows in by_ikc.items():
        hours: dict[str, Decimal] = defaultdict(Decimal)
        for row in rows:
            hours[row.kind] += row.hours_per_week
        independent = all(row.worker is None or row.worker.is_independent_of(ikc) for row in rows)
        found.append(IkcHours(ikc, dict(hours), is_merged(rows), independent))
    return sorted(found, key=lambda row: (row.ikc.name, row.ikc.pk))


def is_merged(rows: Iterable[SupportWorkerAllocation]) -> bool:
    """One person holds both functions of jeugdondersteuner (programme 004, 3.3)."""
    kinds: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if row.worker_id is not None:
            kinds[row.worker_id].add(row.kind)
    return any({SupportKind.YOUTH, SupportKind.VVE} <= held for held in kinds.values())


def hours_words(value: Decimal) -> str:
    """'22 uur', '16,5 uur'."""
    places = 0 if value == value.to_integral_value() else 1
    return f"{format_number(value, places)} uur"
