"""Earlier subsidy for the same activities, and what that means for a lower one (Awb 4:51; domain reference 3.2)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from ikc.models import Ikc
from subsidies.models.applications import MONEY
from subsidies.models.decisions import Decision

# So many years in a row make the Act ask for a reasonable term.
LONG_ENOUGH = 3


class EarlierGrant(models.Model):
    """A grant from before the portal, out of the records of the municipality."""

    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="earlier_grants", verbose_name="IKC")
    # The year in which the subsidy period began.
    year = models.PositiveSmallIntegerField("jaar")
    name = models.CharField("regeling of ronde", max_length=200)
    amount = models.DecimalField("verleend bedrag", **MONEY)
    source = models.CharField("bron", max_length=300)

    class Meta:
        verbose_name = "eerdere subsidie"
        verbose_name_plural = "eerdere subsidies"
        constraints = [
            models.UniqueConstraint(fields=["ikc", "year", "name"], name="earlier_grant_once"),
            models.CheckConstraint(
                name="earlier_grant_is_an_amount",
                condition=Q(amount__gt=0, year__gte=2000, year__lte=2100),
                violation_error_message="Een eerdere subsidie heeft een bedrag en een jaar vanaf 2000.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}: {self.amount}"


class ContinuityAssessment(models.Model):
    """That a decision gives less than was asked after three years or more in a row, and the judgement on it.

    The row is made with the draft decision and is open until the drafter judges; a decision with an open one cannot be
    taken (a database trigger sees to that).
    """

    decision = models.OneToOneField(
        Decision, models.PROTECT, related_name="continuity", verbose_name="besluit"
    )
    years = ArrayField(models.PositiveSmallIntegerField(), verbose_name="jaren")
    # The grants that the years stand on: year, name, board and amount, as they were when the decision was drafted.
    grants = models.JSONField("eerdere subsidies", default=list)
    # Empty until the drafter judged.
    applies = models.BooleanField("artikel 4:51 is van toepassing", null=True, blank=True)
    motivation = models.TextField("waarom", blank=True)
    announced_on = models.DateField("aangekondigd op", null=True, blank=True)
    term_until = models.DateField("redelijke termijn tot en met", null=True, blank=True)
    # What is granted for the rest of the term, in euros, even above the ceiling.
    continued_amount = models.DecimalField(
        "bedrag voor de rest van de termijn", null=True, blank=True, **MONEY
    )
    # The part of the decision that came on top of what the division gave.
    above_division = models.DecimalField("boven de verdeling", default=0, **MONEY)
    recorded_at = models.DateTimeField("vastgelegd op", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgelegd door",
    )

    class Meta:
        verbose_name = "beoordeling van eerdere subsidie"
        verbose_name_plural = "beoordelingen van eerdere subsidie"
        constraints = [
            models.CheckConstraint(
                name="continuity_is_three_years_or_more",
                condition=Q(years__len__gte=LONG_ENOUGH),
                violation_error_message="Artikel 4:51 gaat over drie of meer jaren achter elkaar.",
            ),
            models.CheckConstraint(
                name="continuity_judged_says_why_and_by_whom",
                condition=Q(applies=None, recorded_at=None, recorded_by=None, motivation="")
                | (
                    Q(applies__isnull=False, recorded_at__isnull=False, recorded_by__isnull=False)
                    & ~Q(motivation="")
                ),
                violation_error_message="Een oordeel over artikel 4:51 heeft een motivering.",
            ),
            models.CheckConstraint(
                name="continuity_applies_with_a_term",
                condition=Q(
                    applies__isnull=False,
                    announced_on__isnull=False,
                    term_until__isnull=False,
                    applies=True,
                    term_until__gt=F("announced_on"),
                )
                | (
                    (Q(applies=None) | Q(applies=False))
                    & Q(announced_on=None, term_until=None, continued_amount=None, above_division=0)
                ),
                violation_error_message=(
                    "Geldt artikel 4:51, dan zijn er een aankondiging en een termijn die later eindigt."
                ),
            ),
            models.CheckConstraint(
                name="continuity_amounts_fit",
                condition=Q(above_division__gte=0)
                & (
                    Q(continued_amount=None, above_division=0)
                    | Q(
                        continued_amount__isnull=False,
                        continued_amount__gt=0,
                        above_division__lte=F("continued_amount"),
                    )
                ),
                violation_error_message="Het bedrag voor de rest van de termijn is hoger dan nul.",
            ),
        ]

    def __str__(self) -> str:
        return f"artikel 4:51 bij {self.decision}"

    @property
    def is_open(self) -> bool:
        return self.applies is None
