from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from agreements.models import ResultAgreement
from kvk2.core.models import StoredFile
from monitoring.models.measuring import MonitoringCycle
from monitoring.querysets import AnnualReportQuerySet, ReportBatchQuerySet
from monitoring.states import REPORT_BADGES, REPORT_WORKFLOW, ReportState


class ReportBatch(models.Model):
    """One order for all reports of a cycle: one per Plus IKC, one for the programme, and its public edition."""

    cycle = models.ForeignKey(
        MonitoringCycle, models.PROTECT, related_name="batches", verbose_name="cyclus"
    )
    # The edition: a second order for the same year makes number 2, the first stays as it is.
    number = models.PositiveSmallIntegerField("nummer")
    note = models.CharField("wat is anders dan in het vorige nummer", max_length=300, blank=True)
    ordered_at = models.DateTimeField("besteld op")
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="besteld door"
    )

    objects = ReportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "bestelling van jaarrapporten"
        verbose_name_plural = "bestellingen van jaarrapporten"
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="batch_number_once"),
            models.CheckConstraint(
                name="batch_correction_has_a_note", condition=Q(number=1) | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return f"jaarrapporten {self.cycle.year}, nummer {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("monitoring:batch_detail", args=[self.pk])


class AnnualReport(models.Model):
    """One report; the row is the order to make it. What it shows is frozen in `dataset` when it is made."""

    class Kind(models.TextChoices):
        IKC = "ikc", "rapport per IKC"
        PROGRAMME = "programme", "samenvattend rapport"
        PUBLIC = "public", "publieksversie"

    batch = models.ForeignKey(
        ReportBatch, models.PROTECT, related_name="reports", verbose_name="bestelling"
    )
    kind = models.CharField("soort", max_length=10, choices=Kind)
    agreement = models.ForeignKey(
        ResultAgreement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name="resultaatafspraak",
    )
    state = models.CharField(
        "status",
        max_length=10,
        choices=ReportState,
        default=ReportState.WAITING,
        editable=False,
    )
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    next_attempt_at = models.DateTimeField("volgende poging")
    error = models.CharField("wat er misging", max_length=300, blank=True)
    finished_at = models.DateTimeField("klaar op", null=True, blank=True)
    dataset = models.JSONField("gegevens", null=True, blank=True, encoder=DjangoJSONEncoder)
    dataset_sha256 = models.CharField("vingerafdruk van de gegevens", max_length=64, blank=True)
    stored = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="report",
        verbose_name="bestand",
    )

    objects = AnnualReportQuerySet.as_manager()

    class Meta:
        verbose_name = "jaarrapport"
        verbose_name_plural = "jaarrapporten"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "kind", "agreement"],
                name="report_once_per_ikc",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="report_kind_fits_agreement",
                condition=Q(kind="ikc", agreement__isnull=False)
                | Q(kind__in=["programme", "public"], agreement=None),
            ),
            models.CheckConstraint(
                name="report_done_is_complete",
                condition=Q(
                    state=ReportState.DONE,
                    stored__isnull=False,
                    dataset__isnull=False,
                    finished_at__isnull=False,
                    dataset_sha256__regex=r"^[0-9a-f]{64}$",
                )
                | (~Q(state=ReportState.DONE) & Q(stored=None)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="report_to_make",
                condition=Q(state__in=["waiting", "rendering"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.batch}"

    @property
    def title(self) -> str:
        """The name of the IKC, or that of the summary or its public edition."""
        if self.agreement:
            return self.agreement.ikc.name
        return "Publieksversie" if self.kind == self.Kind.PUBLIC else "Samenvattend jaarrapport"

    @property
    def badge(self) -> str:
        return REPORT_BADGES[ReportState(self.state)]

    @property
    def available_transitions(self):
        return REPORT_WORKFLOW.available_from(self.state)
