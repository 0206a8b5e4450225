"""The letter in which an applicant says that the decision is late, and the decision on what that costs (Awb 4:17, 4:18)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from kvk2.core.models import StoredFile
from subsidies.models.activities import MONEY
from subsidies.models.applications import Application
from subsidies.models.decisions import Letter, SigningMandate

USER = settings.AUTH_USER_MODEL


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


class PenaltyDecision(models.Model):
    """The decision that a penalty is due, and how high it is (Awb 4:18). Never changes; paying follows from it.

    The figures are those of the sum of that day: days that count, what they cost, and the last of them.
    """

    notice = models.OneToOneField(
        DefaultNotice,
        models.PROTECT,
        related_name="penalty_decision",
        verbose_name="ingebrekestelling",
    )
    reference = models.CharField("kenmerk", max_length=40, unique=True)
    days = models.PositiveSmallIntegerField("dagen")
    amount = models.DecimalField("dwangsom", **MONEY)
    last_day = models.DateField("laatste dag van de dwangsom")
    decide_until = models.DateField("uiterlijk vaststellen op")
    taken_at = models.DateTimeField("vastgesteld op")
    taken_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="vastgesteld door"
    )
    signing_mandate = models.ForeignKey(
        SigningMandate, models.PROTECT, related_name="+", verbose_name="mandaat"
    )
    letter = models.OneToOneField(
        Letter, models.PROTECT, related_name="penalty_decision", verbose_name="brief"
    )

    class Meta:
        verbose_name = "dwangsombesluit"
        verbose_name_plural = "dwangsombesluiten"
        constraints = [
            models.CheckConstraint(
                name="penalty_decision_is_of_the_act",
                condition=Q(days__gte=1, days__lte=42, amount__gt=0),
                violation_error_message="Een dwangsom is meer dan nul euro, over 1 tot en met 42 dagen.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
