"""How much a ranking means: bands of scores that lie too close together, and what one member's scores change.

A panel of a few people on a scale of five gives differences that are smaller than its own noise. The ranking of domain
reference 4.2 stays the rule by which money is divided; what stands here only shows how firm that ranking is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kvk2.core.errors import DomainError
from subsidies.scoring import (
    NO_SCORES,
    Criterion,
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
    """One application with the reviews that count, and the scores adopted in the meeting per criterion code."""

    number: str
    tier: int
    reviews: tuple[Review, ...]
    adopted: Mapping[str, Decimal] = field(default_factory=lambda: NO_SCORES)


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


def firmness(criteria: Sequence[Criterion], applications: Sequence[Assessed]) -> list[Firmness]:
    """In ranking order, what would become of each place if the scores of one member were left out, one member at a time.

    An application whose only review is that of the member left out keeps the score it had: there is nothing to put in
    its place. Refusals: as `weighted_score`.
    """
    places = _places(criteria, applications, without=None)
    reviewers = sorted(
        {row.reviewer for each in applications for row in each.reviews if row.counts}
    )
    trials = {name: _places(criteria, applications, without=name) for name in reviewers}
    found = []
    for number, place in places.items():
        others = {name: trial[number] for name, trial in trials.items()}
        found.append(
            Firmness(
                number=number,
                place=place,
                best=min([place, *others.values()]),
                worst=max([place, *others.values()]),
                moved_by=tuple(name for name, other in others.items() if other != place),
            )
        )
    return found


def _places(
    criteria: Sequence[Criterion], applications: Sequence[Assessed], *, without: str | None
) -> dict[str, int]:
    scored = [_scored(criteria, each, without) for each in applications]
    places: dict[str, int] = {}
    for group in ranking_groups(criteria, scored):
        place = len(places) + 1
        places |= dict.fromkeys(sorted(each.number for each in group), place)
    return places


def _scored(criteria: Sequence[Criterion], application: Assessed, without: str | None) -> Scored:
    counted = [review for review in application.reviews if review.counts]
    rest = [review for review in counted if review.reviewer != without] or counted
    result = weighted_score(
        criteria, rest, adopted=application.adopted, min_reviews=1, spread_limit=_ANY_SPREAD
    )
    return Scored(
        number=application.number,
        tier=application.tier,
        score=result.score,
        criterion_scores=result.criterion_scores,
    )
