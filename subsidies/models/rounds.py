from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from subsidies.models.schemes import SubsidyScheme
from subsidies.querysets import SubsidyRoundQuerySet
from subsidies.states import ROUND_BADGES, ROUND_WORKFLOW, RoundState

AFTER_ADOPTION = [
    state for state in RoundState.values if state not in (RoundState.DRAFT, RoundState.CANCELLED)
]
AFTER_PUBLICATION = [state for state in AFTER_ADOPTION if state != RoundState.ADOPTED]


@pghistory.track()
class SubsidyRound(models.Model):
    """One opening of a scheme: a period, a ceiling and the published way to divide it."""

    class Method(models.TextChoices):
        TENDER = "tender", "rangschikking op score (tender)"

    class MarginalPolicy(models.TextChoices):
        PARTIAL = "partial", "het restant verlenen als dat zinvol is"
        REFUSE_STOP = "refuse_stop", "weigeren en stoppen"
        REFUSE_SKIP = "refuse_skip", "weigeren en de volgende proberen"

    scheme = models.ForeignKey(
        SubsidyScheme, models.PROTECT, related_name="rounds", verbose_name="regeling"
    )
    name = models.CharField("naam", max_length=120, unique=True)
    year = models.PositiveSmallIntegerField("jaar")
    state = models.CharField(
        "status", max_length=12, choices=RoundState, default=RoundState.DRAFT, editable=False
    )
    description = models.TextField("doel en doelgroep")
    eligible_forms = models.JSONField("toegelaten vormen", default=list)
    founding_allowed = models.BooleanField("IKC's in oprichting mogen meedoen", default=True)

    opens_at = models.DateTimeField("opent op")
    closes_at = models.DateTimeField("sluit op")
    period_start = models.DateField("subsidieperiode van")
    period_end = models.DateField("subsidieperiode tot en met")
    reference_date = models.DateField("peildatum kinderen")

    ceiling = models.DecimalField("subsidieplafond", max_digits=12, decimal_places=2)
    allocation_method = models.CharField(
        "verdeelwijze", max_length=12, choices=Method, default=Method.TENDER
    )
    marginal_policy = models.CharField(
        "bij de laatste aanvraag",
        max_length=12,
        choices=MarginalPolicy,
        default=MarginalPolicy.PARTIAL,
    )
    floor = models.DecimalField(
        "kleinste zinvolle bedrag", max_digits=12, decimal_places=2, null=True, blank=True
    )
    min_score = models.DecimalField(
        "minimumscore", max_digits=5, decimal_places=2, null=True, blank=True
    )
    min_reviews = models.PositiveSmallIntegerField("minimumaantal beoordelingen", default=3)
    spread_limit = models.DecimalField(
        "bespreken bij meer verschil dan", max_digits=5, decimal_places=2, default=Decimal(25)
    )
    lottery_seed = models.CharField("tekst voor de loting", max_length=120)

    max_hourly_rate = models.DecimalField(
        "hoogste uurtarief", max_digits=8, decimal_places=2, default=Decimal(80)
    )
    max_preparation_percentage = models.DecimalField(
        "voorbereiding, hoogste percentage van de uren",
        max_digits=5,
        decimal_places=2,
        default=Decimal(40),
    )
    max_overhead_percentage = models.DecimalField(
        "overhead, hoogste percentage van de subsidie",
        max_digits=5,
        decimal_places=2,
        default=Decimal(20),
    )
    advance_percentage = models.DecimalField(
        "voorschot in procenten", max_digits=5, decimal_places=2, default=Decimal(80)
    )
    advance_count = models.PositiveSmallIntegerField("aantal termijnen", default=4)

    decision_number = models.CharField("nummer collegebesluit", max_length=60, blank=True)
    decided_on = models.DateField("datum collegebesluit", null=True, blank=True)
    publication_reference = models.CharField("vindplaats publicatie", max_length=120, blank=True)
    published_on = models.DateField("gepubliceerd op", null=True, blank=True)
    # Awb 4:28: without this warning a later lowering does not touch applications already filed.
    budget_warning_published = models.BooleanField(
        "publicatie waarschuwt voor verlaging bij de begroting", default=False
    )
    is_demo = models.BooleanField("demonstratiegegeven", default=False)

    objects = SubsidyRoundQuerySet.as_manager()

    class Meta:
        verbose_name = "subsidieronde"
        verbose_name_plural = "subsidierondes"
        constraints = [
            models.CheckConstraint(
                name="round_state_is_known", condition=Q(state__in=RoundState.values)
            ),
            models.CheckConstraint(
                name="round_opens_before_it_closes",
                condition=Q(opens_at__lt=F("closes_at")),
                violation_error_message="De sluiting ligt niet na de opening.",
            ),
            models.CheckConstraint(
                name="round_period_is_in_order",
                condition=Q(period_start__lte=F("period_end")),
                violation_error_message="De subsidieperiode eindigt voordat zij begint.",
            ),
            models.CheckConstraint(
                name="round_ceiling_is_positive",
                condition=Q(ceiling__gt=0),
                violation_error_message="Het subsidieplafond is hoger dan nul.",
            ),
            models.CheckConstraint(
                name="round_floor_is_not_negative", condition=Q(floor=None) | Q(floor__gte=0)
            ),
            models.CheckConstraint(
                name="round_adopted_by_a_decision",
                condition=Q(state__in=[RoundState.DRAFT, RoundState.CANCELLED])
                | (~Q(decision_number="") & Q(decided_on__isnull=False)),
                violation_error_message="Een vastgestelde ronde heeft een collegebesluit met datum.",
            ),
            models.CheckConstraint(
                name="round_published_somewhere",
                condition=~Q(state__in=AFTER_PUBLICATION)
                | (~Q(publication_reference="") & Q(published_on__isnull=False)),
                violation_error_message="Een gepubliceerde ronde heeft een vindplaats en een datum.",
            ),
        ]
        indexes = [
            models.Index(fields=["-year", "-id"], name="round_by_year"),
            models.Index(fields=["state", "opens_at"], name="round_by_state"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("subsidies:round_detail", args=[self.pk])

    @property
    def badge(self) -> str:
        return ROUND_BADGES[RoundState(self.state)]

    @property
    def available_transitions(self):
        return ROUND_WORKFLOW.available_from(self.state)

    @property
    def is_editable(self) -> bool:
        """Everything that affects the ranking is fixed once the college has adopted it."""
        return self.state == RoundState.DRAFT


class AmountFormula(models.Model):
    """The maximum of a group of IKCs in a round: base + amount x children of 2 and older."""

    class Group(models.TextChoices):
        PLUS = "plus", "Plus IKC's"
        REGULAR = "regular", "overige IKC's"

    round = models.ForeignKey(
        SubsidyRound, models.CASCADE, related_name="formulas", verbose_name="ronde"
    )
    group = models.CharField("groep", max_length=10, choices=Group)
    base = models.DecimalField("vast bedrag", max_digits=12, decimal_places=2)
    per_child = models.DecimalField("bedrag per kind", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "bedragformule"
        verbose_name_plural = "bedragformules"
        constraints = [
            models.UniqueConstraint(fields=["round", "group"], name="formula_once_per_group"),
            models.CheckConstraint(
                name="formula_is_not_negative", condition=Q(base__gte=0, per_child__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_group_display()}: {self.base} + {self.per_child} per kind"


class PriorityTier(models.Model):
    """A published priority: applications of tier 1 come before tier 2; who matches none comes last."""

    class Rule(models.TextChoices):
        PLUS = "plus", "Plus IKC"
        ATTENTION_AREA = "attention_area", "IKC in een aandachtsgebied"
        EXTENDED_LEARNING_TIME = "extended_learning_time", "verplichte verlengde leertijd"

    round = models.ForeignKey(
        SubsidyRound, models.CASCADE, related_name="tiers", verbose_name="ronde"
    )
    rank = models.PositiveSmallIntegerField("volgorde")
    rule = models.CharField("voorrang voor", max_length=30, choices=Rule)

    class Meta:
        verbose_name = "voorrangsgroep"
        verbose_name_plural = "voorrangsgroepen"
        constraints = [
            models.UniqueConstraint(fields=["round", "rank"], name="tier_rank_once"),
            models.UniqueConstraint(fields=["round", "rule"], name="tier_rule_once"),
            models.CheckConstraint(name="tier_rank_from_1", condition=Q(rank__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.get_rule_display()}"


class Criterion(models.Model):
    """One scored criterion of a round: 1 to 5, with its weight in whole percent (domain reference 7.3)."""

    MIN_SCORE, MAX_SCORE = 1, 5

    round = models.ForeignKey(
        SubsidyRound, models.CASCADE, related_name="criteria", verbose_name="ronde"
    )
    order = models.PositiveSmallIntegerField("volgorde")
    code = models.SlugField("code", max_length=30)
    name = models.CharField("naam", max_length=100)
    question = models.TextField("vraag aan de commissie")
    weight = models.PositiveSmallIntegerField("gewicht in procenten")

    class Meta:
        verbose_name = "criterium"
        verbose_name_plural = "criteria"
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="criterion_code_once"),
            models.UniqueConstraint(
                fields=["round", "order"],
                name="criterion_order_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="criterion_weight_is_a_percentage",
                condition=Q(weight__gte=1, weight__lte=100),
                violation_error_message="Een gewicht ligt tussen 1 en 100 procent.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HistoricalRound(models.Model):
    """A round from before the portal, as far as the programme's documents tell."""

    year = models.PositiveSmallIntegerField("jaar", unique=True)
    amount = models.DecimalField("beschikbaar bedrag", max_digits=12, decimal_places=2)
    ikc_count = models.PositiveSmallIntegerField("aantal IKC's")
    count_means = models.CharField("het aantal betekent", max_length=60)
    note = models.TextField("toelichting", blank=True)
    source = models.CharField("vindplaats", max_length=300)

    class Meta:
        verbose_name = "eerdere ronde"
        verbose_name_plural = "eerdere rondes"

    def __str__(self) -> str:
        return f"ronde {self.year}"
