"""Deeds around recommendations: write, change, take back while the year is a concept; answer once it is adopted."""

from datetime import datetime

from django.db import transaction

from ikc.models import User
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from monitoring.models import MonitoringCycle, Recommendation
from monitoring.states import ADOPTED_YEARS


class RecommendationFixed(DomainError):
    """The year is adopted, or has not begun: its recommendations stay as they are."""


class AlreadyThere(DomainError):
    """The same words stand in this year already."""


class NotAnswerable(DomainError):
    """What is still a concept has no answer, and an answer says what was done."""


@transaction.atomic
def keep_recommendation(
    recommendation: Recommendation, *, addressee: str, text: str, by: User, at: datetime
) -> Recommendation:
    """Add one, or change its words. Refusals: `RecommendationFixed`, `AlreadyThere`."""
    cycle = _lock(recommendation.cycle)
    if not cycle.takes_recommendations:
        raise RecommendationFixed("De aanbevelingen van dit jaar staan vast.")
    words = " ".join(text.split())
    if cycle.recommendations.filter(text=words).exclude(pk=recommendation.pk).exists():
        raise AlreadyThere("Deze aanbeveling staat er al.")
    verb = "recommendation_added" if recommendation.pk is None else "recommendation_changed"
    reason = words if recommendation.pk is None else f"{recommendation.text} → {words}"
    recommendation.addressee, recommendation.text = addressee, words
    recommendation.written_by, recommendation.written_at = by, at
    recommendation.save()
    record(cycle, verb, actor=by, at=at, reason=reason)
    return recommendation


@transaction.atomic
def remove_recommendation(recommendation: Recommendation, *, by: User, at: datetime) -> None:
    """Take it back; the trail keeps its words. Refusal: `RecommendationFixed`."""
    cycle = _lock(recommendation.cycle)
    if not cycle.takes_recommendations:
        raise RecommendationFixed("De aanbevelingen van dit jaar staan vast.")
    words = recommendation.text
    recommendation.delete()
    record(cycle, "recommendation_removed", actor=by, at=at, reason=words)


@transaction.atomic
def answer_recommendation(
    recommendation: Recommendation, *, outcome: str, note: str, by: User, at: datetime
) -> Recommendation:
    """Say what was done with it; said anew, the trail keeps what was said before. Refusal: `NotAnswerable`."""
    cycle = _lock(recommendation.cycle)
    if cycle.state not in ADOPTED_YEARS:
        raise NotAnswerable("Het jaarrapport is nog niet vastgesteld.")
    words = " ".join(note.split())
    if not (outcome and words):
        raise NotAnswerable("Kies wat ermee is gedaan en licht dat toe.")
    before = recommendation.outcome
    recommendation.outcome, recommendation.outcome_note = outcome, words
    recommendation.answered_by, recommendation.answered_at = by, at
    recommendation.save(update_fields=["outcome", "outcome_note", "answered_by", "answered_at"])
    record(
        cycle,
        "recommendation_answered",
        actor=by,
        at=at,
        before=before,
        after=outcome,
        reason=f"{recommendation.text} – {recommendation.get_outcome_display()}: {words}",
    )
    return recommendation


def _lock(cycle: MonitoringCycle) -> MonitoringCycle:
    return MonitoringCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
