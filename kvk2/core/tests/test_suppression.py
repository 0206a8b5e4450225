"""Small numbers: a reader who reckons may not find out what was hidden."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvk2.core.errors import DomainError
from kvk2.core.suppression import (
    CROSSED_OUT,
    difference_display,
    percentage_display,
    suppress_row,
)

CASES = settings(max_examples=100, deadline=None, database=None)
counts = st.lists(st.integers(min_value=0, max_value=12), min_size=1, max_size=4)
thresholds = st.integers(min_value=3, max_value=5)


def possible_rows(shown: tuple[str, ...], total: str, k: int) -> list[tuple[int, ...]]:
    """Everything that a reader can still believe, by trying all numbers."""
    highest = 12 * len(shown) + 1
    small, crossed = range(1, k), range(k, highest)
    totals = small if total == f"<{k}" else [int(total)]
    cells = [
        small if cell == f"<{k}" else crossed if cell == CROSSED_OUT else [int(cell)]
        for cell in shown
    ]
    return [row for row in product(*cells) if sum(row) in totals]


@CASES
@given(counts.filter(lambda cells: len(cells) < 4), thresholds)
def test_no_hidden_cell_can_be_computed(cells, k):
    row = suppress_row(cells, sum(cells), k=k)
    if row.total in (None, CROSSED_OUT):
        return
    possible = possible_rows(row.cells, row.total, k)
    assert tuple(cells) in possible
    for place, shown in enumerate(row.cells):
        if not shown.isdigit():
            assert len({candidate[place] for candidate in possible}) > 1


@CASES
@given(counts, thresholds)
def test_zero_is_shown_and_small_numbers_never(cells, k):
    row = suppress_row(cells, sum(cells), k=k)
    for cell, shown in zip(cells, row.cells, strict=True):
        if cell == 0:
            assert shown == "0"
        elif cell < k:
            assert shown == f"<{k}"
        else:
            assert shown in (str(cell), CROSSED_OUT)


@CASES
@given(counts, thresholds)
def test_nothing_is_crossed_out_without_need(cells, k):
    if not any(0 < cell < k for cell in cells):
        assert suppress_row(cells, sum(cells), k=k).cells == tuple(map(str, cells))
    assert CROSSED_OUT not in suppress_row(cells, None, k=k).cells


def test_the_leftmost_of_equals_is_crossed_out():
    assert suppress_row([9, 2, 9], 20, k=5).cells == (CROSSED_OUT, "<5", "9")


def test_a_long_row_is_quick():
    row = suppress_row([1] + [5] * 20_000, 100_001, k=5)
    assert row.total == CROSSED_OUT


@pytest.mark.parametrize(
    ("cells", "total", "k", "code"),
    [
        ([-1], None, 5, "COUNT_INVALID"),
        ([1], None, 2, "COUNT_INVALID"),
        ([1, 2], 4, 5, "TOTAL_MISMATCH"),
    ],
)
def test_impossible_counts_are_refused(cells, total, k, code):
    with pytest.raises(DomainError) as refused:
        suppress_row(cells, total, k=k)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (0, 10, "0,0"),
        (10, 10, "100,0"),
        (0, 9, None),
        (0, 0, None),
        (4, 20, None),
        (5, 20, "25,0"),
        (16, 20, None),
        (15, 20, "75,0"),
        (1, 3, None),
        (667, 1000, "66,7"),
    ],
)
def test_percentages(numerator, denominator, shown):
    assert percentage_display(numerator, denominator, k=5, min_denominator=10) == shown


@pytest.mark.parametrize(("numerator", "denominator"), [(2, 1), (-1, 5)])
def test_impossible_percentages_are_refused(numerator, denominator):
    with pytest.raises(DomainError) as refused:
        percentage_display(numerator, denominator, k=5, min_denominator=10)
    assert refused.value.code == "COUNT_INVALID"


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("15", "12", "-3"),
        ("12", "12", "0"),
        ("0", "7", "+7"),
        ("<5", "7", None),
        ("×", "7", None),
        (None, "7", None),
        ("7", None, None),
    ],
)
def test_differences(old, new, shown):
    assert difference_display(old, new) == shown
