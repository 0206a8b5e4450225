"""The columns of the lists of meetings and of actions; the CSV export has the same columns."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString

from ikc.models import ActionItem, Consultation
from kvk2.nlds.tables import NldsTable, NumberColumn, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import dutch_date, status_badge


class ConsultationTable(NldsTable):
    takes_place_on = RowHeaderColumn(
        verbose_name="Datum", linkify=True, order_by=("takes_place_on", "pk")
    )
    body = tables.Column("Groep", accessor="body__name", order_by=("body__name", "pk"))
    item_count = NumberColumn(verbose_name="Punten", order_by=("item_count", "pk"))
    decision_count = NumberColumn(verbose_name="Besluiten", order_by=("decision_count", "pk"))
    state = tables.Column("Status", order_by=("state", "pk"))

    caption = "Overleggen"

    class Meta:
        empty_text = "Geen overleg gevonden. Probeer een ander woord of wis de filters."

    def render_takes_place_on(self, value: date) -> str:
        return dutch_date(value)

    def value_takes_place_on(self, value: date) -> date:
        return value

    def render_state(self, record: Consultation) -> SafeString:
        return status_badge(record.get_state_display(), record.badge)

    def value_state(self, record: Consultation) -> str:
        return record.get_state_display()


class ActionTable(NldsTable):
    """Actions as they stand on `today`."""

    title = RowHeaderColumn(verbose_name="Actie", linkify=True, order_by=("title", "pk"))
    owner = tables.Column("Wie", order_by=("owner__last_name", "owner__first_name", "pk"))
    body = tables.Column("Groep", accessor="body__name", order_by=("body__name", "pk"))
    due_on = tables.Column("Uiterlijk", order_by=("due_on", "pk"))
    state = tables.Column("Status", order_by=("state", "due_on", "pk"))
    result = tables.Column("Resultaat", default="–", orderable=False)

    caption = "Acties"

    class Meta:
        empty_text = "Geen actie gevonden. Probeer een ander woord of wis de filters."

    def __init__(self, data: Any, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today

    def render_due_on(self, value: date) -> str:
        return dutch_date(value)

    def value_due_on(self, value: date) -> date:
        return value

    def render_state(self, record: ActionItem) -> SafeString:
        if record.is_open and record.due_on < self.today:
            return status_badge("te laat", "danger")
        return status_badge(record.get_state_display(), record.badge)

    def value_state(self, record: ActionItem) -> str:
        late = record.is_open and record.due_on < self.today
        return "te laat" if late else record.get_state_display()
