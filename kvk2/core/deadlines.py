"""The legal clock: terms of the Awb, moved by the Algemene termijnenwet (Atw) where it applies.

All dates are Europe/Amsterdam calendar dates. A term of *n* days runs from day *d*, which does not
count itself (Awb 6:8(1)). Days that a Royal Decree equates with a holiday (Atw 3(3)) are passed in
as `extra_holidays`; the holidays of the Act itself are computed. Domain reference 3.0.2.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from kvk2.core.errors import DomainError

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = timedelta(days=1)
SATURDAY = 5

# Awb 2:10(1): a notice about a message in the portal goes out within 48 hours.
NOTICE_WITHIN = timedelta(hours=48)
# Awb 4:17(1-2): euros a day, for three times fourteen days.
PENALTY_RATES = (23, 35, 45)
PENALTY_DAYS_PER_RATE = 14
# King's Day exists since 2014; the portal knows no older terms.
FIRST_YEAR = 2014


class UnknownYear(DomainError):
    """The holidays of this year are not known."""

    code = "YEAR_UNKNOWN"


class TermInvalid(DomainError):
    """Not a length that a term can have."""

    code = "TERM_INVALID"


class UnknownKind(DomainError):
    """No term of the catalogue goes by this code."""

    code = "UNKNOWN_KIND"


class ClockDoesNotStop(DomainError):
    """Awb 4:15 suspends decision terms only."""

    code = "NO_CLOCK_STOP"


class PeriodEndExpected(DomainError):
    """The yearly account follows a financial year, which ends on 31 December."""

    code = "PERIOD_END"


class TimezoneMissing(DomainError):
    """A moment without an offset could be two different days."""

    code = "TIMEZONE_MISSING"


class DaysInvalid(DomainError):
    """A number of days below zero."""

    code = "DAYS_INVALID"


class Unit(StrEnum):
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class HolidayCode(StrEnum):
    NEW_YEARS_DAY = "new_years_day"
    GOOD_FRIDAY = "good_friday"
    EASTER_MONDAY = "easter_monday"
    KINGS_DAY = "kings_day"
    LIBERATION_DAY = "liberation_day"
    ASCENSION_DAY = "ascension_day"
    WHIT_MONDAY = "whit_monday"
    CHRISTMAS_DAY = "christmas_day"
    SECOND_CHRISTMAS_DAY = "second_christmas_day"


class DeadlineKind(StrEnum):
    DECIDE_DEFAULT = "decide_default"
    DECIDE_SCHEME = "decide_scheme"
    COMPLETE = "complete"
    VIEW = "view"
    NOT_PROCESS = "not_process"
    BUDGET_RESERVATION = "budget_reservation"
    OBJECT = "object"
    PAY = "pay"
    OBJECTION_DECIDE = "objection_decide"
    OBJECTION_DECIDE_COMMITTEE = "objection_decide_committee"
    PAY_SUSPEND = "pay_suspend"
    ACCOUNT = "account"
    ACCOUNT_YEARLY = "account_yearly"
    DETERMINE = "determine"
    REMIND = "remind"
    DEFAULT_PENALTY = "default_penalty"
    PENALTY_DECIDE = "penalty_decide"
    RECOVER_LIMIT = "recover_limit"
    EVALUATE = "evaluate"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that Atw 3(1-2) names."""

    date: date
    code: HolidayCode


@dataclass(frozen=True, slots=True)
class TermEnd:
    """`raw` is the day that counting gives, `last_day` the day after moving (Atw 1 and 2)."""

    raw: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """`base` ignores stops and is not moved; `stopped_days` were added to it before moving."""

    base: date
    stopped_days: int
    last_day: date


@dataclass(frozen=True, slots=True)
class Term:
    """A kind of term: its length, whether it stands in an Act, and whether Awb 4:15 can stop it."""

    amount: int
    unit: Unit
    atw: bool
    source: str
    clock_stops: bool = False


@dataclass(frozen=True, slots=True)
class ClockStop:
    """Days on which a decision term stands still: `first_day` up to, not including, `resumes_on`.

    Agreed delay, delay by the applicant and force majeure (Awb 4:15(2)) are given as such.
    """

    first_day: date
    resumes_on: date

    @classmethod
    def completion(
        cls, *, requested_on: date, completed_on: date | None = None, term_ends_on: date
    ) -> "ClockStop":
        """Awb 4:15(1)a: from the day after the request, until completion or the end of its term."""
        resumes_on = term_ends_on if completed_on is None else min(completed_on, term_ends_on)
        return cls(requested_on + DAY, resumes_on)


