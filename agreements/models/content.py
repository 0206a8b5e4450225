"""What a version says: topics, results under the three goals, indicators with eight targets, contributions."""

import uuid
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from agreements.models.agreements import AgreementVersion
from agreements.models.indicators import IndicatorDefinition, IndicatorDefinitionVersion
from agreements.models.parties import AgreementParty
from agreements.models.programme import Goal, ProgrammeYear
from agreements.querysets import AgreementTopicQuerySet
from agreements.states import TopicCode

FIGURE: dict[str, Any] = {"max_digits": 14, "decimal_places": 4}


class AgreementTopic(models.Model):
    """The text on one of the seven topics."""

    Code = TopicCode

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="topics", verbose_name="versie"
    )
    code = models.CharField("onderwerp", max_length=20, choices=Code)
    text = models.TextField("afspraak", blank=True)

    objects = AgreementTopicQuerySet.as_manager()

    class Meta:
        verbose_name = "onderwerp"
        verbose_name_plural = "onderwerpen"
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="agreement_topic_once"),
            models.CheckConstraint(
                name="agreement_topic_code_is_known",
                condition=Q(
                    code__in=[
                        "goals",
                        "contributions",
                        "analysis_to_offer",
                        "steering",
                        "job_framework",
                        "organisation",
                        "staff_efficiency",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()


class AgreedResult(models.Model):
    """A result that the parties want to reach under one goal (beoogd resultaat)."""

    class ChangeKind(models.TextChoices):
        HOW_MUCH = "how_much", "hoeveel we doen"
        HOW_WELL = "how_well", "hoe goed we het doen"
        WHO_BENEFITS = "who_benefits", "wie er beter van wordt"

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="results", verbose_name="versie"
    )
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="results", verbose_name="doel")
    number = models.PositiveSmallIntegerField("nummer")
    text = models.TextField("beoogd resultaat")
    target_group = models.CharField("doelgroep", max_length=200)
    change_kind = models.CharField("soort verandering", max_length=12, choices=ChangeKind)

    class Meta:
        verbose_name = "beoogd resultaat"
        verbose_name_plural = "beoogde resultaten"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "goal", "number"], name="agreed_result_number"
            ),
            models.CheckConstraint(
                name="agreed_result_change_kind_is_known",
                condition=Q(change_kind__in=["how_much", "how_well", "who_benefits"]),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def label(self) -> str:
        """'1.2': the goal's order and the number of the result under it."""
        return f"{self.goal.order}.{self.number}"


class AgreedIndicator(models.Model):
    """How a result is measured, from which baseline, with which tolerance. `series_key` is the same in every version."""

    class BaselineStatus(models.TextChoices):
        FINAL = "final", "definitief"
        PROVISIONAL = "provisional", "voorlopig"
        MISSING = "missing", "ontbreekt"
        NONE = "none", "niet van toepassing"

    class Aim(models.TextChoices):
        IMPROVE = "improve", "verbeteren"
        KEEP = "keep", "behouden"

    # Of the result, repeated here because a series occurs once in a version; a trigger keeps the two equal.
    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="indicators", verbose_name="versie"
    )
    result = models.ForeignKey(
        AgreedResult, models.PROTECT, related_name="indicators", verbose_name="beoogd resultaat"
    )
    definition_version = models.ForeignKey(
        IndicatorDefinitionVersion, models.PROTECT, related_name="+", verbose_name="definitie"
    )
    series_key = models.UUIDField("reeks", default=uuid.uuid4, editable=False)
    baseline_status = models.CharField(
        "status van de nulmeting", max_length=12, choices=BaselineStatus
    )
    # Whether each year must be better, or a level (or a floor) held; monitoring reference 4, step 3.
    aim = models.CharField("streven", max_length=8, choices=Aim, default=Aim.IMPROVE)
    baseline_value = models.DecimalField("nulmeting", **FIGURE, null=True, blank=True)
    baseline_level = models.PositiveSmallIntegerField(
        "niveau bij de nulmeting", null=True, blank=True
    )
    baseline_numerator = models.PositiveIntegerField("teller", null=True, blank=True)
    baseline_denominator = models.PositiveIntegerField("noemer", null=True, blank=True)
    baseline_year = models.CharField("jaar van de nulmeting", max_length=12, blank=True)
    baseline_source = models.CharField("bron van de nulmeting", max_length=200, blank=True)
    baseline_planned_year = models.ForeignKey(
        ProgrammeYear,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="nulmeting gepland in",
    )
    tolerance = models.DecimalField("tolerantie", **FIGURE, default=Decimal(0))
    is_core = models.BooleanField("kernindicator", default=False)
    # Of a milestone: how many days late still gets attention in place of red.
    leeway_days = models.PositiveSmallIntegerField("speling in dagen", default=0)
    # Of a scale: who decides which level was reached.
    assessor = models.CharField("beoordelaar", max_length=120, blank=True)

    class Meta:
        verbose_name = "afgesproken indicator"
        verbose_name_plural = "afgesproken indicatoren"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "series_key"], name="agreed_indicator_series_once"
            ),
            models.CheckConstraint(
                name="agreed_indicator_tolerance_not_negative",
                condition=Q(tolerance__gte=0),
                violation_error_message="De tolerantie is 0 of meer.",
            ),
            models.CheckConstraint(
                name="agreed_indicator_baseline_or_plan",
                condition=Q(
                    baseline_status="missing",
                    baseline_value=None,
                    baseline_level=None,
                    baseline_numerator=None,
                    baseline_denominator=None,
                    baseline_planned_year__isnull=False,
                )
                | Q(
                    baseline_status="none",
                    baseline_value=None,
                    baseline_level=None,
                    baseline_numerator=None,
                    baseline_denominator=None,
                    baseline_planned_year=None,
                    baseline_year="",
                )
                | (
                    Q(
                        baseline_status__in=["final", "provisional"],
                        baseline_planned_year=None,
                    )
                    & (
                        Q(baseline_value__isnull=False, baseline_level=None)
                        | Q(baseline_value=None, baseline_level__isnull=False)
                    )
                    & ~Q(baseline_year="")
                ),
                violation_error_message=(
                    "Vul de nulmeting met haar jaar in, of kies ‘ontbreekt’ met het jaar waarin zij komt."
                ),
            ),
            models.CheckConstraint(
                name="agreed_indicator_aim_is_known", condition=Q(aim__in=["improve", "keep"])
            ),
            models.CheckConstraint(
                name="agreed_indicator_fraction_is_whole",
                condition=Q(baseline_numerator=None, baseline_denominator=None)
                | Q(
                    baseline_numerator__isnull=False,
                    baseline_denominator__isnull=False,
                    baseline_denominator__gt=0,
                    baseline_numerator__lte=F("baseline_denominator"),
                ),
                violation_error_message="De teller is niet groter dan de noemer, en de noemer is niet 0.",
            ),
        ]

    def __str__(self) -> str:
        return self.definition.name

    @property
    def definition(self) -> IndicatorDefinition:
        return self.definition_version.definition

    @property
    def baseline_number(self) -> Decimal | None:
        """The baseline as a figure, also when it is a level of a scale."""
        return self.baseline_value if self.baseline_level is None else Decimal(self.baseline_level)


