"""The figures that the area analysis stands on: indicators of named sources, per district and reference year."""

from decimal import Decimal

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from ikc.models.areas import District
from ikc.querysets_areas import AreaFigureQuerySet
from ikc.states_areas import ImportState
from kvk2.core.models import StoredFile

USER = settings.AUTH_USER_MODEL


class AreaIndicator(models.Model):
    """What is known per district, which way it is more vulnerable, and how heavily it counts in the score.

    An indicator without weight is context: it says nothing of vulnerability, so it has no direction either.
    """

    class Family(models.TextChoices):
        """The sources that the programme names (annex 1), and the facts of CBS about a district."""

        KINDEREN_IN_TEL = "kinderen_in_tel", "Kinderen in Tel"
        OAB = "oab", "OAB-dashboard van het CBS"
        YOUTH_MONITOR = "youth_monitor", "Jeugdmonitor"
        SCHOOLS = "schools", "scholen en kinderopvang"
        CBS = "cbs", "CBS, wijken en buurten"

    class Direction(models.TextChoices):
        """Which figures are more vulnerable; somebody must say so, there is no default."""

        HIGHER = "higher", "hoe hoger, hoe kwetsbaarder"
        LOWER = "lower", "hoe lager, hoe kwetsbaarder"
        CONTEXT = "context", "zegt niets over kwetsbaarheid"

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("naam", max_length=120)
    unit = models.CharField("eenheid", max_length=30)
    decimals = models.PositiveSmallIntegerField("decimalen", validators=[MaxValueValidator(3)])
    direction = models.CharField("richting", max_length=10, choices=Direction)
    family = models.CharField("bron", max_length=20, choices=Family)
    weight = models.DecimalField("gewicht", max_digits=5, decimal_places=2)
    explanation = models.TextField("uitleg", blank=True)
    source = models.CharField("vindplaats", max_length=300)

    class Meta:
        verbose_name = "indicator van een wijk"
        verbose_name_plural = "indicatoren van wijken"
        constraints = [
            models.CheckConstraint(
                name="area_indicator_decimals_fit",
                condition=Q(decimals__lte=3),
                violation_error_message="Gebruik hoogstens 3 decimalen.",
            ),
            models.CheckConstraint(
                name="area_indicator_family_is_known",
                condition=Q(
                    family__in=["kinderen_in_tel", "oab", "youth_monitor", "schools", "cbs"]
                ),
                violation_error_message="Kies de bron van de indicator.",
            ),
            models.CheckConstraint(
                name="area_indicator_counts_or_is_context",
                condition=Q(direction__in=["higher", "lower"], weight__gt=0)
                | Q(direction="context", weight=0),
                violation_error_message="Een indicator die meetelt heeft een richting en een gewicht boven nul; "
                "een indicator die niets over kwetsbaarheid zegt heeft gewicht nul.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def counts(self) -> bool:
        """Whether it takes part in the score."""
        return self.direction != self.Direction.CONTEXT


class AreaIndicatorBand(models.Model):
    """A part of the scale of an indicator with its name, such as 'kwetsbaar' from 5.6: it runs to the next band."""

    indicator = models.ForeignKey(
        AreaIndicator, models.CASCADE, related_name="bands", verbose_name="indicator"
    )
    lowest = models.DecimalField("vanaf", max_digits=12, decimal_places=3)
    label = models.CharField("naam", max_length=60)
    source = models.CharField("vindplaats", max_length=300)

    class Meta:
        verbose_name = "klasse van een indicator"
        verbose_name_plural = "klassen van indicatoren"
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "lowest"], name="area_indicator_band_once"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class AreaImport(models.Model):
    """A file with figures: uploaded, looked at, and applied or thrown away. Once applied it never changes."""

    file = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="area_import", verbose_name="bestand"
    )
    name = models.CharField("bestandsnaam", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    source = models.CharField("bron", max_length=200)
    licence = models.CharField("licentie", max_length=100)
    retrieved_on = models.DateField("opgehaald op")
    map_year = models.PositiveSmallIntegerField("jaar van de wijkindeling")
    # What each column is; empty until somebody said so (`ikc.importers.area_figures.Mapping`).
    mapping = models.JSONField("indeling van de kolommen", default=dict, blank=True)
    state = models.CharField(
        "status", max_length=10, choices=ImportState, default=ImportState.PREVIEW
    )
    uploaded_by = models.ForeignKey(
        USER, models.PROTECT, related_name="+", verbose_name="geüpload door"
    )
    uploaded_at = models.DateTimeField("geüpload op")
    closed_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="afgerond door"
    )
    closed_at = models.DateTimeField("afgerond op", null=True, blank=True)
    created_count = models.PositiveIntegerField("nieuwe cijfers", default=0)
    changed_count = models.PositiveIntegerField("gewijzigde cijfers", default=0)
    same_count = models.PositiveIntegerField("ongewijzigde cijfers", default=0)
    error_count = models.PositiveIntegerField("fouten", default=0)

    class Meta:
        verbose_name = "import van wijkcijfers"
        verbose_name_plural = "imports van wijkcijfers"
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=~Q(state="discarded"),
                name="area_import_file_once",
                violation_error_message="Dit bestand is al eerder geüpload.",
            ),
            models.CheckConstraint(
                name="area_import_state_is_known",
                condition=Q(state="preview", closed_by=None, closed_at=None)
                | Q(
                    state__in=["applied", "discarded"],
                    closed_by__isnull=False,
                    closed_at__isnull=False,
                ),
            ),
        ]
        indexes = [models.Index(fields=["-uploaded_at", "id"], name="area_import_by_time")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("ikc:area_import_detail", args=[self.pk])


class MissingFigure(models.TextChoices):
    """Why there is no figure: never 0 and never empty (monitoring reference 3.4, rule 12)."""

    NOT_PUBLISHED = "not_published", "niet gepubliceerd"
    TOO_FEW = "too_few", "te weinig om te tonen"
    NOT_MEASURED = "not_measured", "niet gemeten"


class Reliability(models.TextChoices):
    """How far a figure can be relied upon: B or I, as the social indices of municipalities mark it."""

    RELIABLE = "B", "betrouwbaar"
    INDICATIVE = "I", "indicatief"


@pghistory.track()
class AreaFigure(models.Model):
    """One figure of a district in one reference year, with where it comes from.

    `map_year` is the year of the district map on which the source gives the figure. The database refuses a figure on a
    district of another map (migration with `area_figure_on_its_own_map`): codes are used again for other districts.
    """

    indicator = models.ForeignKey(
        AreaIndicator, models.PROTECT, related_name="figures", verbose_name="indicator"
    )
    district = models.ForeignKey(
        District, models.PROTECT, related_name="figures", verbose_name="wijk"
    )
    map_year = models.PositiveSmallIntegerField("jaar van de wijkindeling")
    year = models.PositiveSmallIntegerField("jaar")
    value = models.DecimalField("cijfer", max_digits=12, decimal_places=3, null=True, blank=True)
    missing_reason = models.CharField(
        "reden dat het cijfer ontbreekt", max_length=15, choices=MissingFigure, blank=True
    )
    reliability = models.CharField("betrouwbaarheid", max_length=1, choices=Reliability)
    source = models.CharField("bron", max_length=300)
    retrieved_on = models.DateField("opgehaald op")
    area_import = models.ForeignKey(
        AreaImport,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="figures",
        verbose_name="import",
    )

    objects = AreaFigureQuerySet.as_manager()

    class Meta:
        verbose_name = "wijkcijfer"
        verbose_name_plural = "wijkcijfers"
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "district", "year"],
                name="area_figure_once_per_year",
                violation_error_message="Van deze wijk is er al een cijfer van deze indicator over dit jaar.",
            ),
            models.CheckConstraint(
                name="area_figure_value_or_reason",
                condition=Q(value__isnull=False, missing_reason="")
                | Q(value=None, missing_reason__in=MissingFigure.values),
                violation_error_message="Een cijfer heeft een waarde, of een reden dat het ontbreekt.",
            ),
            models.CheckConstraint(
                name="area_figure_reliability_is_known",
                condition=Q(reliability__in=["B", "I"]),
                violation_error_message="Een cijfer is betrouwbaar (B) of indicatief (I).",
            ),
            models.CheckConstraint(
                name="area_figure_year_is_plausible", condition=Q(year__gte=1990, year__lte=2100)
            ),
        ]
        indexes = [models.Index(fields=["district", "year"], name="area_figure_by_district")]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.district}, {self.year}"

    @property
    def decimal_value(self) -> Decimal | None:
        """The figure with the decimals of its indicator."""
        if self.value is None:
            return None
        return self.value.quantize(Decimal(1).scaleb(-self.indicator.decimals))
