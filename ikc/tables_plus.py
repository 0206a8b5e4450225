"""The columns of the list of statuses Plus; the CSV export has the same columns."""

import django_tables2 as tables

from ikc.models import PlusStatus
from ikc.states import PLUS_STATE_BADGES
from kvk2.nlds.tables import BadgeColumn, DateColumn, NldsTable, RowHeaderColumn


class PlusTable(NldsTable):
    ikc = RowHeaderColumn(
        verbose_name="IKC", accessor="ikc__name", order_by=("ikc__name", "pk"),
        linkify=lambda record: record.get_absolute_url(),
    )  # fmt: skip
    board = tables.Column(
        "Schoolbestuur",
        accessor="ikc__board__short_name",
        order_by=("ikc__board__short_name", "pk"),
    )
    area = tables.Column(
        "Gebied", accessor="ikc__attention_area__name", default="–",
        order_by=("ikc__attention_area__name", "pk"),
    )  # fmt: skip
    state = BadgeColumn(verbose_name="Status", kinds=PLUS_STATE_BADGES, order_by=("state", "pk"))
    conditions = tables.Column(
        "Voorwaarden", accessor="met_count", empty_values=(), order_by=("met_count", "pk")
    )
    valid_from = DateColumn(verbose_name="Vanaf", default="–", order_by=("valid_from", "pk"))
    valid_until = DateColumn(verbose_name="Tot en met", default="–", order_by=("valid_until", "pk"))

    caption = "Predicaten Plus"

    class Meta:
        empty_text = "Geen predicaat gevonden. Probeer een ander woord of wis de filters."

    def render_conditions(self, record: PlusStatus) -> str:
        if not record.condition_count:
            return "–"
        return f"{record.met_count} van de {record.condition_count}"
