"""Totals of reviews and applications, computed by the database in one statement.

Scores are whole numbers on a scale of five and weights whole percents, so every sum is exact; each total is divided and
rounded once, half-up, as `subsidies.scoring` does it (a test holds the two against each other).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from subsidies.models import Criterion
from subsidies.services.advice import EDITABLE
from subsidies.states import COUNTED_REVIEWS, OPEN_REVIEWS, ReviewState

if TYPE_CHECKING:
    from ikc.models import User

# Per application, in points x the number of counted reviews: what the final scores that the commission adopted itself
# differ from the means of the members. {wanted} narrows it to the applications that are asked for.
_ADOPTED = """
    SELECT latest.application_id,
           SUM(c.weight * (given.number * latest.after - given.points) / %(scale)s::numeric) AS points
    FROM (
        SELECT DISTINCT ON (application_id, criterion_id) application_id, criterion_id, after
        FROM subsidies_scorechange
        WHERE review_id IS NULL {wanted}
        ORDER BY application_id, criterion_id, id DESC
    ) latest
    JOIN subsidies_criterion c ON c.id = latest.criterion_id
    CROSS JOIN LATERAL (
        SELECT COUNT(s.score) AS number, COALESCE(SUM(s.score), 0) AS points
        FROM subsidies_review r
        JOIN subsidies_reviewscore s ON s.review_id = r.id AND s.criterion_id = c.id
        WHERE r.application_id = latest.application_id AND r.state = ANY(%(counted)s)
    ) given
    GROUP BY latest.application_id
"""

_FACTS = f"""
    WITH adopted AS ({_ADOPTED.format(wanted="AND application_id = ANY(%(applications)s)")})
    SELECT r.application_id,
           COUNT(*) FILTER (WHERE r.state = ANY(%(counted)s)),
           COUNT(*) FILTER (WHERE r.state <> %(recused)s),
           ROUND((SUM(r.total) FILTER (WHERE r.state = ANY(%(counted)s)) + COALESCE(MIN(adopted.points), 0))
                 / NULLIF(COUNT(*) FILTER (WHERE r.state = ANY(%(counted)s)), 0), 2),
           MAX(r.total) FILTER (WHERE r.state = ANY(%(counted)s))
               - MIN(r.total) FILTER (WHERE r.state = ANY(%(counted)s)),
           COALESCE(BOOL_OR(m.user_id = %(reader)s AND r.state = ANY(%(open)s)), FALSE)
    FROM subsidies_review r
    JOIN subsidies_commissionmember m ON m.id = r.member_id
    LEFT JOIN adopted ON adopted.application_id = r.application_id
    WHERE r.application_id = ANY(%(applications)s)
    GROUP BY r.application_id
"""  # noqa: S608 - put together from the constants above

_DIFFERENCES = f"""
    WITH given AS (
        SELECT s.review_id, SUM(c.weight * s.score) / %(scale)s::numeric AS points
        FROM subsidies_reviewscore s
        JOIN subsidies_criterion c ON c.id = s.criterion_id
        GROUP BY s.review_id
    ), reviews AS (
        SELECT r.id, r.application_id, r.total, given.points
        FROM subsidies_review r
        LEFT JOIN given ON given.review_id = r.id
        WHERE r.state = ANY(%(counted)s)
    ), adopted AS ({_ADOPTED.format(wanted="")}), applications AS (
        SELECT reviews.application_id,
               ROUND((SUM(reviews.points) + COALESCE(MIN(adopted.points), 0)) / COUNT(*), 2) AS score
        FROM reviews
        LEFT JOIN adopted ON adopted.application_id = reviews.application_id
        GROUP BY reviews.application_id
    )
    SELECT 'review', reviews.id, reviews.total, ROUND(reviews.points, 2)
    FROM reviews
    WHERE reviews.total IS DISTINCT FROM ROUND(reviews.points, 2)
    UNION ALL
    SELECT 'advice', advice.application_id, advice.score, applications.score
    FROM subsidies_commissionadvice advice
    LEFT JOIN applications ON applications.application_id = advice.application_id
    WHERE NOT advice.state = ANY(%(editable)s) AND advice.score IS DISTINCT FROM applications.score
    ORDER BY 1, 2
"""  # noqa: S608 - put together from the constants above


class ReviewFacts(NamedTuple):
    """Of the reviews of one application. Score and spread in points, None while nothing counts."""

    done: int = 0
    assigned: int = 0
    score: Decimal | None = None
    spread: Decimal | None = None
    owed: bool = False  # the reader still has to score it


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored total that is not what the scores come to: of a review, or of an adopted advice (by application)."""

    kind: str
    pk: int
    stored: Decimal | None
    computed: Decimal | None


def facts_of(applications: Sequence[int], reader: "User") -> dict[int, ReviewFacts]:
    """Per application (ids) what its reviews come to, from their stored totals; one statement."""
    rows = _rows(_FACTS, applications=list(applications), reader=reader.pk)
    return {pk: ReviewFacts(*rest) for pk, *rest in rows}


def differences() -> list[Difference]:
    """Every total that counts, computed anew from the scores and held against what is stored; one statement.

    It only tells: a submitted total and an adopted score are what was decided on, and are never written over.
    """
    return [Difference(*row) for row in _rows(_DIFFERENCES, editable=list(EDITABLE))]


def _rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    values |= {
        "counted": list(COUNTED_REVIEWS),
        "open": list(OPEN_REVIEWS),
        "recused": ReviewState.RECUSED,
        "scale": Criterion.MAX_SCORE,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
