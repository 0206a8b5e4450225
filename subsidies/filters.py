"""The search and filter forms above the lists of rounds and applications."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from ikc.models import Organisation
from kvk2.nlds.forms import NldsForm
from subsidies.models import SubsidyRound
from subsidies.states import ApplicationState, RoundState

# 'To check' stands for the states that wait for the project leader.
TO_CHECK = "to_check"
TO_CHECK_STATES = (ApplicationState.SUBMITTED, ApplicationState.CHECKING)


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


class ApplicationFilter(django_filters.FilterSet):
    """Filters applications; `rounds` are those that the user may see.

    The states and the boards are for municipal eyes: an applicant knows other words for the states.
    """

    q = _search("Zoek op IKC, plan of nummer", "search")
    round = django_filters.ChoiceFilter(label="Ronde", empty_label="Alle rondes")
    state = django_filters.ChoiceFilter(
        label="Status",
        method="in_state",
        empty_label="Alle statussen",
        choices=[(TO_CHECK, "te controleren"), *ApplicationState.choices],
    )
    board = django_filters.ChoiceFilter(label="Schoolbestuur", empty_label="Alle besturen")

    class Meta:
        fields: list[str] = []
        form = NldsForm

    def __init__(self, *args: Any, rounds: QuerySet, municipal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = rounds.order_by("-year", "-pk").values_list("pk", "name")
        self.filters["round"].extra["choices"] = [(str(pk), name) for pk, name in named]
        if not municipal:
            del self.filters["state"], self.filters["board"]
            return
        boards = Organisation.objects.school_boards().order_by("short_name", "pk")
        self.filters["board"].extra["choices"] = [
            (str(pk), name) for pk, name in boards.values_list("pk", "short_name")
        ]

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(ikc__name__icontains=value) | Q(title__icontains=value) | Q(number__icontains=value)
        )

    def in_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(state__in=TO_CHECK_STATES if value == TO_CHECK else [value])
