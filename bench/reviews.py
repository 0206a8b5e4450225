"""The commission's work at scale: the overview of a round with five reviews per application, and every total anew.

The totals are counted over rows that hold nothing but what a total stands on, in a database of their own.
"""

import time
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench import world
from bench.review_lines import EACH
from ikc.models import User
from subsidies.models import Criterion, Review, SubsidyRound
from subsidies.services.totals import differences

SECRETARY = "secretaris@demo.example"
REPEATS = 5


def grow(size: int) -> dict[str, object]:
    """The round in assessment with `size` applications of five reviews each, and who opens the overview."""
    facts = world.grow(size, EACH)
    return {**facts, "secretary": world.session_of(User.objects.get(email=SECRETARY))}


def fill(reviews: int) -> int:
    """Up to `reviews` submitted reviews, five per application, each with a score on every criterion and its total."""
    round_ = SubsidyRound.objects.get(state="assessing", is_demo=True)
    wanted = -(-reviews // EACH)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        made = world.applications(
            round_, wanted - round_.applications.count(), start=round_.applications.count()
        )
        members = world.independent(round_)
        cursor.execute(
            """
            INSERT INTO subsidies_review
                (application_id, member_id, state, recusal_reason, note_to_self, saved_page, submitted_at, total)
            SELECT application, member, 'submitted', '', '', '', now(), 0
            FROM unnest(%s::bigint[]) AS application, unnest(%s::bigint[]) AS member
            """,
            [[each.pk for each in made], members[:EACH]],
        )
        cursor.execute(
            """
            INSERT INTO subsidies_reviewscore (review_id, criterion_id, score, motivation)
            SELECT review.id, criterion.id, (review.id * 7 + criterion.id * 3) %% 5 + 1, ''
            FROM subsidies_review review, subsidies_criterion criterion
            WHERE review.application_id = ANY(%s::bigint[]) AND criterion.round_id = %s
            """,
            [[each.pk for each in made], round_.pk],
        )
        cursor.execute(
            """
            UPDATE subsidies_review SET total = given.total
            FROM (
                SELECT score.review_id, ROUND(SUM(criterion.weight * score.score) / %s::numeric, 2) AS total
                FROM subsidies_reviewscore score
                JOIN subsidies_criterion criterion ON criterion.id = score.criterion_id
                GROUP BY score.review_id
            ) given
            WHERE given.review_id = subsidies_review.id AND subsidies_review.total = 0
            """,
            [Criterion.MAX_SCORE],
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Review.objects.counted().count()


def totals() -> Mapping[str, Any]:
    """Seconds to compute every total anew and hold it against the stored one: the median, statements, differences."""
    seconds, statements, differing = [], 0, 0
    for _ in range(REPEATS):
        with CaptureQueriesContext(connection) as captured:
            begun = time.perf_counter()
            found = differences()
            seconds.append(time.perf_counter() - begun)
        statements, differing = len(captured), len(found)
    return {
        "reviews": Review.objects.counted().count(),
        "seconds": sorted(seconds)[len(seconds) // 2],
        "queries": statements,
        "differences": differing,
    }
