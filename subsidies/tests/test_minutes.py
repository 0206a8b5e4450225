"""The minutes as a PDF: made by a task, one for all who may see the same items, accessible and durable."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies import tasks
from subsidies.models import CommissionAdvice, MinutesFile
from subsidies.services import meetings, minutes, presentations
from subsidies.services.advice import AdviceContent, draft_advice, edit_advice
from subsidies.tests.factories_assessment import ASSESSED_AT
from subsidies.tests.factories_meetings import (
    DURING,
    STARTS,
    held,
    members_of,
    planned_meeting,
    reviewed_round,
    voted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary():
    return UserFactory(secretary=True)


@pytest.fixture
def meeting(secretary):
    """Held, with questions, an answer, a recusal, votes, and an obligation that the commission proposes."""
    made = planned_meeting(reviewed_round(), secretary)
    item = made.items.select_related("application__round", "meeting__round").first()
    director = item.application.created_by
    presentations.invite(made, [item.pk], by=secretary, at=ASSESSED_AT)
    presentations.send_questions(item, text="Wie doet wat?", by=secretary, at=ASSESSED_AT)
    presentations.answer_questions(item, text="De opvang.", by=director, at=ASSESSED_AT)
    advice = draft_advice(item.application, by=secretary, at=ASSESSED_AT)
    content = AdviceContent(
        conclusion="positive_with_effort",
        text="De commissie is positief.",
        criterion_texts=advice.criterion_texts,
        effort_finding="ouders weinig meedoen",
        effort_text="de ouderbetrokkenheid groeit",
        effort_evidence="een telling",
        effort_due_on=(STARTS + timedelta(days=300)).date(),
    )
    edit_advice(advice, content, by=secretary, at=ASSESSED_AT)
    held(made, secretary)
    voted(item, secretary)
    return meetings.hold_meeting(made, by=secretary, at=DURING)


def test_adopted_minutes_are_made_by_a_task_once_for_the_same_items(client, meeting, secretary):
    tied = members_of(meeting)[-1]
    minutes.adopt_and_order(meeting, by=secretary, at=DURING)
    url = reverse("subsidies:meeting_minutes", args=[meeting.pk])
    client.force_login(tied.user)
    assert client.get(url).status_code == 302  # it is being made
    assert "wordt gemaakt" in client.get(meeting.get_absolute_url()).content.decode()

    assert tasks.render_pending_minutes() == 2  # whole, and without the item of the tied member
    assert tasks.render_pending_minutes() == 0
    whole = minutes.file_for(meeting, UserFactory(project_leader=True))
    partial = minutes.file_for(meeting, tied.user)
    assert (len(whole.items), len(partial.items)) == (2, 1)
    response = client.get(url)
    assert response.getvalue().startswith(b"%PDF")
    hidden = meeting.items.first()
    told = minutes.minutes_context(meeting, partial.items, at=DURING)
    assert hidden.application.number not in str(told.as_dict())


def test_who_sees_other_items_since_then_orders_minutes_of_their_own(client, meeting, secretary):
    minutes.adopt_and_order(meeting, by=secretary, at=DURING)
    MinutesFile.objects.filter(items__len=1).delete()
    member = members_of(meeting)[-1].user
    url = reverse("subsidies:meeting_minutes", args=[meeting.pk])
    client.force_login(member)

    assert "Verslag laten maken" in client.get(meeting.get_absolute_url()).content.decode()
    client.get(url)
    assert minutes.file_for(meeting, member) is None
    client.post(url)
    assert minutes.file_for(meeting, member).items == minutes.items_for(meeting, member)


def test_minutes_that_can_not_be_made_say_why_and_wait(meeting, secretary, settings):
    minutes.adopt_and_order(meeting, by=secretary, at=DURING)
    row = MinutesFile.objects.first()
    municipality, settings.MUNICIPALITY = settings.MUNICIPALITY, {}
    assert not minutes.render_file(row.pk, at=DURING)
    row.refresh_from_db()
    assert row.error
    assert row.next_attempt_at == DURING + timedelta(minutes=1)
    settings.MUNICIPALITY = municipality
    assert not minutes.render_file(row.pk, at=DURING)
    assert minutes.render_file(row.pk, at=DURING + timedelta(minutes=1))


def test_the_minutes_tell_what_the_commission_proposes(meeting, secretary):
    minutes.adopt_and_order(meeting, by=secretary, at=DURING)
    row = MinutesFile.objects.get(items__len=2)
    told = minutes.minutes_context(meeting, row.items, at=DURING)
    assert "de ouderbetrokkenheid groeit" in told.items[0].obligation
    assert CommissionAdvice.objects.get().conclusion == "positive_with_effort"
    assert minutes.render_file(row.pk, at=DURING)
    row.refresh_from_db()
    assert row.stored
