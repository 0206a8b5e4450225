"""The duties that go with a grant, and what came of an effort."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from kvk2.core.models import StoredFile
from subsidies.models.decisions import Decision
from subsidies.querysets import ObligationQuerySet
from subsidies.states_obligations import ObligationState


class Obligation(models.Model):
    """A duty attached to a grant (Awb 4:37-4:39); never a condition (Awb 4:33)."""

    class Kind(models.TextChoices):
        STANDARD = "standard", "verplichting"
        EFFORT = "effort", "inspanningsverplichting"

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="obligations", verbose_name="besluit"
    )
    order = models.PositiveSmallIntegerField("volgorde")
    kind = models.CharField("soort", max_length=10, choices=Kind)
    text = models.TextField("tekst")
    due_on = models.DateField("uiterlijk", null=True, blank=True)
    # What came of an effort; of a standard duty nothing is followed here (domain reference 3.5).
    state = models.CharField(
        "status",
        max_length=20,
        choices=ObligationState,
        default=ObligationState.OPEN,
        editable=False,
    )
    evidence = models.TextField("wat is gedaan en bereikt", blank=True)
    evidence_at = models.DateTimeField("bewijs ingediend op", null=True, blank=True)
    evidence_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bewijs ingediend door",
    )
    verdict_reason = models.TextField("motivering van het oordeel", blank=True)
    commission_view = models.TextField("wat de commissie ervan vindt", blank=True)
    judged_at = models.DateTimeField("beoordeeld op", null=True, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beoordeeld door",
    )

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = "verplichting"
        verbose_name_plural = "verplichtingen"
        constraints = [
            models.UniqueConstraint(fields=["decision", "order"], name="obligation_order_once"),
            models.CheckConstraint(
                name="obligation_effort_has_a_term",
                condition=~Q(kind="effort") | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="obligation_state_is_known",
                condition=Q(state__in=ObligationState.values),
                violation_error_message="Deze status van een verplichting bestaat niet.",
            ),
            models.CheckConstraint(
                name="obligation_only_an_effort_is_followed",
                condition=Q(kind="effort") | Q(state="open"),
                violation_error_message="Alleen een inspanningsverplichting wordt gevolgd.",
            ),
            models.CheckConstraint(
                name="obligation_evidence_is_whole",
                condition=Q(
                    state__in=["open", "waived"],
                    evidence="",
                    evidence_at__isnull=True,
                    evidence_by__isnull=True,
                )
                | Q(
                    state__in=["evidence_submitted", "met", "partly_met", "not_met"],
                    evidence_at__isnull=False,
                    evidence_by__isnull=False,
                )
                & ~Q(evidence=""),
                violation_error_message="Bewijs heeft een tekst, een moment en wie het indiende.",
            ),
            models.CheckConstraint(
                name="obligation_verdict_has_a_reason",
                condition=Q(
                    state__in=["open", "evidence_submitted"],
                    verdict_reason="",
                    commission_view="",
                    judged_at__isnull=True,
                    judged_by__isnull=True,
                )
                | Q(
                    state__in=["met", "partly_met", "not_met", "waived"],
                    judged_at__isnull=False,
                    judged_by__isnull=False,
                )
                & ~Q(verdict_reason=""),
                violation_error_message="Een oordeel heeft een motivering, een moment en wie het gaf.",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        return reverse("subsidies:obligation_detail", args=[self.pk])


class ObligationFile(models.Model):
    """A file with which an applicant shows what came of an effort; scanned like every upload."""

    obligation = models.ForeignKey(
        Obligation, models.PROTECT, related_name="files", verbose_name="verplichting"
    )
    stored = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="obligation_file", verbose_name="bestand"
    )

    class Meta:
        verbose_name = "bewijsstuk"
        verbose_name_plural = "bewijsstukken"

    def __str__(self) -> str:
        return self.stored.name
