from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.models import Ikc
from kvk2.core.models import StoredFile
from kvk2.core.money import format_amount, format_whole
from subsidies.budget import BasePerChildFormula, Formula, LinearFormula
from subsidies.models.scheme_rows import LimitRow, limit_constraints
from subsidies.models.schemes import SchemeVersion
from subsidies.querysets import SubsidyRoundQuerySet
from subsidies.states import ROUND_BADGES, ROUND_WORKFLOW, RoundState

NOT_ADOPTED = [RoundState.DRAFT, RoundState.CANCELLED]
AFTER_ADOPTION = [state for state in RoundState.values if state not in NOT_ADOPTED]
AFTER_PUBLICATION = [state for state in AFTER_ADOPTION if state != RoundState.ADOPTED]


def default_tie_chain() -> list[str]:
    """The order of a tender (domain reference 4.2): the heaviest criterion, the next ones, then the lot."""
    return ["criteria", "lottery"]


@pghistory.track()
class SubsidyRound(models.Model):
    """One opening of a scheme: a period, a ceiling and the published way to divide it."""

    class Method(models.TextChoices):
        TENDER = "tender", "rangschikking op score (tender)"
        FIRST_COME = "first_come", "op volgorde van de dag waarop de aanvraag volledig is"
        PRO_RATA = "pro_rata", "naar verhouding van het gevraagde bedrag"
        PER_CHILD = "per_child", "een gelijk bedrag per kind"

    # The methods that serve one application after another, and so may need the lot and a marginal policy.
    ORDERED = (Method.TENDER, Method.FIRST_COME)

    class MarginalPolicy(models.TextChoices):
        PARTIAL = "partial", "het restant verlenen als dat zinvol is"
        REFUSE_STOP = "refuse_stop", "weigeren en stoppen"
        REFUSE_SKIP = "refuse_skip", "weigeren en de volgende proberen"

    class Admission(models.TextChoices):
        """Whether a mark that an IKC may have is needed, refused, or of no matter for taking part."""

        ANY = "any", "maakt niet uit"
        ONLY = "only", "is nodig"
        NOT = "not", "sluit uit"

    class PartnerRule(models.TextChoices):
        """Whether the childcare partner must stand behind the plan before it is filed."""

        REQUIRED = "required", "verplicht: in het portaal, of met een verklaring"
        OPTIONAL = "optional", "mag, maar hoeft niet"

    class TieBreak(models.TextChoices):
        CRITERIA = "criteria", "de score per criterium, het zwaarste eerst"
        LOTTERY = "lottery", "het lot"

    class LotteryMode(models.TextChoices):
        SEEDED = "seeded", "door het portaal, narekenbaar"
        MANUAL = "manual", "met de hand, met een proces-verbaal"

    class OutageFallback(models.TextChoices):
        EXTEND = "extend", "de sluiting schuift op"
        LOTTERY = "lottery", "loting onder iedereen die die dag aanvroeg"

    # The text of the scheme that the round stands on; fixed once the college adopted the round.
    scheme_version = models.ForeignKey(
        SchemeVersion,
        models.PROTECT,
        related_name="rounds",
        verbose_name="versie van de regeling",
    )
    name = models.CharField("naam", max_length=120, unique=True)
    year = models.PositiveSmallIntegerField("jaar")
    state = models.CharField(
        "status", max_length=12, choices=RoundState, default=RoundState.DRAFT, editable=False
    )
    description = models.TextField("doel en doelgroep")
    eligible_forms = models.JSONField("toegelaten vormen", default=list)
    founding_allowed = models.BooleanField("IKC's in oprichting mogen meedoen", default=True)
    sub_applications_allowed = models.BooleanField("deelaanvraag mogelijk", default=False)
    sub_application_name = models.CharField("naam van de deelaanvraag", max_length=60, blank=True)
    partner_confirmation = models.CharField(
        "bevestiging door de kinderopvang",
        max_length=10,
        choices=PartnerRule,
        default=PartnerRule.REQUIRED,
    )
    eligible_plus = models.CharField(
        "predicaat Plus", max_length=4, choices=Admission, default=Admission.ANY
    )
    eligible_special_education = models.CharField(
        "speciaal onderwijs", max_length=4, choices=Admission, default=Admission.ANY
    )

    opens_at = models.DateTimeField("opent op")
    closes_at = models.DateTimeField("sluit op")
    # Awb 2:21: the latest `ClosingExtension`; `subsidies.closing` says which moment counts.
    extended_until = models.DateTimeField("sluiting verlengd tot", null=True, blank=True)
    period_start = models.DateField("subsidieperiode van")
    period_end = models.DateField("subsidieperiode tot en met")
    reference_date = models.DateField("peildatum kinderen")

    # Nought in a draft: not filled in yet.
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
    # Equal applications are told apart by these, in this order; time of receipt never counts in a tender.
    tie_chain = models.JSONField("bij gelijke stand", default=default_tie_chain)
    lottery_mode = models.CharField(
        "wijze van loten", max_length=6, choices=LotteryMode, default=LotteryMode.SEEDED
    )
    lottery_seed = models.CharField("tekst voor de loting", max_length=120, blank=True)
    lottery_drawn_by = models.CharField("wie de loting doet", max_length=200, blank=True)
    fallback_on_outage = models.CharField(
        "bij een storing", max_length=7, choices=OutageFallback, default=OutageFallback.EXTEND
    )

    decision_number = models.CharField("nummer collegebesluit", max_length=60, blank=True)
    decided_on = models.DateField("datum collegebesluit", null=True, blank=True)
    decision_document = models.OneToOneField(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="round_decision",
        verbose_name="collegebesluit",
    )
    publication_reference = models.CharField("vindplaats publicatie", max_length=120, blank=True)
    published_on = models.DateField("gepubliceerd op", null=True, blank=True)
    # Awb 4:28: without this warning a later lowering does not touch applications already filed.
    budget_warning_published = models.BooleanField(
        "publicatie waarschuwt voor verlaging bij de begroting", default=False
    )
    cancellation_reason = models.TextField("reden van annuleren", blank=True)
    cancellation_reference = models.CharField("vindplaats intrekking", max_length=120, blank=True)
    retention_until = models.DateField("bewaren tot en met", null=True, blank=True)
    retention_basis = models.CharField("grond voor bewaren", max_length=200, blank=True)
    # Steps of the form that nobody looked at since the round was begun or copied.
    steps_to_check = models.JSONField("nog te bekijken stappen", default=list, blank=True)
    copied_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        verbose_name="gekopieerd van",
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
                name="round_sub_application_has_a_name",
                condition=Q(sub_applications_allowed=False) | ~Q(sub_application_name=""),
                violation_error_message="Geef de deelaanvraag een naam.",
            ),
            models.CheckConstraint(
                name="round_opens_before_it_closes",
                condition=Q(opens_at__lt=F("closes_at")),
                violation_error_message="De sluiting ligt niet na de opening.",
            ),
            models.CheckConstraint(
                name="round_extension_is_later",
                condition=Q(extended_until=None)
                | (Q(extended_until__gt=F("closes_at")) & ~Q(state__in=NOT_ADOPTED)),
                violation_error_message="Een verlenging is later dan de sluiting.",
            ),
            models.CheckConstraint(
                name="round_period_is_in_order",
                condition=Q(period_start__lte=F("period_end")),
                violation_error_message="De subsidieperiode eindigt voordat zij begint.",
            ),
            models.CheckConstraint(
                name="round_ceiling_is_positive",
                condition=Q(ceiling__gt=0) | Q(ceiling=0, state__in=NOT_ADOPTED),
                violation_error_message="Het subsidieplafond is hoger dan nul.",
            ),
            models.CheckConstraint(
                name="round_choices_are_known",
                condition=Q(
                    allocation_method__in=["tender", "first_come", "pro_rata", "per_child"],
                    marginal_policy__in=["partial", "refuse_stop", "refuse_skip"],
                    eligible_plus__in=["any", "only", "not"],
                    eligible_special_education__in=["any", "only", "not"],
                    lottery_mode__in=["seeded", "manual"],
                    fallback_on_outage__in=["extend", "lottery"],
                ),
            ),
            models.CheckConstraint(
                name="round_adopted_can_draw_lots",
                condition=Q(state__in=NOT_ADOPTED)
                | Q(allocation_method__in=["pro_rata", "per_child"])
                | (Q(lottery_mode="seeded") & ~Q(lottery_seed=""))
                | (Q(lottery_mode="manual") & ~Q(lottery_drawn_by="")),
                violation_error_message="Leg vast hoe er geloot wordt als aanvragen gelijk eindigen.",
            ),
            models.CheckConstraint(
                name="round_floor_is_not_negative", condition=Q(floor=None) | Q(floor__gte=0)
            ),
            models.CheckConstraint(
                name="round_adopted_by_a_decision",
                condition=Q(state__in=NOT_ADOPTED)
                | (~Q(decision_number="") & Q(decided_on__isnull=False)),
                violation_error_message="Een vastgestelde ronde heeft een collegebesluit met datum.",
            ),
            models.CheckConstraint(
                name="round_cancelled_says_why",
                condition=~Q(state=RoundState.CANCELLED) | ~Q(cancellation_reason=""),
                violation_error_message="Een geannuleerde ronde heeft een reden.",
            ),
            models.CheckConstraint(
                name="round_archived_has_a_term",
                condition=~Q(state=RoundState.ARCHIVED)
                | (Q(retention_until__isnull=False) & ~Q(retention_basis="")),
                violation_error_message="Een gearchiveerde ronde heeft een bewaartermijn met een grond.",
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
    def needs_reviews(self) -> bool:
        """The commission scores: a tender ranks on it (domain reference 6.3)."""
        return self.allocation_method == self.Method.TENDER

    @property
    def is_ordered(self) -> bool:
        """Applications are served one after another, so that the last one may get the remainder."""
        return self.allocation_method in self.ORDERED

    @property
    def is_editable(self) -> bool:
        """Everything that affects the ranking is fixed once the college has adopted it."""
        return self.state == RoundState.DRAFT


class AmountFormula(models.Model):
    """The maximum of a group of IKCs in a round, over the children of 2 and older (domain reference 4.7)."""

    class Group(models.TextChoices):
        PLUS = "plus", "Plus IKC's"
        REGULAR = "regular", "overige IKC's"
        SPECIAL_EDUCATION = "special", "IKC's speciaal onderwijs"
        IKC = "ikc", "één IKC"

    # The groups that every round needs a formula for; the others only where the round says so.
    NEEDED = (Group.PLUS, Group.REGULAR)

    class Kind(models.TextChoices):
        BASE_PER_CHILD = "base_per_child", "vast bedrag plus een bedrag per kind"
        LINEAR = "linear", "een bedrag voor een aantal kinderen, naar rato"

    round = models.ForeignKey(
        SubsidyRound, models.CASCADE, related_name="formulas", verbose_name="ronde"
    )
    group = models.CharField("groep", max_length=10, choices=Group)
    ikc = models.ForeignKey(
        Ikc, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="IKC"
    )
    kind = models.CharField("soort", max_length=15, choices=Kind, default=Kind.BASE_PER_CHILD)
    base = models.DecimalField("vast bedrag", max_digits=12, decimal_places=2, default=Decimal(0))
    per_child = models.DecimalField(
        "bedrag per kind", max_digits=12, decimal_places=2, default=Decimal(0)
    )
    # Of a linear formula: `amount` euros for every `per_children` children.
    amount = models.DecimalField("bedrag", max_digits=12, decimal_places=2, default=Decimal(0))
    per_children = models.PositiveSmallIntegerField("voor zoveel kinderen", default=0)

    class Meta:
        verbose_name = "bedragformule"
        verbose_name_plural = "bedragformules"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "group"],
                condition=~Q(group="ikc"),
                name="formula_once_per_group",
            ),
            models.UniqueConstraint(fields=["round", "ikc"], name="formula_once_per_ikc"),
            models.CheckConstraint(
                name="formula_names_its_ikc",
                condition=Q(group="ikc", ikc__isnull=False) | (~Q(group="ikc") & Q(ikc=None)),
                violation_error_message="Een formule voor één IKC noemt dat IKC.",
            ),
            models.CheckConstraint(
                name="formula_is_not_negative", condition=Q(base__gte=0, per_child__gte=0)
            ),
            models.CheckConstraint(
                name="formula_is_of_one_kind",
                condition=Q(kind="base_per_child", amount=0, per_children=0)
                | Q(kind="linear", base=0, per_child=0, amount__gt=0, per_children__gte=1),
                violation_error_message="Een formule heeft de bedragen van haar eigen soort.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.for_whom}: {self.words}"

    @property
    def for_whom(self) -> str:
        return str(self.ikc) if self.ikc is not None else self.get_group_display()

    @property
    def formula(self) -> Formula:
        """What the calculation works with."""
        if self.kind == self.Kind.LINEAR:
            return LinearFormula(self.amount, self.per_children)
        return BasePerChildFormula(self.base, self.per_child)

    @property
    def words(self) -> str:
        """The formula as it is published."""
        if self.kind == self.Kind.LINEAR:
            return f"{format_amount(self.amount)} per {format_whole(self.per_children)} kinderen van 2 jaar en ouder, naar rato"
        return f"{format_amount(self.base)} + {format_amount(self.per_child)} per kind van 2 jaar en ouder"


class BudgetRule(LimitRow):
    """A limit of the budget in this round; a new round copies those of its scheme."""

    round = models.ForeignKey(
        SubsidyRound, models.CASCADE, related_name="budget_rules", verbose_name="ronde"
    )

    class Meta:
        verbose_name = "begrotingsregel"
        verbose_name_plural = "begrotingsregels"
        constraints = limit_constraints("budget_rule", "round")


class PriorityTier(models.Model):
    """A published priority: applications of tier 1 come before tier 2; who matches none comes last."""

    class Rule(models.TextChoices):
        PLUS = "plus", "Plus IKC"
        ATTENTION_AREA = "attention_area", "IKC in een aandachtsgebied"
        EXTENDED_LEARNING_TIME = "extended_learning_time", "verplichte verlengde leertijd"
        VILLAGE = "village", "IKC in een dorp"
        SPECIAL_EDUCATION = "special_education", "IKC speciaal onderwijs"
        YOUNG_CHILD = "young_child", "aanvraag met een deelaanvraag voor het jonge kind"

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
