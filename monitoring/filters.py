"""The filter above the dashboard: which IKCs, which indicator, and how it stands."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from agreements.models import IndicatorDefinition
from ikc.filters import SearchFilterSet, search_box
from ikc.models import AttentionArea, Organisation
from monitoring.explain import LABELS
from monitoring.models import MonitoringCycle, StatusResult
from monitoring.shielding import Shield
from monitoring.status import Status


class DashboardFilter(SearchFilterSet):
    """Over AgreedIndicators of the agreements that are in force; `cycle` is the year that `status` is about."""

    q = search_box("Zoek op IKC")
    definition = django_filters.ChoiceFilter(
        label="Indicator", field_name="definition_version__definition", empty_label=None
    )
    board = django_filters.ChoiceFilter(
        label="Schoolbestuur",
        field_name="version__agreement__ikc__board",
        empty_label="Alle besturen",
    )
    area = django_filters.ChoiceFilter(
        label="Aandachtsgebied",
        field_name="version__agreement__ikc__attention_area",
        empty_label="Alle gebieden",
    )
    status = django_filters.ChoiceFilter(
        label="Status",
        method="by_status",
        empty_label="Alle statussen",
        choices=[
            (status.value, f"{label.symbol} {label.text}") for status, label in LABELS.items()
        ],
    )

    def __init__(
        self,
        *args: Any,
        definitions: list[IndicatorDefinition],
        cycle: MonitoringCycle | None,
        shield: Shield,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cycle = cycle
        self.shield = shield
        self.filters["definition"].extra["choices"] = [
            (str(row.pk), row.name) for row in definitions
        ]
        self.filters["board"].extra["choices"] = [
            (str(pk), name)
            for pk, name in Organisation.objects.school_boards()
            .order_by("short_name", "pk")
            .values_list("pk", "short_name")
        ]
        self.filters["area"].extra["choices"] = [
            (str(area.pk), str(area))
            for area in AttentionArea.objects.select_related("district").order_by("pk")
        ]

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(version__agreement__ikc__name__icontains=value)

    def by_status(self, queryset: Any, name: str, value: str) -> QuerySet:
        judged = StatusResult.objects.filter(
            of_return__cycle=self.cycle,
            of_return__agreement=OuterRef("version__agreement"),
            series_key=OuterRef("series_key"),
            status=value,
        )
        telling = self._telling()
        if value == Status.TOO_SMALL:
            return queryset.filter(Exists(judged) | Q(series_key__in=telling))
        return queryset.filter(Exists(judged)).exclude(series_key__in=telling)

    def _telling(self) -> list[UUID]:
        """The series of which the colour of this year would tell a hidden figure."""
        year = self.cycle.year.index if self.cycle else 0
        return [
            series
            for (_, series, index), hidden in self.shield.items()
            if index == year and hidden.hides_status
        ]