CATALOGUE: Mapping[DeadlineKind, Term] = MappingProxyType(
    {
        DeadlineKind.DECIDE_DEFAULT: Term(8, Unit.WEEKS, True, "Awb 4:13", clock_stops=True),
        DeadlineKind.DECIDE_SCHEME: Term(
            13, Unit.WEEKS, False, "subsidieregeling", clock_stops=True
        ),
        DeadlineKind.COMPLETE: Term(14, Unit.DAYS, False, "Awb 4:5(1)"),
        DeadlineKind.VIEW: Term(14, Unit.DAYS, False, "Awb 4:7"),
        DeadlineKind.NOT_PROCESS: Term(4, Unit.WEEKS, True, "Awb 4:5(4)"),
        DeadlineKind.BUDGET_RESERVATION: Term(4, Unit.WEEKS, True, "Awb 4:34(3)"),
        DeadlineKind.OBJECT: Term(6, Unit.WEEKS, True, "Awb 6:7, 6:8"),
        DeadlineKind.PAY: Term(6, Unit.WEEKS, True, "Awb 4:87"),
        DeadlineKind.OBJECTION_DECIDE: Term(6, Unit.WEEKS, True, "Awb 7:10(1)", clock_stops=True),
        DeadlineKind.OBJECTION_DECIDE_COMMITTEE: Term(
            12, Unit.WEEKS, True, "Awb 7:10(1), 7:13", clock_stops=True
        ),
        DeadlineKind.PAY_SUSPEND: Term(13, Unit.WEEKS, False, "Awb 4:56"),
        DeadlineKind.ACCOUNT: Term(13, Unit.WEEKS, False, "subsidieverordening"),
        # "Before 1 May": counted in months from 31 December, which is 30 April.
        DeadlineKind.ACCOUNT_YEARLY: Term(4, Unit.MONTHS, False, "subsidieverordening"),
        DeadlineKind.DETERMINE: Term(13, Unit.WEEKS, False, "subsidieverordening"),
        DeadlineKind.REMIND: Term(2, Unit.WEEKS, True, "Awb 4:112"),
        DeadlineKind.DEFAULT_PENALTY: Term(2, Unit.WEEKS, True, "Awb 4:17(3)"),
        DeadlineKind.PENALTY_DECIDE: Term(2, Unit.WEEKS, True, "Awb 4:18"),
        DeadlineKind.RECOVER_LIMIT: Term(5, Unit.YEARS, False, "Awb 4:57(4), 4:49(3)"),
        DeadlineKind.EVALUATE: Term(5, Unit.YEARS, False, "Awb 4:24"),
    }
)

# Atw 4(a): longer terms, and all terms in years, never move.
_LONGEST_MOVING = {Unit.DAYS: 90, Unit.WEEKS: 12, Unit.MONTHS: 3, Unit.YEARS: 0}


@lru_cache(maxsize=64)
def holidays(year: int) -> tuple[Holiday, ...]:
    """The holidays of Atw 3(1) and Good Friday (Atw 3(2)), by date, then code."""
    if year < FIRST_YEAR:
        raise UnknownYear(f"De feestdagen van voor {FIRST_YEAR} zijn niet bekend.")
    easter = _easter_sunday(year)
    kings_day = date(year, 4, 27)
    if kings_day.weekday() == SATURDAY + 1:
        kings_day -= DAY
    days = [
        Holiday(date(year, 1, 1), HolidayCode.NEW_YEARS_DAY),
        Holiday(easter - 2 * DAY, HolidayCode.GOOD_FRIDAY),
        Holiday(easter + DAY, HolidayCode.EASTER_MONDAY),
        Holiday(kings_day, HolidayCode.KINGS_DAY),
        Holiday(date(year, 5, 5), HolidayCode.LIBERATION_DAY),
        Holiday(easter + 39 * DAY, HolidayCode.ASCENSION_DAY),
        Holiday(easter + 50 * DAY, HolidayCode.WHIT_MONDAY),
        Holiday(date(year, 12, 25), HolidayCode.CHRISTMAS_DAY),
        Holiday(date(year, 12, 26), HolidayCode.SECOND_CHRISTMAS_DAY),
    ]
    return tuple(sorted(days, key=lambda holiday: (holiday.date, holiday.code)))


def is_working_day(day: date, extra_holidays: Collection[date] = ()) -> bool:
    """Not a Saturday, Sunday, holiday, or day equated with one."""
    if day.weekday() >= SATURDAY or day in extra_holidays:
        return False
    return all(holiday.date != day for holiday in holidays(day.year))


def term_end(
    start: date,
    amount: int,
    unit: Unit,
    *,
    atw_applies: bool,
    extra_holidays: Collection[date] = (),
) -> TermEnd:
    """The end of a term from `start`; it moves only if it stands in an Act and is short."""
    raw = _counted(start, amount, unit)
    if not (atw_applies and amount <= _LONGEST_MOVING[unit]):
        return TermEnd(raw, raw)
    three_days_or_more = unit is not Unit.DAYS or amount >= 3
    return TermEnd(raw, _moved(start, raw, three_days_or_more, extra_holidays))


