"""The list of actions, on the page and as CSV."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString

from kvk2.nlds.tables import NldsTable, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import dutch_date, status_badge
from monitoring.models import Action


class ActionTable(NldsTable):
    """Actions as they stand on `today`."""

    caption = "Verbeteracties"

    title = RowHeaderColumn(verbose_name="Actie", linkify=True, order_by=("title", "pk"))
    ikc = tables.Column(
        "IKC",
        accessor="conclusion__of_return__version__ikc_name",
        order_by=("conclusion__of_return__version__ikc_name", "pk"),
    )
    owner = tables.Column("Wie", order_by=("owner__last_name", "owner__first_name", "pk"))
    due_on = tables.Column("Klaar op", order_by=("due_on", "pk"))
    state = tables.Column("Status", order_by=("state", "due_on", "pk"))
    effect = tables.Column("Effect", order_by=("effect", "pk"), empty_values=())

    class Meta:
        empty_text = "Geen actie gevonden. Probeer een ander woord of wis de filters."

    def __init__(self, data: Any, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today

    def render_due_on(self, value: date) -> str:
        return dutch_date(value)

    def value_due_on(self, value: date) -> date:
        return value

    def render_state(self, record: Action) -> SafeString:
        if record.is_late(self.today):
            return status_badge("te laat", "danger")
        return status_badge(record.get_state_display(), record.badge)

    def value_state(self, record: Action) -> str:
        return record.get_state_display()

    def render_effect(self, record: Action) -> SafeString | str:
        if not record.effect:
            return "–"
        return status_badge(record.get_effect_display(), record.effect_badge)

    def value_effect(self, record: Action) -> str:
        return record.get_effect_display()
