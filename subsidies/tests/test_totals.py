"""Totals from the database against those of the rules; the check that tells of differences; the overview at scale."""

import io
import random
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.money import round_half_up
from subsidies import scoring
from subsidies.advice_overview import RoundAdvice
from subsidies.models import Criterion, Review, ReviewScore, ScoreChange
from subsidies.services.advice import current_score, reviews_of
from subsidies.services.reviews import rule_criteria
from subsidies.services.totals import differences, facts_of
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import (
    ASSESSED_AT,
    admitted,
    adopted,
    advised_round,
    assessing_round,
    assigned,
    declared_member,
    reviewed,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
WHY = "De toelichting in het gesprek liet iets anders zien."


@pytest.fixture
def secretary():
    return UserFactory(secretary=True)


def _thrown(seed):
    """Twelve applications with three to seven reviews of any scores, some criteria set by the commission itself."""
    dice = random.Random(seed)
    round_ = assessing_round(applications=8, members=7, min_score=None)
    criteria = list(round_.criteria.order_by("order"))
    for review in assigned(round_):
        if dice.random() < 0.8 or review.application.reviews.filter(state="submitted").count() < 3:
            submitted(review, [dice.randint(1, 5) for _ in criteria])
        elif dice.random() < 0.5:
            move(review, state="recused", recusal_reason="Een belang.")
    for application in round_.applications.order_by("pk")[::2]:
        for criterion in dice.sample(criteria, 2):
            for _ in range(dice.randint(1, 2)):
                ScoreChange.objects.create(
                    application=application,
                    criterion=criterion,
                    before=Decimal("1.01"),
                    after=Decimal(dice.randint(102, 500)).scaleb(-2),
                    reason=WHY,
                    changed_at=ASSESSED_AT,
                    changed_by=UserFactory(),
                )
    return round_


@pytest.mark.parametrize("seed", [1, 2])
def test_the_statement_gives_what_the_rules_give(seed, secretary):
    round_ = _thrown(seed)
    applications = list(round_.applications.order_by("pk"))
    facts = facts_of([one.pk for one in applications], secretary)

    for application in applications:
        reviews = reviews_of(application)
        expected = current_score(application, reviews)
        found = facts[application.pk]
        assert (found.score, found.spread) == (expected.score, expected.spread)
        assert found.done == expected.counted_reviews
        assert found.assigned == sum(review.state != "recused" for review in reviews)
    for application in applications[:4]:
        adopted(application, by=secretary)
    assert differences() == []


def test_a_total_is_rounded_as_the_rules_round_it():
    """Thousands of random reviews in one statement of the database against the same sums in Python."""
    round_ = assessing_round(applications=1, members=1)
    criteria = list(round_.criteria.order_by("order"))
    dice = random.Random(7)
    review = assigned(round_)[0]
    move(review, state="submitted", submitted_at=ASSESSED_AT, total=Decimal(0))
    rows = [
        ReviewScore.objects.update_or_create(
            review=review, criterion=criterion, defaults={"score": 1}
        )[0]
        for criterion in criteria
    ]
    for _ in range(40):
        given = [dice.randint(1, 5) for _ in criteria]
        for row, score in zip(rows, given, strict=True):
            row.score = score
        ReviewScore.objects.bulk_update(rows, ["score"])
        result = scoring.weighted_score(
            rule_criteria(criteria),
            [scoring.Review("a", dict(zip((c.code for c in criteria), given, strict=True)))],
            min_reviews=1,
            spread_limit=Decimal(100),
        )
        assert differences()[0].computed == result.score


def test_means_that_do_not_end_are_rounded_half_up():
    """Three and seven reviews divide into endless decimals; the sum is divided once, so a half stays a half."""
    round_ = assessing_round(applications=1, members=7)
    for place, review in enumerate(assigned(round_)):
        submitted(review, [place % 5 + 1, 4, 3, 2, 1, 5])
    application = round_.applications.get()
    exact = sum(review.total for review in reviews_of(application))
    found = facts_of([application.pk], UserFactory())[application.pk]
    assert found.score == round_half_up(exact / Decimal(7), 2)


def test_the_check_tells_and_writes_nothing(secretary):
    round_ = advised_round(applications=1, scores=[4])
    out = io.StringIO()
    call_command("check_totals", stdout=out)
    assert "Alle totalen kloppen" in out.getvalue()

    review = Review.objects.order_by("pk")[0]
    Review.objects.filter(pk=review.pk).update(total=Decimal("79.99"))
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 totalen wijken af"):
        call_command("check_totals", stdout=out)
    assert f"beoordeling {review.pk}: bewaard 79,99, berekend 80,00" in out.getvalue()
    review.refresh_from_db()
    assert review.total == Decimal("79.99")
    assert round_.applications.get().advice.score == Decimal(80)


def test_the_check_finds_a_review_without_scores_and_an_advice_that_differs():
    advised_round(applications=1, scores=[4])
    review = Review.objects.order_by("pk")[0]
    review.scores.all().delete()
    kinds = {(row.kind, row.computed) for row in differences()}
    assert ("review", None) in kinds


def test_the_check_is_one_statement(django_assert_num_queries):
    reviewed(assessing_round(applications=3))
    with django_assert_num_queries(1):
        differences()


def test_the_overview_reads_a_page_at_a_time_and_costs_the_same(
    client, secretary, no_repeated_sql, monkeypatch
):
    monkeypatch.setattr("subsidies.advice_overview.PER_PAGE", 2)
    costs = []
    for count in (1, 3):
        round_ = reviewed(assessing_round(applications=count), [5, 4, 3])
        address = reverse("subsidies:advice_round", args=[round_.pk])
        client.force_login(secretary)
        client.get(address)
        with no_repeated_sql() as queries:
            answer = client.get(address)
        assert len(answer.context["page"].shown.object_list) == min(count, 2)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 10
    text = client.get(address, {"page": 2}).content.decode()
    last = round_.applications.order_by("number").last()
    assert last.number in text
    assert text.count('scope="row"') == 1


WISHES = (
    ({}, [0, 1, 2, 3]),
    ({"sorteer": "score"}, [1, 0, 2, 3]),
    ({"sorteer": "spreiding"}, [2, 0, 1, 3]),
    ({"status": "few"}, [3]),
    ({"status": "discuss"}, [2]),
    ({"status": "adopted"}, [1]),
    ({"status": "todo"}, [0, 2, 3]),
    ({"zoek": "kvk2-", "status": "todo", "sorteer": "score"}, [0, 2, 3]),
)


def test_the_overview_sorts_and_filters(secretary):
    round_ = assessing_round(applications=3)
    places = {
        pk: n
        for n, pk in enumerate(round_.applications.order_by("number").values_list("pk", flat=True))
    }
    for n, review in enumerate(assigned(round_)):
        place = places[review.application_id]
        # The last application divides the members: one gives the lowest of everything.
        submitted(review, 1 if place == 2 and n % 3 == 0 else (4, 5, 4)[place])
    numbers = [one.number for one in round_.applications.order_by("number")]
    adopted(round_.applications.get(number=numbers[1]), by=secretary)
    numbers.append(admitted(round_).number)

    for wishes, expected in WISHES:
        page = RoundAdvice(round_, secretary, wishes)
        _, lines = page.export()
        found = [row.number for row in page.shown.object_list]
        assert [numbers.index(number) for number in found] == expected, wishes
        assert [row.number for row in page.rows] == [line[0] for line in lines] == found
    assert page.reviews == {"submitted": 9, "all": 9, "discuss": 1}


def test_a_hidden_application_is_not_named_among_what_is_missing(client):
    round_ = assessing_round(applications=2)
    chair = declared_member(round_, function="chair", user=UserFactory(secretary=True))
    hidden, open_ = round_.applications.order_by("number")
    declaration = chair.declarations.get(round=round_)
    declaration.organisations.add(hidden.board)
    client.force_login(chair.user)
    text = client.get(reverse("subsidies:advice_round", args=[round_.pk])).content.decode()
    assert open_.number in text
    assert hidden.number not in text
    assert Criterion.MAX_SCORE == 5
