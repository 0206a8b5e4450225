"""A slot that moves, a meeting that is called off, and advices that need a meeting (domain 3.4; RFC 5545, RFC 5546)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.models import OutgoingMail
from subsidies.documents_notices import TermNoticeContext
from subsidies.models import AgendaItem, CommissionAdvice, CommissionMeeting, Letter, Review
from subsidies.scoring import TooFewReviews
from subsidies.services import advice as advices
from subsidies.services import meetings, presentations
from subsidies.services.advice import AdviceContent, AdviceIncomplete
from subsidies.services.meetings import MeetingFixed, MeetingInvalid, Plan, SlotInvalid
from subsidies.tests.factories_assessment import ASSESSED_AT
from subsidies.tests.factories_meetings import (
    DURING,
    STARTS,
    drafted,
    held,
    planned_meeting,
    reviewed_round,
)
from subsidies.worklist.questions import tasks_for

pytestmark = pytest.mark.django_db
REASON = "Er zijn te weinig leden zonder belang die dag."


@pytest.fixture
def secretary():
    return UserFactory(secretary=True)


@pytest.fixture
def meeting(secretary):
    return planned_meeting(reviewed_round(), secretary)


@pytest.fixture
def item(meeting, secretary):
    """The first slot, of which the applicant was invited."""
    first = meeting.items.first()
    presentations.invite(meeting, [first.pk], by=secretary, at=ASSESSED_AT)
    return AgendaItem.objects.select_related("application", "meeting").get(pk=first.pk)


def calendar_of(client, item):
    client.force_login(item.application.created_by)
    with time_machine.travel(ASSESSED_AT, tick=False):
        text = client.get(reverse("subsidies:presentation_ics", args=[item.pk])).content.decode()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def test_a_moved_slot_is_told_by_letter_and_replaces_the_date_in_the_calendar(
    client, item, secretary
):
    before = calendar_of(client, item)
    with pytest.raises(SlotInvalid, match="al op deze tijd"):
        meetings.move_item(item, starts_at=item.starts_at, minutes=20, by=secretary, at=ASSESSED_AT)
    moved = STARTS + timedelta(hours=2)
    meetings.move_item(item, starts_at=moved, minutes=30, by=secretary, at=ASSESSED_AT)
    after = calendar_of(client, item)

    letter = Letter.objects.get(code="L05V")
    told = TermNoticeContext.from_dict(letter.context)
    assert "vrijdag 24 april 2026 van 11.00 tot 11.30 uur" in told.lead
    assert (before["METHOD"], after["METHOD"]) == ("PUBLISH", "PUBLISH")
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == ("0", "1")
    assert after["DTSTART"] == "20260424T090000Z"
    client.force_login(item.application.created_by)
    with time_machine.travel(ASSESSED_AT, tick=False):
        page = client.get(reverse("subsidies:presentation", args=[item.pk])).content.decode()
    assert "Uw gesprek is verplaatst" in page


def test_who_was_not_invited_hears_nothing_of_a_move(meeting, secretary):
    last = meeting.items.last()
    moved = STARTS + timedelta(hours=3)
    meetings.move_item(last, starts_at=moved, minutes=20, by=secretary, at=ASSESSED_AT)

    last.refresh_from_db()
    assert last.sequence == 0
    assert not Letter.objects.exists()


def test_a_meeting_that_is_off_is_told_and_frees_its_applications(client, meeting, item, secretary):
    client.force_login(secretary)
    url = reverse("subsidies:meeting_cancel", args=[meeting.pk])
    with time_machine.travel(ASSESSED_AT, tick=False):
        assert "Vergadering afzeggen" in client.get(url).content.decode()
        assert client.post(url, {"text": "kort"}).status_code == 422
        assert client.post(url, {"text": REASON}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.cancel_reason) == ("cancelled", REASON)

    letter = Letter.objects.get(code="L05A")  # only who was invited
    assert REASON in TermNoticeContext.from_dict(letter.context).parts[0].paragraphs
    told = set(
        OutgoingMail.objects.filter(subject__contains="gaat niet door").values_list("to", flat=True)
    )
    assert told == {seat.user.email for seat in meetings.seats_of(meeting)}
    calendar = calendar_of(client, item)
    assert (calendar["METHOD"], calendar["STATUS"]) == ("CANCEL", "CANCELLED")
    assert calendar["SEQUENCE"] == "1"
    assert meetings.without_slot(meeting.round).count() == 2

    with pytest.raises(MeetingFixed, match="gaat niet door"):
        held(meeting, secretary)
    with pytest.raises(MeetingFixed, match="gaat niet door"):
        meetings.move_item(
            item, starts_at=STARTS + timedelta(hours=4), minutes=20, by=secretary, at=ASSESSED_AT
        )
    with pytest.raises(IntegrityError, match="meeting_minutes_are_for_good"), transaction.atomic():
        CommissionMeeting.objects.filter(pk=meeting.pk).update(place="elders")


def test_a_meeting_is_off_for_a_reason_and_only_before_it_is_held(meeting, secretary):
    with pytest.raises(MeetingInvalid, match="10 tekens"):
        meetings.cancel_meeting(meeting, reason=" ", by=secretary, at=ASSESSED_AT)
    with pytest.raises(IntegrityError, match="meeting_cancelled_says_why"), transaction.atomic():
        CommissionMeeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    held(meeting, secretary)
    with pytest.raises(MeetingFixed, match="wie er waren"):
        meetings.cancel_meeting(meeting, reason=REASON, by=secretary, at=DURING)


def test_open_questions_wait_on_the_work_list_of_the_applicant(item, secretary):
    director = item.application.created_by
    presentations.send_questions(item, text="Wie doet wat?", by=secretary, at=ASSESSED_AT)
    with time_machine.travel(ASSESSED_AT, tick=False):
        (task,) = tasks_for(director, today=ASSESSED_AT.date())
    assert task.url == reverse("subsidies:presentation", args=[item.pk])
    assert task.due == STARTS.date()
    with time_machine.travel(DURING, tick=False):
        assert tasks_for(director, today=DURING.date()) == []
    presentations.answer_questions(item, text="De opvang.", by=director, at=ASSESSED_AT)
    with time_machine.travel(ASSESSED_AT, tick=False):
        (left,) = tasks_for(director, today=ASSESSED_AT.date())
    assert left.title.startswith("Gesprek met de IKC-commissie")


def test_in_a_round_with_a_meeting_an_advice_comes_from_a_meeting(meeting, secretary):
    first, _ = meeting.items.select_related("application__round", "meeting__round")
    meetings.cancel_meeting(meeting, reason=REASON, by=secretary, at=ASSESSED_AT)
    advice = drafted(first, secretary)
    plan = Plan(starts_at=STARTS, place="stadskantoor")
    second = meetings.plan_meeting(meeting.round, plan, by=secretary, at=ASSESSED_AT)

    with pytest.raises(AdviceIncomplete, match="staat op geen agenda"):
        advices.discuss_advice(advice, meeting_on=STARTS.date(), by=secretary, at=DURING)
    CommissionAdvice.objects.update(state="discussed", meeting_on=STARTS.date())
    with pytest.raises(AdviceIncomplete, match="staat op geen agenda"):
        advices.adopt_advice(advice, by=secretary, at=DURING)
    CommissionAdvice.objects.update(state="draft", meeting_on=None)
    meetings.cancel_meeting(second, reason=REASON, by=secretary, at=ASSESSED_AT)
    discussed = advices.discuss_advice(advice, meeting_on=STARTS.date(), by=secretary, at=DURING)
    assert discussed.state == "discussed"  # no meeting in the portal: as before


def test_a_draft_advice_stays_shut_without_a_quorum_of_reviews(client, meeting, secretary):
    item = meeting.items.first()
    advice = drafted(item, secretary)
    edit = reverse("subsidies:advice_edit", args=[item.application_id])
    client.force_login(secretary)
    assert client.get(edit).status_code == 200
    review = Review.objects.filter(application=item.application).order_by("pk").first()
    Review.objects.filter(pk=review.pk).update(state="reopened")

    assert client.get(edit).status_code == 302
    content = AdviceContent(conclusion="positive", text="x", criterion_texts={})
    with pytest.raises(TooFewReviews, match="2 beoordelingen"):
        advices.edit_advice(advice, content, by=secretary, at=DURING)


def test_a_chair_who_still_has_to_score_is_as_blind_as_a_member(client, meeting, secretary):
    item = meeting.items.first()
    drafted(item, secretary)
    client.force_login(secretary)
    room = reverse("subsidies:item_room", args=[item.pk])
    assert client.get(room).status_code == 200
    review = Review.objects.filter(application=item.application).order_by("pk").first()
    Review.objects.filter(pk=review.pk).update(state="in_progress")
    review.member.user = secretary
    review.member.save(update_fields=["user"])

    for name, pk in (("item_room", item.pk), ("advice_edit", item.application_id)):
        response = client.get(reverse(f"subsidies:{name}", args=[pk]), follow=True)
        assert "Dien eerst uw eigen beoordeling in" in response.content.decode()
