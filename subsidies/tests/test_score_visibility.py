"""Who sees the scores of others, and when: role × phase × own review submitted or not (domain reference 6.2 and 6.3)."""

import pytest

from ikc.tests.factories import OrganisationFactory, UserFactory
from subsidies.models import Review
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import (
    adopted,
    assessing_round,
    assigned,
    declared_member,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]

PHASES = ("assigned", "submitted", "adopted")
OTHERS = {
    # (role, own review): in which phase of the application the review of another member is seen
    ("member", "none"): set(),
    ("member", "open"): set(),
    ("member", "submitted"): {"submitted", "adopted"},
    ("member", "conflicted"): set(),
    ("chair", "open"): set(),
    ("chair", "submitted"): {"assigned", "submitted", "adopted"},
    ("chair", "conflicted"): set(),
    ("secretary", "none"): {"assigned", "submitted", "adopted"},
    ("secretary", "conflicted"): set(),
    ("project_leader", "none"): {"adopted"},
    ("signer", "none"): {"adopted"},
    ("auditor", "none"): {"adopted"},
    ("director", "none"): set(),
    ("school_board", "none"): set(),
    ("childcare_board", "none"): set(),
    ("researcher", "none"): set(),
    ("development_group", "none"): set(),
    ("admin", "none"): set(),
}


def watchers(round_):
    """Per key of OTHERS somebody who stands like that, and the application's reviews of others, not yet submitted."""
    people = {}
    for role, own in OTHERS:
        user = UserFactory(**{{"chair": "secretary"}.get(role, role): True})
        people[role, own] = user
        if own != "none":
            function = "secretary" if role == "secretary" else "member"
            declared_member(
                round_,
                user=user,
                organisation=OrganisationFactory(other=True),
                function=function,
            )
    reviews = assigned(round_)
    kept = {user.pk: own for (_, own), user in people.items()}
    others = [review for review in reviews if review.member.user_id not in kept]
    for review in reviews:
        if kept.get(review.member.user_id) == "submitted":
            submitted(review)
    for (_, own), user in people.items():
        if own == "conflicted":
            move(user.seats.get(), organisation=round_.applications.get().board)
    return people, others


def test_who_sees_the_scores_of_others_when():
    round_ = assessing_round(applications=1, members=3)
    people, others = watchers(round_)
    seen = {key: set() for key in OTHERS}

    for phase in PHASES:
        if phase == "submitted":
            others = [submitted(review) for review in others]
        if phase == "adopted":
            adopted(round_.applications.get())
        for key, user in people.items():
            fresh = type(user).objects.get(pk=user.pk)
            if Review.objects.visible_to(fresh).filter(pk=others[0].pk).exists():
                seen[key].add(phase)

    assert seen == OTHERS
