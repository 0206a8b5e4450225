"""The search and filter forms above the lists of rounds and applications."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from kvk2.nlds.forms import NldsForm
from subsidies.models import SubsidyRound
from subsidies.states import RoundState


def _search(label: str, method: str) -> django_filters.CharFilter:
    return django_filters.CharFilter(
        label=label,
        method=method,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class RoundFilter(django_filters.FilterSet):
    q = _search("Zoek op naam of regeling", "search")
    year = django_filters.ChoiceFilter(label="Jaar", empty_label="Alle jaren")
    state = django_filters.ChoiceFilter(
        label="Status", choices=RoundState.choices, empty_label="Alle statussen"
    )

    class Meta:
        model = SubsidyRound
        fields: list[str] = []
        form = NldsForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = self.queryset.order_by("-year").values_list("year", flat=True).distinct()
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(name__icontains=value) | Q(scheme_version__citation__icontains=value)
        )
