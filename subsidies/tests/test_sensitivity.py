"""How firm a ranking is: bands, and one member's scores left out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subsidies.scoring import Criterion, Review, Scored, ranking_groups
from subsidies.sensitivity import Assessed, Firmness, MarginInvalid, bands, trials

CRITERIA = [Criterion("A", 60, 1, 5), Criterion("B", 40, 1, 5)]
MEMBERS = ("Anke", "Bart", "Cora")


def scored(number: str, score: str, tier: int = 1) -> Scored:
    return Scored(number, tier, Decimal(score), {"A": Decimal(0), "B": Decimal(0)})


def firmness(criteria, applications) -> list[Firmness]:
    return trials(criteria, applications).firmness


def numbers(found) -> list[list[str]]:
    return [[each.number for each in band] for band in found]


def test_a_band_is_measured_from_its_first_and_not_from_its_neighbour():
    ranked = ranking_groups(
        CRITERIA, [scored("a", "80"), scored("b", "78"), scored("c", "76.99"), scored("d", "75")]
    )
    assert numbers(bands(ranked, margin=Decimal(3))) == [["a", "b"], ["c", "d"]]


def test_exactly_the_margin_is_still_the_same_band():
    ranked = ranking_groups(CRITERIA, [scored("a", "80"), scored("b", "77")])
    assert numbers(bands(ranked, margin=Decimal(3))) == [["a", "b"]]


def test_a_band_does_not_cross_a_tier():
    ranked = ranking_groups(CRITERIA, [scored("a", "80"), scored("b", "80", tier=2)])
    assert numbers(bands(ranked, margin=Decimal(3))) == [["a"], ["b"]]


def test_no_applications_no_bands():
    assert bands([], margin=Decimal(3)) == []
    assert firmness(CRITERIA, []) == []


def test_a_margin_below_nought_is_refused():
    with pytest.raises(MarginInvalid):
        bands([], margin=Decimal(-1))


@given(
    st.lists(st.tuples(st.integers(1, 2), st.integers(0, 10_000)), max_size=30),
    st.integers(0, 2_000),
)
def test_bands_keep_the_order_and_never_span_more_than_the_margin(rows, margin):
    entries = [
        scored(f"{at:04}", str(Decimal(score) / 100), tier) for at, (tier, score) in enumerate(rows)
    ]
    ranked = ranking_groups(CRITERIA, entries)
    found = bands(ranked, margin=Decimal(margin) / 100)

    assert [each for band in found for each in band] == [each for group in ranked for each in group]
    for band in found:
        assert {each.tier for each in band} == {band[0].tier}
        assert band[0].score - band[-1].score <= Decimal(margin) / 100


def assessed(number: str, *scores: tuple[int, int], **fields) -> Assessed:
    reviews = tuple(
        Review(member, {"A": a, "B": b}) for member, (a, b) in zip(MEMBERS, scores, strict=False)
    )
    return Assessed(number, fields.pop("tier", 1), reviews, **fields)


def test_one_member_who_turns_the_order_is_named():
    # Without Anke, who liked a much better than the others did, b comes first.
    found = firmness(
        CRITERIA, [assessed("a", (5, 5), (3, 3), (3, 3)), assessed("b", (2, 2), (4, 4), (4, 4))]
    )
    assert [(each.number, each.place, each.best, each.worst) for each in found] == [
        ("a", 1, 1, 2),
        ("b", 2, 1, 2),
    ]
    assert found[0].moved_by == ("Anke",)
    assert not found[0].is_firm


def test_an_order_that_all_agree_on_is_firm():
    found = firmness(
        CRITERIA, [assessed("a", (5, 5), (5, 4), (4, 5)), assessed("b", (2, 2), (2, 1), (1, 2))]
    )
    assert all(each.is_firm and not each.moved_by for each in found)


def test_an_adopted_score_holds_whoever_is_left_out():
    adopted = {"A": Decimal(4), "B": Decimal(4)}
    found = firmness(
        CRITERIA,
        [
            assessed("a", (5, 5), (1, 1), (1, 1), adopted=adopted),
            assessed("b", (3, 3), (3, 3), (3, 3)),
        ],
    )
    assert [each.is_firm for each in found] == [True, True]


def test_the_only_review_stays_when_its_member_is_left_out():
    found = firmness(CRITERIA, [assessed("a", (5, 5)), assessed("b", (2, 2), (2, 2))])
    assert [(each.number, each.is_firm) for each in found] == [("a", True), ("b", True)]


def test_full_equals_share_a_place_and_the_next_one_counts_on():
    found = firmness(
        CRITERIA,
        [assessed(name, (3, 3), (3, 3)) for name in ("b", "a")] + [assessed("c", (1, 1), (1, 1))],
    )
    assert [(each.number, each.place) for each in found] == [("a", 1), ("b", 1), ("c", 3)]


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=3),
        max_size=8,
    )
)
def test_the_own_place_always_lies_within_the_range(rows):
    found = firmness(CRITERIA, [assessed(f"{at}", *scores) for at, scores in enumerate(rows)])
    assert [each.place for each in found] == sorted(each.place for each in found)
    for each in found:
        assert each.best <= each.place <= each.worst
        assert each.is_firm == (not each.moved_by)
