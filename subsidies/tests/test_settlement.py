"""The determined amount by type of subsidy, and what is left to pay or to recover."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvk2.core.errors import DomainError
from kvk2.core.money import from_cents
from subsidies.models import SchemeVersion
from subsidies.settlement import (
    DeterminationKind,
    Realised,
    SubsidyType,
    determine,
    settle,
)

CASES = settings(max_examples=100, deadline=None, database=None)
amounts = st.integers(min_value=0, max_value=100_000_00).map(from_cents)
percentages = st.decimals(min_value=0, max_value=100, places=2)
anything = st.builds(
    Realised,
    lowered_to_percentage=st.none() | percentages,
    actual_cost=amounts,
    unnecessary_cost=st.just(Decimal(0)),
    units_realised=st.integers(min_value=0, max_value=10_000),
    amount_per_unit=amounts,
)


@CASES
@given(st.sampled_from(SubsidyType), amounts, amounts, anything)
def test_never_above_the_grant_and_not_a_cent_is_lost(kind, granted, advances, realised):
    result = determine(kind, granted, advances, realised)
    assert 0 <= result.amount <= granted
    assert advances + result.balance.pay - result.balance.recover == result.amount
    assert 0 in (result.balance.pay, result.balance.recover)
    assert (result.kind == DeterminationKind.AS_GRANTED) == (result.amount == granted)


def test_a_percentage_is_rounded_half_up_to_the_cent():
    result = determine(
        SubsidyType.BUDGET, Decimal("0.01"), Decimal(0), Realised(lowered_to_percentage=Decimal(50))
    )
    assert (result.amount, result.kind) == (Decimal("0.01"), DeterminationKind.AS_GRANTED)


def test_nothing_left_is_a_determination_of_nought():
    result = determine(
        SubsidyType.PERFORMANCE,
        Decimal(5000),
        Decimal(4000),
        Realised(units_realised=0, amount_per_unit=Decimal(400)),
    )
    assert (result.kind, result.balance.recover) == (DeterminationKind.ZERO, Decimal(4000))


@pytest.mark.parametrize(
    ("kind", "realised", "code"),
    [
        (SubsidyType.BUDGET, Realised(lowered_to_percentage=Decimal("100.01")), "PERCENTAGE_INVALID"),
        (SubsidyType.BUDGET, Realised(lowered_to_percentage=Decimal("-0.01")), "PERCENTAGE_INVALID"),
        (SubsidyType.COST, Realised(), "COST_INVALID"),
        (SubsidyType.COST, Realised(actual_cost=Decimal(1), unnecessary_cost=Decimal(2)), "COST_INVALID"),
        (SubsidyType.COST, Realised(actual_cost=Decimal(-1)), "AMOUNT_INVALID"),
        (SubsidyType.PERFORMANCE, Realised(units_realised=3), "COST_INVALID"),
        (SubsidyType.PERFORMANCE, Realised(units_realised=-1, amount_per_unit=Decimal(1)), "COST_INVALID"),
    ],
)  # fmt: skip
def test_figures_that_cannot_be_are_refused(kind, realised, code):
    with pytest.raises(DomainError) as refused:
        determine(kind, Decimal(100), Decimal(0), realised)
    assert refused.value.code == code


def test_nobody_has_a_term_when_nobody_owes():
    assert settle(Decimal(5), Decimal(5), announced_on=date(2026, 3, 25)).due_on is None


def test_the_types_are_those_of_a_scheme():
    assert set(SchemeVersion.SubsidyType.values) == {kind.value for kind in SubsidyType}
