"""Dividing a ceiling: what must hold for every round, beyond the worked cases."""

import random
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvk2.core.errors import DomainError
from kvk2.core.money import from_cents
from subsidies import allocation
from subsidies.allocation import (
    OUTCOME_LABELS,
    REASON_LABELS,
    AllocationApplication,
    AllocationResult,
    AllocationRound,
    ManualLottery,
    MarginalPolicy,
    Method,
    Outcome,
    RefusalReason,
    SeededLottery,
    SubCeiling,
    allocate,
)
from subsidies.scoring import CriterionWeight

CASES = settings(max_examples=100, deadline=None, database=None)
CRITERIA = (CriterionWeight("PLAN", 40), CriterionWeight("PARENTS", 60))
SEED = SeededLottery("KVK2-2026-R1|loting|2026-04-16")


def number(place: int) -> str:
    return f"KVK2-2026-{place:04d}"


def application(place: int, **fields) -> AllocationApplication:
    fields = {"requested": Decimal("50000.00"), "score": Decimal("70.00"), **fields}
    return AllocationApplication(number=number(place), **fields)


def granted(result: AllocationResult) -> list[int]:
    return [int(item.granted) for item in result.results]


def refusal(function: Callable, *args) -> str:
    with pytest.raises(DomainError) as refused:
        function(*args)
    assert refused.value.message.endswith(".")
    return refused.value.code


euros = st.integers(min_value=0, max_value=100_000_00).map(from_cents)
scores = st.integers(min_value=1, max_value=3).map(Decimal)


@st.composite
def applications(draw) -> list[AllocationApplication]:
    """Few different scores, so that ties and draws are common."""
    return [
        AllocationApplication(
            number=number(place),
            requested=draw(euros),
            max_amount=draw(st.none() | euros),
            budget_total=draw(st.none() | euros),
            floor=draw(st.none() | euros),
            admitted=draw(st.integers(0, 9)) > 0,
            tier=draw(st.integers(1, 2)),
            score=draw(st.none() | scores),
            criterion_scores={"PLAN": draw(scores), "PARENTS": draw(scores)},
            sub_ceiling=draw(st.sampled_from(["PLUS", "REGULAR"])),
            accepts_partial=draw(st.booleans()),
        )
        for place in range(draw(st.integers(0, 12)))
    ]


@st.composite
def rounds(draw) -> AllocationRound:
    ceiling = draw(st.integers(min_value=0, max_value=400_000_00))
    plus = draw(st.integers(min_value=0, max_value=ceiling))
    overflow = draw(st.sampled_from([None, "REGULAR"]))
    pots = (
        SubCeiling("PLUS", from_cents(plus), overflow),
        SubCeiling("REGULAR", from_cents(ceiling - plus)),
    )
    return AllocationRound(
        ceiling=from_cents(ceiling),
        marginal_policy=draw(st.sampled_from(MarginalPolicy)),
        floor=draw(st.none() | euros),
        min_score=draw(st.none() | scores),
        criteria=CRITERIA,
        lottery=SEED,
        sub_ceilings=draw(st.sampled_from([(), pots])),
    )


