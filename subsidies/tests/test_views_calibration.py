"""The pages of the exercise: from making the case to its conclusion, mistakes at their field, and what they cost."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.models import (
    Calibration,
)
from subsidies.services import calibrations, reviews
from subsidies.services.anchors import change_anchors
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    REASONS,
    assessing_round,
    assigned,
)
from subsidies.tests.factories_calibration import (
    MEANINGS,
    closed,
    earlier_application,
    members,
    opened,
    scored,
    supporting_secretary,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
TODAY = date(2026, 5, 21)


@pytest.fixture
def secretary():
    return supporting_secretary()


@pytest.fixture
def round_():
    return assessing_round(applications=1, members=3)


@pytest.fixture
def source():
    return earlier_application()


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


def test_the_whole_exercise_in_pages(client, round_, source, secretary):
    criterion = round_.criteria.order_by("order").first()
    client.force_login(secretary)
    page = client.get(url("calibration_new", round_.pk)).content.decode()
    assert source.number in page
    answer = client.post(
        url("calibration_new", round_.pk),
        {"title": "Oefenaanvraag", "source": source.pk, "comes_first": "on"},
    )
    calibration = Calibration.objects.get()
    assert (
        client.post(
            url("calibration_new", round_.pk), {"title": "Nog een", "source": 0}
        ).status_code
        == 422
    )
    assert answer.url == url("calibration_edit", calibration.pk)
    form = client.get(answer.url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    typed["text_1"] = "Een dorp met één school."
    assert client.post(answer.url, typed).url == calibration.get_absolute_url()
    assert client.post(url("calibration_open", calibration.pk)).status_code == 422
    client.post(url("calibration_open", calibration.pk), {"checked": "on"})
    calibration.refresh_from_db()
    assert calibration.state == "open"

    one, two, three = members(round_)
    for member, score in ((one, 2), (two, 5)):
        client.force_login(member.user)
        page = client.get(calibration.get_absolute_url()).content.decode()
        assert "Een dorp met één school." in page
        for telling in (source.number, source.ikc.name, source.board.name):
            assert telling not in page
        typed = {
            f"{part}_{row.code}": value
            for row in round_.criteria.all()
            for part, value in (("score", score if row == criterion else 4), ("text", REASONS))
        }
        assert client.post(calibration.get_absolute_url(), {**typed, "submit": "1"}).status_code == 302  # fmt: skip
    page = client.get(calibration.get_absolute_url())
    first = page.context["page"].differences[0]
    assert first.criterion == criterion
    assert {one.name for one in first.given} == {one.user.full_name, two.user.full_name}
    client.force_login(three.user)
    page = client.get(calibration.get_absolute_url())
    assert page.context["page"].scorings == []
    assert two.user.full_name not in page.content.decode()

    client.force_login(secretary)
    assert three.user.full_name in client.get(url("calibration_close", calibration.pk)).content.decode()  # fmt: skip
    assert client.post(url("calibration_close", calibration.pk), {"conclusion": " "}).status_code == 422  # fmt: skip
    client.post(url("calibration_close", calibration.pk), {"conclusion": "Een 3 is genoeg."})
    client.force_login(UserFactory(project_leader=True))
    page = client.get(calibration.get_absolute_url()).content.decode()
    assert "Een 3 is genoeg." in page
    assert one.user.full_name not in page


def test_mistakes_are_told_at_the_field(client, round_, secretary):
    criterion = round_.criteria.order_by("order").first()
    edit = url("anchor_edit", round_.pk, criterion.pk)
    client.force_login(secretary)
    meanings = {f"anchor_{score}": text for score, text in MEANINGS.items()}
    answer = client.post(edit, {**meanings, "anchor_2": " ", "anchor_4": "x" * 241})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"anchor_2", "anchor_4"}
    assert client.post(edit, meanings).status_code == 302

    calibration = opened(round_, secretary)
    member = members(round_)[0]
    client.force_login(member.user)
    page = calibration.get_absolute_url()
    typed = {f"score_{row.code}": 4 for row in round_.criteria.all()}
    score, text = f"score_{criterion.code}", f"text_{criterion.code}"
    for wrong, where in (
        ({score: 6}, score),
        ({score: 0}, score),
        ({score: ""}, score),
        ({score: 1, text: "te kort"}, text),
        ({text: "x" * 1501}, text),
    ):
        answer = client.post(page, {**typed, **wrong, "submit": "1"})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [where]
    assert client.post(page, {**typed, "submit": "1"}).status_code == 302
    assert client.post(page, {**typed, "submit": "1"}).status_code == 403
    closed(calibration, secretary)
    client.force_login(members(round_)[1].user)
    assert client.post(page, {**typed, "submit": "1"}).status_code == 403


def test_who_may_not_see_gets_no_page(client, round_, secretary):
    calibration = calibrations.prepare_calibration(
        round_, title="Oefenaanvraag", by=secretary, at=ASSESSED_AT
    )
    client.force_login(members(round_)[0].user)
    for name in ("calibration_detail", "calibration_edit", "calibration_open", "calibration_close"):
        assert client.get(url(name, calibration.pk)).status_code == 404
    assert client.get(url("calibration_new", round_.pk)).status_code == 403
    client.force_login(UserFactory(director=True))
    assert client.get(calibration.get_absolute_url()).status_code == 404
    assert client.get(url("calibration_round", round_.pk)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_and_for_three(
    count, client, secretary, django_assert_num_queries
):
    round_ = assessing_round(applications=1, members=count)
    for criterion in round_.criteria.order_by("order")[:count]:
        change_anchors(criterion, MEANINGS, by=secretary, at=ASSESSED_AT)
    calibration = opened(round_, secretary)
    for member in members(round_):
        scored(calibration, member, 3)
    client.force_login(secretary)
    client.get(calibration.get_absolute_url())  # the session remembers the second factor
    with django_assert_num_queries(15):
        client.get(calibration.get_absolute_url())
    with django_assert_num_queries(11):
        client.get(url("calibration_round", round_.pk))


def test_the_review_form_shows_what_a_score_means_and_that_the_exercise_comes_first(
    client, round_, secretary
):
    criterion = round_.criteria.order_by("order").first()
    change_anchors(criterion, MEANINGS, by=secretary, at=ASSESSED_AT)
    opened(round_, secretary, comes_first=True)
    review = assigned(round_)[0]
    reviews.accept_review(review, by=review.member.user, at=ASSESSED_AT + timedelta(minutes=1))
    client.force_login(review.member.user)
    page = client.get(review.get_absolute_url()).content.decode()
    assert "Dit is een 3." in page
    assert "De commissie oefent eerst" in page
    typed = {f"score_{row.code}": 4 for row in round_.criteria.all()}
    answer = client.post(review.get_absolute_url(), {**typed, "submit": "1"})
    assert answer.status_code == 422
    listing = client.get(url("review_list")).content.decode()
    assert "Beoordeel de oefenaanvraag" in listing
