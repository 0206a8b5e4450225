"""What changes a term of one application, or tells that it will not be met. All of it is kept as it was written."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from subsidies.models.applications import Application
from subsidies.models.completeness import CompletionRequest
from subsidies.models.rounds import SubsidyRound

USER = settings.AUTH_USER_MODEL


class CompletionExtension(models.Model):
    """More time to complete, for one applicant and with a reason (Awb 4:5(1), 4:15(1)a); append-only."""

    request = models.ForeignKey(
        CompletionRequest,
        models.PROTECT,
        related_name="extensions",
        verbose_name="verzoek om aanvulling",
    )
    old_due_on = models.DateField("was uiterlijk")
    new_due_on = models.DateField("is uiterlijk")
    reason = models.TextField("reden")
    extended_at = models.DateTimeField("verlengd op")
    extended_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="verlengd door"
    )

    class Meta:
        verbose_name = "verlenging van de termijn om aan te vullen"
        verbose_name_plural = "verlengingen van de termijn om aan te vullen"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="completion_extension_is_later",
                condition=Q(new_due_on__gt=F("old_due_on")),
                violation_error_message="De nieuwe termijn eindigt later dan de oude.",
            ),
            models.CheckConstraint(
                name="completion_extension_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="Een verlenging heeft een reden.",
            ),
        ]

    def __str__(self) -> str:
        return f"aanvullen kan tot en met {self.new_due_on}"


class LaterDecision(models.Model):
    """The word to the applicant that the decision comes later, and when (Awb 4:14(1), letter L04); append-only.

    It does not move the term itself: from `term_ended_on` on the applicant may send a default notice (Awb 4:17).
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="later_decisions", verbose_name="aanvraag"
    )
    term_ended_on = models.DateField("beslistermijn tot en met")
    expected_on = models.DateField("besluit uiterlijk op")
    reason = models.TextField("reden")
    told_at = models.DateTimeField("bericht op")
    told_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="bericht door")

    class Meta:
        verbose_name = "bericht van een later besluit"
        verbose_name_plural = "berichten van een later besluit"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="later_decision_is_after_the_term",
                condition=Q(expected_on__gt=F("term_ended_on")),
                violation_error_message="Noem een dag na het einde van de beslistermijn.",
            ),
            models.CheckConstraint(
                name="later_decision_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="Een later besluit heeft een reden.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: besluit uiterlijk {self.expected_on}"


class LateWarning(models.Model):
    """That it was told, by mail, that a term to decide ended so many days ago; once for each day that counts."""

    DAYS = (0, 7, 14)

    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="late_warnings", verbose_name="ronde"
    )
    last_day = models.DateField("laatste dag")
    day = models.PositiveSmallIntegerField("dag")
    applications = models.PositiveIntegerField("aanvragen")
    warned_at = models.DateTimeField("gewaarschuwd op")

    class Meta:
        verbose_name = "waarschuwing voor een laat besluit"
        verbose_name_plural = "waarschuwingen voor late besluiten"
        constraints = [
            models.UniqueConstraint(fields=["round", "last_day", "day"], name="late_warning_once"),
            models.CheckConstraint(
                name="late_warning_on_a_day_that_counts", condition=Q(day__in=[0, 7, 14])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.day} dagen na {self.last_day}"
