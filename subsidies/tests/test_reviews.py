from decimal import Decimal

import pytest

from ikc.models import User
from ikc.tests.factories import UserFactory
from kvk2.core.models import AuditEvent
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.models import InterestDeclaration, Review
from subsidies.services import reviews
from subsidies.services.commission import ConflictOfInterest
from subsidies.services.reviews import (
    AdviceAdopted,
    AssessmentClosed,
    Given,
    ReasonMissing,
    ReviewIncomplete,
)
from subsidies.states import ReviewState
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    adopted,
    assessing_round,
    assigned,
    given,
    reviewed,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return assigned(assessing_round(applications=1))[0]


def accepted(review):
    return reviews.accept_review(review, by=review.member.user, at=ASSESSED_AT)


def test_saving_keeps_an_unfinished_review(review):
    accepted(review)

    reviews.save_review(
        review,
        scores={"profiel": Given(4, " goed "), "analyse": Given(None, "later")},
        note="navragen",
        by=review.member.user,
        at=ASSESSED_AT,
    )

    review.refresh_from_db()
    assert (review.state, review.note_to_self) == (ReviewState.IN_PROGRESS, "navragen")
    scores = {row.criterion.code: (row.score, row.motivation) for row in review.scores.all()}
    assert scores == {"profiel": (4, "goed"), "analyse": (None, "later")}


def test_submitting_freezes_the_weighted_total(review):
    accepted(review)
    review = reviews.submit_review(
        review,
        scores=given(review.application.round, (5, 4, 3, 4, 4, 3)),
        by=review.member.user,
        at=ASSESSED_AT,
    )

    # 20×5/5 + 25×4/5 + 20×3/5 + 15×4/5 + 10×4/5 + 10×3/5 = 78
    assert review.total == Decimal("78.00")
    assert (review.state, review.submitted_at) == (ReviewState.SUBMITTED, ASSESSED_AT)
    assert AuditEvent.objects.filter(verb="review_submitted", actor=review.member.user).exists()


@pytest.mark.parametrize(
    ("score", "motivation", "problem"),
    [
        (None, "", "Geef een score"),
        (1, "te kort", "Licht de score 1"),
        (2, "x" * 29, "Licht de score 2"),
        (5, "  " + "x" * 29 + "  ", "Licht de score 5"),
    ],
)
def test_a_low_or_top_score_needs_its_reasons(review, score, motivation, problem):
    accepted(review)
    scores = given(review.application.round) | {"analyse": Given(score, motivation)}

    with pytest.raises(ReviewIncomplete, match=problem) as refusal:
        reviews.submit_review(review, scores=scores, by=review.member.user, at=ASSESSED_AT)

    assert set(refusal.value.problems) == {"analyse"}
    review.refresh_from_db()
    assert (review.state, review.scores.count()) == (ReviewState.ACCEPTED, 0)


@pytest.mark.parametrize("score", [3, 4])
def test_a_middle_score_needs_no_reasons(review, score):
    accepted(review)
    scores = given(review.application.round) | {"analyse": Given(score, "")}

    reviews.submit_review(review, scores=scores, by=review.member.user, at=ASSESSED_AT)


def test_who_did_not_declare_to_have_no_interest_cannot_score(review):
    with pytest.raises(TransitionNotAllowed):
        reviews.submit_review(
            review,
            scores=given(review.application.round),
            by=review.member.user,
            at=ASSESSED_AT,
        )


@pytest.mark.parametrize("deed", ["accept", "save", "submit"])
def test_an_interest_that_arose_meanwhile_stops_every_deed(review, deed):
    accepted(review)
    member = review.member
    move(member, organisation=review.application.board)
    scores = given(review.application.round)
    deeds = {
        "accept": lambda: reviews.accept_review(review, by=member.user, at=ASSESSED_AT),
        "save": lambda: reviews.save_review(review, scores=scores, by=member.user, at=ASSESSED_AT),
        "submit": lambda: reviews.submit_review(
            review, scores=scores, by=member.user, at=ASSESSED_AT
        ),
    }

    with pytest.raises(ConflictOfInterest):
        deeds[deed]()


def test_stepping_aside_needs_a_reason_and_takes_sight_of_the_application(review):
    user = review.member.user
    assert Review.objects.visible_to(user).exists()
    with pytest.raises(ReasonMissing):
        reviews.recuse_review(review, reason=" ", by=user, at=ASSESSED_AT)

    reviews.recuse_review(review, reason="familie", by=user, at=ASSESSED_AT)

    assert not Review.objects.visible_to(user).exists()


def test_others_scores_are_visible_only_after_the_own_are_in():
    first, second, third = assigned(assessing_round(applications=1))
    submitted(first, 3)
    user = second.member.user

    assert set(Review.objects.visible_to(user)) == {second}
    submitted(second, 4)
    assert set(Review.objects.visible_to(user)) == {first, second}
    assert set(Review.objects.visible_to(third.member.user)) == {third}


def test_a_reopened_review_keeps_its_former_scores_in_the_history():
    round_ = reviewed(assessing_round(applications=1))
    review = Review.objects.filter(application__round=round_).order_by("pk").first()

    with pytest.raises(ReasonMissing):
        reviews.reopen_review(review, reason="", by=None, at=ASSESSED_AT)
    reviews.reopen_review(review, reason="score verwisseld", by=None, at=ASSESSED_AT)
    reviews.submit_review(review, scores=given(round_, 3), by=review.member.user, at=ASSESSED_AT)

    review.refresh_from_db()
    assert review.total == Decimal("60.00")
    former = {event.score for event in review.scores.first().events.all()}
    assert former == {4, 3}


def test_nothing_changes_after_the_advice():
    round_ = reviewed(assessing_round(applications=1))
    adopted(round_.applications.get())
    review = Review.objects.filter(application__round=round_).order_by("pk").first()

    assert review.state == ReviewState.LOCKED
    with pytest.raises(AdviceAdopted):
        reviews.reopen_review(review, reason="toch anders", by=None, at=ASSESSED_AT)
    with pytest.raises(AssessmentClosed):
        reviews.save_review(review, scores=given(round_), by=review.member.user, at=ASSESSED_AT)


def test_the_own_reviews_are_those_in_sight_and_nothing_else():
    """`own` is the short way to what `visible_to` says, also for who recused or has an interest."""
    all_of_them = assigned(assessing_round(applications=4))
    member = all_of_them[0].member
    mine = [review for review in all_of_them if review.member == member]
    submitted(mine[0])
    reviews.accept_review(mine[1], by=member.user, at=ASSESSED_AT)
    reviews.recuse_review(mine[1], reason="familie", by=member.user, at=ASSESSED_AT)
    declaration = InterestDeclaration.objects.get(member=member)
    declaration.organisations.add(mine[2].application.board)
    user = User.objects.get(pk=member.user_id)
    own = set(Review.objects.own(user))
    assert own == {mine[0], mine[3]}
    assert own == set(Review.objects.visible_to(user).filter(member__user=user))
    assert set(Review.objects.own(UserFactory())) == set()
