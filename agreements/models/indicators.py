"""The library of indicators: what can be measured, apart from what an agreement asks of it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from agreements.querysets import DefinitionVersionQuerySet, IndicatorDefinitionQuerySet


class IndicatorDefinition(models.Model):
    """Something that can be counted the same way every year. Type, unit and direction stay for life once in use."""

    class Type(models.TextChoices):
        NUMBER = "number", "getal"
        PERCENTAGE = "percentage", "percentage"
        AMOUNT = "amount", "bedrag"
        SCALE = "scale", "schaal"
        MILESTONE = "milestone", "mijlpaal"

    class Direction(models.TextChoices):
        HIGHER = "higher", "hoger is beter"
        LOWER = "lower", "lager is beter"
        RANGE = "range", "binnen een bandbreedte"

    class Calculation(models.TextChoices):
        YEAR = "year", "het cijfer van het jaar zelf"
        CUMULATIVE = "cumulative", "alle jaren bij elkaar opgeteld"
        THREE_YEARS = "three_years", "drie jaren samen als één groep"

    code = models.SlugField("code", max_length=30, unique=True)
    name = models.CharField("naam", max_length=150)
    type = models.CharField("soort", max_length=12, choices=Type)
    unit = models.CharField("eenheid", max_length=40)
    decimals = models.PositiveSmallIntegerField("decimalen", default=0)
    # No default: somebody has to think about what is better.
    direction = models.CharField("richting", max_length=8, choices=Direction)
    is_flow = models.BooleanField(
        "telt op over het jaar",
        default=False,
        help_text="Een jaartotaal, zoals aantal deelnames. Een stand, zoals aantal kinderen, telt niet op.",
    )

    # What is judged: also for life, because a target means something else under another one.
    calculation = models.CharField(
        "wat wordt beoordeeld", max_length=12, choices=Calculation, default=Calculation.YEAR
    )

    objects = IndicatorDefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = "indicator"
        verbose_name_plural = "indicatoren"
        constraints = [
            models.CheckConstraint(
                name="indicator_type_is_known",
                condition=Q(type__in=["number", "percentage", "amount", "scale", "milestone"]),
            ),
            models.CheckConstraint(
                name="indicator_direction_is_known",
                condition=Q(direction__in=["higher", "lower", "range"]),
            ),
            models.CheckConstraint(
                name="indicator_has_at_most_4_decimals", condition=Q(decimals__lte=4)
            ),
            models.CheckConstraint(
                name="indicator_percentage_is_no_flow",
                condition=~Q(type="percentage") | Q(is_flow=False),
            ),
            models.CheckConstraint(
                name="indicator_amount_is_in_cents_at_most",
                condition=~Q(type="amount") | Q(decimals__lte=2, unit="euro"),
                violation_error_message="Een bedrag is in euro's, met hoogstens 2 decimalen.",
            ),
            models.CheckConstraint(
                name="indicator_calculation_fits_its_type",
                condition=Q(calculation="year")
                | Q(calculation="cumulative", is_flow=True)
                | Q(calculation="three_years", type="percentage"),
                violation_error_message=(
                    "Optellen over de jaren kan bij een jaartotaal, drie jaren samen bij een percentage."
                ),
            ),
            # A level and a day have no decimals, do not add up and have no band.
            models.CheckConstraint(
                name="indicator_level_and_day_are_whole",
                condition=~Q(type__in=["scale", "milestone"])
                | (Q(decimals=0, is_flow=False) & ~Q(direction="range")),
                violation_error_message=(
                    "Een schaal en een mijlpaal hebben geen decimalen en geen bandbreedte."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("agreements:definition_detail", args=[self.pk])

    @property
    def is_percentage(self) -> bool:
        return self.type == self.Type.PERCENTAGE

    @property
    def is_cumulative(self) -> bool:
        return self.calculation == self.Calculation.CUMULATIVE

    @property
    def pools_years(self) -> bool:
        return self.calculation == self.Calculation.THREE_YEARS

    @property
    def is_range(self) -> bool:
        return self.direction == self.Direction.RANGE

    @property
    def is_scale(self) -> bool:
        return self.type == self.Type.SCALE

    @property
    def is_milestone(self) -> bool:
        return self.type == self.Type.MILESTONE

    @property
    def has_figures(self) -> bool:
        """Measured in figures that may have decimals: not a level of a scale, nor a day."""
        return not (self.is_scale or self.is_milestone)

    @property
    def target_columns(self) -> tuple[str, ...]:
        """The columns of `YearTarget` that a target of this indicator fills."""
        if self.is_scale:
            return ("level",)
        if self.is_milestone:
            return ("due_on",)
        return ("low", "high") if self.is_range else ("value",)

    @property
    def direction_text(self) -> str:
        """'hoger is beter'; of a milestone that it is reached in time."""
        return "op tijd bereikt" if self.is_milestone else self.get_direction_display()


class IndicatorDefinitionVersion(models.Model):
    """How an indicator is measured from a day on; `breaks_series` says that older figures cannot be compared."""

    definition = models.ForeignKey(
        IndicatorDefinition, models.PROTECT, related_name="versions", verbose_name="indicator"
    )
    number = models.PositiveSmallIntegerField("versie")
    text = models.TextField("definitie")
    numerator = models.TextField("teller", blank=True)
    denominator = models.TextField("noemer", blank=True)
    source = models.CharField("bron", max_length=200)
    reference_date_rule = models.CharField("peildatum", max_length=120, blank=True)
    min_n = models.PositiveSmallIntegerField("kleinste groep", default=10)
    valid_min = models.DecimalField(
        "laagste mogelijke waarde", max_digits=14, decimal_places=4, null=True, blank=True
    )
    valid_max = models.DecimalField(
        "hoogste mogelijke waarde", max_digits=14, decimal_places=4, null=True, blank=True
    )
    valid_from = models.DateField("vanaf")
    breaks_series = models.BooleanField("breekt de reeks", default=False)
    break_reason = models.TextField("waarom de reeks breekt", blank=True)
    # Of a scale: what each level means, the first is level 1. A trigger keeps it to scales.
    rubric = models.JSONField("niveaus", default=list, blank=True)

    objects = DefinitionVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "versie van een indicator"
        verbose_name_plural = "versies van indicatoren"
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "number"], name="definition_version_number"
            ),
            models.CheckConstraint(
                name="definition_version_has_a_valid_range",
                condition=Q(valid_min=None) | Q(valid_max=None) | Q(valid_min__lt=F("valid_max")),
            ),
            models.CheckConstraint(
                name="definition_version_first_breaks_nothing",
                condition=~Q(number=1) | Q(breaks_series=False),
            ),
            models.CheckConstraint(
                name="definition_version_break_has_a_reason",
                condition=Q(breaks_series=True) & ~Q(break_reason="")
                | Q(breaks_series=False, break_reason=""),
                violation_error_message="Schrijf op waarom oudere cijfers niet te vergelijken zijn.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition} (versie {self.number})"

    @property
    def levels(self) -> list[tuple[int, str]]:
        """The levels of a scale with their text, from 1 on; empty for any other type."""
        return list(enumerate(self.rubric, 1))
