from django.conf import settings
from django.db import models
from django.db.models import F, Q

from subsidies.models.rounds import SubsidyRound


class Outage(models.Model):
    """A time in which the portal could not be reached (Awb 2:21); kept, but for an end that is still to come."""

    started_at = models.DateTimeField("begonnen op")
    ended_at = models.DateTimeField("voorbij op", null=True, blank=True)
    description = models.TextField("wat er niet werkte")
    recorded_at = models.DateTimeField("vastgelegd op")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="vastgelegd door"
    )

    class Meta:
        verbose_name = "storing"
        verbose_name_plural = "storingen"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="outage_ends_after_it_starts",
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")),
                violation_error_message="Een storing eindigt nadat zij begon.",
            ),
            models.CheckConstraint(
                name="outage_is_described",
                condition=~Q(description=""),
                violation_error_message="Een storing zegt wat er niet werkte.",
            ),
        ]

    def __str__(self) -> str:
        return self.description


class ClosingExtension(models.Model):
    """A decision by which a round closes later because of an outage (Awb 2:21); append-only."""

    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="closing_extensions", verbose_name="ronde"
    )
    outage = models.ForeignKey(
        Outage, models.PROTECT, related_name="closing_extensions", verbose_name="storing"
    )
    old_closing = models.DateTimeField("sloot op")
    new_closing = models.DateTimeField("sluit op")
    decision_number = models.CharField("nummer collegebesluit", max_length=60)
    decided_on = models.DateField("datum collegebesluit")
    reason = models.TextField("reden")
    extended_at = models.DateTimeField("vastgelegd op")
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="vastgelegd door"
    )

    class Meta:
        verbose_name = "verlenging van de sluiting"
        verbose_name_plural = "verlengingen van de sluiting"
        constraints = [
            models.CheckConstraint(
                name="closing_extension_is_later",
                condition=Q(new_closing__gt=F("old_closing")),
                violation_error_message="De nieuwe sluiting ligt later dan de oude.",
            ),
            models.CheckConstraint(
                name="closing_extension_is_decided",
                condition=~Q(decision_number="") & ~Q(reason=""),
                violation_error_message="Een verlenging heeft een besluit en een reden.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: sluit {self.new_closing:%Y-%m-%d %H:%M}"
