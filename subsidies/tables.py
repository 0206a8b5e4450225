"""The columns of the lists of rounds and applications; the CSV export has the same columns."""

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet

from kvk2.nlds.tables import (
    BadgeColumn,
    DateColumn,
    EuroColumn,
    NldsTable,
    NumberColumn,
    RowHeaderColumn,
)
from kvk2.nlds.templatetags.nlds import status_badge
from subsidies.models import Application
from subsidies.states import ROUND_BADGES


def _to_application(record: Application) -> str:
    return record.get_absolute_url()


class RoundTable(NldsTable):
    """Rounds; what was asked is for municipal eyes."""

    name = RowHeaderColumn(verbose_name="Ronde", linkify=True, order_by=("name", "pk"))
    year = tables.Column("Jaar", order_by=("year", "pk"))
    opens_at = DateColumn(verbose_name="Opent", order_by=("opens_at", "pk"))
    closes_at = DateColumn(verbose_name="Sluit", order_by=("closes_at", "pk"))
    ceiling = EuroColumn(verbose_name="Plafond", order_by=("ceiling", "pk"))
    filed_count = NumberColumn(verbose_name="Ingediend", order_by=("filed_count", "pk"))
    requested_total = EuroColumn(
        verbose_name="Gevraagd", default="–", order_by=("requested_total", "pk")
    )
    state = BadgeColumn(kinds=ROUND_BADGES, verbose_name="Status", order_by=("state", "pk"))

    caption = "Subsidierondes"

    def render_year(self, value: int) -> str:
        return str(value)

    def __init__(self, data: Any, *, municipal: bool, **kwargs: Any) -> None:
        hidden = () if municipal else ("filed_count", "requested_total")
        super().__init__(data, exclude=hidden, **kwargs)


class ApplicationTable(NldsTable):
    """Applications; the score is for municipal eyes, the state in the words of who looks."""

    number = tables.Column(
        "Nummer", empty_values=(), order_by=("number", "pk"), attrs={"td": {"class": "lw-nowrap"}}
    )
    ikc = RowHeaderColumn(
        verbose_name="IKC",
        accessor="ikc__name",
        order_by=("ikc__name", "pk"),
        linkify=_to_application,
    )
    board = tables.Column("Bestuur", accessor="board__short_name", orderable=False)
    title = tables.Column("Plan", orderable=False, default="–")
    requested_amount = EuroColumn(
        verbose_name="Gevraagd", default="–", order_by=("requested_amount", "pk")
    )
    score = NumberColumn(places=1, verbose_name="Score", default="–")
    received_at = DateColumn(verbose_name="Ontvangen", default="–", order_by=("received_at", "pk"))
    state = tables.Column("Status", order_by=("state", "pk"))

    caption = "Aanvragen"

    def __init__(self, data: Any, *, user: Any, **kwargs: Any) -> None:
        self.user = user
        hidden = () if user.is_municipal else ("score", "board")
        super().__init__(data, exclude=hidden, **kwargs)

    def render_number(self, record: Application) -> str:
        return record.number or "concept"

    def render_state(self, record: Application) -> str:
        return status_badge(record.label_for(self.user), record.badge)

    def value_state(self, record: Application) -> str:
        return record.label_for(self.user)

    def order_score(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        """What has no score yet comes last, whichever way the list is sorted."""
        score = (
            F("score").desc(nulls_last=True) if is_descending else F("score").asc(nulls_last=True)
        )
        return queryset.order_by(score, "pk"), True


def rows_for_export(table: tables.Table) -> tuple[list[str], Iterable[Iterable[object]]]:
    """The headers and the plain values of all rows of `table`, of every page."""
    rows = table.as_values()
    return list(next(rows)), rows
