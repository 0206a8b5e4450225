"""The columns of the lists of rounds and applications; the CSV export has the same columns."""

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables

from kvk2.nlds.tables import (
    BadgeColumn,
    DateColumn,
    EuroColumn,
    NldsTable,
    NumberColumn,
    RowHeaderColumn,
)
from subsidies.closing import closing_moment
from subsidies.models import SubsidyRound
from subsidies.states import ROUND_BADGES


class RoundTable(NldsTable):
    """Rounds; what was asked is for municipal eyes."""

    name = RowHeaderColumn(verbose_name="Ronde", linkify=True, order_by=("name", "pk"))
    year = tables.Column("Jaar", order_by=("year", "pk"))
    opens_at = DateColumn(verbose_name="Opent", order_by=("opens_at", "pk"))
    closes_at = DateColumn(verbose_name="Sluit", order_by=("closing", "pk"))
    ceiling = EuroColumn(verbose_name="Plafond", order_by=("ceiling", "pk"))
    filed_count = NumberColumn(verbose_name="Ingediend", order_by=("filed_count", "pk"))
    requested_total = EuroColumn(
        verbose_name="Gevraagd", default="–", order_by=("requested_total", "pk")
    )
    state = BadgeColumn(kinds=ROUND_BADGES, verbose_name="Status", order_by=("state", "pk"))

    caption = "Subsidierondes"

    def render_closes_at(self, record: SubsidyRound, column: DateColumn) -> str:
        return column.render(closing_moment(record))

    def value_closes_at(self, record: SubsidyRound) -> str:
        return closing_moment(record).isoformat()

    def render_year(self, value: int) -> str:
        return str(value)

    def __init__(self, data: Any, *, municipal: bool, **kwargs: Any) -> None:
        hidden = () if municipal else ("filed_count", "requested_total")
        super().__init__(data, exclude=hidden, **kwargs)


def rows_for_export(table: tables.Table) -> tuple[list[str], Iterable[Iterable[object]]]:
    """The headers and the plain values of all rows of `table`, of every page."""
    rows = table.as_values()
    return list(next(rows)), rows