class YearTarget(models.Model):
    """What an indicator must be in one year; eight rows per indicator.

    A value, for a range its two ends, for a scale a level, for a milestone a day: the columns of
    the type of the indicator and no others (a trigger knows the type).
    """

    indicator = models.ForeignKey(
        AgreedIndicator, models.PROTECT, related_name="targets", verbose_name="indicator"
    )
    year = models.ForeignKey(
        ProgrammeYear, models.PROTECT, related_name="targets", verbose_name="jaar"
    )
    value = models.DecimalField("streefwaarde", **FIGURE, null=True, blank=True)
    low = models.DecimalField("ondergrens", **FIGURE, null=True, blank=True)
    high = models.DecimalField("bovengrens", **FIGURE, null=True, blank=True)
    level = models.PositiveSmallIntegerField("niveau", null=True, blank=True)
    due_on = models.DateField("uiterlijk op", null=True, blank=True)
    explanation = models.CharField("toelichting", max_length=200, blank=True)

    class Meta:
        verbose_name = "streefwaarde"
        verbose_name_plural = "streefwaarden"
        constraints = [
            models.UniqueConstraint(fields=["indicator", "year"], name="year_target_once"),
            models.CheckConstraint(
                name="year_target_is_of_one_kind",
                condition=Q(low=None, high=None, level=None, due_on=None)
                | Q(value=None, level=None, due_on=None)
                | Q(value=None, low=None, high=None, due_on=None)
                | Q(value=None, low=None, high=None, level=None),
            ),
            models.CheckConstraint(
                name="year_target_range_has_both_ends",
                condition=Q(low=None, high=None)
                | Q(low__isnull=False, high__isnull=False, low__lte=F("high")),
                violation_error_message="De ondergrens is niet hoger dan de bovengrens.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}"

    @property
    def is_empty(self) -> bool:
        return self.value is None and self.low is None and self.level is None and not self.due_on

    @property
    def number(self) -> Decimal | None:
        """The one figure of this year, also when it is a level; None for a range, a day and nothing."""
        return self.value if self.level is None else Decimal(self.level)


class FundingSource(models.Model):
    """Where money comes from: OAB, VVE, lump sum, a party itself. Data, because a municipality adds its own."""

    code = models.SlugField("code", max_length=30, unique=True)
    name = models.CharField("naam", max_length=100)
    explanation = models.CharField("uitleg", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField("volgorde", default=0)
    # Named in the programme as possible, not there yet.
    is_possible_later = models.BooleanField("mogelijk later", default=False)

    class Meta:
        verbose_name = "geldbron"
        verbose_name_plural = "geldbronnen"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Contribution(models.Model):
    """What one party puts in during one budget year: money, something in kind, or hours."""

    class Kind(models.TextChoices):
        MONEY = "money", "geld"
        IN_KIND = "in_kind", "in natura"
        HOURS = "hours", "uren"

    party = models.ForeignKey(
        AgreementParty, models.PROTECT, related_name="contributions", verbose_name="partij"
    )
    budget_year = models.PositiveSmallIntegerField("begrotingsjaar")
    source = models.ForeignKey(
        FundingSource,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name="geldbron",
    )
    kind = models.CharField("soort", max_length=10, choices=Kind)
    # Euros for money and in kind (its value), hours a year for hours.
    amount = models.DecimalField("bedrag of uren", max_digits=12, decimal_places=2)
    description = models.CharField("omschrijving", max_length=200)

    class Meta:
        verbose_name = "bijdrage"
        verbose_name_plural = "bijdragen"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "budget_year", "kind", "description"],
                name="contribution_once",
                violation_error_message="Deze bijdrage staat er al.",
            ),
            models.CheckConstraint(
                name="contribution_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message="Een bijdrage is 0 of meer.",
            ),
            models.CheckConstraint(
                name="contribution_kind_is_known",
                condition=Q(kind__in=["money", "in_kind", "hours"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}, {self.budget_year}: {self.description}"
