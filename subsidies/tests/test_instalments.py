"""Advances in instalments, and how heavy the account is."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvk2.core.errors import DomainError
from kvk2.core.money import from_cents
from subsidies.instalments import AccountabilityBand, accountability_band, instalments

CASES = settings(max_examples=100, deadline=None, database=None)
amounts = st.integers(min_value=0, max_value=100_000_00).map(from_cents)
percentages = st.decimals(min_value=0, max_value=100, places=2)


@CASES
@given(amounts, percentages, st.integers(min_value=1, max_value=120))
def test_not_a_cent_is_lost(granted, percentage, count):
    schedule = instalments(granted, percentage, count)
    assert schedule.advance_total + schedule.balance == granted
    assert sum(schedule.instalments) == schedule.advance_total
    assert len(schedule.instalments) == (count if percentage else 0)
    assert all(part >= 0 for part in schedule.instalments)


@CASES
@given(amounts, percentages, st.integers(min_value=1, max_value=24))
def test_all_but_the_last_are_equal_and_the_last_is_not_smaller(granted, percentage, count):
    parts = instalments(granted, percentage, count).instalments
    assert len(set(parts[:-1])) <= 1
    if len(parts) > 1:
        assert parts[0] <= parts[-1] < parts[0] + from_cents(count)


@pytest.mark.parametrize(
    ("granted", "percentage", "count", "code"),
    [
        ("-1", "80", 4, "AMOUNT_INVALID"),
        ("10.001", "80", 4, "AMOUNT_INVALID"),
        ("100", "-0.01", 4, "PERCENTAGE_INVALID"),
        ("100", "100.01", 4, "PERCENTAGE_INVALID"),
        ("100", "80", 0, "COUNT_INVALID"),
        ("100", "80", 121, "COUNT_INVALID"),
    ],
)
def test_impossible_schedules_are_refused(granted, percentage, count, code):
    with pytest.raises(DomainError) as refused:
        instalments(Decimal(granted), Decimal(percentage), count)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("granted", "band", "documents"),
    [
        ("0", AccountabilityBand.DIRECT, 0),
        ("5000.00", AccountabilityBand.DIRECT, 0),
        ("5000.01", AccountabilityBand.ACTIVITY, 1),
        ("50000.00", AccountabilityBand.ACTIVITY, 1),
        ("50000.01", AccountabilityBand.FULL, 4),
    ],
)
def test_both_bounds_belong_to_the_lighter_band(granted, band, documents):
    result = accountability_band(
        Decimal(granted), direct_max=Decimal(5000), activity_max=Decimal(50_000)
    )
    assert result.band is band
    assert len(result.documents) == documents
    assert result.application_for_determination == (band is not AccountabilityBand.DIRECT)
