from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kvk2.core.models import StoredFile
from subsidies.models.meetings import CommissionMeeting


class MinutesFileQuerySet(models.QuerySet):
    def to_make(self, now: datetime) -> Self:
        """Orders whose turn it is; a failed one waits for its next attempt."""
        return self.filter(stored=None, next_attempt_at__lte=now)


class MinutesFile(models.Model):
    """The adopted minutes as a PDF for who may see exactly these items; the row is the order, `stored` the result."""

    meeting = models.ForeignKey(
        CommissionMeeting, models.PROTECT, related_name="minutes_files", verbose_name="vergadering"
    )
    # Ids of the items in it, from low to high: a member with an interest reads minutes without them (rule C2).
    items = ArrayField(models.BigIntegerField(), verbose_name="agendapunten", blank=True)
    stored = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="minutes",
        verbose_name="bestand",
    )
    ordered_at = models.DateTimeField("besteld op")
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    next_attempt_at = models.DateTimeField("volgende poging")
    error = models.CharField("laatste fout", max_length=300, blank=True)

    objects = MinutesFileQuerySet.as_manager()

    class Meta:
        verbose_name = "verslag als bestand"
        verbose_name_plural = "verslagen als bestand"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "items"],
                name="minutes_file_once_per_items",
                violation_error_message="Dit verslag is al besteld.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="minutes_to_make", condition=Q(stored=None)
            ),
        ]

    def __str__(self) -> str:
        return f"verslag van {self.meeting}"
