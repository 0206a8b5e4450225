"""Scoring in several windows, and assigning with a reason: nothing typed is lost, nothing begun disappears."""

import pytest
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.models import OutgoingMail
from subsidies.models import Review
from subsidies.services import commission, reviews
from subsidies.services.commission import AlreadySubmitted, BegunReview, ReasonMissing, Why
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    REASONS,
    assessing_round,
    assigned,
    declared_member,
    submitted,
)

pytestmark = pytest.mark.django_db
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def review(client):
    """Accepted, by who is logged in."""
    review = assigned(assessing_round(applications=1))[0]
    reviews.accept_review(review, by=review.member.user, at=ASSESSED_AT)
    client.force_login(review.member.user)
    return Review.objects.get(pk=review.pk)


def typed(review: Review, **changed: str) -> dict[str, str]:
    data = {"version": reviews.version_of(review), "page": "een", "turn": "1"}
    for criterion in review.application.round.criteria.all():
        data |= {f"score_{criterion.code}": "4", f"text_{criterion.code}": REASONS}
    return data | changed


def test_a_save_on_the_way_answers_with_the_version_it_made(client, review):
    answer = client.post(review.get_absolute_url(), typed(review), headers=SCRIPT)
    review.refresh_from_db()
    assert answer.status_code == 200
    assert reviews.version_of(review) in answer.json()["parts"]["versie"]
    assert review.state == "in_progress"
    again = client.post(review.get_absolute_url(), typed(review), headers=SCRIPT)
    assert again.status_code == 200  # its own lost answer is no conflict


def test_an_older_window_does_not_overwrite_a_newer_save(client, review):
    old = typed(review, page="oud", text_profiel="Getypt in het oude venster, en lang genoeg.")
    client.post(review.get_absolute_url(), typed(review, page="nieuw"), headers=SCRIPT)
    refused = client.post(review.get_absolute_url(), {**old, "save": "1"})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "in een ander venster bewaard" in text
    assert "Getypt in het oude venster" in text
    assert "filling.js" not in text  # and nothing saves it in passing
    assert review.scores.get(criterion__code="profiel").motivation == REASONS
    assert client.post(review.get_absolute_url(), old, headers=SCRIPT).status_code == 409

    newest = Review.objects.get(pk=review.pk)
    knowing = {**old, "version": reviews.version_of(newest), "save": "1"}
    assert client.post(review.get_absolute_url(), knowing).status_code == 302
    assert review.scores.get(criterion__code="profiel").motivation.startswith("Getypt")


def test_an_open_window_hears_of_another(client, review):
    address = reverse("subsidies:review_presence", args=[review.pk])
    asked = {"version": reviews.version_of(review), "page": "oud"}
    assert "ander venster" not in client.get(address, asked).json()["parts"]["ook-open"]
    client.post(review.get_absolute_url(), typed(review, page="nieuw"), headers=SCRIPT)
    assert "ander venster" in client.get(address, asked).json()["parts"]["ook-open"]


def test_after_the_advice_nothing_is_kept_and_what_was_typed_stays_on_the_page(client, review):
    data = typed(review, text_profiel="Dit kwam te laat maar is niet weg.", submit="1")
    move(review.application, state="advised")
    refused = client.post(review.get_absolute_url(), data)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "Deze aanvraag wordt nu niet beoordeeld." in text
    assert "Dit kwam te laat maar is niet weg." in text
    assert not review.scores.exists()


# --- assigning


def test_departing_from_the_proposal_asks_for_a_reason_that_the_page_shows(client):
    round_ = assessing_round(applications=1, members=4)
    application = round_.applications.get()
    rows = commission.standings(round_, day=ASSESSED_AT.date())
    chosen = [row.member.pk for row in rows]
    client.force_login(UserFactory(secretary=True))
    address = reverse("subsidies:commission_assign", args=[round_.pk])
    data = {f"a{application.pk}": chosen}
    refused = client.post(address, data)
    assert refused.status_code == 422
    assert "Vul in waarom." in refused.content.decode()
    assert not Review.objects.exists()

    assert client.post(address, {**data, "reason": "Vier wilden graag."}).status_code == 302
    text = client.get(address).content.decode()
    assert "Vier wilden graag." in text
    assert f"{application.number}: bij: " in text
    assert "1 aanvraag" in text
    assert OutgoingMail.objects.filter(subject__startswith="Uw beoordelingen in").count() == 4


def test_the_history_of_assigning_leaves_out_what_the_secretary_has_an_interest_in(client):
    round_ = assessing_round(applications=2)
    assigned(round_)
    own, other = round_.applications.order_by("number")
    secretary = UserFactory(secretary=True)
    seat = declared_member(round_, user=secretary, function="secretary", organisation=own.board)
    assert seat.user == secretary
    client.force_login(secretary)
    text = client.get(reverse("subsidies:commission_assign", args=[round_.pk])).content.decode()
    assert other.number in text
    assert own.number not in text


def test_a_begun_review_is_kept_when_it_goes_and_comes_back_with_its_member(client, review):
    application, member = review.application, review.member
    reviews.save_review(
        review,
        scores={"profiel": reviews.Given(4, REASONS)},
        by=member.user,
        at=ASSESSED_AT,
    )
    others = [row.member_id for row in application.reviews.exclude(pk=review.pk)]
    lead = UserFactory(secretary=True)
    wish = {application.pk: others}

    def assign(wanted, **why):
        commission.assign_round(application.round, wanted, why=Why(**why), by=lead, at=ASSESSED_AT)

    with pytest.raises(BegunReview):
        assign(wish, reason="Ziek.")
    with pytest.raises(ReasonMissing):
        assign(wish, begun_may_go=True)
    assign(wish, reason="Ziek.", begun_may_go=True)
    review.refresh_from_db()
    assert review.state == "withdrawn"
    assert review.scores.filter(score=4).exists()
    assert client.get(review.get_absolute_url()).status_code == 404
    assert events_of(review).filter(verb="review_withdrawn").exists()

    assign({application.pk: [*others, member.pk]}, reason="Weer beter.")
    review.refresh_from_db()
    assert review.state == "assigned"
    assert Review.objects.filter(application=application, member=member).count() == 1


def test_a_submitted_review_stays(review):
    submitted(review)
    others = [row.member_id for row in review.application.reviews.exclude(pk=review.pk)]
    with pytest.raises(AlreadySubmitted):
        commission.assign_round(
            review.application.round,
            {review.application_id: others},
            why=Why("Anders.", begun_may_go=True),
            by=None,
            at=ASSESSED_AT,
        )


def test_a_direct_post_cannot_assign_who_has_an_interest(client):
    round_ = assessing_round(applications=1)
    application = round_.applications.get()
    tied = declared_member(round_, organisation=application.board)
    client.force_login(UserFactory(secretary=True))
    address = reverse("subsidies:commission_assign", args=[round_.pk])
    sent = client.post(address, {f"a{application.pk}": [tied.pk], "reason": "Toch."})
    assert sent.status_code == 422
    assert not Review.objects.exists()
