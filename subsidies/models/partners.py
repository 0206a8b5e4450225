"""What the childcare partner of an IKC says of the plan it shares (equal footing, programme 2.2)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ikc.models import Organisation
from subsidies.models.applications import Application


class PartnerConfirmation(models.Model):
    """One request to one partner, and the answer. The answer stands for the content with `content_hash` only."""

    class Answer(models.TextChoices):
        CONFIRMED = "confirmed", "bevestigd"
        DECLINED = "declined", "niet akkoord"

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="confirmations", verbose_name="aanvraag"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="kinderopvang"
    )
    asked_at = models.DateTimeField("gevraagd op")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gevraagd door"
    )
    answer = models.CharField("antwoord", max_length=10, choices=Answer, blank=True)
    reason = models.TextField("reden", blank=True)
    content_hash = models.CharField("kenmerk van de inhoud", max_length=64, blank=True)
    answered_at = models.DateTimeField("beantwoord op", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beantwoord door",
    )

    class Meta:
        verbose_name = "bevestiging door de kinderopvang"
        verbose_name_plural = "bevestigingen door de kinderopvang"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "organisation"],
                condition=Q(answered_at=None),
                name="partner_asked_once_at_a_time",
                violation_error_message="Deze partner is al om een bevestiging gevraagd.",
            ),
            models.CheckConstraint(
                name="partner_answer_is_whole",
                condition=Q(
                    answer="", content_hash="", answered_at__isnull=True, answered_by__isnull=True
                )
                | Q(
                    answer__in=["confirmed", "declined"],
                    content_hash__regex=r"^[0-9a-f]{64}$",
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                ),
                violation_error_message="Een antwoord heeft een naam, een datum en een inhoud.",
            ),
            models.CheckConstraint(
                name="partner_declines_with_a_reason",
                condition=~Q(answer="declined") | ~Q(reason=""),
                violation_error_message="Wie niet akkoord is, zegt waarom.",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "answered_at"], name="confirmation_by_partner")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} bij {self.application}"
