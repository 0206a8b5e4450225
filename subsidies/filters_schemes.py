"""The search above the list of schemes."""

import django_filters
from django import forms
from django.db.models import QuerySet

from kvk2.nlds.forms import NldsForm
from subsidies.models import SubsidyScheme
from subsidies.states import SchemeState


class SchemeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="Zoek op naam of citeertitel",
        method="search",
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = django_filters.ChoiceFilter(
        label="Heeft een versie die",
        method="in_state",
        choices=SchemeState.choices,
        empty_label="maakt niet uit",
    )

    class Meta:
        model = SubsidyScheme
        fields: list[str] = []
        form = NldsForm

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        by_citation = SubsidyScheme.objects.filter(versions__citation__icontains=value)
        by_name = SubsidyScheme.objects.filter(name__icontains=value)
        return queryset.filter(pk__in=by_name.values("pk")) | queryset.filter(
            pk__in=by_citation.values("pk")
        )

    def in_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(
            pk__in=SubsidyScheme.objects.filter(versions__state=value).values("pk")
        )
