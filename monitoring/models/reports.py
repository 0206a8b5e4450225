from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from agreements.models import ResultAgreement
from agreements.states import PartyRole
from ikc.models import AgendaItem, Organisation
from kvk2.core.models import StoredFile
from monitoring.models.measuring import MonitoringCycle
from monitoring.querysets import AnnualReportQuerySet, ReportBatchQuerySet
from monitoring.states import (
    REPORT_BADGES,
    REPORT_LIFE,
    REPORT_WORKFLOW,
    STAGE_BADGES,
    ReportStage,
    ReportState,
)

HASH = r"^[0-9a-f]{64}$"


class ReportBatch(models.Model):
    """One order for all reports of a cycle: one per Plus IKC, one for the programme, and its public edition."""

    cycle = models.ForeignKey(
        MonitoringCycle, models.PROTECT, related_name="batches", verbose_name="cyclus"
    )
    # The edition: a second order for the same year makes number 2, the first stays as it is.
    number = models.PositiveSmallIntegerField("nummer")
    note = models.CharField("wat is anders dan in het vorige nummer", max_length=300, blank=True)
    ordered_at = models.DateTimeField("besteld op")
    # Nobody: the yearly run of the portal itself.
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="besteld door",
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
    """One report: the order to make it, and its way from concept to adopted and published.

    What it shows is frozen in its versions: the concept that the parties read, and what was adopted.
    """

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
    # The newest version of which the PDF is made; an earlier one stays readable beside it.
    current = models.OneToOneField(
        "monitoring.ReportVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="huidige versie",
    )
    stage = models.CharField(
        "stadium", max_length=10, choices=ReportStage, default=ReportStage.CONCEPT, editable=False
    )
    hearing_from = models.DateField("voorgelegd op", null=True, blank=True)
    hearing_until = models.DateField("reageren tot en met", null=True, blank=True)
    adopted_in = models.ForeignKey(
        AgendaItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgesteld bij agendapunt",
    )
    adopted_at = models.DateTimeField("vastgesteld op", null=True, blank=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgesteld door",
    )
    published_at = models.DateTimeField("gepubliceerd op", null=True, blank=True)

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
                condition=~Q(state=ReportState.DONE)
                | Q(current__isnull=False, finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="report_state_is_known",
                condition=Q(state__in=ReportState.values, stage__in=ReportStage.values),
            ),
            models.CheckConstraint(
                name="report_hearing_has_its_days",
                condition=Q(hearing_from=None, hearing_until=None)
                | Q(kind="ikc", hearing_until__gte=models.F("hearing_from")),
            ),
            models.CheckConstraint(
                name="report_stage_says_how",
                condition=Q(stage="concept", hearing_until=None, adopted_at=None)
                | Q(stage="hearing", hearing_until__isnull=False, adopted_at=None)
                | Q(stage="adopted", adopted_at__isnull=False, published_at=None)
                | Q(stage="published", adopted_at__isnull=False, published_at__isnull=False)
                | Q(stage="replaced"),
            ),
            models.CheckConstraint(
                name="report_adopted_at_a_meeting",
                condition=Q(adopted_at=None, adopted_by=None, adopted_in=None)
                | Q(adopted_at__isnull=False, adopted_by__isnull=False, adopted_in__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="report_to_make",
                condition=Q(state__in=["waiting", "rendering"]),
            ),
            models.Index(fields=["stage", "kind"], name="report_by_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.batch}"

    def get_absolute_url(self) -> str:
        return reverse("monitoring:report_detail", args=[self.pk])

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

    @property
    def stored(self) -> StoredFile | None:
        """The PDF of the current version."""
        return self.current.stored if self.current else None

    @property
    def stage_badge(self) -> str:
        return STAGE_BADGES[ReportStage(self.stage)]

    @property
    def is_replaced(self) -> bool:
        return self.stage == ReportStage.REPLACED

    @property
    def available_stages(self):
        return REPORT_LIFE.available_from(self.stage)


class ReportVersion(models.Model):
    """What a report shows, frozen and hashed before it is rendered, with the file that was made of it.

    A trigger keeps it: only the file may still come, once, and none comes after the report was adopted.
    """

    report = models.ForeignKey(
        AnnualReport, models.PROTECT, related_name="versions", verbose_name="jaarrapport"
    )
    number = models.PositiveSmallIntegerField("versie")
    dataset = models.JSONField("gegevens", encoder=DjangoJSONEncoder)
    dataset_sha256 = models.CharField("vingerafdruk van de gegevens", max_length=64)
    template_version = models.CharField("versie van het sjabloon", max_length=16)
    frozen_at = models.DateTimeField("vastgelegd op")
    stored = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="report_versions",
        verbose_name="bestand",
    )
    made_at = models.DateTimeField("gemaakt op", null=True, blank=True)

    class Meta:
        verbose_name = "versie van een jaarrapport"
        verbose_name_plural = "versies van jaarrapporten"
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_number"),
            models.CheckConstraint(
                name="report_version_is_hashed", condition=Q(dataset_sha256__regex=HASH)
            ),
            models.CheckConstraint(
                name="report_version_file_has_a_day",
                condition=Q(stored=None, made_at=None)
                | Q(stored__isnull=False, made_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["dataset_sha256", "template_version"], name="report_version_same")
        ]

    def __str__(self) -> str:
        return f"{self.report}, versie {self.number}"


class ReportReaction(models.Model):
    """The reply of one party, or of the director, to the concept (hoor en wederhoor). Never changed."""

    class Role(models.TextChoices):
        MUNICIPALITY = PartyRole.MUNICIPALITY.value, "gemeente"
        SCHOOL_BOARD = PartyRole.SCHOOL_BOARD.value, "schoolbestuur"
        CHILDCARE = PartyRole.CHILDCARE.value, "kinderopvang"
        DIRECTOR = "director", "directeur"

    report = models.ForeignKey(
        AnnualReport, models.PROTECT, related_name="reactions", verbose_name="jaarrapport"
    )
    # Which concept it is about.
    version = models.ForeignKey(
        ReportVersion, models.PROTECT, related_name="+", verbose_name="versie"
    )
    role = models.CharField("rol", max_length=12, choices=Role)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="organisatie",
    )
    on_behalf_of = models.CharField("namens", max_length=200)
    agrees = models.BooleanField("kan zich vinden in het rapport")
    text = models.TextField("reactie", blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gegeven door"
    )
    # As they were called on the day itself.
    name = models.CharField("naam", max_length=160)
    given_at = models.DateTimeField("gegeven op")

    class Meta:
        verbose_name = "reactie op een jaarrapport"
        verbose_name_plural = "reacties op jaarrapporten"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "role", "organisation"],
                name="report_reaction_once",
                nulls_distinct=False,
                violation_error_message="Namens deze partij is al gereageerd.",
            ),
            models.CheckConstraint(
                name="report_reaction_says_something",
                condition=Q(agrees=True) | ~Q(text=""),
                violation_error_message="Schrijf op waar u het niet mee eens bent.",
            ),
            models.CheckConstraint(
                name="report_reaction_of_an_organisation",
                condition=Q(role="director", organisation=None)
                | (~Q(role="director") & Q(organisation__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_behalf_of} over {self.report}"
