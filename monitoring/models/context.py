"""Figures of elsewhere that stand beside those of an IKC, and are never judged."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from agreements.models import IndicatorDefinitionVersion
from monitoring.models.measuring import FIGURE


class Benchmark(models.Model):
    """What an indicator is in a larger population in one year, with where that is from (monitoring reference 3.3)."""

    class Geography(models.TextChoices):
        DISTRICT = "district", "wijk"
        MUNICIPALITY = "municipality", "gemeente"
        REGION = "region", "regio of provincie"
        COUNTRY = "country", "Nederland"
        OTHER = "other", "andere groep"

    definition_version = models.ForeignKey(
        IndicatorDefinitionVersion,
        models.PROTECT,
        related_name="benchmarks",
        verbose_name="indicator",
    )
    geography = models.CharField("soort gebied", max_length=12, choices=Geography)
    place = models.CharField("gebied of groep", max_length=100)
    year = models.PositiveSmallIntegerField("jaar")
    value = models.DecimalField("cijfer", **FIGURE)
    n = models.PositiveIntegerField("aantal waarop het cijfer rust", null=True, blank=True)
    source = models.CharField("bron", max_length=300)
    retrieved_on = models.DateField("opgehaald op")
    licence = models.CharField("licentie", max_length=100)

    class Meta:
        verbose_name = "vergelijkingscijfer"
        verbose_name_plural = "vergelijkingscijfers"
        constraints = [
            models.UniqueConstraint(
                fields=["definition_version", "geography", "place", "year"],
                name="benchmark_once_a_year",
                violation_error_message="Van dit gebied is er al een cijfer over dit jaar.",
            ),
            models.CheckConstraint(
                name="benchmark_says_where_it_is_from",
                condition=~Q(source="") & ~Q(licence="") & ~Q(place=""),
                violation_error_message="Vul gebied, bron en licentie in.",
            ),
            models.CheckConstraint(
                name="benchmark_choices_are_known",
                condition=Q(
                    geography__in=["district", "municipality", "region", "country", "other"],
                    year__range=(2000, 2100),
                ),
                violation_error_message="Vul een jaar in, bijvoorbeeld 2024.",
            ),
        ]
        indexes = [models.Index(fields=["-year", "id"], name="benchmark_by_year")]

    def __str__(self) -> str:
        return f"{self.definition_version.definition}, {self.place} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("monitoring:benchmark_edit", args=[self.pk])
