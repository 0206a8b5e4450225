"""The letter in which an applicant says that the decision is late, and what a late decision then costs (Awb 4:17)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from kvk2.core.models import StoredFile
from subsidies.models.applications import Application

USER = settings.AUTH_USER_MODEL


class PenaltyTariff(models.Model):
    """The amounts of Awb 4:17(2) in euros a day, from a day on: for days 1-14, 15-28 and 29-42."""

    valid_from = models.DateField("geldt vanaf", unique=True)
    first_rate = models.DecimalField("dag 1 tot en met 14", max_digits=6, decimal_places=2)
    second_rate = models.DecimalField("dag 15 tot en met 28", max_digits=6, decimal_places=2)
    third_rate = models.DecimalField("dag 29 tot en met 42", max_digits=6, decimal_places=2)
    source = models.CharField("bron", max_length=200)

    class Meta:
        verbose_name = "tarief van de dwangsom"
        verbose_name_plural = "tarieven van de dwangsom"
        constraints = [
            models.CheckConstraint(
                name="penalty_tariff_is_positive",
                condition=Q(first_rate__gt=0, second_rate__gt=0, third_rate__gt=0),
                violation_error_message="Een dwangsom is meer dan nul euro per dag.",
            ),
            models.CheckConstraint(
                name="penalty_tariff_has_a_source",
                condition=~Q(source=""),
                violation_error_message="Een tarief heeft een bron.",
            ),
        ]

    def __str__(self) -> str:
        return f"tarief vanaf {self.valid_from}"


class DefaultNotice(models.Model):
    """A default notice as it came in; what follows from it is computed. Only setting it aside is written later, once."""

    class NoPenalty(models.TextChoices):
        TOO_LATE = "too_late", "onredelijk laat verstuurd"
        NOT_INTERESTED = "not_interested", "de aanvrager is geen belanghebbende"
        UNFOUNDED = "unfounded", "de aanvraag is kennelijk niet-ontvankelijk of ongegrond"

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="default_notices", verbose_name="aanvraag"
    )
    received_on = models.DateField("ontvangen op")
    sender = models.CharField("van", max_length=200)
    note = models.CharField("toelichting", max_length=500, blank=True)
    document = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="default_notice",
        verbose_name="brief",
    )
    recorded_at = models.DateTimeField("vastgelegd op")
    recorded_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="vastgelegd door"
    )
    # Awb 4:17(6): then no penalty is due.
    no_penalty = models.CharField("geen dwangsom", max_length=14, choices=NoPenalty, blank=True)
    no_penalty_reason = models.TextField("waarom geen dwangsom", blank=True)
    set_aside_at = models.DateTimeField("beoordeeld op", null=True, blank=True)
    set_aside_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beoordeeld door",
    )

    class Meta:
        verbose_name = "ingebrekestelling"
        verbose_name_plural = "ingebrekestellingen"
        ordering = ["received_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "received_on"],
                name="default_notice_once_a_day",
                violation_error_message="Van deze dag is al een ingebrekestelling vastgelegd.",
            ),
            models.CheckConstraint(
                name="default_notice_has_a_sender",
                condition=~Q(sender=""),
                violation_error_message="Een ingebrekestelling heeft een afzender.",
            ),
            models.CheckConstraint(
                name="default_notice_without_penalty_says_why",
                condition=Q(
                    no_penalty="", no_penalty_reason="", set_aside_at=None, set_aside_by=None
                )
                | (
                    Q(no_penalty__in=["too_late", "not_interested", "unfounded"])
                    & ~Q(no_penalty_reason="")
                    & Q(set_aside_at__isnull=False, set_aside_by__isnull=False)
                ),
                violation_error_message="Zonder dwangsom staat erbij waarom, door wie en wanneer.",
            ),
        ]

    def __str__(self) -> str:
        return f"ingebrekestelling van {self.received_on}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:default_notice", args=[self.application_id, self.pk])
