"""The columns of the list of schemes; its export has the same."""

from typing import Any

import django_tables2 as tables

from kvk2.nlds.tables import DateColumn, NldsTable, NumberColumn, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import status_badge
from subsidies.states import SCHEME_BADGES, SchemeState


class SchemeTable(NldsTable):
    """Schemes, each with the version that stands (`for_list`)."""

    name = RowHeaderColumn(verbose_name="Regeling", linkify=True, order_by=("name", "pk"))
    current_number = NumberColumn(
        verbose_name="Versie in werking", default="–", order_by=("current_number", "pk")
    )
    current_from = DateColumn(
        verbose_name="Geldt vanaf", default="–", order_by=("current_from", "pk")
    )
    round_count = NumberColumn(verbose_name="Rondes", order_by=("round_count", "pk"))
    state = tables.Column("Status", empty_values=(), orderable=False)

    caption = "Subsidieregelingen"

    def render_state(self, record: Any) -> str:
        return status_badge(self.value_state(record), SCHEME_BADGES[self._state(record)])

    def value_state(self, record: Any) -> str:
        if record.current_number and record.has_draft:
            return "in werking, met concept"
        return self._state(record).label

    @staticmethod
    def _state(record: Any) -> SchemeState:
        return SchemeState.IN_FORCE if record.current_number else SchemeState.DRAFT
