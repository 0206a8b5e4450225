"""What the applicant says about state aid (Awb 4:35(3); domain reference 3.13). The judgement is the municipality's."""

from django.db import models
from django.db.models import Q

from subsidies.models.activities import MONEY
from subsidies.models.applications import Application


class StateAidStatement(models.Model):
    """Whether money of this subsidy reaches an undertaking, and the de-minimis statement of that undertaking."""

    application = models.OneToOneField(
        Application, models.CASCADE, related_name="state_aid_statement", verbose_name="aanvraag"
    )
    reaches_undertaking = models.BooleanField(
        "er gaat geld naar een onderneming", null=True, blank=True
    )
    undertaking = models.CharField("onderneming", max_length=200, blank=True)
    purpose = models.CharField("waarvoor", max_length=300, blank=True)
    received_before = models.BooleanField("eerdere de-minimissteun", null=True, blank=True)

    class Meta:
        verbose_name = "verklaring staatssteun"
        verbose_name_plural = "verklaringen staatssteun"
        constraints = [
            models.CheckConstraint(
                name="state_aid_more_only_after_yes",
                condition=Q(reaches_undertaking=True)
                | Q(undertaking="", purpose="", received_before=None),
                violation_error_message="Meer antwoorden horen alleen bij ‘ja’.",
            ),
        ]

    def __str__(self) -> str:
        return f"staatssteun bij {self.application}"


class DeMinimisAid(models.Model):
    """De-minimis aid that the undertaking got in one year, in euros."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="de_minimis", verbose_name="aanvraag"
    )
    year = models.PositiveSmallIntegerField("jaar")
    amount = models.DecimalField("ontvangen steun", **MONEY)

    class Meta:
        verbose_name = "de-minimissteun in een jaar"
        verbose_name_plural = "de-minimissteun per jaar"
        constraints = [
            models.UniqueConstraint(fields=["application", "year"], name="de_minimis_once_a_year"),
            models.CheckConstraint(
                name="de_minimis_amount_is_in_range",
                condition=Q(amount__gte=0, amount__lte=10_000_000),
                violation_error_message="Een bedrag ligt tussen 0 en 10.000.000 euro.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.amount}"
