"""Amounts and terms that the portal may not make up itself: each with its source, from a day on.

What held on a day stays as it was: another figure is a new row with a later day, and a trigger refuses the rest
(migration 0006). Only a row whose day is still to come can be taken away.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from subsidies.models.activities import MONEY

USER = settings.AUTH_USER_MODEL
# Of these the value is an amount.
EUROS = ["de_minimis", "sgei_de_minimis", "reminder_fee", "reminder_fee_high", "reminder_bound"]


class Dated(models.Model):
    """A row that holds from a day on, until one with a later day does; who entered it, or the portal itself."""

    valid_from = models.DateField("geldt vanaf")
    source = models.CharField("bron", max_length=200)
    # None: it came with the portal.
    entered_at = models.DateTimeField("vastgelegd op", null=True, blank=True)
    entered_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgelegd door",
    )

    class Meta:
        abstract = True


class LegalFigure(Dated):
    """One amount or term. `value` in euros, weeks or days, as its kind says."""

    class Kind(models.TextChoices):
        DE_MINIMIS = "de_minimis", "algemene de-minimissteun"
        SGEI_DE_MINIMIS = (
            "sgei_de_minimis",
            "de-minimissteun voor diensten van algemeen economisch belang",
        )
        DECISION_WEEKS = "decision_weeks", "beslistermijn van een nieuwe regeling"
        COMPLETION_DAYS = "completion_days", "aanvultermijn van een nieuwe regeling"
        # Of a reminder to pay (Awb 4:113): the fee is the higher one from the bound on.
        REMINDER_FEE = "reminder_fee", "vergoeding voor een aanmaning"
        REMINDER_FEE_HIGH = "reminder_fee_high", "hogere vergoeding voor een aanmaning"
        REMINDER_BOUND = "reminder_bound", "grens van de hogere vergoeding voor een aanmaning"

    kind = models.CharField("wat", max_length=20, choices=Kind)
    value = models.DecimalField("waarde", **MONEY)
    # A regulation that ends by itself; after that day nothing holds until there is a new one.
    valid_until = models.DateField("geldt tot en met", null=True, blank=True)

    class Meta:
        verbose_name = "wettelijk bedrag of termijn"
        verbose_name_plural = "wettelijke bedragen en termijnen"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "valid_from"],
                name="legal_figure_once_a_day",
                violation_error_message="Vanaf deze dag is er al iets vastgelegd.",
            ),
            models.CheckConstraint(
                name="legal_figure_is_positive",
                condition=Q(value__gt=0),
                violation_error_message="Vul een getal in dat hoger is dan nul.",
            ),
            models.CheckConstraint(
                name="legal_figure_has_a_source",
                condition=~Q(source=""),
                violation_error_message="Vul in waar dit staat.",
            ),
            models.CheckConstraint(
                name="legal_figure_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="De laatste dag ligt niet vóór de eerste.",
            ),
            models.CheckConstraint(
                name="legal_figure_kind_is_known",
                condition=Q(kind__in=[*EUROS, "decision_weeks", "completion_days"]),
            ),
            models.CheckConstraint(
                name="legal_figure_term_is_in_range",
                condition=Q(kind__in=EUROS)
                | Q(kind="decision_weeks", value__lte=104)
                | Q(kind="completion_days", value__lte=365),
                violation_error_message="Een termijn is hoogstens 104 weken of 365 dagen.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} vanaf {self.valid_from}"


class PenaltyTariff(Dated):
    """The amounts of Awb 4:17(2) in euros a day, from a day on: for days 1-14, 15-28 and 29-42."""

    valid_from = models.DateField("geldt vanaf", unique=True)
    first_rate = models.DecimalField("dag 1 tot en met 14", max_digits=6, decimal_places=2)
    second_rate = models.DecimalField("dag 15 tot en met 28", max_digits=6, decimal_places=2)
    third_rate = models.DecimalField("dag 29 tot en met 42", max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = "tarief van de dwangsom"
        verbose_name_plural = "tarieven van de dwangsom"
        constraints = [
            models.CheckConstraint(
                name="penalty_tariff_is_positive",
                condition=Q(first_rate__gt=0, second_rate__gt=0, third_rate__gt=0),
                violation_error_message="Een dwangsom is meer dan nul euro per dag.",
            ),
            models.CheckConstraint(
                name="penalty_tariff_has_a_source",
                condition=~Q(source=""),
                violation_error_message="Een tarief heeft een bron.",
            ),
        ]

    def __str__(self) -> str:
        return f"tarief vanaf {self.valid_from}"

    @property
    def rates(self) -> tuple[Decimal, Decimal, Decimal]:
        """Euros a day, for three times fourteen days."""
        return self.first_rate, self.second_rate, self.third_rate
