"""The form above the list of counts: on which day, and which of them."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from ikc.count_page import CountState
from ikc.filters import SearchFilterSet, search_box
from ikc.models import AgeBand, ChildCount, CountSource, Organisation
from kvk2.nlds.templatetags.nlds import dutch_date


class CountFilter(SearchFilterSet):
    """Filters IKCs by their count on `day`; `days` are the reference dates to choose from."""

    day = django_filters.ChoiceFilter(
        label="Peildatum", method="on_day", empty_label=None, required=False
    )
    q = search_box("Zoek op naam of plaats")
    board = django_filters.ChoiceFilter(label="Schoolbestuur", empty_label="Alle besturen")
    state = django_filters.ChoiceFilter(
        label="Stand",
        method="by_state",
        empty_label="Alle IKC’s",
        choices=[(state.name.lower(), state.value) for state in CountState],
    )
    source = django_filters.ChoiceFilter(
        label="Bron", method="by_source", empty_label="Alle bronnen", choices=CountSource.choices
    )

    def __init__(self, *args: Any, day: date, days: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        chosen = self.filters["day"].extra
        chosen["choices"] = [(each.isoformat(), dutch_date(each)) for each in days]
        chosen["initial"] = day.isoformat()
        boards = Organisation.objects.school_boards().order_by("short_name", "pk")
        self.filters["board"].extra["choices"] = [
            (str(pk), name) for pk, name in boards.values_list("pk", "short_name")
        ]

    def on_day(self, queryset: Any, name: str, value: str) -> QuerySet:
        """The view already reads the counts of this day."""
        return queryset

    def by_source(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(Exists(self._counts().filter(source=value)))

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet:
        disputed = Exists(self._counts().filter(disputed_at__isnull=False, resolved_at=None))
        on_day = Q(child_counts__reference_date=self.day, child_counts__replaced_at=None)
        queryset = queryset.annotate(
            bands=Count("child_counts", filter=on_day),
            settled=Count(
                "child_counts",
                filter=on_day & ~Q(child_counts__confirmed_at=None, child_counts__resolved_at=None),
            ),
        )
        match CountState[value.upper()]:
            case CountState.DISPUTED:
                return queryset.filter(disputed)
            case CountState.NONE:
                return queryset.filter(bands=0)
            case CountState.PARTIAL:
                return queryset.filter(~disputed, bands__gt=0, bands__lt=len(AgeBand))
            case CountState.WAITING:
                return queryset.filter(~disputed, bands=len(AgeBand), settled__lt=len(AgeBand))
        return queryset.filter(~disputed, settled=len(AgeBand))

    def _counts(self) -> QuerySet[ChildCount]:
        """The figures in force of the IKC of the outer query on the chosen day."""
        return ChildCount.objects.in_force().filter(ikc=OuterRef("pk"), reference_date=self.day)
