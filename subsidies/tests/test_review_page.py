"""The list of a member's own reviews: in pages, searched and counted by the database."""

import pytest
from django.urls import reverse

from ikc.models import Ikc
from subsidies import review_page
from subsidies.tests.factories_assessment import assessing_round, assigned, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviews():
    """Three of one member, in order of number; the first one is submitted."""
    round_ = assessing_round(applications=3, members=3)
    rows = assigned(round_)
    own = [review for review in rows if review.member_id == rows[0].member_id]
    submitted(own[0])
    return own


def numbers(response) -> list[str]:
    return [row["application__number"] for row in response.context["page"].shown]


def test_a_long_list_comes_in_pages(reviews, client, monkeypatch):
    monkeypatch.setattr(review_page, "PER_PAGE", 2)
    client.force_login(reviews[0].member.user)
    first = client.get(reverse("subsidies:review_list"))
    second = client.get(reverse("subsidies:review_list"), {"page": 2})
    assert numbers(first) + numbers(second) == [review.application.number for review in reviews]
    assert len(numbers(first)) == 2
    progress = first.context["page"].rounds[0]
    assert (progress.done, progress.total, progress.next_id) == (1, 3, reviews[1].pk)


def test_search_and_state_narrow_the_list_and_not_the_progress(reviews, client):
    client.force_login(reviews[0].member.user)
    wanted = reviews[1].application.number
    found = client.get(reverse("subsidies:review_list"), {"zoek": wanted.lower()})
    assert numbers(found) == [wanted]
    assert found.context["page"].rounds[0].total == 3
    done = client.get(reverse("subsidies:review_list"), {"status": "done"})
    assert numbers(done) == [reviews[0].application.number]
    todo = client.get(reverse("subsidies:review_list"), {"status": "todo"})
    assert len(numbers(todo)) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_eight_queries(count, client, django_assert_num_queries):
    round_ = assessing_round(applications=count)
    review = assigned(round_)[0]
    Ikc.objects.filter(pk=review.application.ikc_id).update(name="IKC <b>Vet</b>")
    client.force_login(review.member.user)
    client.get(
        reverse("subsidies:review_list")
    )  # the session remembers the second factor from here on

    with django_assert_num_queries(8):
        page = client.get(reverse("subsidies:review_list")).content.decode()
    assert page.count('<li class="lw-task-list__item">') == count
    assert "IKC &lt;b&gt;Vet&lt;/b&gt;" in page
