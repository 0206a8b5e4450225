"""The achterstandsscore of a school, worked out again from its parts (domain reference 7.9).

Statistics Netherlands (CBS) publishes the score every year, and that published figure is what the portal imports. This
is the sum behind it (Besluit bekostiging WPO, article 27, text of 2020), to check a figure against and to explain it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kvk2.core.errors import DomainError
from kvk2.core.money import round_half_up

DECIMALS = 2


class LowScoresNotPossible(DomainError):
    """More pupils with a low score than the location has, or a number below nought."""

    code = "LOW_SCORES_NOT_POSSIBLE"


@dataclass(frozen=True, slots=True)
class LowScore:
    """`count` pupils of a location with the same onderwijsscore, all among the 15% lowest of the country."""

    count: int
    score: Decimal


@dataclass(frozen=True, slots=True)
class Location:
    """One location of a school: its pupils, and the low scores among them."""

    pupils: int
    low_scores: tuple[LowScore, ...] = ()


@dataclass(frozen=True, slots=True)
class LocationScore:
    """`disadvantage` (A): the distance to the mean, summed; `threshold` (B): what every school is expected to carry."""

    disadvantage: Decimal
    threshold: Decimal
    score: Decimal


@dataclass(frozen=True, slots=True)
class DisadvantageScore:
    """The score of the school, the sum of its locations, each rounded half-up to two decimals."""

    locations: tuple[LocationScore, ...]
    score: Decimal


def disadvantage_score(
    locations: Iterable[Location],
    *,
    national_mean: Decimal,
    lowest_mean: Decimal,
    threshold_percentage: Decimal,
) -> DisadvantageScore:
    """A - B per location, never below nought, and their sum. Refusal: `LowScoresNotPossible`.

    `national_mean` (C) and `lowest_mean` (G): the mean onderwijsscore of all pupils in the country, and of the 15%
    lowest; `threshold_percentage`: the part of the pupils that counts for B, such as 12.
    """
    share = Fraction(threshold_percentage) / 100
    gap = Fraction(national_mean) - Fraction(lowest_mean)
    found = []
    for location in locations:
        _check(location)
        disadvantage = sum(
            (
                row.count * (Fraction(national_mean) - Fraction(row.score))
                for row in location.low_scores
            ),
            start=Fraction(0),
        )
        threshold = location.pupils * share * gap
        found.append(
            LocationScore(
                disadvantage=round_half_up(disadvantage, DECIMALS),
                threshold=round_half_up(threshold, DECIMALS),
                score=round_half_up(max(disadvantage - threshold, Fraction(0)), DECIMALS),
            )
        )
    total = sum((location.score for location in found), start=Decimal("0.00"))
    return DisadvantageScore(locations=tuple(found), score=total)


def _check(location: Location) -> None:
    counts = [row.count for row in location.low_scores]
    if location.pupils < 0 or min(counts, default=0) < 0 or sum(counts) > location.pupils:
        raise LowScoresNotPossible(
            "Er zijn meer leerlingen met een lage score dan de vestiging leerlingen heeft."
        )
