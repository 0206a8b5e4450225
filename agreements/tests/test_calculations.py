from decimal import Decimal

import pytest

from agreements.calculations import (
    linear_targets,
    one_child,
    percentage,
    planned_improvement,
    smallest_step,
    steps_against,
)

D = Decimal


@pytest.mark.parametrize(
    ("start", "end", "steps", "decimals", "expected"),
    [
        (40, 60, 4, 0, ["45", "50", "55", "60"]),
        (10, 0, 4, 1, ["7.5", "5.0", "2.5", "0.0"]),
        (0, 1, 3, 2, ["0.33", "0.67", "1.00"]),
        (5, 5, 2, 0, ["5", "5"]),
        (0, 1, 8, 0, ["0", "0", "0", "1", "1", "1", "1", "1"]),
    ],
)
def test_linear_targets(start, end, steps, decimals, expected):
    figures = linear_targets(D(start), D(end), steps=steps, decimals=decimals)
    assert [str(figure) for figure in figures] == expected


@pytest.mark.parametrize(
    ("baseline", "targets", "sign", "years"),
    [
        (D(40), {"a": D(45), "b": D(50)}, 1, []),
        (D(40), {"a": D(35), "b": D(50)}, 1, ["a"]),
        (D(40), {"a": D(35), "b": D(36)}, -1, ["b"]),
        (None, {"a": D(1), "b": D(0)}, 1, ["b"]),
        (D(40), {"a": D(40)}, 1, []),
    ],
)
def test_steps_against(baseline, targets, sign, years):
    assert steps_against(baseline, targets, sign=sign) == years


def test_planned_improvement_has_one_sign_for_both_directions():
    assert planned_improvement(D(40), D(60), sign=1) == 20
    assert planned_improvement(D(60), D(40), sign=-1) == 20


@pytest.mark.parametrize(
    ("baseline", "targets", "step"),
    [(D(40), [D(45), D(46)], D(1)), (None, [D(5)], None), (D(5), [D(5), D(5)], None)],
)
def test_smallest_step(baseline, targets, step):
    assert smallest_step(baseline, targets) == step


def test_one_child_of_twenty_weighs_five_points():
    assert one_child(20) == 5


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "figure"),
    [(30, 40, 1, "75.0"), (1, 3, 1, "33.3"), (1, 8, 0, "13"), (0, 7, 0, "0")],
)
def test_percentage(part, whole, decimals, figure):
    assert str(percentage(part, whole, decimals)) == figure
