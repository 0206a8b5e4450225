from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ikc.querysets import AttentionAreaQuerySet
from kvk2.core.periods import one_at_a_time


class District(models.Model):
    """A wijk as Statistics Netherlands (CBS) drew it in one year; a code may mean another wijk in another year."""

    code = models.CharField("wijkcode", max_length=8)
    year = models.PositiveSmallIntegerField("jaar van de indeling")
    name = models.CharField("naam", max_length=100)
    inhabitants = models.PositiveIntegerField("inwoners", null=True, blank=True)
    dwellings = models.PositiveIntegerField("woningen", null=True, blank=True)
    area_hectares = models.PositiveIntegerField("oppervlakte in hectare", null=True, blank=True)
    # Rings of (longitude, latitude) pairs, coarse: for a schematic map only.
    outline = models.JSONField("omtrek", default=list, blank=True)
    source = models.CharField("bron", max_length=200)

    class Meta:
        verbose_name = "wijk"
        verbose_name_plural = "wijken"
        constraints = [
            models.UniqueConstraint(fields=["code", "year"], name="district_code_per_year"),
            models.CheckConstraint(
                name="district_code_has_its_form", condition=Q(code__regex=r"^WK[0-9]{6}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code}, {self.year})"

    def get_absolute_url(self) -> str:
        return reverse("ikc:district_detail", args=[self.pk])


class AttentionArea(models.Model):
    """An area with the highest vulnerability of children, from one two-yearly review to the next."""

    name = models.CharField("naam", max_length=100)
    district = models.ForeignKey(
        District, models.PROTECT, related_name="attention_areas", verbose_name="wijk"
    )
    valid_from = models.DateField("vanaf")
    valid_until = models.DateField("tot en met", null=True, blank=True)
    source = models.CharField("vindplaats", max_length=300)
    # The version of the list that it belongs to.
    recalibration = models.ForeignKey(
        "ikc.AreaRecalibration",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="areas",
        verbose_name="herijking",
    )

    objects = AttentionAreaQuerySet.as_manager()

    class Meta:
        verbose_name = "aandachtsgebied"
        verbose_name_plural = "aandachtsgebieden"
        constraints = [
            models.CheckConstraint(
                name="attention_area_ends_after_it_starts",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
            one_at_a_time("attention_area_once_per_district", "district"),
        ]

    def __str__(self) -> str:
        return self.name
