"""Scores that change after the conversation: a member's own, or the final one of a criterion (domain reference 4.2)."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from subsidies import scoring
from subsidies.facts import known
from subsidies.models import AgendaItem, Application, Criterion, Review, ReviewScore, ScoreChange
from subsidies.services.advice import current_score, reviews_of
from subsidies.services.reviews import Given, criteria_of, refuse_unfit, weighted_total
from subsidies.states import ApplicationState, ReviewState

if TYPE_CHECKING:
    from ikc.models import User

LOWEST, HIGHEST = 1, 5


class ScoreChangeRefused(DomainError):
    """No reason, no change, outside the scale, no slot for a conversation, or the advice was adopted."""


@transaction.atomic
def change_own_score(
    review: Review, criterion: Criterion, *, after: int, reason: str, by: "User", at: datetime
) -> ScoreChange:
    """A member changes one submitted score after the conversation; the total of the member follows.

    Raises ScoreChangeRefused, or AssessmentClosed and ConflictOfInterest of `services.reviews`.
    """
    application = _lock(review.application)
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    refuse_unfit(review)
    if review.state != ReviewState.SUBMITTED:
        raise ScoreChangeRefused("Alleen een ingediende beoordeling kan na het gesprek veranderen.")
    row = ReviewScore.objects.get(review=review, criterion=criterion)
    before = Decimal(known(row.score))
    change = _write(
        application,
        criterion,
        before=before,
        after=Decimal(after),
        reason=reason,
        by=by,
        at=at,
        review=review,
    )
    row.score = after
    row.motivation = f"{row.motivation}\n\nNa het gesprek: {change.reason}".strip()
    row.save(update_fields=["score", "motivation"])
    given = {
        score.criterion.code: Given(score.score, score.motivation)
        for score in review.scores.select_related("criterion")
    }
    review.total = weighted_total(criteria_of(application), given)
    review.save(update_fields=["total"])
    return change


@transaction.atomic
def adopt_score(
    item: AgendaItem, criterion: Criterion, *, after: Decimal, reason: str, by: "User", at: datetime
) -> ScoreChange:
    """The commission sets the final score of a criterion in the meeting. Raises ScoreChangeRefused or TooFewReviews."""
    application = _lock(item.application)
    if application.state != ApplicationState.IN_REVIEW:
        raise ScoreChangeRefused("Het advies is vastgesteld; de score is definitief.")
    now = current_score(application, reviews_of(application))
    before = now.criterion_scores[criterion.code]
    return _write(application, criterion, before=before, after=after, reason=reason, by=by, at=at)


def _write(
    application: Application,
    criterion: Criterion,
    *,
    before: Decimal,
    after: Decimal,
    reason: str,
    by: "User",
    at: datetime,
    review: Review | None = None,
) -> ScoreChange:
    if not application.agenda_items.standing().filter(starts_at__lte=at).exists():
        raise ScoreChangeRefused("Er is nog geen gesprek geweest over deze aanvraag.")
    if not LOWEST <= after <= HIGHEST:
        raise ScoreChangeRefused("Een score is 1 tot en met 5.")
    if after == before:
        raise ScoreChangeRefused("De nieuwe score is dezelfde als de oude.")
    if len(reason.strip()) < scoring.MOTIVATION_LENGTH:
        raise ScoreChangeRefused(
            f"Leg in ten minste {scoring.MOTIVATION_LENGTH} tekens uit waarom de score verandert."
        )
    change = ScoreChange.objects.create(
        application=application,
        criterion=criterion,
        review=review,
        before=before,
        after=after,
        reason=reason.strip(),
        changed_at=at,
        changed_by=by,
    )
    record(
        review or application,
        "own_score_changed" if review else "score_adopted",
        actor=by,
        at=at,
        before=str(before),
        after=str(after),
        criterion=criterion.code,
    )
    return change


def _lock(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("round")
        .get(pk=application.pk)
    )
