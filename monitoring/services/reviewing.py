"""Deeds of the review of a goal: write the four answers down, finish, open again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from agreements.models import Goal
from ikc.models import User
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from monitoring.models import MOST_WORDS, QUESTIONS, GoalReview, Return
from monitoring.states import ADOPTED_YEARS, CycleState
from monitoring.states_pdca import REVIEW_WORKFLOW

# States of a cycle in which nobody looks back yet, or any more.
NOT_REVIEWED = (CycleState.PLANNED, *ADOPTED_YEARS)
ASKED = {
    "recognise": "Herkennen",
    "explain": "Verklaren",
    "value": "Waarderen",
    "improve": "Verbeteren",
}


class ReviewIsClosed(DomainError):
    """The year is adopted: what people said of it stands."""


class ReviewIncomplete(DomainError):
    """A finished review answers all four questions, each in few words."""


def is_open_for_review(return_: Return) -> bool:
    """Whether people may still write what they make of these figures."""
    return return_.cycle.state not in NOT_REVIEWED


def words_in(text: str) -> int:
    """How many words, as the database counts them: what stands between white space."""
    return len(text.split())


@transaction.atomic
def save_review(
    return_: Return,
    goal: Goal,
    answers: Mapping[str, str],
    *,
    finish: bool,
    by: User,
    at: datetime,
) -> GoalReview:
    """Keep the four answers; with `finish` they are ready to print. Refusals: `ReviewIsClosed`, `ReviewIncomplete`."""
    return_ = (
        Return.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=return_.pk)
    )
    if not is_open_for_review(return_):
        raise ReviewIsClosed("Dit jaar is vastgesteld. De terugblik staat vast.")
    texts = {name: answers.get(name, "").strip() for name in QUESTIONS}
    _check(texts, finish=finish)
    review = GoalReview.objects.filter(of_return=return_, goal=goal).first() or GoalReview(
        of_return=return_, goal=goal
    )
    before = review.state if review.pk else ""
    if review.is_done:
        review.state = REVIEW_WORKFLOW.target("reopen", state=review.state)
    for name, text in texts.items():
        setattr(review, name, text)
    if finish:
        review.state = REVIEW_WORKFLOW.target("finish", state=review.state)
    review.author, review.written_at = by, at
    review.save()
    verb = "goal_review_finished" if finish else "goal_review_written"
    record(return_, verb, actor=by, at=at, before=before, after=review.state, reason=str(goal))
    return review


def _check(texts: Mapping[str, str], *, finish: bool) -> None:
    if finish and not all(texts.values()):
        raise ReviewIncomplete("Beantwoord eerst alle vier de vragen.")
    for name, text in texts.items():
        if words_in(text) > MOST_WORDS:
            label = ASKED[name]
            raise ReviewIncomplete(
                f"Uw antwoord bij ‘{label}’ telt {words_in(text)} woorden. Maak er hoogstens {MOST_WORDS} van."
            )
