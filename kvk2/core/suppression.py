"""Small numbers: what others than the organisation that entered a figure may see of it.

A count from 1 to k - 1 could point at a child. It is shown as `<k`; where a total would let a
reader compute it, further cells are crossed out with `×` until nothing can be computed any more
(domain reference 8.2, 7.8). A 0 is always shown. k is 5 for ordinary counts and 10 for sensitive
ones: a setting, passed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kvk2.core.errors import DomainError
from kvk2.core.money import format_number

CROSSED_OUT = "×"
SMALLEST_THRESHOLD = 3
# k for ordinary counts (domain reference 8.2).
SMALL_GROUP = 5


class CountInvalid(DomainError):
    """Not a count that can exist."""

    code = "COUNT_INVALID"


class TotalMismatch(DomainError):
    """The published total is not the sum of its cells."""

    code = "TOTAL_MISMATCH"


@dataclass(frozen=True, slots=True)
class SuppressedRow:
    """The texts to show; `total` is `None` when no total is published."""

    cells: tuple[str, ...]
    total: str | None


def suppress_row(cells: Sequence[int], total: int | None, *, k: int) -> SuppressedRow:
    """One row of counts with its total, safe to show (a table with column totals needs more)."""
    if k < SMALLEST_THRESHOLD or any(cell < 0 for cell in cells):
        raise CountInvalid("Een aantal is niet negatief en de drempel is minstens 3.")
    if total is not None and total != sum(cells):
        raise TotalMismatch("Het totaal is niet de som van de aantallen.")
    shown = [_shown(cell, k) for cell in cells]
    if total is None:
        return SuppressedRow(tuple(shown), None)
    # Leftmost first among equals: sorting is stable.
    open_cells = sorted((i for i, cell in enumerate(cells) if cell >= k), key=lambda i: cells[i])
    small = [cell for cell in cells if 0 < cell < k]
    hidden_sum, crossed = sum(small), 0
    while _can_be_computed(len(small), crossed, hidden_sum, total, k):
        if crossed == len(open_cells):
            return SuppressedRow(tuple(shown), CROSSED_OUT)
        index = open_cells[crossed]
        shown[index] = CROSSED_OUT
        hidden_sum += cells[index]
        crossed += 1
    return SuppressedRow(tuple(shown), _shown(total, k))


def percentage_display(
    numerator: int, denominator: int, *, k: int, min_denominator: int
) -> str | None:
    """The percentage with one decimal and a comma, no sign; `None` when it may not be shown.

    It may not when the group is too small, or when the part or the rest is a small number.
    """
    rest = denominator - numerator
    if numerator < 0 or rest < 0:
        raise CountInvalid("De teller is niet negatief en niet groter dan de noemer.")
    if (
        denominator == 0
        or denominator < min_denominator
        or is_small(numerator, k)
        or is_small(rest, k)
    ):
        return None
    return format_number(Fraction(100 * numerator, denominator), 1)


def difference_display(old: str | None, new: str | None) -> str | None:
    """The change between two counts as they are shown; `None` when one of the two is hidden."""
    if old is None or new is None or not (_is_number(old) and _is_number(new)):
        return None
    difference = Decimal(new) - Decimal(old)
    return f"{difference:+}" if difference else "0"


def is_small(count: int, k: int) -> bool:
    """From 1 to k - 1: a number that may not be shown."""
    return 0 < count < k


def _shown(count: int, k: int) -> str:
    return f"<{k}" if is_small(count, k) else str(count)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _can_be_computed(small: int, crossed: int, hidden_sum: int, total: int, k: int) -> bool:
    """Is only one value possible for one of the hidden cells?

    The reader knows that each of the `small` cells is 1 to k - 1, that each of the `crossed` cells
    is k or more, and their sum: exactly, or as far as a total shown as `<k` tells.
    """
    if is_small(total, k):
        visible = total - hidden_sum
        sums = _Range(1 - visible, k - 1 - visible)
    else:
        sums = _Range(hidden_sum, hidden_sum)
    a_small, a_crossed = _Range(1, k - 1), _Range(k, max(k, sums.highest))
    everything = _Range(
        small * a_small.lowest + crossed * a_crossed.lowest,
        small * a_small.highest + crossed * a_crossed.highest,
    )
    kinds = [(small, a_small), (crossed, a_crossed)]
    return any(count and _only_one_value(cell, everything, sums) for count, cell in kinds)


@dataclass(frozen=True, slots=True)
class _Range:
    lowest: int
    highest: int


def _only_one_value(cell: _Range, everything: _Range, sums: _Range) -> bool:
    """`cell` is one of the cells that `everything` bounds together; their sum lies in `sums`."""
    lowest = max(cell.lowest, sums.lowest - (everything.highest - cell.highest))
    highest = min(cell.highest, sums.highest - (everything.lowest - cell.lowest))
    return lowest >= highest
