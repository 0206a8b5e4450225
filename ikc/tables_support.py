"""The columns of the lists of support hours and requests; the CSV export has the same columns."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.safestring import SafeString

from ikc.filters import SearchFilterSet, search_box
from ikc.models import SupportRequest
from ikc.states_support import SupportKind, SupportRequestKind, SupportRequestState
from ikc.support_page import hours_words
from kvk2.nlds.tables import NldsTable, NumberColumn, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import dutch_date, status_badge


class AllocationTable(NldsTable):
    ikc = RowHeaderColumn(
        verbose_name="IKC", linkify=lambda record: record.get_absolute_url(),
        accessor="ikc__name", order_by=("ikc__name", "pk"),
    )  # fmt: skip
    kind = tables.Column("Soort", order_by=("kind", "pk"))
    worker = tables.Column("Wie", default="nog niet bekend", order_by=("worker__label", "pk"))
    hours_per_week = NumberColumn(verbose_name="Uren per week", order_by=("hours_per_week", "pk"))
    valid_from = tables.Column("Vanaf", order_by=("valid_from", "pk"))
    valid_until = tables.Column("Tot en met", order_by=("valid_until", "pk"))

    caption = "Inzet van ondersteuning"

    class Meta:
        empty_text = "Geen inzet gevonden. Probeer een ander woord of wis de filters."

    def render_hours_per_week(self, value: Any) -> str:
        return hours_words(value)

    def value_hours_per_week(self, value: Any) -> Any:
        return value

    def render_valid_from(self, value: Any) -> str:
        return dutch_date(value)

    def value_valid_from(self, value: Any) -> Any:
        return value

    def render_valid_until(self, value: Any) -> str:
        return dutch_date(value)

    def value_valid_until(self, value: Any) -> Any:
        return value


class SupportRequestTable(NldsTable):
    ikc = RowHeaderColumn(
        verbose_name="IKC", linkify=lambda record: record.get_absolute_url(),
        accessor="ikc__name", order_by=("ikc__name", "pk"),
    )  # fmt: skip
    kind = tables.Column("Verzoek", order_by=("kind", "pk"))
    wanted_kind = tables.Column("Wie", order_by=("wanted_kind", "pk"))
    wanted_by = tables.Column("Graag vóór", default="–", order_by=("wanted_by", "pk"))
    hours_spent = NumberColumn(verbose_name="Uren", default="–", order_by=("hours_spent", "pk"))
    state = tables.Column("Status", order_by=("state", "pk"))

    caption = "Verzoeken om ondersteuning"

    class Meta:
        empty_text = "Geen verzoek gevonden. Probeer een ander woord of wis de filters."

    def render_hours_spent(self, value: Any) -> str:
        return hours_words(value)

    def value_hours_spent(self, value: Any) -> Any:
        return value

    def render_wanted_by(self, value: Any) -> str:
        return dutch_date(value)

    def value_wanted_by(self, value: Any) -> Any:
        return value

    def render_state(self, record: SupportRequest) -> SafeString:
        return status_badge(record.get_state_display(), record.badge)

    def value_state(self, record: SupportRequest) -> str:
        return record.get_state_display()


class AllocationFilter(SearchFilterSet):
    q = search_box("Zoek op IKC, medewerker of werkgever")
    kind = django_filters.ChoiceFilter(
        label="Soort", choices=SupportKind.choices, empty_label="Alle soorten"
    )


class SupportRequestFilter(SearchFilterSet):
    q = search_box("Zoek op IKC of vraag")
    kind = django_filters.ChoiceFilter(
        label="Verzoek", choices=SupportRequestKind.choices, empty_label="Alle verzoeken"
    )
    state = django_filters.ChoiceFilter(
        label="Status", choices=SupportRequestState.choices, empty_label="Alle statussen"
    )
