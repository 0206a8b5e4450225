"""Figures of districts by their map, and recalibrations by how far they are."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q

from ikc.roles import AREA_ROLES
from ikc.states_areas import RecalibrationState

if TYPE_CHECKING:
    from ikc.models import User


class AreaFigureQuerySet(models.QuerySet):
    def of_map(self, map_year: int) -> Self:
        """On the district map of one year: figures of other maps are about other districts."""
        return self.filter(map_year=map_year)

    def for_analysis(self) -> Self:
        return self.select_related("indicator").order_by(
            "indicator__code", "year", "district__code"
        )


class AreaRecalibrationQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        return self.all() if user.has_role(*AREA_ROLES) else self.none()

    def with_counts(self) -> Self:
        """Annotates `area_count`, `entering` and `leaving`: districts of the list, new on it, and gone from it."""
        is_area = Q(designations__is_attention_area=True)
        was_area = Q(designations__was_attention_area=True)
        return self.annotate(
            area_count=Count("designations", filter=is_area),
            entering=Count("designations", filter=is_area & ~was_area),
            leaving=Count("designations", filter=was_area & ~is_area),
        )

    def with_waiting(self) -> Self:
        """Annotates `waiting`: IKCs that came in or went out and that nobody talked to yet."""
        return self.annotate(
            waiting=Count("ikcs", filter=Q(ikcs__isnull=False, ikcs__handled_at=None))
        )

    def adopted(self) -> Self:
        """The reviews that the college adopted, the newest first; not the list of the programme itself."""
        return self.filter(origin="review", adopted_on__isnull=False).order_by("-year")

    def in_effect(self) -> Self:
        return self.filter(state=RecalibrationState.EFFECTIVE)

    def running(self) -> Self:
        """On its way; the database keeps this to one."""
        return self.exclude(state=RecalibrationState.EFFECTIVE)

    def due(self, day: date) -> Self:
        """Adopted, and its day has come."""
        return self.filter(state=RecalibrationState.ADOPTED, valid_from__lte=day)
