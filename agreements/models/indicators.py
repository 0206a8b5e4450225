"""The library of indicators: what can be measured, apart from what an agreement asks of it."""

from django.db import models
from django.db.models import F, Q

from agreements.querysets import DefinitionVersionQuerySet


class IndicatorDefinition(models.Model):
    """Something that can be counted the same way every year. Type, unit and direction stay for life once in use."""

    class Type(models.TextChoices):
        NUMBER = "number", "getal"
        PERCENTAGE = "percentage", "percentage"

    class Direction(models.TextChoices):
        HIGHER = "higher", "hoger is beter"
        LOWER = "lower", "lager is beter"
        RANGE = "range", "binnen een bandbreedte"

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

    class Meta:
        verbose_name = "indicator"
        verbose_name_plural = "indicatoren"
        constraints = [
            models.CheckConstraint(
                name="indicator_type_is_known", condition=Q(type__in=["number", "percentage"])
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
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_percentage(self) -> bool:
        return self.type == self.Type.PERCENTAGE

    @property
    def is_range(self) -> bool:
        return self.direction == self.Direction.RANGE


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
        ]

    def __str__(self) -> str:
        return f"{self.definition} (versie {self.number})"
