"""The legal clock beyond its worked cases: boundaries, stops, and the days the clock changes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvk2.core import deadlines
from kvk2.core.deadlines import AMSTERDAM, CATALOGUE, ClockStop, DeadlineKind, HolidayCode, Unit
from kvk2.core.errors import DomainError

CASES = settings(max_examples=100, deadline=None, database=None)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2032, 12, 31))
day_counts = st.integers(min_value=0, max_value=60)


def refusal(function, *args, **kwargs) -> str:
    with pytest.raises(DomainError) as refused:
        function(*args, **kwargs)
    assert refused.value.message.endswith(".")
    return refused.value.code


@pytest.mark.parametrize(
    ("year", "easter_monday"),
    [
        (2019, date(2019, 4, 22)),
        (2024, date(2024, 4, 1)),
        (2025, date(2025, 4, 21)),
        (2027, date(2027, 3, 29)),
        (2038, date(2038, 4, 26)),
    ],
)
def test_easter(year, easter_monday):
    by_code = {holiday.code: holiday.date for holiday in deadlines.holidays(year)}
    assert by_code[HolidayCode.EASTER_MONDAY] == easter_monday
    assert by_code[HolidayCode.GOOD_FRIDAY] == easter_monday - timedelta(days=3)
    assert by_code[HolidayCode.ASCENSION_DAY] == easter_monday + timedelta(days=38)
    assert by_code[HolidayCode.WHIT_MONDAY] == easter_monday + timedelta(days=49)


def test_two_holidays_on_one_day_are_both_listed():
    fifth_of_may = [day.code for day in deadlines.holidays(2016) if day.date == date(2016, 5, 5)]
    assert fifth_of_may == [HolidayCode.ASCENSION_DAY, HolidayCode.LIBERATION_DAY]


def test_years_before_kings_day_are_refused():
    assert refusal(deadlines.holidays, 2013) == "YEAR_UNKNOWN"


@CASES
@given(days)
def test_weekends_are_no_working_days(day):
    holiday_dates = {holiday.date for holiday in deadlines.holidays(day.year)}
    expected = day.isoweekday() <= 5 and day not in holiday_dates
    assert deadlines.is_working_day(day) == expected
    assert not deadlines.is_working_day(day, frozenset({day}))


@pytest.mark.parametrize(
    ("amount", "unit", "moves"),
    [
        (90, Unit.DAYS, True),
        (91, Unit.DAYS, False),
        (12, Unit.WEEKS, True),
        (13, Unit.WEEKS, False),
        (3, Unit.MONTHS, True),
        (4, Unit.MONTHS, False),
        (1, Unit.YEARS, False),
    ],
)
def test_long_terms_do_not_move(amount, unit, moves):
    # A start for which counting ends on a Sunday.
    start = next(
        day
        for day in (date(2026, 6, 1) + timedelta(days=n) for n in range(14))
        if deadlines.term_end(day, amount, unit, atw_applies=False).raw.isoweekday() == 7
    )
    end = deadlines.term_end(start, amount, unit, atw_applies=True)
    assert (end.last_day != end.raw) == moves


def test_the_own_rules_of_the_municipality_do_not_move():
    end = deadlines.term_end(date(2026, 3, 1), 14, Unit.DAYS, atw_applies=False)
    assert end.last_day == end.raw == date(2026, 3, 15)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "raw"),
    [
        (date(2024, 2, 29), 1, Unit.YEARS, date(2025, 2, 28)),
        (date(2025, 12, 31), 2, Unit.MONTHS, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, Unit.MONTHS, date(2026, 1, 15)),
        (date(2026, 5, 31), 1, Unit.MONTHS, date(2026, 6, 30)),
        (date(2026, 3, 28), 1, Unit.DAYS, date(2026, 3, 29)),
        (date(2026, 1, 1), 0, Unit.DAYS, date(2026, 1, 1)),
    ],
)
def test_months_and_years_keep_the_day_number(start, amount, unit, raw):
    assert deadlines.term_end(start, amount, unit, atw_applies=False).raw == raw


@CASES
@given(days, st.integers(min_value=3, max_value=90))
def test_a_moved_term_ends_on_a_working_day_and_holds_two(start, amount):
    end = deadlines.term_end(start, amount, Unit.DAYS, atw_applies=True)
    inside = [start + timedelta(days=n) for n in range(1, (end.last_day - start).days + 1)]
    assert deadlines.is_working_day(end.last_day)
    assert sum(deadlines.is_working_day(day) for day in inside) >= 2
    assert timedelta(0) <= end.last_day - end.raw <= timedelta(days=7)


def test_two_days_need_not_hold_two_working_days():
    end = deadlines.term_end(date(2026, 12, 25), 2, Unit.DAYS, atw_applies=True)
    assert end.last_day == date(2026, 12, 28)


def test_an_extra_holiday_moves_the_term():
    extra = frozenset({date(2026, 5, 6)})
    end = deadlines.deadline(DeadlineKind.OBJECT, date(2026, 3, 25), extra_holidays=extra)
    assert end.last_day == date(2026, 5, 7)


def test_counting_back_never_moves():
    assert deadlines.backward_term(date(2026, 4, 13), 1, Unit.WEEKS) == date(2026, 4, 6)
    code = refusal(deadlines.backward_term, date(2026, 4, 13), 1, Unit.MONTHS)
    assert code == "TERM_INVALID"


def test_a_negative_term_is_refused():
    code = refusal(deadlines.term_end, date(2026, 1, 1), -1, Unit.DAYS, atw_applies=True)
    assert code == "TERM_INVALID"


START = date(2026, 3, 2)
BASE = date(2026, 6, 1)


def stop(first: date, days_long: int) -> ClockStop:
    return ClockStop(first, first + timedelta(days=days_long))


@pytest.mark.parametrize(
    ("stops", "stopped"),
    [
        ([], 0),
        ([stop(date(2026, 3, 10), 10)], 10),
        ([stop(date(2026, 3, 10), 10), stop(date(2026, 3, 10), 10)], 10),
        ([stop(date(2026, 3, 10), 10), stop(date(2026, 3, 15), 10)], 15),
        ([stop(date(2026, 3, 10), 20), stop(date(2026, 3, 12), 3)], 20),
        ([stop(date(2026, 4, 1), 5), stop(date(2026, 3, 10), 10)], 15),
        ([stop(date(2026, 3, 10), 0)], 0),
        ([stop(date(2026, 3, 10), -3)], 0),
        # It began before the term, of which the first day is 3 March.
        ([stop(date(2026, 2, 20), 15)], 4),
        ([stop(START, 1)], 0),
        # On the last day, and the day after it.
        ([stop(BASE, 7)], 7),
        ([stop(BASE + timedelta(days=1), 7)], 0),
        # Within the extension that the first stop gives.
        ([stop(date(2026, 3, 10), 10), stop(BASE + timedelta(days=5), 3)], 13),
    ],
    ids=range(13),
)
def test_the_clock_stands_still(stops, stopped):
    result = deadlines.deadline(DeadlineKind.DECIDE_SCHEME, START, stops=stops)
    assert result.base == BASE
    assert result.stopped_days == stopped
    assert result.last_day == BASE + timedelta(days=stopped)


stop_lists = st.lists(
    st.builds(
        stop,
        st.dates(min_value=date(2026, 2, 1), max_value=date(2026, 8, 1)),
        st.integers(min_value=0, max_value=40),
    ),
    max_size=5,
)


@CASES
@given(stop_lists)
def test_the_term_runs_over_exactly_the_days_in_no_stop(stops):
    running, day = 0, START
    while running < 91:
        day += timedelta(days=1)
        running += not any(stop.first_day <= day < stop.resumes_on for stop in stops)
    assert deadlines.deadline(DeadlineKind.DECIDE_SCHEME, START, stops=stops).last_day == day


def test_a_stopped_term_in_an_act_moves_afterwards():
    # Eight weeks from 2 March end on Monday 27 April, King's Day; five days on is a Saturday.
    stops = [stop(date(2026, 3, 10), 5)]
    result = deadlines.deadline(DeadlineKind.DECIDE_DEFAULT, START, stops=stops)
    assert result.base == date(2026, 4, 27)
    assert result.last_day == date(2026, 5, 4)


def test_completion_ends_with_the_earlier_of_completion_and_term():
    asked, term_ends = date(2026, 3, 9), date(2026, 3, 23)
    late = ClockStop.completion(
        requested_on=asked, completed_on=date(2026, 4, 1), term_ends_on=term_ends
    )
    unused = ClockStop.completion(requested_on=asked, term_ends_on=term_ends)
    assert late == unused == ClockStop(date(2026, 3, 10), term_ends)


STOPPABLE = {
    DeadlineKind.DECIDE_DEFAULT,
    DeadlineKind.DECIDE_SCHEME,
    DeadlineKind.OBJECTION_DECIDE,
    DeadlineKind.OBJECTION_DECIDE_COMMITTEE,
}


@pytest.mark.parametrize("kind", DeadlineKind)
def test_every_kind_has_a_length_and_only_decisions_stop(kind):
    assert CATALOGUE[kind].source
    start = date(2026, 12, 31)
    assert deadlines.deadline(kind, start).base > start
    stops = [stop(date(2027, 1, 4), 1)]
    if kind in STOPPABLE:
        assert deadlines.deadline(kind, start, stops=stops).stopped_days == 1
    else:
        assert refusal(deadlines.deadline, kind, start, stops=stops) == "NO_CLOCK_STOP"


def test_another_length_in_the_same_unit():
    result = deadlines.deadline(DeadlineKind.DECIDE_SCHEME, START, amount=8)
    assert result.last_day == START + timedelta(weeks=8)


def test_the_yearly_account_follows_the_calendar_year():
    code = refusal(deadlines.deadline, DeadlineKind.ACCOUNT_YEARLY, date(2026, 7, 31))
    assert code == "PERIOD_END"


def test_an_unknown_kind_is_refused():
    assert deadlines.deadline_kind("OBJECT") is DeadlineKind.OBJECT
    assert refusal(deadlines.deadline_kind, "FOREVER") == "UNKNOWN_KIND"


@pytest.mark.parametrize(
    ("posted", "due"),
    [
        ("2026-10-24T18:00:00+02:00", "2026-10-26T17:00:00+01:00"),
        ("2026-03-27T02:30:00+01:00", "2026-03-29T03:30:00+02:00"),
        ("2026-07-01T12:00:00Z", "2026-07-03T14:00:00+02:00"),
    ],
)
def test_forty_eight_hours_are_real_hours(posted, due):
    assert deadlines.notice_due(datetime.fromisoformat(posted)).isoformat() == due


@CASES
@given(st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2030, 1, 1)))  # noqa: DTZ001
def test_notice_is_always_48_hours_later(naive):
    posted = naive.replace(tzinfo=AMSTERDAM)
    due = deadlines.notice_due(posted)
    assert due.astimezone(UTC) - posted.astimezone(UTC) == timedelta(hours=48)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-28T23:30:00Z", date(2026, 3, 29)),
        ("2026-03-29T21:59:59Z", date(2026, 3, 29)),
        ("2026-03-29T22:00:00Z", date(2026, 3, 30)),
        ("2026-10-25T22:59:59Z", date(2026, 10, 25)),
        ("2026-10-25T23:00:00Z", date(2026, 10, 26)),
    ],
)
def test_days_on_which_the_clock_changes(moment, day):
    assert deadlines.local_date(datetime.fromisoformat(moment)) == day


@pytest.mark.parametrize("function", [deadlines.notice_due, deadlines.local_date])
def test_a_moment_without_offset_is_refused(function):
    assert refusal(function, datetime(2026, 3, 1, 12, 0)) == "TIMEZONE_MISSING"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("late", "owed"),
    [(0, 0), (1, 23), (14, 322), (15, 357), (28, 812), (29, 857), (42, 1442), (43, 1442)],
)
def test_the_penalty_rises_after_14_and_28_days(late, owed):
    assert deadlines.penalty(late) == Decimal(owed)


def test_negative_penalty_days_are_refused():
    assert refusal(deadlines.penalty, -1) == "DAYS_INVALID"
