"""The two-yearly review of the attention areas (herijking): what was proposed, adopted and brought about."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.models.area_figures import Reliability
from ikc.models.areas import AttentionArea, District
from ikc.models.centres import Ikc
from ikc.models.plus import PlusStatus
from ikc.querysets_areas import AreaRecalibrationQuerySet
from ikc.states_areas import RecalibrationState

USER = settings.AUTH_USER_MODEL
S = RecalibrationState
_DISCUSSED = [S.DISCUSSED, S.ADOPTED, S.EFFECTIVE]
_ADOPTED = [S.ADOPTED, S.EFFECTIVE]


class AreaRecalibration(models.Model):
    """One version of the list of attention areas, from its preparation until it takes effect (domain reference 5.3).

    The first list is that of the programme decision: nobody prepared it in the portal. Once in effect nothing changes
    any more: a trigger keeps it, and its designations, as they were.
    """

    class Origin(models.TextChoices):
        PROGRAMME = "programme", "programmabesluit"
        REVIEW = "review", "herijking"

    origin = models.CharField("soort", max_length=10, choices=Origin, default=Origin.REVIEW)
    year = models.PositiveSmallIntegerField("jaar", unique=True)
    map_year = models.PositiveSmallIntegerField("jaar van de wijkindeling")
    # None: the programme does not say.
    figures_until = models.PositiveSmallIntegerField(
        "cijfers tot en met het jaar", null=True, blank=True
    )
    state = models.CharField("status", max_length=12, choices=RecalibrationState, default=S.PLANNED)
    note = models.TextField("toelichting", blank=True)
    planned_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="gepland door"
    )
    planned_at = models.DateTimeField("gepland op")
    analysed_at = models.DateTimeField("geanalyseerd op", null=True, blank=True)
    discussed_on = models.DateField("besproken op", null=True, blank=True)
    adopted_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="vastgesteld door",
    )
    adopted_on = models.DateField("vastgesteld op", null=True, blank=True)
    decision = models.CharField("vindplaats van het besluit", max_length=300, blank=True)
    valid_from = models.DateField("geldt vanaf", null=True, blank=True)
    effective_at = models.DateTimeField("ingegaan op", null=True, blank=True)

    # What methods of AreaRecalibrationQuerySet add.
    area_count: int
    entering: int
    leaving: int
    waiting: int

    objects = AreaRecalibrationQuerySet.as_manager()

    class Meta:
        verbose_name = "herijking"
        verbose_name_plural = "herijkingen"
        constraints = [
            models.CheckConstraint(
                name="area_recalibration_state_is_known",
                condition=Q(state__in=RecalibrationState.values),
            ),
            models.UniqueConstraint(
                fields=["origin"],
                condition=~Q(state=S.EFFECTIVE),
                name="area_recalibration_one_at_a_time",
                violation_error_message="Er loopt al een herijking. Rond die eerst af.",
            ),
            models.CheckConstraint(
                name="area_recalibration_discussed_on_a_day",
                condition=~Q(state__in=_DISCUSSED)
                | Q(origin="programme")
                | Q(discussed_on__isnull=False),
                violation_error_message="Een herijking is besproken in een bestuurlijk overleg.",
            ),
            models.CheckConstraint(
                name="area_recalibration_adopted_by_the_college",
                condition=~Q(state__in=_ADOPTED)
                | Q(adopted_on__isnull=False, valid_from__isnull=False) & ~Q(decision=""),
                violation_error_message="Een vastgestelde herijking heeft een besluit en een ingangsdatum.",
            ),
            models.CheckConstraint(
                name="area_recalibration_signed_for",
                condition=~Q(state__in=_ADOPTED)
                | Q(origin="programme")
                | Q(adopted_by__isnull=False),
                violation_error_message="Het college stelt een herijking vast.",
            ),
            models.CheckConstraint(
                name="area_recalibration_effective_at_a_moment",
                condition=Q(state=S.EFFECTIVE, effective_at__isnull=False)
                | (~Q(state=S.EFFECTIVE) & Q(effective_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_origin_display().capitalize()} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("ikc:recalibration_detail", args=[self.pk])

    @property
    def is_open_to_change(self) -> bool:
        """Which districts are designated may still be changed."""
        return self.state == S.ANALYSED


class AreaDesignation(models.Model):
    """What one recalibration says of one district, with the analysis as it was then.

    `inputs` holds one entry per indicator: code, name, year, value, reliability, rank, source.
    """

    recalibration = models.ForeignKey(
        AreaRecalibration, models.PROTECT, related_name="designations", verbose_name="herijking"
    )
    district = models.ForeignKey(
        District, models.PROTECT, related_name="designations", verbose_name="wijk"
    )
    was_attention_area = models.BooleanField("was aandachtsgebied")
    is_attention_area = models.BooleanField("is aandachtsgebied")
    score = models.DecimalField("score", max_digits=4, decimal_places=1, null=True, blank=True)
    rank = models.PositiveSmallIntegerField("rang", null=True, blank=True)
    trend = models.DecimalField("trend", max_digits=4, decimal_places=1, null=True, blank=True)
    reliability = models.CharField("betrouwbaarheid", max_length=1, choices=Reliability)
    rationale = models.TextField("motivering", blank=True)
    inputs = models.JSONField("cijfers van de analyse", default=list, blank=True)

    class Meta:
        verbose_name = "aanwijzing van een wijk"
        verbose_name_plural = "aanwijzingen van wijken"
        constraints = [
            models.UniqueConstraint(
                fields=["recalibration", "district"], name="area_designation_once"
            ),
            models.CheckConstraint(
                name="area_designation_change_has_a_rationale",
                condition=Q(was_attention_area=F("is_attention_area")) | ~Q(rationale=""),
                violation_error_message="Motiveer waarom deze wijk erbij komt of eraf gaat.",
            ),
            models.CheckConstraint(
                name="area_designation_reliability_is_known",
                condition=Q(reliability__in=["B", "I"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.district.name} in {self.recalibration}"

    @property
    def change(self) -> str:
        """'stays', 'enters', 'leaves', or '' for a district that is none and was none."""
        match self.was_attention_area, self.is_attention_area:
            case True, True:
                return "stays"
            case False, True:
                return "enters"
            case True, False:
                return "leaves"
        return ""


class RecalibratedIkc(models.Model):
    """An IKC that came into an attention area, or out of one, when a recalibration took effect."""

    class Direction(models.TextChoices):
        ENTERS = "enters", "komt in een aandachtsgebied"
        LEAVES = "leaves", "ligt niet meer in een aandachtsgebied"

    recalibration = models.ForeignKey(
        AreaRecalibration, models.PROTECT, related_name="ikcs", verbose_name="herijking"
    )
    ikc = models.ForeignKey(Ikc, models.PROTECT, related_name="recalibrations", verbose_name="IKC")
    direction = models.CharField("wat er verandert", max_length=6, choices=Direction)
    # The area that it came into, or left.
    area = models.ForeignKey(
        AttentionArea, models.PROTECT, related_name="+", verbose_name="aandachtsgebied"
    )
    plus_status = models.ForeignKey(
        PlusStatus,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="predicaat dat in herijking is",
    )
    handled_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="afgehandeld door",
    )
    handled_at = models.DateTimeField("afgehandeld op", null=True, blank=True)
    outcome = models.CharField("wat er is afgesproken", max_length=500, blank=True)

    class Meta:
        verbose_name = "IKC in een herijking"
        verbose_name_plural = "IKC’s in herijkingen"
        constraints = [
            models.UniqueConstraint(fields=["recalibration", "ikc"], name="recalibrated_ikc_once"),
            models.CheckConstraint(
                name="recalibrated_ikc_handled_with_an_outcome",
                condition=Q(handled_at=None, handled_by=None, outcome="")
                | Q(handled_at__isnull=False, handled_by__isnull=False) & ~Q(outcome=""),
                violation_error_message="Schrijf op wat er is afgesproken.",
            ),
            models.CheckConstraint(
                name="recalibrated_ikc_direction_is_known",
                condition=Q(direction__in=["enters", "leaves"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ikc}: {self.get_direction_display()}"
