"""Whether a message arrived (Awb 2:8-2:25): the notice and its mail, a bounce, a second sending, and what counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.mail import MAX_ATTEMPTS
from kvk2.core.models import OutgoingMail
from subsidies.models import Letter, MessageEvent
from subsidies.services import delivery, letters
from subsidies.services.applications import withdraw_application
from subsidies.tests.factories import ApplicationFactory, move
from subsidies.tests.test_models_intake import refuses
from subsidies.worklist import delivery as tasks

pytestmark = pytest.mark.django_db
# T-DL-07: 48 hours, not moved by a holiday.
POSTED = datetime(2026, 12, 24, 17, tzinfo=UTC)
LATER = POSTED + timedelta(hours=49)
DAY = date(2026, 12, 24)
Kind = MessageEvent.Kind


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


@pytest.fixture
def message():
    return posted_message()


def posted_message():
    application = ApplicationFactory(in_review=True)
    move(application.board, electronic_consent_at=POSTED)
    withdraw_application(application, reason="x", by=application.created_by, at=POSTED)
    letter = Letter.objects.get(application=application, code="L22")
    assert letters.render_letter(letter.pk, at=POSTED)
    letter.refresh_from_db()
    return letter.message


def mails(message):
    return OutgoingMail.objects.filter(message_notice__message=message)


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


def test_a_notice_in_time_lets_the_day_of_posting_stand_and_a_later_one_does_not(message):
    assert delivery.counts_from(message) is None
    mails(message).update(sent_at=POSTED + timedelta(hours=48))
    assert delivery.counts_from(message) == DAY
    mails(message).update(sent_at=LATER)
    assert delivery.counts_from(message) == date(2026, 12, 26)


def test_of_what_came_back_the_second_sending_counts(message, leader):
    mails(message).update(sent_at=POSTED)
    for mail in mails(message):
        delivery.record_bounce(message, recipient=mail.to, note="onbekend", by=leader, at=LATER)
    assert delivery.counts_from(message) is None
    with pytest.raises(delivery.NotNotified):
        delivery.record_bounce(message, recipient="x@y.nl", note="", by=leader, at=LATER)

    delivery.notify_again(message, recipient="nieuw@school.nl", by=leader, at=LATER)
    second = OutgoingMail.objects.get(to="nieuw@school.nl")
    assert message.letter.application.number in second.subject
    assert message.ikc.name not in second.body
    OutgoingMail.objects.filter(pk=second.pk).update(sent_at=LATER + timedelta(days=1))
    assert delivery.counts_from(message) == date(2026, 12, 27)
    verbs = {event.verb for event in events_of(message.letter.application)}
    assert {"notice_bounced", "notice_repeated"} <= verbs


def test_paper_counts_from_its_own_day(message, leader):
    with pytest.raises(delivery.PostingDayInvalid):
        delivery.send_on_paper(message, posted_on=DAY - timedelta(days=1), by=leader, at=LATER)
    with pytest.raises(delivery.PostingDayInvalid):
        delivery.send_on_paper(message, posted_on=DAY + timedelta(days=9), by=leader, at=LATER)
    delivery.send_on_paper(message, posted_on=date(2026, 12, 25), by=leader, at=LATER)
    assert delivery.counts_from(message) == date(2026, 12, 25)
    base = {"message": message, "at": LATER}
    name, create = "message_event_paper_has_a_day", MessageEvent.objects.create
    refuses(name, create, **base, kind=Kind.PAPER)
    refuses(name, create, **base, kind=Kind.OPENED, day=DAY)


def test_a_mail_that_keeps_failing_is_a_bounce_once(message):
    mails(message).update(attempts=MAX_ATTEMPTS - 1)
    assert delivery.note_failed_notices(at=LATER) == 0
    mails(message).update(attempts=MAX_ATTEMPTS)
    count = mails(message).count()
    assert delivery.note_failed_notices(at=LATER) == count > 0
    assert delivery.note_failed_notices(at=LATER) == 0
    assert message.events.filter(kind=Kind.BOUNCED, user=None).count() == count


def test_who_heard_nothing_within_48_hours_is_on_the_list(message, leader):
    assert not delivery.unannounced(POSTED + timedelta(hours=47)).exists()
    (task,) = tasks.tasks_for(leader, today=LATER.date())
    assert task.url == message.get_absolute_url()
    assert tasks.tasks_for(UserFactory(signer=True), today=LATER.date()) == []
    mails(message).update(sent_at=POSTED)
    assert not delivery.unannounced(LATER).exists()
    for mail in mails(message):
        delivery.record_bounce(message, recipient=mail.to, note="", by=leader, at=LATER)
    assert delivery.unannounced(LATER).exists()
    MessageEvent.objects.create(message=message, kind=Kind.OPENED, at=LATER)
    assert not delivery.unannounced(LATER).exists()


def test_the_proof_names_everything_and_goes_along_as_a_file(client, message, leader):
    page = client.get(message.get_absolute_url())
    assertContains(page, "Nog niemand kreeg een melding")
    assertContains(page, "wacht op verzending")
    address = mails(message).first().to
    bounced = client.post(url("message_bounce", message.pk), {"recipient": address, "note": "weg"})
    assertRedirects(bounced, message.get_absolute_url())
    assert (
        client.post(url("message_bounce", message.pk), {"recipient": "a@b.nl"}).status_code == 422
    )
    client.post(url("message_again", message.pk), {"recipient": "nieuw@school.nl"})
    assert client.post(url("message_again", message.pk), {"recipient": "x"}).status_code == 422
    client.post(url("message_paper", message.pk), {"posted_on": "26-12-2026"})
    assert (
        client.post(url("message_paper", message.pk), {"posted_on": "1-1-2020"}).status_code == 422
    )

    page = client.get(message.get_absolute_url())
    assertContains(page, "Een termijn telt vanaf 26\N{NO-BREAK SPACE}december 2026")
    assertContains(page, ": weg")
    file = client.get(url("message_proof", message.pk)).content.decode()
    for part in ("melding teruggekomen", "op papier verstuurd", "nieuw@school.nl", "weg"):
        assert part in file, part
    verbs = {event.verb for event in events_of(message.letter.application)}
    assert "message_proof_exported" in verbs


def test_the_addressee_sees_no_proof_and_handles_nothing(client, message):
    director = UserFactory(director=True, ikc=message.ikc)
    client.force_login(director)
    assertNotContains(client.get(message.get_absolute_url()), "Een melding kwam terug")
    for name in ("message_proof", "message_bounce", "message_again", "message_paper"):
        assert client.get(url(name, message.pk)).status_code == 403, name
    assert client.get(url("mail_list")).status_code == 403
    client.force_login(UserFactory(researcher=True))
    assert client.get(url("message_proof", message.pk)).status_code == 404


def test_all_mail_is_listed_with_its_error_and_can_go_again(client, message, leader):
    mail = mails(message).first()
    OutgoingMail.objects.filter(pk=mail.pk).update(
        error="ConnectionRefusedError", attempts=3, next_attempt_at=LATER + timedelta(hours=5)
    )
    page = client.get(f"{url('mail_list')}?status=mislukt")
    assertContains(page, "ConnectionRefusedError")
    assertContains(page, mail.to)
    assertNotContains(page, mail.body[:40])
    assertRedirects(client.post(url("mail_retry", mail.pk)), f"{url('mail_list')}?status=mislukt")
    mail.refresh_from_db()
    assert mail.next_attempt_at == LATER
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=LATER)
    with pytest.raises(delivery.MailSent):
        delivery.try_again(mail, by=leader, at=LATER)
    client.force_login(UserFactory(auditor=True))
    assert client.get(url("mail_list")).status_code == 200
    assert client.post(url("mail_retry", mail.pk)).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_and_the_tasks_ask_as_much_for_one_as_for_three(
    client, leader, rows, django_assert_num_queries
):
    messages = [posted_message() for _ in range(rows)]
    with django_assert_num_queries(3):  # the roles, the messages and the letters about Plus
        found = tasks.tasks_for(leader, today=LATER.date())
    assert len(found) == 1  # three are a line of their own, with the list behind it
    with CaptureQueriesContext(connection) as asked:
        page = client.get(url("mail_list"))
    assertContains(page, mails(messages[-1]).first().to)
    assert len(asked) == 8
    shown = client.get(found[0].url)
    for message in messages:
        assertContains(shown, message.get_absolute_url())