@CASES
@given(rounds(), applications(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(round_, entries, shuffler):
    first = allocate(round_, entries)
    shuffler.shuffle(entries)
    assert allocate(round_, entries) == first


@CASES
@given(rounds(), applications())
def test_nobody_gets_more_than_there_is_or_than_is_eligible(round_, entries):
    result = allocate(round_, entries)
    total = sum((item.granted for item in result.results), start=Decimal(0))
    assert total == result.total_granted <= round_.ceiling
    assert result.free == round_.ceiling - total
    for item in result.results:
        assert 0 <= item.granted <= item.eligible
    assert sum(pot.free + pot.granted for pot in result.pots) in (0, round_.ceiling)


@CASES
@given(rounds(), applications())
def test_outcome_and_reasons_fit_the_amounts(round_, entries):
    by_number = {entry.number: entry for entry in entries}
    for item in allocate(round_, entries).results:
        requested = by_number[item.number].requested
        assert (item.outcome is Outcome.REFUSAL) == (item.granted == 0)
        assert (item.outcome is Outcome.PARTIAL_GRANT) == (0 < item.granted < requested)
        if item.rank is None:
            assert item.reasons == (RefusalReason.SCHEME_CRITERIA,)
            assert item.granted == 0
        else:
            assert (RefusalReason.CEILING in item.reasons) == (item.granted < item.eligible)
        assert item.reasons == tuple(sorted(item.reasons))


@CASES
@given(rounds(), applications())
def test_at_most_one_partial_grant_at_the_ceiling_in_a_pot(round_, entries):
    result = allocate(round_, entries)
    cut = [item for item in result.results if 0 < item.granted < item.eligible]
    assert len(cut) <= max(1, len(result.pots))
    if round_.marginal_policy is not MarginalPolicy.PARTIAL:
        assert not cut


@CASES
@given(rounds(), applications())
def test_who_does_not_take_part_changes_nothing(round_, entries):
    everybody = allocate(round_, entries)
    out = {item.number for item in everybody.results if item.rank is None}
    participants = allocate(round_, [entry for entry in entries if entry.number not in out])
    assert participants.results == tuple(
        item for item in everybody.results if item.rank is not None
    )
    assert participants.lotteries == everybody.lotteries


@CASES
@given(rounds(), applications())
def test_a_draw_holds_equals_only_and_all_of_them(round_, entries):
    by_number = {entry.number: entry for entry in entries}
    for draw in allocate(round_, entries).lotteries:
        assert draw.participants == tuple(sorted(draw.order))
        keys = {
            (entry.tier, entry.score, *entry.criterion_scores.values())
            for entry in map(by_number.get, draw.participants)
        }
        assert len(keys) == 1
        assert len(draw.participants) > 1


@CASES
@given(applications())
def test_without_scarcity_everybody_gets_what_is_eligible(entries):
    round_ = AllocationRound(ceiling=Decimal("2000000.00"), criteria=CRITERIA)
    result = allocate(round_, entries)
    assert result.lotteries == ()
    for item in result.results:
        assert item.granted == (item.eligible if item.rank else 0)


@CASES
@given(st.text(max_size=20), st.lists(st.text(max_size=12), unique=True, max_size=8))
def test_anybody_can_repeat_a_seeded_draw(seed, numbers):
    drawn = allocation.lottery_order(seed, numbers)
    assert drawn == allocation.lottery_order(seed, reversed(numbers))
    assert sorted(drawn.order) == sorted(numbers)
    assert list(drawn.hashes) == sorted(drawn.hashes)
    for name, digest in zip(drawn.order, drawn.hashes, strict=True):
        assert digest == sha256(f"{seed}|{name}".encode()).hexdigest()


def test_ten_thousand_applications_twice_give_the_same():
    shuffler = random.Random(2028)
    entries = [
        application(
            place,
            tier=shuffler.randint(1, 3),
            score=Decimal(shuffler.randint(40, 100)),
            criterion_scores={"PLAN": Decimal(shuffler.randint(1, 5)), "PARENTS": Decimal(3)},
        )
        for place in range(10_000)
    ]
    round_ = AllocationRound(
        ceiling=Decimal("123456789.01"), criteria=CRITERIA, lottery=SEED, floor=Decimal(10_000)
    )
    first = allocate(round_, entries)
    shuffler.shuffle(entries)
    assert allocate(round_, entries) == first
    assert first.free < Decimal(50_000)


def test_the_heaviest_criterion_breaks_a_tie_first():
    entries = [
        application(1, criterion_scores={"PLAN": Decimal(5), "PARENTS": Decimal(3)}),
        application(2, criterion_scores={"PLAN": Decimal(1), "PARENTS": Decimal(4)}),
        application(3, criterion_scores={"PLAN": Decimal(4), "PARENTS": Decimal(3)}),
    ]
    result = allocate(AllocationRound(ceiling=Decimal(100_000), criteria=CRITERIA), entries)
    assert granted(result) == [50_000, 50_000, 0]
    assert [item.rank for item in result.results] == [2, 1, 3]


def test_criteria_of_equal_weight_keep_their_published_order():
    criteria = (CriterionWeight("B", 50), CriterionWeight("A", 50))
    entries = [
        application(1, criterion_scores={"A": Decimal(5), "B": Decimal(3)}),
        application(2, criterion_scores={"A": Decimal(3), "B": Decimal(5)}),
    ]
    result = allocate(AllocationRound(ceiling=Decimal(50_000), criteria=criteria), entries)
    assert granted(result) == [0, 50_000]


def test_equals_share_a_rank_unless_they_were_drawn():
    entries = [application(place) for place in (1, 2)] + [application(3, score=Decimal(60))]
    fits = allocate(AllocationRound(ceiling=Decimal(150_000), lottery=SEED), entries)
    assert [item.rank for item in fits.results] == [1, 1, 3]
    drawn = allocate(AllocationRound(ceiling=Decimal(60_000), lottery=SEED), entries)
    assert sorted(item.rank for item in drawn.results) == [1, 2, 3]


@pytest.mark.parametrize(
    ("policy", "ceiling", "floor", "draws"),
    [
        # Both fit, so the order between them does not matter.
        (MarginalPolicy.PARTIAL, 100_000, None, 0),
        # One fits.
        (MarginalPolicy.REFUSE_STOP, 60_000, None, 1),
        (MarginalPolicy.REFUSE_SKIP, 60_000, None, 1),
        # Neither fits; only with PARTIAL could one get the rest.
        (MarginalPolicy.PARTIAL, 40_000, None, 1),
        (MarginalPolicy.PARTIAL, 40_000, Decimal(40_000), 1),
        (MarginalPolicy.PARTIAL, 40_000, Decimal("40000.01"), 0),
        (MarginalPolicy.REFUSE_STOP, 40_000, None, 0),
        (MarginalPolicy.REFUSE_SKIP, 40_000, None, 0),
        (MarginalPolicy.PARTIAL, 0, None, 0),
    ],
)
def test_a_draw_is_held_only_where_it_makes_a_difference(policy, ceiling, floor, draws):
    round_ = AllocationRound(
        ceiling=Decimal(ceiling), marginal_policy=policy, floor=floor, lottery=SEED
    )
    result = allocate(round_, [application(1), application(2)])
    assert len(result.lotteries) == draws


def test_no_draw_after_the_run_has_stopped():
    entries = [
        application(1, score=Decimal(90), requested=Decimal(80_000)),
        application(2),
        application(3),
    ]
    round_ = AllocationRound(
        ceiling=Decimal(60_000), marginal_policy=MarginalPolicy.REFUSE_STOP, lottery=SEED
    )
    result = allocate(round_, entries)
    assert granted(result) == [0, 0, 0]
    assert result.lotteries == ()


def test_a_declined_offer_goes_to_the_next_in_the_draw():
    entries = [application(place, accepts_partial=place == 2) for place in (1, 2)]
    round_ = AllocationRound(ceiling=Decimal(30_000), lottery=ManualLottery((number(1), number(2))))
    result = allocate(round_, entries)
    assert granted(result) == [0, 30_000]


def test_the_floor_of_an_application_replaces_that_of_the_round():
    round_ = AllocationRound(ceiling=Decimal(30_000), floor=Decimal(40_000))
    assert granted(allocate(round_, [application(1)])) == [0]
    assert granted(allocate(round_, [application(1, floor=Decimal(30_000))])) == [30_000]


def test_a_request_that_fits_is_granted_below_the_floor():
    round_ = AllocationRound(ceiling=Decimal(30_000), floor=Decimal(40_000))
    assert granted(allocate(round_, [application(1, requested=Decimal(10_000))])) == [10_000]


def test_overflow_goes_on_through_later_pots():
    round_ = AllocationRound(
        ceiling=Decimal(90_000),
        sub_ceilings=(
            SubCeiling("A", Decimal(30_000), "B"),
            SubCeiling("B", Decimal(30_000), "C"),
            SubCeiling("C", Decimal(30_000)),
        ),
    )
    result = allocate(round_, [application(1, requested=Decimal(90_000), sub_ceiling="C")])
    assert granted(result) == [90_000]
    assert [int(pot.passed_on) for pot in result.pots] == [30_000, 60_000, 0]
    assert [int(pot.received) for pot in result.pots] == [0, 30_000, 60_000]


def pots(*parts: tuple[str, int, str | None]) -> tuple[SubCeiling, ...]:
    return tuple(SubCeiling(code, Decimal(amount), overflow) for code, amount, overflow in parts)


@pytest.mark.parametrize(
    ("fields", "entries", "code"),
    [
        ({"method": Method.FIRST_COME}, [application(1)], "COMPLETE_DATE_MISSING"),
        ({"method": Method.PER_CHILD}, [application(1)], "CHILDREN_MISSING"),
        ({"method": Method.PER_CHILD}, [application(1, children=0)], "CHILDREN_MISSING"),
        ({"ceiling": Decimal(-1)}, [], "AMOUNT_INVALID"),
        ({"floor": Decimal("0.001")}, [], "AMOUNT_INVALID"),
        ({}, [application(1, requested=Decimal("10.005"))], "AMOUNT_INVALID"),
        ({}, [application(1, max_amount=Decimal(-5))], "AMOUNT_INVALID"),
        ({}, [application(1), application(1)], "DUPLICATE_NUMBER"),
        (
            {"sub_ceilings": pots(("A", 60, None), ("B", 41, None))},
            [],
            "SUB_CEILINGS_EXCEED_CEILING",
        ),
        ({"sub_ceilings": pots(("A", 60, "A"))}, [], "OVERFLOW_ORDER"),
        ({"sub_ceilings": pots(("A", 60, None), ("B", 40, "A"))}, [], "OVERFLOW_ORDER"),
        ({"sub_ceilings": pots(("A", 60, "Z"))}, [], "OVERFLOW_ORDER"),
        ({"sub_ceilings": pots(("A", 60, None), ("A", 40, None))}, [], "DUPLICATE_SUB_CEILING"),
        ({"sub_ceilings": pots(("A", 60, None))}, [application(1)], "UNKNOWN_SUB_CEILING"),
        ({}, [application(1), application(2)], "LOTTERY_REQUIRED"),
        (
            {"lottery": ManualLottery((number(1),))},
            [application(1), application(2)],
            "LOTTERY_REQUIRED",
        ),
        (
            {"lottery": ManualLottery((number(1), number(2), number(2)))},
            [application(1), application(2)],
            "LOTTERY_REQUIRED",
        ),
        ({"criteria": CRITERIA}, [application(1), application(2)], "SCORE_MISSING"),
    ],
    ids=range(18),
)
def test_what_cannot_be_allocated_is_refused(fields, entries, code):
    round_ = AllocationRound(**{"ceiling": Decimal(100), **fields})
    assert refusal(allocate, round_, entries) == code


def test_a_manual_draw_may_name_others():
    lottery = ManualLottery((number(3), number(2), number(1)))
    round_ = AllocationRound(ceiling=Decimal(50_000), lottery=lottery)
    result = allocate(round_, [application(1), application(2)])
    assert result.lotteries[0].order == (number(2), number(1))


def test_every_outcome_and_reason_has_words():
    assert set(OUTCOME_LABELS) == set(Outcome)
    assert set(REASON_LABELS) == set(RefusalReason)
