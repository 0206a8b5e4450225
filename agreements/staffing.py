"""What was delivered of each function in the staffing of an agreement (functiehuis; monitoring reference 3.3).

A next version of an agreement repeats its functions; hours that were recorded under an earlier version count for the
same function, by description and employer, in the next one. Functions that are alike in all of that keep their order.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F

from agreements.models import (
    AgreementVersion,
    ProgrammeYear,
    StaffingCommitment,
    StaffingRealisation,
)
from agreements.models.means import MOST_HOURS, MOST_HOURS_IN_A_YEAR, WEEKS_IN_A_YEAR
from kvk2.core.money import format_whole

NOUGHT = Decimal(0)
TOO_MANY = (
    f"Samen wordt het meer dan {format_whole(MOST_HOURS_IN_A_YEAR)} uur in dit jaar:"
    f" {MOST_HOURS} uur in {WEEKS_IN_A_YEAR} weken is het meeste."
)


@dataclass(frozen=True, slots=True)
class FunctionYear:
    """One function in one year: the hours that were agreed, and what was recorded; the oldest row first."""

    commitment: StaffingCommitment
    year: ProgrammeYear
    rows: tuple[StaffingRealisation, ...] = ()

    @property
    def agreed(self) -> Decimal:
        return self.commitment.hours_per_year

    @property
    def delivered(self) -> Decimal | None:
        """Hours; None as long as nobody recorded any, which is not 0."""
        return sum((row.hours for row in self.rows), NOUGHT) if self.rows else None

    @property
    def vacancy_weeks(self) -> int | None:
        told = [row.vacancy_weeks for row in self.rows if row.vacancy_weeks is not None]
        return told[-1] if told else None

    @property
    def reasons(self) -> list[str]:
        """Each reason once, in the order in which they were given."""
        return list(dict.fromkeys(row.reason for row in self.rows if row.reason))

    def is_over(self, today: date) -> bool:
        return self.year.end < today

    def has_begun(self, today: date) -> bool:
        return self.year.start <= today

    def why_not(self, hours: Decimal) -> str:
        """Why these hours cannot be added to what stands there; empty when they can."""
        total = (self.delivered or NOUGHT) + hours
        if total < 0:
            return "U trekt meer uren af dan er voor dit jaar zijn vastgelegd."
        return TOO_MANY if total > MOST_HOURS_IN_A_YEAR else ""

    def wants_reason(self, hours: Decimal, vacancy_weeks: int | None, today: date) -> str:
        """Why these hours need a reason, as a sentence; empty when they speak for themselves."""
        if hours < 0:
            return "Schrijf op waarom u uren aftrekt."
        if vacancy_weeks:
            return "Schrijf op waarom de functie niet was ingevuld."
        short = self.agreed - (self.delivered or NOUGHT) - hours
        if hours == 0 or (short > 0 and self.is_over(today)):
            return "Schrijf op waarom er minder uren zijn geleverd dan afgesproken."
        return ""


def hours_of(
    versions: Iterable[AgreementVersion], years: Iterable[ProgrammeYear]
) -> list[FunctionYear]:
    """Each function of `versions` in each of `years` for which it was agreed; two queries, however many there are."""
    wanted, asked = {version.pk: version.agreement_id for version in versions}, list(years)
    functions = list(
        StaffingCommitment.objects.filter(version__agreement__in=set(wanted.values()))
        .select_related("from_year", "until_year")
        .annotate(agreement=F("version__agreement"))
        .order_by("version", "from_year__index", "pk")
    )
    keys = _keys(functions, asked)
    recorded: dict[tuple, list[StaffingRealisation]] = defaultdict(list)
    for row in (
        StaffingRealisation.objects.filter(
            commitment__version__agreement__in=set(wanted.values()), year__in=asked
        )
        .select_related("recorded_by")
        .in_order()
    ):
        recorded[keys[row.commitment_id, row.year_id]].append(row)
    return [
        FunctionYear(function, year, tuple(recorded[keys[function.pk, year.pk]]))
        for function in functions
        for year in asked
        if function.version_id in wanted and (function.pk, year.pk) in keys
    ]


def function_year(commitment: StaffingCommitment, year: ProgrammeYear) -> FunctionYear | None:
    """One function in one year; None when it was not agreed for that year."""
    own = hours_of([commitment.version], [year])
    return next((one for one in own if one.commitment.pk == commitment.pk), None)


def _keys(
    functions: Sequence[StaffingCommitment], years: Sequence[ProgrammeYear]
) -> dict[tuple[int, int], tuple]:
    """(function, year) → what makes it the same one in every version of its agreement."""
    alike: Counter[tuple] = Counter()
    keys: dict[tuple[int, int], tuple] = {}
    for row in functions:
        for year in years:
            if row.covers(year):
                agreement = getattr(row, "agreement", None)  # annotated by `hours_of`
                kind = (agreement, year.pk, row.function, row.description, row.employer)
                keys[row.pk, year.pk] = (*kind, alike[row.version_id, kind])
                alike[row.version_id, kind] += 1
    return keys
