"""How much a ranking means: bands of scores that lie too close together, and what one member's scores change.

A panel of a few people on a scale of five gives differences that are smaller than its own noise. The ranking of domain
reference 4.2 stays the rule by which money is divided; what stands here only shows how firm that ranking is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from kvk2.core.errors import DomainError
from kvk2.core.money import round_half_up
from subsidies.scoring import (
    NO_SCORES,
    SCORE_DECIMALS,
    Criterion,
    CriterionWeight,
    R,
    Review,
    Scored,
    ranking_groups,
    weighted_score,
)

# No spread is asked for here: every difference between members is allowed.
_ANY_SPREAD = Decimal(100)


class MarginInvalid(DomainError):
    """A margin below nought points."""

    code = "MARGIN_INVALID"


@dataclass(frozen=True, slots=True)
class Assessed:
    """One application with the reviews that count, and the scores adopted in the meeting per criterion code.

    `standing`: the score that stands, when it is fixed or known already; it holds wherever nobody who scored this
    application is left out.
    """

    number: str
    tier: int
    reviews: tuple[Review, ...]
    adopted: Mapping[str, Decimal] = field(default_factory=lambda: NO_SCORES)
    standing: Scored | None = None


# The numbers in ranking order; full equals share a group.
Order = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Firmness:
    """Where one application stands, and where it could stand with the scores of any one member left out.

    Places count from 1; `best` and `worst` include `place`. Applications that are wholly equal share the first place of
    their group. `moved_by`: the reviewers without whom it would have another place, by name.
    """

    number: str
    place: int
    best: int
    worst: int
    moved_by: tuple[str, ...]

    @property
    def is_firm(self) -> bool:
        return self.best == self.worst


def smallest_step(criteria: Sequence[Criterion], reviews: int) -> Decimal:
    """What one member does to the score of an application with one point more or less, on the heaviest criterion.

    In points of 100, for an application with `reviews` of them. Who lies closer together than this may change places
    when a single member doubts between two neighbouring scores.
    """
    most = max((Fraction(each.weight, each.max_score) for each in criteria), default=Fraction(0))
    return round_half_up(most / max(reviews, 1), SCORE_DECIMALS)


def bands(groups: Iterable[Sequence[R]], *, margin: Decimal) -> list[list[R]]:
    """Applications in ranking order, put together while their score lies within `margin` points of the first of the band.

    `groups`: as `ranking_groups` gives them. A band never crosses a tier: who comes first by rule is not 'about equal'.
    Measured from the first of the band and not from the neighbour, or else a long row of small steps would be one band.
    """
    if margin < 0:
        raise MarginInvalid("De marge is nul of meer punten.")
    found: list[list[R]] = []
    for group in groups:
        first = found[-1][0] if found else None
        if first is not None and _together(first, group[0], margin):
            found[-1].extend(group)
        else:
            found.append(list(group))
    return found


def _together(first: R, other: R, margin: Decimal) -> bool:
    if first.score is None or other.score is None:
        return False
    return first.tier == other.tier and first.score - other.score <= margin


@dataclass(frozen=True, slots=True)
class Trials:
    """The ranking, and the rankings with the scores of one member left out, by reviewer."""

    order: Order
    without: Mapping[str, Order]

    @property
    def firmness(self) -> list[Firmness]:
        """In ranking order, what becomes of each place."""
        places = _places(self.order)
        others = {name: _places(order) for name, order in self.without.items()}
        found = []
        for number, place in places.items():
            moved = {name: trial[number] for name, trial in others.items()}
            found.append(
                Firmness(
                    number=number,
                    place=place,
                    best=min([place, *moved.values()]),
                    worst=max([place, *moved.values()]),
                    moved_by=tuple(name for name, other in moved.items() if other != place),
                )
            )
        return found

    def moves(self, reviewer: str) -> dict[str, tuple[int, int]]:
        """Without this member: the numbers that get another place, with the place they have and the one they get."""
        now, then = _places(self.order), _places(self.without[reviewer])
        return {
            number: (place, then[number]) for number, place in now.items() if then[number] != place
        }


def trials(
    criteria: Sequence[Criterion],
    applications: Sequence[Assessed],
    *,
    chain: Sequence[CriterionWeight] | None = None,
) -> Trials:
    """The ranking as it is, and with the scores of each member left out, one member at a time.

    `chain`: the criteria that break a tie, when they are not all of them. An application whose only review is that of
    the member left out keeps the score it had: there is nothing to put in its place. Refusals: as `weighted_score`.
    """
    standing = {each.number: each.standing or _scored(criteria, each) for each in applications}
    reviewed: dict[str, list[Assessed]] = {}
    for each in applications:
        for row in each.reviews:
            if row.counts:
                reviewed.setdefault(row.reviewer, []).append(each)
    ties = criteria if chain is None else chain
    return Trials(
        order=_order(ties, standing),
        without={
            name: _order(
                ties, standing | {each.number: _scored(criteria, each, name) for each in own}
            )
            for name, own in sorted(reviewed.items())
        },
    )


def _order(criteria: Sequence[CriterionWeight], scored: Mapping[str, Scored]) -> Order:
    groups = ranking_groups(criteria, scored.values())
    return tuple(tuple(sorted(each.number for each in group)) for group in groups)


def _places(order: Order) -> dict[str, int]:
    places: dict[str, int] = {}
    for group in order:
        places |= dict.fromkeys(group, len(places) + 1)
    return places


def _scored(
    criteria: Sequence[Criterion], application: Assessed, without: str | None = None
) -> Scored:
    counted = [review for review in application.reviews if review.counts]
    rest = [review for review in counted if review.reviewer != without]
    if not rest and application.standing is not None:
        return application.standing
    result = weighted_score(
        criteria,
        rest or counted,
        adopted=application.adopted,
        min_reviews=1,
        spread_limit=_ANY_SPREAD,
    )
    return Scored(
        number=application.number,
        tier=application.tier,
        score=result.score,
        criterion_scores=result.criterion_scores,
    )
