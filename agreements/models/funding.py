"""Where the money comes from: sources, what is available per budget year, and what became of a pledge (domain 1.6, 5.4)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.models.content import Contribution, FundingSource
from agreements.models.programme import Programme
from agreements.querysets import ContributionStepQuerySet

EUROS: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}


class FundingBudget(models.Model):
    """What one source has for the Plus IKCs together in one budget year, and where that figure comes from."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="budgets", verbose_name="programma"
    )
    source = models.ForeignKey(
        FundingSource, models.PROTECT, related_name="budgets", verbose_name="geldbron"
    )
    budget_year = models.PositiveSmallIntegerField("begrotingsjaar")
    amount = models.DecimalField("beschikbaar", **EUROS)
    basis = models.CharField("volgens", max_length=200)

    class Meta:
        verbose_name = "beschikbaar geld"
        verbose_name_plural = "beschikbaar geld"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "source", "budget_year"],
                name="funding_budget_once",
                violation_error_message="Voor deze bron en dit jaar staat er al een bedrag.",
            ),
            models.CheckConstraint(
                name="funding_budget_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message="Een bedrag is 0 of meer.",
            ),
            models.CheckConstraint(name="funding_budget_has_a_basis", condition=~Q(basis="")),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.budget_year}"


class ClosedBudgetYear(models.Model):
    """A budget year that is settled: pledges and steps in it stay as they are (monitoring reference 3.4, invariant 7)."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="closed_years", verbose_name="programma"
    )
    budget_year = models.PositiveSmallIntegerField("begrotingsjaar")
    closed_at = models.DateTimeField("afgesloten op")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="afgesloten door",
    )

    class Meta:
        verbose_name = "afgesloten begrotingsjaar"
        verbose_name_plural = "afgesloten begrotingsjaren"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "budget_year"],
                name="budget_year_closed_once",
                violation_error_message="Dit begrotingsjaar is al afgesloten.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.budget_year)


class ContributionStep(models.Model):
    """What became of a signed pledge: confirmed for its year, then realised. Never changed; a mistake is a next row."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", "bevestigd"
        REALISED = "realised", "gerealiseerd"

    contribution = models.ForeignKey(
        Contribution, models.PROTECT, related_name="steps", verbose_name="bijdrage"
    )
    kind = models.CharField("stap", max_length=10, choices=Kind)
    # Euros, or hours for a contribution in hours; a correction downwards is negative.
    amount = models.DecimalField("bedrag of uren", **EUROS)
    note = models.CharField("toelichting", max_length=200, blank=True)
    recorded_at = models.DateTimeField("vastgelegd op")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgelegd door",
    )

    objects = ContributionStepQuerySet.as_manager()

    class Meta:
        verbose_name = "stap van een bijdrage"
        verbose_name_plural = "stappen van bijdragen"
        constraints = [
            models.CheckConstraint(
                name="contribution_step_kind_is_known",
                condition=Q(kind__in=["confirmed", "realised"]),
            ),
            models.CheckConstraint(
                name="contribution_step_says_something",
                condition=~Q(amount=0) | Q(kind="realised") & ~Q(note=""),
                violation_error_message="Vul een bedrag in, of schrijf bij 0 op waarom.",
            ),
            models.CheckConstraint(
                name="contribution_step_down_is_explained",
                condition=Q(amount__gte=0) | ~Q(note=""),
                violation_error_message="Schrijf bij een correctie op waarom.",
            ),
            models.UniqueConstraint(
                fields=["contribution"],
                condition=Q(kind="confirmed"),
                name="contribution_confirmed_once",
                violation_error_message="Deze bijdrage is al bevestigd.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contribution}: {self.get_kind_display()}"
