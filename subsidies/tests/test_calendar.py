"""The calendar of somebody's terms: the secret address, what is in it, and when it stops working."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from ikc.models import RoleAssignment
from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.icalendar import Event, calendar_text
from kvk2.core.models import AuditEvent
from subsidies.models import CalendarFeed
from subsidies.services.calendars import renew_feed, revoke_feed
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, open_round

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def feed_of(client, token, **headers):
    return client.get(reverse("subsidies:calendar_feed", args=[token]), headers=headers)


def unfolded(response):
    return response.content.decode().replace("\r\n ", "").split("\r\n")


# --- the notation (RFC 5545)


def lines_of(*events):
    return calendar_text("Termijnen", events, made_at=NOW).split("\r\n")


def test_a_day_and_a_moment():
    lines = lines_of(
        Event("een", "Dag", date(2026, 12, 31)), Event("twee", "Moment", NOW + timedelta(hours=1))
    )
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "DTSTART:20261122T103000Z" in lines
    assert lines.count("DTSTAMP:20261122T093000Z") == 2


def test_text_is_escaped_and_can_start_no_line_of_its_own():
    title = "A; B, C\\D\r\nATTENDEE:x\x07"
    (line,) = (line for line in lines_of(Event("x", title, date(2026, 1, 1))) if "SUMMARY" in line)
    assert line == "SUMMARY:A\\; B\\, C\\\\D\\nATTENDEE:x"
    assert not [line for line in lines_of(Event("a\nb", "x", date(2026, 1, 1))) if line == "b"]


def test_long_lines_are_folded_between_characters():
    title = "é€" * 60
    lines = lines_of(Event("x", title, date(2026, 1, 1)))
    assert max(len(line.encode()) for line in lines) <= 75
    start = next(n for n, line in enumerate(lines) if line.startswith("SUMMARY:"))
    whole = lines[start]
    for line in lines[start + 1 :]:
        if not line.startswith(" "):
            break
        whole += line[1:]
    assert whole == f"SUMMARY:{title}"


# --- the feed


@pytest.mark.django_db
def test_the_secret_is_shown_once_and_kept_nowhere(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    open_round(name="Taalronde")
    page = reverse("subsidies:calendar")
    assertContains(client.get(page), "Adres maken")

    address = client.post(page).context["address"]

    token = address.rpartition("/")[2].removesuffix(".ics")
    assert token not in str(CalendarFeed.objects.values_list())
    assert token not in str(list(AuditEvent.objects.values_list("data", flat=True)))
    assertNotContains(client.get(page), token)
    client.logout()
    answer = feed_of(client, token)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"].startswith("private")
    assert "SUMMARY:Taalronde sluit" in unfolded(answer)


@pytest.mark.django_db
def test_renewing_and_revoking_stop_the_old_address(client):
    user = UserFactory(project_leader=True)
    first = renew_feed(by=user, at=NOW)
    second = renew_feed(by=user, at=NOW)
    assert feed_of(client, first).status_code == 404
    assert feed_of(client, second).status_code == 200
    revoke_feed(by=user, at=NOW)
    revoke_feed(by=user, at=NOW)
    assert feed_of(client, second).status_code == 404
    assert feed_of(client, "x" * 500).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["inactive", "no role"])
def test_it_ends_with_the_account_and_with_the_last_role(end, client):
    user = UserFactory(project_leader=True)
    token = renew_feed(by=user, at=NOW)
    if end == "inactive":
        user.is_active = False
        user.save()
    else:
        yesterday = timezone.localdate() - timedelta(days=1)
        RoleAssignment.objects.filter(user=user).update(valid_until=yesterday)
    assert feed_of(client, token).status_code == 404


@pytest.mark.django_db
def test_everybody_gets_their_own_terms_only(client):
    round_ = open_round(name="Ronde IKC-ontwikkeling")
    mine = UserFactory(director=True, ikc=IkcFactory(name="IKC Eigen"))
    application = ApplicationFactory(
        round=round_, ikc=mine.assignments.get().ikc, director=mine, in_review=True, score=71
    )
    other = ApplicationFactory(round=round_, ikc=IkcFactory(name="IKC Ander"), in_review=True)

    text = feed_of(client, renew_feed(by=mine, at=NOW)).content.decode()

    assert application.number in text
    titles = [line for line in text.replace("\r\n ", "").split("\r\n") if "SUMMARY" in line]
    for absent in (other.number, "IKC Ander", "71", "15.000", "15000"):
        assert not [title for title in titles if absent in title]


@pytest.mark.django_db
def test_what_did_not_change_is_not_sent_again(client):
    user = UserFactory(project_leader=True)
    token = renew_feed(by=user, at=NOW)
    mark = feed_of(client, token)["ETag"]
    again = feed_of(client, token, if_none_match=mark)
    assert (again.status_code, again.content) == (304, b"")
    open_round()
    assert feed_of(client, token, if_none_match=mark).status_code == 200


@pytest.mark.django_db
def test_asking_all_the_time_is_refused_for_a_while(client):
    token = renew_feed(by=UserFactory(project_leader=True), at=NOW)
    codes = [feed_of(client, token).status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]


@pytest.mark.django_db
def test_the_dates_of_a_round_once(client):
    client.force_login(UserFactory(director=True, ikc=IkcFactory()))
    round_ = SubsidyRoundFactory(open=True, name="Taalronde")
    lines = unfolded(client.get(reverse("subsidies:round_dates", args=[round_.pk])))
    assert "SUMMARY:Taalronde gaat open" in lines
    assert f"DTSTART:{round_.closes_at:%Y%m%dT%H%M%SZ}" in lines
    draft = SubsidyRoundFactory()
    assert client.get(reverse("subsidies:round_dates", args=[draft.pk])).status_code == 404


@pytest.mark.django_db
def test_a_secret_as_it_is_cannot_be_stored():
    user = UserFactory()
    with (
        pytest.raises(IntegrityError, match="calendar_feed_keeps_a_fingerprint"),
        transaction.atomic(),
    ):
        CalendarFeed.objects.create(user=user, fingerprint="geheim", created_at=NOW)
