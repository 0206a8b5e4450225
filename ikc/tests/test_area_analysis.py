"""Ranks, score, reliability mark: the rule of `ikc.area_analysis` in worked cases."""

import random
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from ikc.area_analysis import Measure, Observed, analyse, points_of, ranks

POOR = Measure("poor", Decimal(2), higher_is_worse=True)
SCHOOL = Measure("school", Decimal(1), higher_is_worse=False)


def figures(measure, values, year=2024, indicative=()):
    return [
        Observed(
            measure.code,
            district,
            year,
            None if value is None else Decimal(value),
            district in indicative,
        )
        for district, value in values.items()
    ]


def by_district(results):
    return {one.district: one for one in results}


def test_equal_figures_share_a_rank_and_the_next_is_skipped():
    values = {"a": Decimal("12.5"), "b": Decimal("12.50"), "c": Decimal(3)}

    assert ranks(values, highest_first=True) == {"a": 1, "b": 1, "c": 3}
    assert ranks(values, highest_first=False) == {"c": 1, "a": 2, "b": 2}


def test_points_run_evenly_from_a_hundred_to_nought():
    assert [points_of(rank, 4) for rank in (1, 2, 3, 4)] == [
        100,
        Fraction(200, 3),
        Fraction(100, 3),
        0,
    ]
    assert points_of(1, 1) == 0


def test_the_score_is_the_weighted_mean_of_the_points():
    results = analyse(
        [POOR, SCHOOL],
        [
            *figures(POOR, {"a": 30, "b": 20, "c": 10}),
            *figures(SCHOOL, {"a": 520, "b": 540, "c": 530}),
        ],
        ["a", "b", "c"],
        until=2024,
    )
    found = by_district(results)

    # a: worst of both; b: (2×50 + 1×0) / 3; c: (2×0 + 1×50) / 3
    assert [found[key].score for key in "abc"] == [100, Fraction(100, 3), Fraction(50, 3)]
    assert [found[key].rank for key in "abc"] == [1, 2, 3]
    assert {one.reliability for one in results} == {"B"}


def test_equal_scores_share_a_rank():
    found = by_district(
        analyse([POOR], figures(POOR, {"a": 9, "b": 9, "c": 1}), ["a", "b", "c"], until=2024)
    )

    assert [found[key].rank for key in "abc"] == [1, 1, 3]


def test_an_indicative_or_missing_figure_marks_the_district():
    found = by_district(
        analyse(
            [POOR, SCHOOL],
            [
                *figures(POOR, {"a": 3, "b": 2, "c": 1}, indicative=("a",)),
                *figures(SCHOOL, {"a": 5, "b": None, "c": 4}),
            ],
            ["a", "b", "c"],
            until=2024,
        )
    )

    assert {key: one.reliability for key, one in found.items()} == {"a": "I", "b": "I", "c": "B"}
    assert found["b"].missing == ["school"]
    assert found["b"].score == 50  # of the one indicator that is known: two thirds of the weight


def test_no_score_when_less_than_half_of_the_weight_is_known():
    found = by_district(
        analyse(
            [POOR, SCHOOL],
            [*figures(POOR, {"a": 3, "b": None}), *figures(SCHOOL, {"a": 5, "b": 4})],
            ["a", "b"],
            until=2024,
        )
    )

    assert found["b"].score is None
    assert found["b"].rank is None
    assert found["a"].rank == 1


def test_of_each_indicator_the_latest_year_up_to_the_asked_one_counts():
    rows = [
        *figures(POOR, {"a": 1, "b": 2}, year=2020),
        *figures(POOR, {"a": 9}, year=2022),
        *figures(POOR, {"a": 1, "b": 5}, year=2025),
    ]

    parts = {
        until: analyse([POOR], rows, ["a", "b"], until=until)[0].parts
        for until in (2019, 2021, 2024)
    }

    assert parts[2019] == []  # nothing known yet: it takes no part
    assert [(part.year, part.rank) for part in parts[2021]] == [(2020, 2)]
    assert [(part.year, part.rank) for part in parts[2024]] == [(2022, 1)]


def test_figures_of_other_districts_do_not_count():
    (only,) = analyse([POOR], figures(POOR, {"a": 1, "elsewhere": 99}), ["a"], until=2024)

    assert (only.rank, only.score) == (1, 0)


def test_nothing_known_is_no_score_and_not_reliable():
    (nothing,) = analyse([], [], ["a"], until=2024)

    assert (nothing.score, nothing.rank, nothing.reliability) == (None, None, "I")


@pytest.mark.parametrize("higher_is_worse", [True, False])
def test_more_vulnerable_never_ranks_lower_whatever_the_weight(higher_is_worse):
    dice = random.Random(2021)
    sign = 1 if higher_is_worse else -1
    for _ in range(30):
        measure = Measure("m", Decimal(dice.randint(1, 900)) / 100, higher_is_worse)
        size = dice.randint(1, 12)
        rows = figures(measure, {str(place): dice.randint(-5, 5) for place in range(size)})
        results = analyse([measure], rows, [row.district for row in rows], until=2024)
        for one, other in product(results, repeat=2):
            more = sign * int(one.parts[0].value - other.parts[0].value)
            assert (one.rank < other.rank) == (more > 0)
            assert (one.rank == other.rank) == (more == 0)
            assert 0 <= one.score <= 100
