"""The search and filter form above the list of statuses Plus."""

from datetime import date, timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet

from ikc.filters import SearchFilterSet, search_box
from ikc.models import Organisation
from ikc.states import PlusState

# How long before its end a status counts as ending.
ENDING = timedelta(days=365)


class PlusFilter(SearchFilterSet):
    q = search_box("Zoek op IKC of plaats")
    state = django_filters.ChoiceFilter(
        label="Status", choices=PlusState.choices, empty_label="Alle statussen"
    )
    board = django_filters.ChoiceFilter(
        label="Schoolbestuur", field_name="ikc__board", empty_label="Alle besturen"
    )
    period = django_filters.ChoiceFilter(
        label="Periode",
        method="by_period",
        empty_label="Alle periodes",
        choices=[("now", "loopt nu"), ("ending", "loopt binnen een jaar af")],
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        boards = Organisation.objects.school_boards().order_by("short_name", "pk")
        self.filters["board"].extra["choices"] = [
            (str(pk), name) for pk, name in boards.values_list("pk", "short_name")
        ]

    def by_period(self, queryset: Any, name: str, value: str) -> QuerySet:
        if value == "now":
            return queryset.granted().active_on(self.today)
        until = self.today + ENDING
        return queryset.running().filter(valid_until__gte=self.today, valid_until__lte=until)
