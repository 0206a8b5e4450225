"""The activities of a plan (Awb 4:62), one row each."""

from typing import Any

import pghistory
from django.db import models
from django.db.models import F, Q

from subsidies.models.applications import Application
from subsidies.plan_domains import AgeGroup, Domain, ProgrammeGoal, labels_of

MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}


@pghistory.track()
class Activity(models.Model):
    """One thing that the IKC will do: for whom, when, towards which goal, and who else pays for it.

    A draft may have gaps; `services.activities.gaps` says what is still missing.
    """

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="activities", verbose_name="aanvraag"
    )
    order = models.PositiveSmallIntegerField("volgorde")
    # Which row of the form this is, so that a save on the way changes it and makes no second one.
    key = models.CharField("rij in het formulier", max_length=48)
    title = models.CharField("naam", max_length=120, blank=True)
    description = models.TextField("wat u doet", blank=True)
    age_groups = models.JSONField("leeftijden", default=list, blank=True)
    target_group = models.CharField("voor wie", max_length=200, blank=True)
    domains = models.JSONField("ontwikkelgebieden", default=list, blank=True)
    goals = models.JSONField("doelen van het programma", default=list, blank=True)
    finding = models.TextField("antwoord op welke bevinding", blank=True)
    starts_on = models.DateField("van", null=True, blank=True)
    ends_on = models.DateField("tot en met", null=True, blank=True)
    reach = models.PositiveSmallIntegerField("verwacht bereik", null=True, blank=True)
    paid_otherwise = models.BooleanField("ook op een andere manier betaald", null=True, blank=True)
    paid_by = models.CharField("door wie betaald", max_length=120, blank=True)
    paid_amount = models.DecimalField("bedrag van een ander", null=True, blank=True, **MONEY)

    class Meta:
        verbose_name = "activiteit"
        verbose_name_plural = "activiteiten"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "key"], name="activity_row_once_per_application"
            ),
            models.CheckConstraint(
                name="activity_ends_after_it_starts",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="Een activiteit eindigt niet voordat zij begint.",
            ),
            models.CheckConstraint(
                name="activity_paid_amount_is_in_range",
                condition=Q(paid_amount=None) | Q(paid_amount__gte=0, paid_amount__lte=10_000_000),
                violation_error_message="Een bedrag ligt tussen 0 en 10.000.000 euro.",
            ),
            models.CheckConstraint(
                name="activity_paid_only_when_answered_yes",
                condition=Q(paid_otherwise=True) | Q(paid_by="", paid_amount=None),
                violation_error_message="Noem alleen een bedrag als een ander ook betaalt.",
            ),
        ]
        indexes = [models.Index(fields=["application", "order", "id"], name="activity_by_order")]

    def __str__(self) -> str:
        return self.title or f"activiteit {self.order}"

    @property
    def domain_labels(self) -> list[str]:
        return labels_of(Domain, self.domains)

    @property
    def goal_labels(self) -> list[str]:
        return labels_of(ProgrammeGoal, self.goals)

    @property
    def age_labels(self) -> list[str]:
        return labels_of(AgeGroup, self.age_groups)
