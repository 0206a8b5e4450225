"""From scores to a ranking: the weighted score of an application, and the order of all.

Scores of the commission are whole numbers per criterion; weights are whole percents that sum to
100, so a weighted score lies between 0 and 100 points. Sums are exact and rounded once, half-up.
Domain reference 4.2, 7.3.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Protocol, TypeVar

from kvk2.core.errors import DomainError
from kvk2.core.money import round_half_up

SCORE_DECIMALS = 2
# Low and top scores need a reason in words (domain reference 7.3).
SCORES_WITH_MOTIVATION = frozenset({1, 2, 5})
MOTIVATION_LENGTH = 30

NO_SCORES: Mapping[str, Decimal] = MappingProxyType({})


class WeightsNotHundred(DomainError):
    """The weights of the criteria do not sum to 100%."""

    code = "WEIGHTS_NOT_100"


class ScoreMissing(DomainError):
    """A review or an application lacks a score on one of the criteria."""

    code = "SCORE_MISSING"


class ScoreOutOfRange(DomainError):
    """A score outside the scale of its criterion."""

    code = "SCORE_OUT_OF_RANGE"


class TooFewReviews(DomainError):
    """Fewer counted reviews than the round asks for."""

    code = "TOO_FEW_REVIEWS"


@dataclass(frozen=True, slots=True)
class CriterionWeight:
    """A published criterion; `weight` in whole percent."""

    code: str
    weight: int


@dataclass(frozen=True, slots=True)
class Criterion(CriterionWeight):
    """A criterion with its scale, both ends included."""

    min_score: int
    max_score: int


@dataclass(frozen=True, slots=True)
class Review:
    """The scores of one member; counts when submitted or locked, by a member not recused."""

    reviewer: str
    scores: Mapping[str, int]
    counts: bool = True


@dataclass(frozen=True, slots=True)
class WeightedScore:
    """All in points or scores with two decimals; `spread` is the distance between the members."""

    score: Decimal
    counted_reviews: int
    criterion_scores: Mapping[str, Decimal]
    reviewer_totals: Mapping[str, Decimal]
    spread: Decimal
    discuss: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """What the ranking needs to know of an application."""

    number: str
    tier: int
    score: Decimal
    criterion_scores: Mapping[str, Decimal] = field(default_factory=dict)


class Rankable(Protocol):
    """Anything with a number, a tier, a total score and scores per criterion."""

    @property
    def number(self) -> str: ...
    @property
    def tier(self) -> int: ...
    @property
    def score(self) -> Decimal | None: ...
    @property
    def criterion_scores(self) -> Mapping[str, Decimal]: ...


R = TypeVar("R", bound=Rankable)


def weighted_score(
    criteria: Sequence[Criterion],
    reviews: Iterable[Review],
    *,
    adopted: Mapping[str, Decimal] = NO_SCORES,
    min_reviews: int,
    spread_limit: Decimal,
) -> WeightedScore:
    """The score of one application: sum of weight x final score / highest score.

    The final score of a criterion is the one `adopted` in the meeting, else the mean of the counted
    reviews. `discuss` says that the members lie more than `spread_limit` points apart.
    """
    if sum(criterion.weight for criterion in criteria) != 100:
        raise WeightsNotHundred("De wegingen tellen niet op tot 100%.")
    counted = [review for review in reviews if review.counts]
    if len(counted) < max(min_reviews, 1):
        raise TooFewReviews(
            f"Er zijn {len(counted)} beoordelingen; er zijn er minstens {min_reviews} nodig."
        )
    for criterion in criteria:
        _check_scores(criterion, counted, adopted)
    final = {
        criterion.code: _final_score(criterion.code, counted, adopted) for criterion in criteria
    }
    totals = {review.reviewer: _total(criteria, review.scores) for review in counted}
    spread = max(totals.values()) - min(totals.values())
    return WeightedScore(
        score=round_half_up(_total(criteria, final), SCORE_DECIMALS),
        counted_reviews=len(counted),
        criterion_scores=_rounded(final),
        reviewer_totals=_rounded(totals),
        spread=round_half_up(spread, SCORE_DECIMALS),
        discuss=spread > Fraction(spread_limit),
    )


def rank(
    criteria: Iterable[CriterionWeight], applications: Iterable[Rankable]
) -> tuple[tuple[str, ...], ...]:
    """The numbers in ranking order, in groups; more than one in a group is a full tie."""
    groups = ranking_groups(criteria, applications)
    return tuple(tuple(sorted(entry.number for entry in group)) for group in groups)


def ranking_groups(criteria: Iterable[CriterionWeight], applications: Iterable[R]) -> list[list[R]]:
    """Tier up, score down, then the criteria from the heaviest down; equals share a group.

    Time of receipt is never a tie-break in a tender. All applications must have a score.
    """
    entries = list(applications)
    if any(entry.score is None for entry in entries):
        raise ScoreMissing("Niet alle aanvragen hebben een score.")
    # Sorting is stable: the last sort decides first.
    entries.sort(key=attrgetter("score"), reverse=True)
    entries.sort(key=attrgetter("tier"))
    codes = [criterion.code for criterion in heaviest_first(criteria)]
    groups: list[list[R]] = []
    for _, equals in groupby(entries, key=attrgetter("tier", "score")):
        group = list(equals)
        groups += [group] if len(group) == 1 else _by_criteria(group, codes)
    return groups


def heaviest_first(criteria: Iterable[CriterionWeight]) -> list[CriterionWeight]:
    """The tie-break chain; criteria of equal weight keep their published order."""
    return sorted(criteria, key=lambda criterion: -criterion.weight)


def motivation_ok(score: int, motivation: str) -> bool:
    """Is the score motivated well enough? Spaces at both ends do not count."""
    return score not in SCORES_WITH_MOTIVATION or len(motivation.strip()) >= MOTIVATION_LENGTH


def _by_criteria(group: list[R], codes: Sequence[str]) -> list[list[R]]:
    """Equals on tier and score, ordered by the tie-break chain."""

    def scores(entry: R) -> list[Decimal]:
        return [entry.criterion_scores[code] for code in codes]

    try:
        group.sort(key=scores, reverse=True)
    except KeyError as missing:
        raise ScoreMissing(f"Er ontbreekt een score op criterium {missing.args[0]}.") from None
    return [list(equals) for _, equals in groupby(group, key=scores)]


def _check_scores(
    criterion: Criterion, reviews: Sequence[Review], adopted: Mapping[str, Decimal]
) -> None:
    code = criterion.code
    for review in reviews:
        if code not in review.scores:
            raise ScoreMissing(f"In de beoordeling van {review.reviewer} ontbreekt {code}.")
    given: list[Decimal | int] = [review.scores[code] for review in reviews]
    if code in adopted:
        given.append(adopted[code])
    if not all(criterion.min_score <= score <= criterion.max_score for score in given):
        raise ScoreOutOfRange(
            f"Een score op {code} ligt tussen {criterion.min_score} en {criterion.max_score}."
        )


def _final_score(code: str, reviews: Sequence[Review], adopted: Mapping[str, Decimal]) -> Fraction:
    if code in adopted:
        return Fraction(adopted[code])
    return Fraction(sum(review.scores[code] for review in reviews), len(reviews))


def _total(criteria: Iterable[Criterion], scores: Mapping[str, Fraction | int]) -> Fraction:
    return sum(
        (
            Fraction(criterion.weight) * scores[criterion.code] / criterion.max_score
            for criterion in criteria
        ),
        start=Fraction(0),
    )


def _rounded(figures: Mapping[str, Fraction]) -> dict[str, Decimal]:
    return {key: round_half_up(figure, SCORE_DECIMALS) for key, figure in figures.items()}
