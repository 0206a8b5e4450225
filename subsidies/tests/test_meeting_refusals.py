"""What a meeting refuses at its own addresses: to who has an interest, to who does not lead, and without a quorum."""

import pytest
import time_machine
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.models import AdviceResponse, ItemVote, MemberQuestion, Review, ScoreChange
from subsidies.services import deliberation
from subsidies.services.commission import recuse_conflicted
from subsidies.tests.factories_assessment import ASSESSED_AT
from subsidies.tests.factories_meetings import (
    DURING,
    drafted,
    held,
    members_of,
    planned_meeting,
    reviewed_round,
    voted,
)

pytestmark = pytest.mark.django_db
WHY = "In het gesprek bleek dat de ouders wel degelijk meebeslissen."


@pytest.fixture
def secretary():
    return UserFactory(secretary=True)


@pytest.fixture
def meeting(secretary):
    return planned_meeting(reviewed_round(), secretary)


def address(name, item):
    return reverse(f"subsidies:{name}", args=[item.pk])


def written_down():
    """All that a deed in a meeting can leave behind."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (ItemVote, MemberQuestion, ScoreChange, AdviceResponse, Review)
    ]


def deeds(item, member, criterion):
    score = {"criterion": criterion.pk, "after": "5", "reason": WHY}
    return {
        "item_move": {"begins": "16:00", "minutes": "20"},
        "item_ask": {"text": "Waarom?"},
        "item_questions": {"text": "Waarom?"},
        "item_score": score,
        "item_own_score": score,
        "item_votes": {f"m{member.pk}": "for"},
        "item_agree": {},
        "item_comment": {"text": "Te streng."},
    }


def test_a_member_who_turned_out_to_have_an_interest_finds_nothing_behind_an_old_link(
    client, meeting, secretary
):
    """The link was in a mail from before the declaration; every deed is refused and changes nothing."""
    item = meeting.items.select_related("application").first()
    criterion = meeting.round.criteria.first()
    review = Review.objects.filter(application=item.application).select_related("member").first()
    member = review.member
    client.force_login(member.user)
    links = [item.get_absolute_url(), review.get_absolute_url()]
    assert [client.get(link).status_code for link in links] == [200, 200]
    drafted(item, secretary)
    member.declarations.get(round=meeting.round).ikcs.add(item.application.ikc)
    recuse_conflicted(meeting.round, at=ASSESSED_AT)
    before = written_down()

    client.force_login(member.user)
    assert [client.get(link).status_code for link in links] == [404, 404]
    with time_machine.travel(DURING, tick=False):
        for name, typed in deeds(item, member, criterion).items():
            assert client.post(address(name, item), typed).status_code == 404, name
    assert written_down() == before


def test_a_member_who_does_not_lead_writes_nothing_down_for_the_commission(
    client, meeting, secretary
):
    item = meeting.items.first()
    drafted(item, secretary)
    held(meeting, secretary)
    voted(item, secretary)
    member = members_of(meeting)[0]
    typed = deeds(item, member, meeting.round.criteria.first())
    before = written_down()
    client.force_login(member.user)

    with time_machine.travel(DURING, tick=False):
        for name in ("item_move", "item_questions", "item_score", "item_votes"):
            assert client.post(address(name, item), typed[name]).status_code == 403, name
        for name in ("meeting_cancel", "meeting_hold", "meeting_attendance"):
            assert client.post(address(name, meeting), {"text": WHY}).status_code == 403, name
    assert written_down() == before


def test_a_vote_without_a_quorum_is_refused_with_the_reason(client, meeting, secretary):
    item = meeting.items.first()
    drafted(item, secretary)
    held(meeting, secretary, members_of(meeting)[:2])
    client.force_login(secretary)
    votes = {f"m{row.pk}": "for" for row in deliberation.participants(item)}

    with time_machine.travel(DURING, tick=False):
        response = client.post(address("item_votes", item), votes)
    assert response.status_code == 422
    assert "2 leden deden mee en er zijn er minstens 3 nodig" in response.content.decode()
    assert not ItemVote.objects.exists()


def test_a_score_that_changes_after_the_conversation_is_shown_with_before_after_and_why(
    client, meeting, secretary
):
    item = meeting.items.first()
    criterion = meeting.round.criteria.get(code="domeinen")
    review = Review.objects.filter(application=item.application).order_by("pk").first()
    client.force_login(review.member.user)
    typed = {"criterion": criterion.pk, "after": "4", "reason": "te kort"}

    with time_machine.travel(DURING, tick=False):
        assert client.post(address("item_own_score", item), typed).status_code == 422
        assert not ScoreChange.objects.exists()
        typed["reason"] = WHY
        assert client.post(address("item_own_score", item), typed).status_code == 302
        own = client.get(item.get_absolute_url()).content.decode()
        client.force_login(secretary)
        typed["after"] = "4,50"
        assert client.post(address("item_score", item), typed).status_code == 302
        advice = reverse("subsidies:advice_detail", args=[item.application_id])
        whole = client.get(advice).content.decode()

    for part in ("van 2,00 naar", "4,00", WHY, "Uw eigen score"):
        assert part in own
    assert review.member.user.full_name in whole
    assert "van 2,67 naar" in whole
    assert "4,50" in whole
