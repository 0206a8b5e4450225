"""What a series of years says: trend, forecast, years taken together; and promises that were kept."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.delivery import DeliveryReason, judge_hours, judge_money
from monitoring.outlook import EndTarget, Forecast, Outlook, Trend, forecast, pooled, trend
from monitoring.status import KVK_1, Direction, Status

CASES = settings(max_examples=250, deadline=None, database=None)

figures = st.decimals(min_value=-200, max_value=200, places=1)
tolerances = st.decimals(min_value=0, max_value=30, places=1)


def of_trend(*values: int, direction: Direction = Direction.HIGHER, tol: str = "2") -> Trend:
    points = [(year, Decimal(value)) for year, value in enumerate(values, start=1)]
    return trend(points, direction, Decimal(tol), KVK_1)


def test_trends():
    assert of_trend() is of_trend(50, 60) is Trend.TOO_FEW_POINTS
    assert of_trend(50, 51, 52) is Trend.IMPROVING
    assert of_trend(50, 51, 52, direction=Direction.LOWER) is Trend.WORSENING
    assert of_trend(50, 51, 51) is Trend.STABLE
    assert of_trend(50, 50, 50, tol="0") is Trend.STABLE
    # One outlier does not make a trend.
    assert of_trend(50, 50, 99, 50, 50) is Trend.STABLE


def test_a_trend_counts_missing_years():
    points = [(1, Decimal(50)), (2, Decimal(51)), (8, Decimal(57))]
    assert trend(points, Direction.HIGHER, Decimal(7), KVK_1) is Trend.IMPROVING


@CASES
@given(st.lists(figures, min_size=3, max_size=8), tolerances)
def test_a_trend_of_lower_is_the_mirror(values, tol):
    points = list(enumerate(values, start=1))
    turned = [(year, -value) for year, value in points]
    assert trend(points, Direction.HIGHER, tol, KVK_1) is trend(turned, Direction.LOWER, tol, KVK_1)


def ahead(*values: int, target: int, direction: Direction = Direction.HIGHER, **range_) -> Forecast:
    points = [(year, Decimal(value)) for year, value in enumerate(values, start=1)]
    end = EndTarget(direction=direction, target=Decimal(target), year=8, **range_)
    return forecast(points, end, KVK_1)


@pytest.mark.parametrize(
    ("values", "target", "outlook"),
    [
        ((), 70, Outlook.NO_FORECAST_YET),
        ((50, 52, 54), 70, Outlook.NO_FORECAST_YET),
        ((50, 70), 70, Outlook.END_TARGET_REACHED),
        ((50, 52, 54, 56), 64, Outlook.ON_PACE),
        ((50, 52, 54, 56), 66, Outlook.ACCELERATION_NEEDED),
        ((50, 51, 52, 53), 70, Outlook.PACE_TOO_LOW),
        ((50, 50, 50, 50), 70, Outlook.PACE_TOO_LOW),
        ((56, 54, 52, 50), 70, Outlook.WRONG_DIRECTION),
        ((50, 51, 52, 53, 54, 55, 56, 57), 70, Outlook.PERIOD_OVER),
    ],
)
def test_a_forecast_compares_the_pace_with_the_needed_one(values, target, outlook):
    assert ahead(*values, target=target).outlook is outlook


def test_a_forecast_stays_within_what_can_exist():
    steep = ahead(60, 70, 80, 90, target=99, highest=Decimal(100))
    assert steep.value == Decimal("100.0")
    assert ahead(9, 7, 5, 3, target=0, direction=Direction.LOWER, lowest=Decimal(0)).value == 0


@CASES
@given(st.lists(figures, min_size=4, max_size=7), figures)
def test_a_forecast_of_lower_is_the_mirror(values, target):
    points = list(enumerate(values, start=1))
    higher = forecast(points, EndTarget(direction=Direction.HIGHER, target=target, year=8), KVK_1)
    turned = [(year, -value) for year, value in points]
    lower = forecast(turned, EndTarget(direction=Direction.LOWER, target=-target, year=8), KVK_1)
    assert (lower.outlook, lower.ratio) == (higher.outlook, higher.ratio)
    if higher.value is not None:
        assert lower.value == -higher.value


def test_three_years_are_one_group_and_five_when_three_are_too_few():
    years = [(1, 4), (2, 4), (3, 5), (4, 6), (5, 7)]
    assert pooled(years, min_n=10, rules=KVK_1) == pooled(years[2:], min_n=10, rules=KVK_1)
    few = pooled(years, min_n=20, rules=KVK_1)
    assert (few.numerator, few.denominator, few.years) == (15, 26, 5)
    one = pooled(years[:1], min_n=10, rules=KVK_1)
    assert (one.numerator, one.denominator, one.years) == (1, 4, 1)


@pytest.mark.parametrize(
    ("given_", "status", "reason"),
    [
        ("950", Status.GREEN, DeliveryReason.BELOW),
        ("1000", Status.GREEN, DeliveryReason.EQUAL),
        ("1050", Status.GREEN, DeliveryReason.ABOVE),
        ("949.99", Status.AMBER, DeliveryReason.BELOW),
        ("1150", Status.AMBER, DeliveryReason.ABOVE),
        ("849.99", Status.RED, DeliveryReason.BELOW),
        ("1150.01", Status.RED, DeliveryReason.ABOVE),
        (None, Status.NO_DATA, DeliveryReason.NO_DATA),
    ],
)
def test_money_is_judged_by_the_share_of_the_promise(given_, status, reason):
    result = judge_money(Decimal(1000), Decimal(given_) if given_ else None, KVK_1)
    assert (result.status, result.reason) == (status, reason)


def test_half_a_year_asks_half_the_money_and_nothing_agreed_asks_none():
    half = judge_money(Decimal(1000), Decimal(500), KVK_1, elapsed=Decimal("0.5"))
    assert (half.status, half.share) == (Status.GREEN, 1)
    assert judge_money(Decimal(0), Decimal(0), KVK_1).status is Status.NOT_APPLICABLE
    assert judge_money(Decimal(0), Decimal(5), KVK_1).status is Status.AMBER


@pytest.mark.parametrize(
    ("delivered", "status", "more"),
    [
        ("576", Status.GREEN, False),
        ("575", Status.AMBER, False),
        ("480", Status.AMBER, False),
        ("479", Status.RED, False),
        ("704", Status.GREEN, False),
        ("705", Status.GREEN, True),
        (None, Status.NO_DATA, False),
    ],
)
def test_hours_are_judged_by_the_share_that_came(delivered, status, more):
    """Sixteen hours in forty weeks are 640."""
    result = judge_hours(Decimal(16), 40, Decimal(delivered) if delivered else None, KVK_1)
    assert (result.status, result.more_than_agreed) == (status, more)
    assert judge_hours(Decimal(0), 40, Decimal(3), KVK_1).status is Status.NOT_APPLICABLE


@CASES
@given(st.decimals(0, 900, places=1), st.decimals(0, 900, places=1))
def test_more_hours_never_give_a_worse_colour(fewer, extra):
    order = [Status.RED, Status.AMBER, Status.GREEN]
    before = judge_hours(Decimal(16), 40, fewer, KVK_1).status
    assert order.index(judge_hours(Decimal(16), 40, fewer + extra, KVK_1).status) >= order.index(
        before
    )
