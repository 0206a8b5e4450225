"""Whether an objection is in time: each rule of the Awb with the days of domain reference 3.0.2, without a database."""

from datetime import UTC, date, datetime

import pytest

from kvk2.core.deadlines import ClockStop, DeadlineKind, deadline
from subsidies.objection_terms import Channel, Receipt, Verdict, decide_before, judge, post_until


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def receipt(received: str, channel: Channel = Channel.DESK, **facts) -> Receipt:
    facts.setdefault("last_day", date(2026, 5, 6))
    return Receipt(received_at=at(received), channel=channel, **facts)


@pytest.mark.parametrize(
    ("sent", "last"),
    [("2026-03-25", "2026-05-06"), ("2026-02-20", "2026-04-07"), ("2026-11-13", "2026-12-28")],
    ids=["T-DL-01", "T-DL-02", "T-DL-03"],
)
def test_the_last_day_itself_is_in_time_and_the_day_after_is_not(sent, last):
    last_day = deadline(DeadlineKind.OBJECT, date.fromisoformat(sent)).last_day
    assert last_day == date.fromisoformat(last)
    zone = "+01:00" if last.startswith("2026-12") else "+02:00"
    in_time = judge(receipt(f"{last}T23:59:59{zone}", Channel.PORTAL, last_day=last_day))
    assert in_time.verdict == Verdict.IN_TIME
    after = date.fromordinal(last_day.toordinal() + 1)
    late = judge(receipt(f"{after}T00:00:00{zone}", Channel.PORTAL, last_day=last_day))
    assert late.verdict == Verdict.LATE
    assert "1 dag te laat" in late.reasons[-1]
    assert "6:11" in late.reasons[-1]


@pytest.mark.parametrize(
    ("received", "postmark", "verdict"),
    [
        ("2026-05-13T09:00+02:00", "2026-05-06", Verdict.POSTED_IN_TIME),
        # the week ends on Ascension Day minus one; a day later is over
        ("2026-05-15T09:00+02:00", "2026-05-06", Verdict.LATE),
        ("2026-05-13T09:00+02:00", "2026-05-07", Verdict.LATE),
        ("2026-05-13T09:00+02:00", None, Verdict.LATE),
    ],
)
def test_post_counts_from_its_postmark_and_comes_within_a_week(received, postmark, verdict):
    day = date.fromisoformat(postmark) if postmark else None
    assert judge(receipt(received, Channel.POST, postmark_on=day)).verdict == verdict


def test_the_week_for_the_post_moves_on_from_a_holiday():
    # T-DL-03 ends on 28 December; a week later is 4 January, an ordinary Monday
    assert post_until(date(2026, 12, 28)) == date(2027, 1, 4)
    # a week after 29 March is Easter Sunday, and Monday is a holiday
    assert post_until(date(2026, 3, 29)) == date(2026, 4, 7)


def test_without_a_notice_the_term_is_not_held_against_the_addressee():
    posted = at("2026-03-25T09:00+01:00")
    late = "2026-06-30T10:00+02:00"
    none = judge(receipt(late, Channel.PORTAL, posted_in_portal=posted))
    assert none.verdict == Verdict.NOT_HELD
    assert "2:10" in none.reasons[-1]
    noticed = at("2026-03-25T09:00+01:00")
    told = judge(receipt(late, Channel.PORTAL, posted_in_portal=posted, noticed_at=noticed))
    assert told.verdict == Verdict.LATE
    # who did not want notices bears it
    declined = judge(receipt(late, posted_in_portal=posted, notice_declined=True))
    assert declined.verdict == Verdict.LATE
    # somebody else got no message at all: the rule is not theirs
    assert judge(receipt(late)).verdict == Verdict.LATE


