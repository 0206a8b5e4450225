"""From the scores of the members to a total and a ranking."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvk2.core.errors import DomainError
from subsidies.scoring import (
    Criterion,
    CriterionWeight,
    Review,
    Scored,
    motivation_ok,
    rank,
    weighted_score,
)

CASES = settings(max_examples=100, deadline=None, database=None)
CRITERIA = (Criterion("PLAN", 60, 1, 5), Criterion("PARENTS", 40, 1, 5))


def review(name: str, plan: int, parents: int, *, counts: bool = True) -> Review:
    return Review(name, {"PLAN": plan, "PARENTS": parents}, counts)


def score(*reviews: Review, min_reviews: int = 1, limit: str = "25", **fields):
    fields = {"criteria": CRITERIA, **fields}
    criteria = fields.pop("criteria")
    return weighted_score(
        criteria, reviews, min_reviews=min_reviews, spread_limit=Decimal(limit), **fields
    )


def refusal(*reviews: Review, **fields) -> str:
    with pytest.raises(DomainError) as refused:
        score(*reviews, **fields)
    return refused.value.code


points = st.integers(min_value=1, max_value=5)


@CASES
@given(st.lists(st.tuples(points, points), min_size=1, max_size=6))
def test_a_total_lies_between_the_members(scores):
    result = score(*(review(f"M{i}", *pair) for i, pair in enumerate(scores)))
    totals = result.reviewer_totals.values()
    assert min(totals) <= result.score <= max(totals)
    assert Decimal(20) <= result.score <= Decimal(100)
    assert result.spread == max(totals) - min(totals)


@CASES
@given(st.lists(st.tuples(points, points), min_size=1, max_size=5), st.integers(0, 4))
def test_a_higher_score_never_lowers_the_total(scores, place):
    reviews = [review(f"M{i}", *pair) for i, pair in enumerate(scores)]
    before = score(*reviews).score
    plan, parents = scores[place % len(scores)]
    reviews[place % len(scores)] = review(f"M{place % len(scores)}", min(plan + 1, 5), parents)
    assert score(*reviews).score >= before


def test_the_mean_is_not_rounded_on_the_way():
    # 10/3 of 5 at 60% and 4 of 5 at 40%: 40 + 32.
    result = score(review("A", 3, 4), review("B", 3, 4), review("C", 4, 4))
    assert str(result.criterion_scores["PLAN"]) == "3.33"
    assert str(result.score) == "72.00"


def test_a_recused_member_is_as_absent():
    present = score(review("A", 3, 4))
    assert score(review("A", 3, 4), review("B", 1, 1, counts=False)) == present


@pytest.mark.parametrize(("limit", "discuss"), [("19.99", True), ("20", False), ("25", False)])
def test_exactly_the_limit_is_not_more(limit, discuss):
    result = score(review("A", 5, 5), review("B", 4, 4), limit=limit)
    assert result.spread == 20
    assert result.discuss is discuss


def test_adopted_scores_count_but_do_not_change_the_spread():
    before = score(review("A", 5, 5), review("B", 1, 1))
    after = score(review("A", 5, 5), review("B", 1, 1), adopted={"PLAN": Decimal("4.5")})
    assert after.spread == before.spread
    assert after.score == Decimal("78.00")


@pytest.mark.parametrize(
    ("reviews", "fields", "code"),
    [
        ([review("A", 3, 3)], {"criteria": CRITERIA[:1]}, "WEIGHTS_NOT_100"),
        ([review("A", 3, 3)], {"min_reviews": 2}, "TOO_FEW_REVIEWS"),
        ([], {"min_reviews": 0}, "TOO_FEW_REVIEWS"),
        ([Review("A", {"PLAN": 3})], {}, "SCORE_MISSING"),
        ([review("A", 6, 3)], {}, "SCORE_OUT_OF_RANGE"),
        ([review("A", 0, 3)], {}, "SCORE_OUT_OF_RANGE"),
        ([review("A", 3, 3)], {"adopted": {"PLAN": Decimal("5.01")}}, "SCORE_OUT_OF_RANGE"),
    ],
    ids=range(7),
)
def test_what_cannot_be_scored_is_refused(reviews, fields, code):
    assert refusal(*reviews, **fields) == code


def test_faults_of_a_recused_member_do_not_matter():
    assert score(review("A", 3, 3), Review("B", {"PLAN": 9}, counts=False)).counted_reviews == 1


@CASES
@given(
    st.lists(st.tuples(st.integers(1, 2), points, points), max_size=10),
    st.randoms(use_true_random=False),
)
def test_the_ranking_holds_everybody_once_in_any_order(entries, shuffler):
    applications = [
        Scored(f"{i:02d}", tier, Decimal(total), {"A": Decimal(single)})
        for i, (tier, total, single) in enumerate(entries)
    ]
    criteria = [CriterionWeight("A", 100)]
    order = rank(criteria, applications)
    assert sorted(number for group in order for number in group) == [
        entry.number for entry in applications
    ]
    shuffler.shuffle(applications)
    assert rank(criteria, applications) == order


@pytest.mark.parametrize(
    ("given_score", "motivation", "ok"),
    [
        (1, "x" * 29, False),
        (1, "x" * 30, True),
        (2, "  " + "x" * 29 + "  ", False),
        (5, "\n" + "x" * 30, True),
        (3, "", True),
        (4, "", True),
    ],
)
def test_low_and_top_scores_need_a_reason(given_score, motivation, ok):
    assert motivation_ok(given_score, motivation) is ok
