from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.models import PlusStatus
from kvk2.core.models import StoredFile
from subsidies.models.decisions import SigningMandate


class PlusLetter(models.Model):
    """The letter about one state of the status Plus (L24, L25): drafted, then signed; from then on it never changes."""

    class Kind(models.TextChoices):
        GRANTED = "granted", "besluit: predicaat toegekend"
        CONTINUED = "continued", "bericht: predicaat voortgezet"
        ADJUSTED = "adjusted", "besluit: predicaat aangepast"
        ENDED = "ended", "besluit: predicaat beëindigd"
        NOT_EXTENDED = "not_extended", "besluit: predicaat niet verlengd"

    status = models.ForeignKey(
        PlusStatus, models.PROTECT, related_name="letters", verbose_name="predicaat"
    )
    kind = models.CharField("soort", max_length=12, choices=Kind)
    reference = models.CharField("kenmerk", max_length=30, unique=True)
    motivation = models.TextField("motivering")
    view = models.TextField("reactie vooraf", blank=True)
    run_out = models.TextField("afbouw", blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="opgesteld door"
    )
    drafted_at = models.DateTimeField("opgesteld op")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgesteld door",
    )
    signed_at = models.DateTimeField("vastgesteld op", null=True, blank=True)
    mandate = models.ForeignKey(
        SigningMandate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="mandaat",
    )
    # What the letter says, frozen when it was signed.
    content = models.JSONField("inhoud", null=True, blank=True)
    stored = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="plus_letter",
        verbose_name="bestand",
    )

    class Meta:
        verbose_name = "brief over het predicaat Plus"
        verbose_name_plural = "brieven over het predicaat Plus"
        constraints = [
            models.UniqueConstraint(
                fields=["status", "kind"],
                name="plus_letter_once",
                violation_error_message="Deze brief is er al.",
            ),
            models.CheckConstraint(
                name="plus_letter_signed_is_whole",
                condition=Q(signed_by=None, signed_at=None, content=None, stored=None)
                | Q(
                    signed_by__isnull=False,
                    signed_at__isnull=False,
                    content__isnull=False,
                    stored__isnull=False,
                ),
                violation_error_message="Een getekende brief heeft een bestand.",
            ),
            models.CheckConstraint(
                name="plus_letter_decision_is_mandated",
                condition=Q(signed_by=None) | Q(kind="continued") | Q(mandate__isnull=False),
                violation_error_message="Een besluit tekent u met een mandaat.",
            ),
            models.CheckConstraint(
                name="plus_letter_decision_has_four_eyes",
                condition=Q(signed_by=None) | Q(kind="continued") | ~Q(signed_by=F("drafted_by")),
                violation_error_message="Wie het besluit opstelde, tekent het niet.",
            ),
            models.CheckConstraint(
                name="plus_letter_burden_was_heard",
                condition=Q(kind__in=["granted", "continued"]) | (~Q(view="") & ~Q(run_out="")),
                violation_error_message="Vul in wat de reactie was en hoe de ondersteuning afloopt.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.reference}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:plus_letters", args=[self.status.ikc_id])

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def is_decision(self) -> bool:
        return self.kind != self.Kind.CONTINUED

    @property
    def is_burden(self) -> bool:
        return self.kind not in (self.Kind.GRANTED, self.Kind.CONTINUED)
