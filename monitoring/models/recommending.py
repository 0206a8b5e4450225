"""What the bureau recommends after a year, and what became of it a year later (monitoring reference 5.2, page 13)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from monitoring.models.measuring import MonitoringCycle
from monitoring.querysets_recommendations import RecommendationQuerySet


class Recommendation(models.Model):
    """One piece of advice to the Ontwikkelgroep or the college; fixed once the year is adopted, and answered after it."""

    class Addressee(models.TextChoices):
        DEVELOPMENT_GROUP = "group", "de Ontwikkelgroep"
        COLLEGE = "college", "het college van burgemeester en wethouders"

    class Outcome(models.TextChoices):
        FOLLOWED = "followed", "opgevolgd"
        PARTLY = "partly", "deels opgevolgd"
        RUNNING = "running", "nog bezig"
        DECLINED = "declined", "niet overgenomen"

    cycle = models.ForeignKey(
        MonitoringCycle,
        models.PROTECT,
        related_name="recommendations",
        verbose_name="monitoringjaar",
    )
    addressee = models.CharField("voor", max_length=10, choices=Addressee)
    text = models.CharField("aanbeveling", max_length=500)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="geschreven door"
    )
    written_at = models.DateTimeField("geschreven op")
    outcome = models.CharField(
        "wat ermee is gedaan", max_length=10, choices=Outcome, blank=True, default=""
    )
    outcome_note = models.CharField("toelichting", max_length=400, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beantwoord door",
    )
    answered_at = models.DateTimeField("beantwoord op", null=True, blank=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = "aanbeveling"
        verbose_name_plural = "aanbevelingen"
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "text"],
                name="recommendation_once_a_year",
                violation_error_message="Deze aanbeveling staat er al.",
            ),
            models.CheckConstraint(
                name="recommendation_choices_are_known",
                condition=Q(
                    addressee__in=["group", "college"],
                    outcome__in=["", "followed", "partly", "running", "declined"],
                )
                & ~Q(text=""),
            ),
            models.CheckConstraint(
                name="recommendation_answer_is_whole",
                condition=Q(outcome="", outcome_note="", answered_by=None, answered_at=None)
                | (
                    ~Q(outcome="")
                    & ~Q(outcome_note="")
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("monitoring:recommendation_list", args=[self.cycle_id])

    @property
    def badge(self) -> str:
        return OUTCOME_BADGES.get(self.outcome, "neutral")


OUTCOME_BADGES = {
    Recommendation.Outcome.FOLLOWED.value: "success",
    Recommendation.Outcome.PARTLY.value: "warning",
    Recommendation.Outcome.RUNNING.value: "warning",
    Recommendation.Outcome.DECLINED.value: "inactive",
}
