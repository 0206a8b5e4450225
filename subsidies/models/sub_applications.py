"""A part of an application that has its own amount and its own priority (deelaanvraag)."""

from django.db import models
from django.db.models import Q

from subsidies.models.activities import MONEY
from subsidies.models.applications import Application


class SubApplication(models.Model):
    """The answer to the question for a part such as 'innovatie jonge kind', where the round has one.

    `amount` is part of `Application.requested_amount`, not on top of it. `tier` is frozen at submission.
    """

    application = models.OneToOneField(
        Application, models.CASCADE, related_name="sub_application", verbose_name="aanvraag"
    )
    wanted = models.BooleanField("deelaanvraag gevraagd", null=True, blank=True)
    title = models.CharField("titel", max_length=120, blank=True)
    description = models.TextField("wat en waarom", blank=True)
    amount = models.DecimalField("bedrag van de deelaanvraag", null=True, blank=True, **MONEY)
    young_child = models.BooleanField("voor kinderen tot en met 5 jaar", null=True, blank=True)
    tier = models.PositiveSmallIntegerField("voorrangsgroep", null=True, blank=True)

    class Meta:
        verbose_name = "deelaanvraag"
        verbose_name_plural = "deelaanvragen"
        # What the list of applications sorts on.
        indexes = [models.Index(fields=["amount", "application"], name="sub_application_order")]
        constraints = [
            models.CheckConstraint(
                name="sub_application_amount_is_in_range",
                condition=Q(amount=None) | Q(amount__gte=0, amount__lte=10_000_000),
                violation_error_message="Een bedrag ligt tussen 0 en 10.000.000 euro.",
            ),
            models.CheckConstraint(
                name="sub_application_amount_only_when_wanted",
                condition=Q(wanted=True) | Q(amount=None, tier=None),
                violation_error_message="Alleen een deelaanvraag heeft een eigen bedrag.",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"deelaanvraag bij {self.application}"
