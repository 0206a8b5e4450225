"""The search and filter forms above the lists of meetings and of actions."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet

from ikc.filters import SearchFilterSet, search_box
from ikc.models import Body
from ikc.states_governance import ActionState, BodyKind, ConsultationState

OVERDUE, MINE = "overdue", "mine"


class ConsultationFilter(SearchFilterSet):
    q = search_box("Zoek op groep, onderwerp of besluit")
    kind = django_filters.ChoiceFilter(
        label="Soort", field_name="body__kind", choices=BodyKind.choices, empty_label="Alle groepen"
    )
    state = django_filters.ChoiceFilter(
        label="Status", choices=ConsultationState.choices, empty_label="Alle statussen"
    )


class ActionFilter(SearchFilterSet):
    q = search_box("Zoek op actie of naam")
    body = django_filters.ModelChoiceFilter(
        label="Groep", queryset=Body.objects.none(), empty_label="Alle groepen"
    )
    state = django_filters.ChoiceFilter(
        label="Status",
        method="by_state",
        empty_label="Alle acties",
        choices=[*ActionState.choices, (OVERDUE, "te laat"), (MINE, "mijn open acties")],
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.filters["body"].queryset = Body.objects.visible_to(self.request.user, today).order_by(
            "name", "pk"
        )

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet:
        if value == OVERDUE:
            return queryset.overdue(self.today)
        if value == MINE:
            return queryset.open().filter(owner=self.request.user)
        return queryset.filter(state=value)
