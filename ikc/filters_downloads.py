"""The search form above the list of downloads."""

from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from kvk2.core.deadlines import AMSTERDAM
from kvk2.nlds.forms import NldsForm


def _day(label: str, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        label=label,
        method=method,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class DownloadFilter(django_filters.FilterSet):
    """By a word in the file, what it belongs to or who took it; and by day, both days included."""

    q = django_filters.CharFilter(
        label="Zoek op bestand, aanvraag of persoon",
        method="search",
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    since = _day("Vanaf", "from_day")
    until = _day("Tot en met", "to_day")

    class Meta:
        fields: list[str] = []
        form = NldsForm

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        for word in value.split():
            queryset = queryset.filter(
                Q(data__name__icontains=word)
                | Q(data__about__icontains=word)
                | Q(actor__first_name__icontains=word)
                | Q(actor__last_name__icontains=word)
                | Q(actor__email__icontains=word)
            )
        return queryset

    def from_day(self, queryset: Any, name: str, value: Any) -> QuerySet:
        return queryset.filter(at__gte=datetime.combine(value, time(), AMSTERDAM))

    def to_day(self, queryset: Any, name: str, value: Any) -> QuerySet:
        after = value + timedelta(days=1)
        return queryset.filter(at__lt=datetime.combine(after, time(), AMSTERDAM))
