"""Statutory interest over what the municipality paid too late (Awb 4:97-4:99; BW 6:119, 6:120).

Pure: the rates, with their first days, are given. Amounts are euros. Interest runs from the day after the last day to
pay, to the day on which the account of the creditor was credited, that day included; after each whole year it is added
to what it is computed over (BW 6:119(2)). A year is 365 days, in a leap year 366.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from kvk2.core.errors import DomainError
from kvk2.core.money import round_half_up

DAY = timedelta(days=1)
# Awb 4:98(2): not owed by an authority when it comes to less.
LEAST_OWED_BY_AUTHORITY = Decimal(10)


class RateUnknown(DomainError):
    """The table of rates begins after this day."""

    code = "RATE_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Rate:
    """Percent a year from a day on, until the next."""

    first_day: date
    percentage: Decimal


def interest(amount: Decimal, *, due_on: date, paid_on: date, rates: Sequence[Rate]) -> Decimal:
    """What is owed over `amount`, to the cent; nought when it was in time or comes to less than ten euros.

    Refusal: `RateUnknown`.
    """
    total, base, year_ends = Fraction(0), Fraction(amount), _year_later(due_on)
    accrued, day = Fraction(0), due_on + DAY
    while day <= paid_on:
        accrued += base * Fraction(_rate_on(day, rates)) / 100 / _days_in(day.year)
        if day == year_ends:
            total, base, accrued = total + accrued, base + accrued, Fraction(0)
            year_ends = _year_later(year_ends)
        day += DAY
    owed = round_half_up(total + accrued, 2)
    return owed if owed >= LEAST_OWED_BY_AUTHORITY else Decimal("0.00")


def _rate_on(day: date, rates: Sequence[Rate]) -> Decimal:
    known = [rate for rate in rates if rate.first_day <= day]
    if not known:
        raise RateUnknown("Voor deze dag is geen wettelijke rente vastgelegd.")
    return max(known, key=lambda rate: rate.first_day).percentage


def _days_in(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _year_later(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return date(day.year + 1, 2, 28) if leap_day else day.replace(year=day.year + 1)
