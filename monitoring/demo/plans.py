"""The plan of a demonstration round, and the budget of an application in it."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from kvk2.core.deadlines import AMSTERDAM, local_date
from subsidies.models import Activity, Application, SubsidyRound
from subsidies.services import round_content
from subsidies.services.applications import LineContent

RATE = Decimal(60)


@dataclass(frozen=True, slots=True)
class Plan:
    """One round to make: its name, its calendar in days from the day of loading, and its money."""

    name: str
    description: str
    opens: int
    closes: int
    ceiling: Decimal
    formulas: tuple[tuple[str, int, int], ...]
    tiers: tuple[str, ...] = ()
    sub_application: str = ""
    method: str = SubsidyRound.Method.TENDER
    parts: tuple[round_content.SubCeilingContent, ...] = ()
    counted_on: date | None = None  # None: the last count before the day of loading


def moment(now: datetime, days: int, hour: int = 10) -> datetime:
    """That hour, so many days after `now`."""
    day = local_date(now) + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM)


def subsidy_year(plan: Plan, now: datetime) -> int:
    """The year in which the subsidy period of `plan` begins: the first 1 August after it closes."""
    closes = moment(now, plan.closes)
    return closes.year if closes.month < 8 else closes.year + 1


def budget(
    application: Application, main: Activity, dice: random.Random
) -> tuple[list[LineContent], Decimal]:
    """Lines that keep the norms and balance: hours, preparation, material, overhead, and what the board adds."""
    application.refresh_from_db()
    # Every demo round uses the lower formula as the basis, so that nobody asks more than the maximum.
    formula = application.round.formulas.get(group="regular")
    maximum = formula.base + formula.per_child * application.children_counted
    requested = Decimal(int(maximum * dice.choice((80, 90, 95, 100)) / 100) // 50 * 50)
    own = Decimal(int(requested * dice.choice((5, 10, 15)) / 100) // 10 * 10)
    overhead = Decimal(int(requested / 10))
    hours = Decimal(int(requested * Decimal("0.6") / (RATE * Decimal("1.25"))))
    preparation = hours // 4
    material = requested + own - overhead - (hours + preparation) * RATE
    return [
        LineContent(
            1,
            "expenditure",
            "professional",
            "Vakdocenten en begeleiders",
            hours * RATE,
            hours,
            RATE,
            main.pk,
        ),
        LineContent(
            2,
            "expenditure",
            "preparation",
            "Voorbereiding en afstemming",
            preparation * RATE,
            preparation,
            RATE,
        ),
        LineContent(
            3, "expenditure", "material", "Materiaal en boeken", material, activity_id=main.pk
        ),
        LineContent(4, "expenditure", "overhead", "Coördinatie en scholing", overhead),
        LineContent(5, "income", "own_board", "Eigen bijdrage van het schoolbestuur", own),
    ], requested
