"""A file with figures of a round, and what became of each of its rows."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from kvk2.core.models import StoredFile
from monitoring.models.measuring import MonitoringCycle, Return
from monitoring.querysets_imports import ImportBatchQuerySet, ImportRowQuerySet
from monitoring.states_imports import BUSY, FILE_BADGES, FileState

USER = settings.AUTH_USER_MODEL


class ImportBatch(models.Model):
    """One file: checked row by row, looked at, and read in or thrown away. The same file is taken once."""

    cycle = models.ForeignKey(
        MonitoringCycle, models.PROTECT, related_name="imports", verbose_name="cyclus"
    )
    file = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="import_batch", verbose_name="bestand"
    )
    name = models.CharField("bestandsnaam", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    state = models.CharField(
        "status", max_length=10, choices=FileState, default=FileState.CHECKING, editable=False
    )
    uploaded_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="geüpload door"
    )
    uploaded_at = models.DateTimeField("geüpload op")
    confirmed_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bevestigd door"
    )
    confirmed_at = models.DateTimeField("bevestigd op", null=True, blank=True)
    finished_at = models.DateTimeField("klaar op", null=True, blank=True)
    # How far the work is, in rows; `due_at` is when a worker may take it (again).
    total_count = models.PositiveIntegerField("regels", default=0)
    done_count = models.PositiveIntegerField("regels gedaan", default=0)
    empty_count = models.PositiveIntegerField("lege regels", default=0)
    due_at = models.DateTimeField("aan de beurt vanaf", null=True, blank=True)
    problem = models.CharField("waarom het bestand niet kan", max_length=300, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "bestand met cijfers"
        verbose_name_plural = "bestanden met cijfers"
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=~Q(state="discarded"),
                name="import_batch_file_once",
                violation_error_message="Dit bestand is al eerder geüpload.",
            ),
            models.CheckConstraint(
                name="import_batch_state_is_known", condition=Q(state__in=FileState.values)
            ),
            models.CheckConstraint(
                name="import_batch_confirmed_by_somebody",
                condition=~Q(state__in=["applying", "applied"])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-uploaded_at", "id"], name="import_batch_by_time"),
            models.Index(
                fields=["due_at"],
                name="import_batch_to_do",
                condition=Q(state__in=["checking", "applying"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("monitoring:import_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return FILE_BADGES[FileState(self.state)]

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY


class ImportRow(models.Model):
    """One row of a file: which figure it is, what it would change, or why it cannot be read."""

    class Outcome(models.TextChoices):
        NEW = "new", "nieuw"
        CHANGED = "changed", "gewijzigd"
        SAME = "same", "gelijk"
        ERROR = "error", "fout"
        APPLIED = "applied", "ingelezen"
        REFUSED = "refused", "niet ingelezen"

    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="rows", verbose_name="bestand"
    )
    line = models.PositiveIntegerField("regel")
    of_return = models.ForeignKey(
        Return,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="aanlevering",
    )
    series_key = models.UUIDField("reeks", null=True, blank=True)
    outcome = models.CharField("uitkomst", max_length=8, choices=Outcome)
    # What was written in the row, as text: read again when it is confirmed.
    typed = models.JSONField("ingevuld", default=dict, blank=True, encoder=DjangoJSONEncoder)
    label = models.CharField("IKC en indicator", max_length=300, blank=True)
    before = models.CharField("nu", max_length=100, blank=True)
    after = models.CharField("straks", max_length=100, blank=True)
    field = models.CharField("kolom", max_length=30, blank=True)
    message = models.CharField("melding", max_length=300, blank=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = "regel van een bestand"
        verbose_name_plural = "regels van een bestand"
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="import_row_once"),
            models.CheckConstraint(
                name="import_row_outcome_is_known",
                condition=Q(outcome__in=["new", "changed", "same", "error", "applied", "refused"]),
            ),
            models.CheckConstraint(
                name="import_row_says_what_or_why",
                condition=Q(outcome__in=["error", "refused"]) & ~Q(message="")
                | ~Q(outcome__in=["error", "refused"])
                & Q(of_return__isnull=False, series_key__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "outcome", "of_return"], name="import_row_by_outcome")
        ]

    def __str__(self) -> str:
        return f"regel {self.line}"
