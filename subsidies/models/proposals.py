from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from kvk2.core.models import StoredFile
from subsidies.models.rounds import SubsidyRound


class CollegeProposalQuerySet(models.QuerySet):
    def to_make(self, now: datetime) -> Self:
        """Orders whose turn it is; a failed one waits for its next attempt."""
        return self.filter(stored=None, next_attempt_at__lte=now)


class CollegeProposal(models.Model):
    """All decisions of a round in one document for the college; the row is the order, `stored` the result.

    `content` is frozen, and `fingerprint` (SHA-256) is of the decisions in it: when one changes, this proposal is
    about something else and a new one is made.
    """

    round = models.ForeignKey(
        SubsidyRound, models.PROTECT, related_name="proposals", verbose_name="ronde"
    )
    number = models.PositiveSmallIntegerField("versie")
    content = models.JSONField("inhoud")
    fingerprint = models.CharField("vingerafdruk", max_length=64)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="gemaakt door"
    )
    ordered_at = models.DateTimeField("gemaakt op")
    stored = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="college_proposal",
        verbose_name="bestand",
    )
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    next_attempt_at = models.DateTimeField("volgende poging")
    error = models.CharField("laatste fout", max_length=300, blank=True)

    objects = CollegeProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "collegevoorstel"
        verbose_name_plural = "collegevoorstellen"
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="proposal_number_once"),
            models.UniqueConstraint(
                fields=["round", "fingerprint"],
                name="proposal_once_per_content",
                violation_error_message="Van deze besluiten is er al een collegevoorstel.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="proposal_to_make", condition=Q(stored=None)
            ),
        ]

    def __str__(self) -> str:
        return f"collegevoorstel {self.number}, {self.round}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:proposal_download", args=[self.pk])
