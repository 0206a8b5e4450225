"""The columns of the public subsidy register on the page; the downloads have more of them."""

from typing import Any

import django_tables2 as tables

from kvk2.nlds.tables import DateColumn, EuroColumn, NldsTable, RowHeaderColumn
from subsidies.models import RegisterEntry


class PublicRegisterTable(NldsTable):
    ikc = RowHeaderColumn(
        verbose_name="IKC", linkify=lambda record: record.public_url, order_by=("ikc", "pk")
    )
    recipient = tables.Column("Ontvanger", order_by=("recipient", "pk"))
    kind = tables.Column("Besluit", order_by=("kind", "pk"))
    amount = EuroColumn(verbose_name="Bedrag", order_by=("amount", "pk"))
    decided_on = DateColumn(verbose_name="Datum", order_by=("decided_on", "pk"))

    caption = "Openbare subsidies"

    def __init__(self, data: Any, *, searched: bool, **kwargs: Any) -> None:
        nothing = (
            "Niets gevonden. Probeer een ander woord of andere filters."
            if searched
            else "Er is nog geen besluit openbaar. Zodra dat zo is, staat het hier."
        )
        super().__init__(data, empty_text=nothing, **kwargs)

    def render_kind(self, record: RegisterEntry) -> str:
        return record.get_kind_display().capitalize()
