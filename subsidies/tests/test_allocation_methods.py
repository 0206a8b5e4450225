"""All four ways of dividing: what must hold whatever the round and the applications, against a slow plain sum."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kvk2.core.money import cents, from_cents
from subsidies import allocation
from subsidies.allocation import (
    WARNING_LABELS,
    AllocationApplication,
    AllocationRound,
    AllocationWarning,
    MarginalPolicy,
    Method,
    Outcome,
    RefusalReason,
    SeededLottery,
    SubCeiling,
    allocate,
)
from subsidies.scoring import CriterionWeight

CASES = settings(max_examples=120, deadline=None, database=None)
CRITERIA = (CriterionWeight("PLAN", 40), CriterionWeight("PARENTS", 60))
SHARED = (Method.PRO_RATA, Method.PER_CHILD)
IN_ORDER = (Method.TENDER, Method.FIRST_COME)
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)

# Small amounts and few different ones, so that cents, ties and floors decide often.
amounts = st.one_of(st.integers(0, 60).map(from_cents), st.integers(0, 100_000_00).map(from_cents))
scores = st.integers(1, 3).map(Decimal)
moments = st.integers(0, 3 * 24 * 4).map(lambda quarters: NOON + timedelta(minutes=15 * quarters))


def number(place: int) -> str:
    return f"KVK2-2026-{place:04d}"


@st.composite
def applications(draw, *, scored: bool = False) -> list[AllocationApplication]:
    return [
        AllocationApplication(
            number=number(place),
            requested=draw(amounts),
            max_amount=draw(st.none() | amounts),
            floor=draw(st.none() | amounts),
            admitted=draw(st.integers(0, 9)) > 0,
            tier=draw(st.integers(1, 2)),
            score=draw(scores if scored else st.none() | scores),
            criterion_scores={"PLAN": draw(scores), "PARENTS": draw(scores)},
            complete_at=draw(moments),
            children=draw(st.integers(1, 300)),
            sub_ceiling=draw(st.sampled_from(["PLUS", "REGULAR"])),
            accepts_partial=draw(st.booleans()),
        )
        for place in range(draw(st.integers(0, 9)))
    ]


@st.composite
def rounds(draw, methods=tuple(Method), *, one_pot: bool = False) -> AllocationRound:
    ceiling = cents(draw(amounts)) * 3
    plus = draw(st.integers(0, ceiling))
    overflow = draw(st.sampled_from([None, "REGULAR"]))
    pots = (
        SubCeiling("PLUS", from_cents(plus), overflow),
        SubCeiling("REGULAR", from_cents(ceiling - plus)),
    )
    return AllocationRound(
        ceiling=from_cents(ceiling),
        method=draw(st.sampled_from(methods)),
        marginal_policy=draw(st.sampled_from(MarginalPolicy)),
        floor=draw(st.none() | amounts),
        min_score=draw(st.none() | scores),
        criteria=CRITERIA,
        lottery=SeededLottery("meting"),
        sub_ceilings=() if one_pot else draw(st.sampled_from([(), pots])),
    )


@st.composite
def scarce_cases(draw, methods=SHARED):
    """A round and its applications, with a ceiling somewhere around what is asked."""
    entries = draw(applications(scored=draw(st.booleans())))
    asked = sum(cents(entry.requested) for entry in entries)
    ceiling = from_cents(asked * draw(st.integers(0, 9)) // 10 + draw(st.integers(0, 3)))
    return replace(draw(rounds(methods, one_pot=True)), ceiling=ceiling), entries


def participants(result, entries):
    """The results of who took part, with the application of each."""
    by_number = {entry.number: entry for entry in entries}
    return [
        (row, by_number[row.number])
        for row in result.results
        if RefusalReason.SCHEME_CRITERIA not in row.reasons
    ]


@CASES
@given(rounds(), applications(), st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_moment_of_the_sum_matters(round_, entries, shuffler):
    first = allocate(round_, entries)
    assert repr(allocate(round_, entries)) == repr(first)
    shuffler.shuffle(entries)
    assert repr(allocate(round_, entries)) == repr(first)


@CASES
@given(rounds(), applications())
def test_never_more_than_the_ceiling_a_pot_or_what_is_eligible(round_, entries):
    result = allocate(round_, entries)
    total = sum((row.granted for row in result.results), Decimal(0))
    assert total == result.total_granted <= round_.ceiling
    assert result.free == round_.ceiling - total
    for row in result.results:
        assert 0 <= row.granted <= row.eligible
        assert (row.outcome is Outcome.REFUSAL) == (row.granted == 0)
    for pot in result.pots:
        assert min(pot.ceiling, pot.received, pot.granted, pot.passed_on, pot.free) >= 0
        assert pot.ceiling + pot.received == pot.granted + pot.passed_on + pot.free
    assert sum(pot.granted for pot in result.pots) in (0, total)


@CASES
@given(rounds(), applications())
def test_who_does_not_take_part_changes_nothing(round_, entries):
    everybody = allocate(round_, entries)
    kept = {row.number for row, _ in participants(everybody, entries)}
    without = allocate(round_, [entry for entry in entries if entry.number in kept])
    assert without.results == tuple(row for row in everybody.results if row.number in kept)
    assert without.warnings == everybody.warnings


@CASES
@given(rounds(), applications())
def test_enough_for_everybody_is_everybody_whole(round_, entries):
    round_ = replace(round_, ceiling=Decimal(2_000_000), sub_ceilings=())
    result = allocate(round_, entries)
    assert (result.lotteries, result.warnings) == ((), ())
    for row, _ in participants(result, entries):
        assert row.granted == row.eligible


@CASES
@given(rounds(IN_ORDER, one_pot=True), applications())
def test_nobody_passes_a_higher_place_that_would_have_fitted(round_, entries):
    """Only after REFUSE_SKIP, or an offer that was declined, does a lower place get what a higher one asked in vain."""
    result = allocate(round_, entries)
    ranked = sorted(
        participants(result, entries), key=lambda pair: (pair[0].rank or 0, -pair[0].granted)
    )
    room = round_.ceiling
    refused = False
    for row, entry in ranked:
        if row.granted:
            assert not refused
        elif row.eligible > 0:
            assert row.eligible > room or refused
            floor = round_.floor if entry.floor is None else entry.floor
            declined = (  # only who was offered something can decline: not where less than the floor is left
                round_.marginal_policy is MarginalPolicy.PARTIAL
                and not entry.accepts_partial
                and 0 < room >= (floor or 0)
            )
            # after a stop nobody is asked any more, so nobody declines
            refused = refused or (
                round_.marginal_policy is not MarginalPolicy.REFUSE_SKIP and not declined
            )
        room -= row.granted


@CASES
@given(rounds((Method.FIRST_COME,), one_pot=True), applications())
def test_first_come_serves_earlier_days_first_and_draws_within_a_day(round_, entries):
    result = allocate(round_, entries)
    by_number = {entry.number: entry for entry in entries}

    def day(name: str) -> tuple[int, date]:
        entry = by_number[name]
        assert entry.complete_at is not None
        return entry.tier, (entry.complete_at + timedelta(hours=1)).date()

    ranked = sorted(participants(result, entries), key=lambda pair: pair[0].rank or 0)
    assert [day(row.number) for row, _ in ranked] == sorted(day(row.number) for row, _ in ranked)
    for draw in result.lotteries:
        assert len({day(name) for name in draw.order}) == 1


def test_a_day_ends_at_midnight_in_the_netherlands():
    """T-AL-08: winter and summer time."""
    entries = [
        AllocationApplication(number=number(place), requested=Decimal(10), complete_at=moment)
        for place, moment in enumerate(
            [
                datetime(2026, 3, 3, 22, 59, 59, tzinfo=UTC),
                datetime(2026, 3, 3, 23, 0, tzinfo=UTC),
                datetime(2026, 4, 1, 21, 59, 59, tzinfo=UTC),
                datetime(2026, 4, 1, 22, 0, tzinfo=UTC),
            ]
        )
    ]
    round_ = AllocationRound(ceiling=Decimal(30), method=Method.FIRST_COME)
    result = allocate(round_, entries)
    assert [row.rank for row in result.results] == [1, 2, 3, 4]
    assert [int(row.granted) for row in result.results] == [10, 10, 10, 0]


# ---------------------------------------------------------------- shares, against the slow plain sum


def slow_shares(parts, room: int) -> dict[str, int]:
    """README 2: cap, pour what is over, repeat; cents by largest cut-off part. `parts`: number -> (weight, eligible)."""
    if sum(eligible for _, eligible in parts.values()) <= room:
        return {name: eligible for name, (_, eligible) in parts.items()}
    capped: set[str] = set()
    while True:
        over = room - sum(parts[name][1] for name in capped)
        weight = sum(parts[name][0] for name in parts if name not in capped)
        exact = {
            name: Fraction(eligible) if name in capped else Fraction(part * over, weight)
            for name, (part, eligible) in parts.items()
        }
        new = {name for name in parts if name not in capped and exact[name] >= parts[name][1]}
        if not new:
            break
        capped |= new
    grants = {name: int(share) for name, share in exact.items()}
    order = sorted(parts, key=lambda name: (grants[name] - exact[name], name))
    for name in order[: room - sum(grants.values())]:
        grants[name] += 1
    return grants


def slow_run(round_, entries):
    """The whole of PRO_RATA or PER_CHILD in one pot, one step at a time; number -> cents, and the warnings."""
    left = {
        entry.number: entry
        for entry in entries
        if entry.admitted
        and (
            round_.min_score is None
            or (entry.score is not None and entry.score >= round_.min_score)
        )
    }
    ranked = all(entry.score is not None for entry in left.values())

    def eligible(entry):
        return cents(
            min(
                entry.requested,
                entry.max_amount if entry.max_amount is not None else entry.requested,
            )
        )

    def floor(entry):
        return cents(entry.floor if entry.floor is not None else round_.floor or Decimal(0))

    room, count = cents(round_.ceiling), len(left)
    while True:
        scarce = sum(eligible(entry) for entry in left.values()) > room
        parts = {
            name: (
                entry.children if round_.method is Method.PER_CHILD else eligible(entry),
                eligible(entry),
            )
            for name, entry in left.items()
        }
        grants = slow_shares(parts, room)
        below = [entry for name, entry in left.items() if grants[name] < floor(entry)]
        if not scarce or not below:
            return grants, ()
        if not ranked:
            all_below = AllocationWarning.ALL_BELOW_FLOOR
            return grants, (
                all_below if len(below) == count else AllocationWarning.SOME_BELOW_FLOOR,
            )
        lowest = max(below, key=lambda entry: (entry.tier, -entry.score, entry.number))
        del left[lowest.number]


@settings(max_examples=500, deadline=None, database=None)
@given(scarce_cases())
def test_shares_are_those_of_the_slow_plain_sum(case):
    round_, entries = case
    result = allocate(round_, entries)
    expected, warnings = slow_run(round_, entries)
    assert {row.number: cents(row.granted) for row in result.results if row.granted} == {
        name: granted for name, granted in expected.items() if granted
    }
    assert result.warnings == warnings
    (share,) = result.shares
    assert {row.number for row, _ in participants(result, entries)} - set(expected) == set(
        share.dropped
    )


@CASES
@given(scarce_cases())
def test_under_scarcity_not_a_cent_is_lost(case):
    round_, entries = case
    result = allocate(round_, entries)
    (share,) = result.shares
    if share.per_unit is not None:
        assert result.total_granted == round_.ceiling


@CASES
@given(scarce_cases((Method.PER_CHILD,)))
def test_who_is_not_capped_gets_the_same_per_child_to_the_cent(case):
    round_, entries = case
    result = allocate(round_, entries)
    (share,) = result.shares
    for row, entry in participants(result, entries):
        if share.per_unit is None or row.number in share.dropped:
            continue
        exact = min(share.per_unit * entry.children, Fraction(row.eligible))
        assert 0 <= Fraction(row.granted) - exact + Fraction(1, 100) <= Fraction(2, 100)


@CASES
@given(scarce_cases((Method.PRO_RATA,)))
def test_everybody_gets_the_same_percentage_to_the_cent(case):
    round_, entries = case
    result = allocate(round_, entries)
    (share,) = result.shares
    for row, _ in participants(result, entries):
        if share.per_unit is not None and row.number not in share.dropped:
            exact = Fraction(row.eligible) * share.per_unit
            assert abs(Fraction(row.granted) - exact) < Fraction(1, 100)


def test_a_cent_can_decide_who_is_below_the_floor():
    """A and B share to half a cent; the cent goes to the lower number, so only the higher one is below its floor."""
    round_ = AllocationRound(ceiling=Decimal("0.05"), method=Method.PRO_RATA, floor=Decimal("0.03"))
    entries = [
        AllocationApplication(number=name, requested=Decimal(1), score=Decimal(50)) for name in "AB"
    ]
    result = allocate(round_, entries)
    assert [row.granted for row in result.results] == [Decimal("0.05"), Decimal("0.00")]
    assert result.shares[0].dropped == ("B",)


def test_ten_thousand_below_the_floor_drop_out_within_reason():
    """The floor is 40 000 and there is money for a quarter: three quarters drop out, one after the other."""
    entries = [
        AllocationApplication(
            number=f"{place:05d}",
            requested=Decimal(50_000),
            score=Decimal(place % 100),
            children=place % 300 + 1,
        )
        for place in range(10_000)
    ]
    for method in SHARED:
        round_ = AllocationRound(ceiling=Decimal(125_000_000), method=method, floor=Decimal(40_000))
        result = allocate(round_, entries)
        granted = [row.granted for row in result.results if row.granted]
        assert min(granted) >= 40_000
        assert sum(granted) == 125_000_000


# ---------------------------------------------------------------- after the run


@CASES
@given(rounds(), applications(), applications(), st.data())
def test_an_objection_never_takes_from_anybody(round_, entries, others, data):
    assume(entries)
    mine = data.draw(st.sampled_from(entries))
    corrected = replace(data.draw(st.sampled_from(others or entries)), number=mine.number)
    result = allocation.after_objection(round_, entries, corrected)
    locked = allocate(round_, entries)
    assert result.additional >= 0
    assert result.total_granted == locked.total_granted + result.additional
    assert bool(result.flags) == (result.total_granted > round_.ceiling)


def test_an_objector_who_took_no_part_is_refused():
    stranger = AllocationApplication(number="X", requested=Decimal(1))
    with pytest.raises(allocation.UnknownApplication):
        allocation.after_objection(AllocationRound(ceiling=Decimal(1)), [], stranger)


@pytest.mark.parametrize(
    ("changed", "before", "facts", "ceiling"),
    [
        (800, True, (False, False, False), 800),
        (700, False, (False, False, False), 700),
        (700, True, (True, True, True), 700),
        (700, True, (False, True, True), 750),
        (700, True, (True, False, True), 750),
        (700, True, (True, True, False), 750),
    ],
)
def test_a_lowered_ceiling_does_not_touch_who_had_filed(changed, before, facts, ceiling):
    budget, follows, warned = facts
    assert (
        allocation.applicable_ceiling(
            Decimal(750),
            Decimal(changed),
            filed_before_change=before,
            filed_before_budget=budget,
            follows_from_budget=follows,
            budget_warning_published=warned,
        )
        == ceiling
    )


def test_every_warning_has_words():
    assert set(WARNING_LABELS) == set(AllocationWarning)