def test_after_a_late_notice_the_six_weeks_count_from_it():
    facts = {
        "posted_in_portal": at("2026-03-25T09:00+01:00"),
        "noticed_at": at("2026-04-02T09:00+02:00"),
    }
    # six weeks after 2 April is Ascension Day, so that it ends on the Friday
    in_time = judge(receipt("2026-05-15T22:00+02:00", **facts))
    assert (in_time.verdict, in_time.last_day) == (Verdict.NOT_HELD, date(2026, 5, 15))
    assert judge(receipt("2026-05-16T10:00+02:00", **facts)).verdict == Verdict.LATE


def test_48_real_hours_over_the_night_in_which_the_clock_goes_forward():
    # posted on Saturday 18.00: on Monday 19.00 summer time 48 hours are over (T-DL-E13)
    posted = at("2026-03-28T18:00+01:00")
    late = "2026-06-30T10:00+02:00"
    for noticed, verdict in (
        ("2026-03-30T19:00+02:00", Verdict.LATE),
        ("2026-03-30T19:01+02:00", Verdict.LATE),
    ):
        found = judge(receipt(late, posted_in_portal=posted, noticed_at=at(noticed)))
        assert found.verdict == verdict
        told_late = any("later dan 48 uur" in sentence for sentence in found.reasons)
        assert told_late == (noticed != "2026-03-30T19:00+02:00")


def test_an_outage_on_the_last_day_excuses_its_own_length():
    outage = (at("2026-05-06T20:00+02:00"), at("2026-05-07T06:00+02:00"))
    facts = {"outages": [outage]}
    excused = judge(receipt("2026-05-07T09:00+02:00", Channel.PORTAL, **facts))
    assert (excused.verdict, excused.last_day) == (Verdict.OUTAGE, date(2026, 5, 7))
    assert judge(receipt("2026-05-08T09:00+02:00", Channel.PORTAL, **facts)).is_late
    # the post was not out of order, and an outage of another day is no excuse
    assert judge(receipt("2026-05-07T09:00+02:00", Channel.DESK, **facts)).is_late
    other = (at("2026-05-01T20:00+02:00"), at("2026-05-02T06:00+02:00"))
    assert judge(receipt("2026-05-07T09:00+02:00", Channel.PORTAL, outages=[other])).is_late


def test_an_outage_in_the_night_in_which_the_clock_goes_back_lasts_an_hour_more():
    # 25 October 2026 has 25 hours; the term ends on Friday 23 October, the outage lasts 24 real hours and a half
    last_day = date(2026, 10, 23)
    outage = (
        datetime(2026, 10, 23, 21, 45, tzinfo=UTC),
        datetime(2026, 10, 24, 22, 15, tzinfo=UTC),
    )
    found = judge(
        receipt("2026-10-24T23:30+02:00", Channel.PORTAL, last_day=last_day, outages=[outage])
    )
    # midnight plus 24.5 hours is half past midnight on Sunday: that Sunday still counts
    assert (found.verdict, found.last_day) == (Verdict.OUTAGE, date(2026, 10, 25))
    # half past two comes twice that night, and both are in time
    for moment in ("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"):
        again = judge(receipt(moment, Channel.PORTAL, last_day=last_day, outages=[outage]))
        assert again.verdict == Verdict.OUTAGE


def test_until_when_is_decided():
    last_day = date(2026, 5, 6)
    assert decide_before(last_day, committee=False) == date(2026, 6, 17)
    assert decide_before(last_day, committee=True) == date(2026, 7, 29)
    stop = ClockStop.completion(
        requested_on=date(2026, 5, 11),
        completed_on=date(2026, 5, 18),
        term_ends_on=date(2026, 5, 25),
    )
    assert decide_before(last_day, committee=False, stops=[stop]) == date(2026, 6, 23)
    assert decide_before(last_day, committee=True, extended_weeks=6) == date(2026, 9, 9)
    agreed = decide_before(last_day, committee=False, agreed_until=date(2026, 8, 1))
    assert agreed == date(2026, 8, 1)
