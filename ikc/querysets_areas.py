"""Figures of districts by their map, and recalibrations by how far they are."""

from datetime import date
from typing import Self

from django.db import models

from ikc.states_areas import RecalibrationState


class AreaFigureQuerySet(models.QuerySet):
    def of_map(self, map_year: int) -> Self:
        """On the district map of one year: figures of other maps are about other districts."""
        return self.filter(map_year=map_year)

    def for_analysis(self) -> Self:
        return self.select_related("indicator").order_by(
            "indicator__code", "year", "district__code"
        )


class AreaRecalibrationQuerySet(models.QuerySet):
    def in_effect(self) -> Self:
        return self.filter(state=RecalibrationState.EFFECTIVE)

    def running(self) -> Self:
        """On its way; the database keeps this to one."""
        return self.exclude(state=RecalibrationState.EFFECTIVE)

    def due(self, day: date) -> Self:
        """Adopted, and its day has come."""
        return self.filter(state=RecalibrationState.ADOPTED, valid_from__lte=day)
