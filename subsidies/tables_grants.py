"""The columns of the list of grants; the CSV export has the same columns."""

import django_tables2 as tables

from kvk2.nlds.tables import BadgeColumn, DateColumn, EuroColumn, NldsTable, RowHeaderColumn
from subsidies.states_grants import GRANT_BADGES


class GrantTable(NldsTable):
    """What was given, and how far each grant is."""

    ikc = RowHeaderColumn(
        verbose_name="IKC",
        accessor="application__ikc__name",
        order_by=("application__ikc__name", "pk"),
        linkify=lambda record: record.get_absolute_url(),
    )
    number = tables.Column(
        "Aanvraag",
        accessor="application__number",
        order_by=("application__number",),
        attrs={"td": {"class": "lw-nowrap"}},
    )
    round = tables.Column(
        "Ronde", accessor="application__round__name", order_by=("period_start", "pk")
    )
    amount = EuroColumn(verbose_name="Verleend", order_by=("amount", "pk"))
    determined_amount = EuroColumn(
        verbose_name="Vastgesteld", default="–", order_by=("determined_amount", "pk")
    )
    account_due_on = DateColumn(
        verbose_name="Verantwoorden uiterlijk", default="–", order_by=("account_due_on", "pk")
    )
    state = BadgeColumn(kinds=GRANT_BADGES, verbose_name="Status", order_by=("state", "pk"))

    caption = "Verleningen"
