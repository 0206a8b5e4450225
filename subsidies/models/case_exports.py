from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kvk2.core.models import StoredFile
from subsidies.models.applications import Application


class CaseExportQuerySet(models.QuerySet):
    def to_make(self, now: datetime) -> Self:
        """Orders whose turn it is; one that is being made waits until its claim is over."""
        return self.filter(stored=None, next_attempt_at__lte=now)


class CaseExport(models.Model):
    """The whole case as one ZIP for the archive; the row is the order to make it, `stored` the result."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="exports", verbose_name="aanvraag"
    )
    ordered_at = models.DateTimeField("besteld op")
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="besteld door"
    )
    done = models.PositiveIntegerField("klaar", default=0)
    total = models.PositiveIntegerField("bestanden", default=0)
    stored = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="case_export",
        verbose_name="bestand",
    )
    finished_at = models.DateTimeField("klaar op", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    next_attempt_at = models.DateTimeField("volgende poging")
    error = models.CharField("laatste fout", max_length=300, blank=True)

    objects = CaseExportQuerySet.as_manager()

    class Meta:
        verbose_name = "export van een dossier"
        verbose_name_plural = "exports van dossiers"
        constraints = [
            models.CheckConstraint(
                name="case_export_finished_has_a_file",
                condition=Q(finished_at=None, stored=None)
                | Q(finished_at__isnull=False, stored__isnull=False),
                violation_error_message="Een export die klaar is, heeft een bestand.",
            ),
            models.CheckConstraint(
                name="case_export_done_within_total",
                condition=Q(done__lte=F("total")),
                violation_error_message="Er is niet meer klaar dan er is.",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(stored=None),
                name="case_export_one_at_a_time",
                violation_error_message="Dit dossier wordt al geëxporteerd.",
            ),
        ]

    def __str__(self) -> str:
        return f"export van {self.application.number}"
