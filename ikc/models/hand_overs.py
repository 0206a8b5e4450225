"""That a director leaves an IKC and, as a rule, another follows: prepared by who leaves, completed by the project leader."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.models.centres import Ikc
from ikc.models.users import RoleAssignment


class DirectorHandOver(models.Model):
    """Open until it is completed or withdrawn; the roles and the mandate change when it is completed, all at once."""

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="hand_overs", verbose_name="IKC")
    # The role that ends.
    assignment = models.ForeignKey(
        RoleAssignment, models.PROTECT, related_name="hand_overs", verbose_name="rol die eindigt"
    )
    leaving = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="vertrekt"
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="opvolger",
    )
    last_day = models.DateField("laatste dag")
    note = models.TextField("wat de opvolger moet weten", blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="voorbereid door"
    )
    prepared_at = models.DateTimeField("voorbereid op")
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="afgerond door",
    )
    completed_at = models.DateTimeField("afgerond op", null=True, blank=True)
    withdrawn_at = models.DateTimeField("ingetrokken op", null=True, blank=True)

    class Meta:
        verbose_name = "overdracht door een directeur"
        verbose_name_plural = "overdrachten door directeuren"
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(withdrawn_at=None),
                name="director_hand_over_once",
                violation_error_message="Voor deze directeur is al een overdracht vastgelegd.",
            ),
            models.CheckConstraint(
                name="director_hand_over_to_another",
                condition=Q(successor=None) | ~Q(successor=F("leaving")),
                violation_error_message="Wie vertrekt, volgt zichzelf niet op.",
            ),
            models.CheckConstraint(
                name="director_hand_over_completed_by_somebody",
                condition=Q(completed_at=None, completed_by=None)
                | Q(completed_at__isnull=False, completed_by__isnull=False, withdrawn_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["last_day"],
                name="director_hand_over_open",
                condition=Q(completed_at=None, withdrawn_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.leaving} draagt {self.ikc} over"

    def get_absolute_url(self) -> str:
        return reverse("ikc:director_leave", args=[self.assignment_id])

    @property
    def is_open(self) -> bool:
        return self.completed_at is None and self.withdrawn_at is None
