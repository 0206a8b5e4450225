"""How far the members lie apart on each criterion of one case. Scores are whole numbers, 1 to 5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kvk2.core.money import round_half_up

# So many scores apart is worth a conversation: 'matig' and 'goed' are not the same judgement.
WIDE = 2


@dataclass(frozen=True, slots=True)
class CriterionSpread:
    """The scores on one criterion, one per member who gave it."""

    code: str
    scores: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.scores)

    @property
    def low(self) -> int:
        return min(self.scores)

    @property
    def high(self) -> int:
        return max(self.scores)

    @property
    def spread(self) -> int:
        return self.high - self.low

    @property
    def is_wide(self) -> bool:
        return self.spread >= WIDE

    @property
    def mean(self) -> Decimal:
        """With two decimals, half-up."""
        return round_half_up(Fraction(sum(self.scores), self.count), 2)

    @property
    def _unrest(self) -> Fraction:
        """The mean distance between two members: tells equal spreads apart."""
        pairs = sum(abs(one - other) for one in self.scores for other in self.scores)
        return Fraction(pairs, self.count**2)


def spreads(scores: Mapping[str, Sequence[int]]) -> list[CriterionSpread]:
    """The largest difference first; equals keep the order of `scores`. A criterion that nobody scored stays out."""
    found = [CriterionSpread(code, tuple(sorted(given))) for code, given in scores.items() if given]
    return sorted(found, key=lambda row: (-row.spread, -row._unrest))