def backward_term(anchor: date, amount: int, unit: Unit) -> date:
    """The last day of a term counted back from `anchor`; such a day never moves (Atw 1(2))."""
    if unit not in (Unit.DAYS, Unit.WEEKS):
        raise TermInvalid("Terugrekenen kan in dagen of in weken.")
    return anchor - _days(amount, unit)


def deadline_kind(code: str) -> DeadlineKind:
    """The kind of term that `code` (upper or lower case) stands for."""
    try:
        return DeadlineKind(code.lower())
    except ValueError:
        raise UnknownKind("Deze termijn kent het portaal niet.") from None


def deadline(
    kind: DeadlineKind,
    start: date,
    *,
    amount: int | None = None,
    stops: Iterable[ClockStop] = (),
    extra_holidays: Collection[date] = (),
) -> Deadline:
    """When a term of the catalogue ends; `amount` replaces its length, in the same unit.

    The term runs over the days after `start` that are in no stop (Awb 4:15). A stop that begins
    after the last day comes too late. Refusals: `NO_CLOCK_STOP`, `PERIOD_END`.
    """
    term = CATALOGUE[kind]
    stops = tuple(stops)
    if stops and not term.clock_stops:
        raise ClockDoesNotStop("Deze termijn kan niet worden opgeschort.")
    if kind is DeadlineKind.ACCOUNT_YEARLY and (start.month, start.day) != (12, 31):
        raise PeriodEndExpected("Een boekjaar eindigt op 31 december.")
    length = term.amount if amount is None else amount
    base = _counted(start, length, term.unit)
    end = _after_stops(start, base, stops)
    last_day = end
    if term.atw and length <= _LONGEST_MOVING[term.unit]:
        three_days_or_more = term.unit is not Unit.DAYS or length >= 3
        last_day = _moved(start, end, three_days_or_more, extra_holidays)
    return Deadline(base, (end - base).days, last_day)


def notice_due(posted_at: datetime) -> datetime:
    """When the notice about a message must be out: 48 real hours later, on the Amsterdam clock."""
    return (_aware(posted_at).astimezone(UTC) + NOTICE_WITHIN).astimezone(AMSTERDAM)


def penalty(days: int, rates: Iterable[Decimal | int] = PENALTY_RATES) -> Decimal:
    """Euros owed for deciding `days` days too late, after the notice of default (Awb 4:17(1-2))."""
    if days < 0:
        raise DaysInvalid("Een aantal dagen is niet negatief.")
    total = Decimal(0)
    for rate in rates:
        counted = min(days, PENALTY_DAYS_PER_RATE)
        total += counted * rate
        days -= counted
    return total.quantize(Decimal("0.01"))


def local_date(timestamp: datetime) -> date:
    """The calendar date in Europe/Amsterdam."""
    return _aware(timestamp).astimezone(AMSTERDAM).date()


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise TimezoneMissing("Bij dit tijdstip ontbreekt de tijdzone.")
    return moment


def _counted(start: date, amount: int, unit: Unit) -> date:
    """Day *d* plus the term (Awb 6:8(1)); a month ends on the same day number, or its last day."""
    if amount < 0:
        raise TermInvalid("Een termijn is niet korter dan nul.")
    if unit in (Unit.DAYS, Unit.WEEKS):
        return start + _days(amount, unit)
    months = start.month - 1 + amount * (12 if unit is Unit.YEARS else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _days(amount: int, unit: Unit) -> timedelta:
    return timedelta(weeks=amount) if unit is Unit.WEEKS else timedelta(days=amount)


def _moved(
    start: date, end: date, three_days_or_more: bool, extra_holidays: Collection[date]
) -> date:
    """Atw 2: two working days in a term of three days or more; Atw 1: on to a working day."""
    if three_days_or_more:
        needed = 2 - _working_days(start, end, extra_holidays)
        while needed > 0:
            end += DAY
            needed -= is_working_day(end, extra_holidays)
    while not is_working_day(end, extra_holidays):
        end += DAY
    return end


def _working_days(start: date, end: date, extra_holidays: Collection[date]) -> int:
    """Working days after `start` up to and including `end`; counts no further than two."""
    found = 0
    day = start
    while day < end and found < 2:
        day += DAY
        found += is_working_day(day, extra_holidays)
    return found


def _after_stops(start: date, end: date, stops: Iterable[ClockStop]) -> date:
    """`end` put off by the days that the clock stood still; days in two stops count once."""
    reached = start + DAY
    for stop in sorted(stops, key=lambda stop: stop.first_day):
        first = max(stop.first_day, reached)
        if first > end:
            break
        if stop.resumes_on > first:
            end += stop.resumes_on - first
            reached = stop.resumes_on
    return end


def _easter_sunday(year: int) -> date:
    """Easter in the Gregorian calendar, by the rule of Meeus, Jones and Butcher."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    correction = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
