"""What a timeline makes of events: one line for what somebody did several times on a day."""

from datetime import UTC, datetime

from kvk2.core.timeline import TimelineEntry, merged

ADDED = "heeft een bijlage toegevoegd"


def line(hour: int, sentence: str = ADDED, *, day: int = 1, actor: str = "Sanne") -> TimelineEntry:
    return TimelineEntry(datetime(2026, 5, day, hour, tzinfo=UTC), sentence, actor, "", "")


def test_the_same_deed_on_one_day_is_one_line_at_the_place_of_the_newest():
    lines = merged([line(12), line(11, "heeft ingediend"), line(10), line(9)])

    assert [(each.sentence, each.at.hour, each.times) for each in lines] == [
        (ADDED, 12, 3),
        ("heeft ingediend", 11, 1),
    ]


def test_another_day_and_another_person_keep_their_line():
    lines = merged([line(12, day=2), line(12), line(11, actor="Klaas")])

    assert [each.times for each in lines] == [1, 1, 1]


def test_a_day_ends_at_midnight_of_the_portal():
    # 22.30 UTC on 1 May is half past midnight of 2 May in Leeuwarden
    lines = merged(
        [TimelineEntry(datetime(2026, 5, 1, 22, 30, tzinfo=UTC), ADDED, "Sanne", "", ""), line(12)]
    )

    assert [each.times for each in lines] == [1, 1]
