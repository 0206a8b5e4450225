"""Reading, rounding and writing amounts."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvk2.core import money
from kvk2.core.money import AmountInvalid

CASES = settings(max_examples=100, deadline=None, database=None)
amounts = st.integers(min_value=0, max_value=1_000_000_000).map(money.from_cents)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", "0.00"),
        ("0,05", "0.05"),
        ("1234", "1234.00"),
        ("1.234", "1234.00"),
        ("12.345,60", "12345.60"),
        ("10.000.000", "10000000.00"),
        ("10000000,00", "10000000.00"),
    ],
)
def test_amounts_that_people_type(text, amount):
    assert str(money.parse_amount(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "+1",
        "1,5",
        "1,234",
        "1.23",
        "12.34,00",
        "1..234",
        ",50",
        "1234.56",
        "€ 5",
        "1 000",
        "1.234,56\n",
        "10.000.000,01",
        "9" * 31,
        "١٢",
        "1e5",
        "1,00,00",
        "1234.567",
    ],
)
def test_amounts_that_are_refused(text):
    with pytest.raises(AmountInvalid) as refused:
        money.parse_amount(text)
    assert refused.value.code == "AMOUNT_INVALID"
    assert refused.value.message


@CASES
@given(amounts)
def test_what_is_written_can_be_read(amount):
    assert money.parse_amount(money.format_amount(amount).removeprefix("€ ")) == amount


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("2.125", 2, "2.13"),
        ("-2.125", 2, "-2.13"),
        ("2.135", 2, "2.14"),
        ("0.5", 0, "1"),
        ("-0.004", 2, "0.00"),
        ("2.5", 0, "3"),
        ("7", 3, "7.000"),
    ],
)
def test_half_goes_away_from_zero(value, decimals, rounded):
    assert str(money.round_half_up(Decimal(value), decimals)) == rounded


@CASES
@given(st.fractions(max_denominator=10_000), st.integers(min_value=0, max_value=6))
def test_rounding_is_never_further_off_than_half_a_unit(value, decimals):
    rounded = money.round_half_up(value, decimals)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**decimals)
    assert Fraction(money.round_half_up(-value, decimals)) == -Fraction(rounded)


def test_rounding_does_not_depend_on_the_precision_of_the_thread():
    with localcontext() as context:
        context.prec = 3
        assert str(money.round_half_up(Decimal("123456789.125"), 2)) == "123456789.13"
        assert money.cents(Decimal("123456789.12")) == 12345678912


@CASES
@given(amounts)
def test_cents_there_and_back(amount):
    assert money.from_cents(money.cents(amount)) == amount


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "NaN", "Infinity", "-Infinity", "sNaN"])
def test_cents_refuses_what_is_no_amount(amount):
    with pytest.raises(AmountInvalid):
        money.cents(Decimal(amount))


def test_floor_cuts_off_below_the_cent():
    assert money.floor_to_cent(Fraction(2, 3)) == Decimal("0.66")
    assert money.floor_to_cent(Decimal("-0.001")) == Decimal("-0.01")


def test_dutch_figures():
    assert money.format_amount(Decimal("1234567.5"), space="\u00a0") == "€\u00a01.234.567,50"
    assert money.format_amount(Decimal(-12)) == "-€ 12,00"
    assert money.format_whole(Decimal("2999.5")) == "3.000"
    assert money.format_number(Fraction(1, 3), 1) == "0,3"
