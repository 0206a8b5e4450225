"""The list of files with figures of districts, and the search above it."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse

from ikc.filters import SearchFilterSet, search_box
from ikc.models import AreaImport
from ikc.states_areas import IMPORT_BADGES, ImportState
from kvk2.nlds.tables import BadgeColumn, DateColumn, NldsTable, RowHeaderColumn


class AreaImportFilter(SearchFilterSet):
    """By a word in the name, the source or who uploaded; by state; by the year of the districts."""

    q = search_box("Zoek op bestand, bron of persoon")
    state = django_filters.ChoiceFilter(
        label="Status", choices=ImportState.choices, empty_label="Alle statussen"
    )
    map_year = django_filters.ChoiceFilter(label="Wijkindeling", empty_label="Alle jaren")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = AreaImport.objects.order_by("-map_year").values_list("map_year", flat=True)
        self.filters["map_year"].extra["choices"] = [(str(y), str(y)) for y in years.distinct()]

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        for word in value.split():
            queryset = queryset.filter(
                Q(name__unaccent__icontains=word)
                | Q(source__unaccent__icontains=word)
                | Q(uploaded_by__first_name__unaccent__icontains=word)
                | Q(uploaded_by__last_name__unaccent__icontains=word)
            )
        return queryset


class AreaImportTable(NldsTable):
    caption = "Bestanden met wijkcijfers"

    name = RowHeaderColumn(
        verbose_name="Bestand",
        order_by=("name", "pk"),
        linkify=lambda record: reverse("ikc:area_import_detail", args=[record.pk]),
        attrs={"row_header": True, "a": {"class": "nl-link"}},
    )
    source = tables.Column("Bron", order_by=("source", "pk"))
    map_year = tables.Column("Wijkindeling", order_by=("map_year", "pk"), localize=False)
    uploaded_at = DateColumn(verbose_name="Geüpload", order_by=("uploaded_at", "pk"))
    uploaded_by = tables.Column("Door", orderable=False)
    state = BadgeColumn(verbose_name="Status", kinds=IMPORT_BADGES, order_by=("state", "pk"))

    class Meta:
        empty_text = "Geen bestanden gevonden. Probeer een ander woord of een andere status."
