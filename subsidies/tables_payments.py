"""The columns of the lists of payments and orders; the CSV export has the same columns."""

from typing import Any

import django_tables2 as tables

from kvk2.nlds.tables import BadgeColumn, DateColumn, EuroColumn, NldsTable, RowHeaderColumn
from subsidies.states_payments import PAYMENT_BADGES


class PaymentTable(NldsTable):
    """What is paid to whom, and how far it is."""

    reference = RowHeaderColumn(
        verbose_name="Kenmerk", linkify=True, order_by=("reference",), attrs={
            "row_header": True, "a": {"class": "nl-link"}, "td": {"class": "lw-nowrap"},
        },
    )  # fmt: skip
    ikc = tables.Column(
        "IKC",
        accessor="grant__application__ikc__name",
        order_by=("grant__application__ikc__name", "pk"),
    )
    board = tables.Column(
        "Schoolbestuur",
        accessor="grant__application__board__short_name",
        order_by=("grant__application__board__short_name", "pk"),
    )
    amount = EuroColumn(verbose_name="Bedrag", order_by=("amount", "pk"))
    due_on = DateColumn(verbose_name="Uiterlijk op", order_by=("due_on", "pk"))
    paid_on = DateColumn(verbose_name="Betaald op", default="–", order_by=("paid_on", "pk"))
    order = tables.Column(
        "Opdracht", accessor="order__reference", default="–", order_by=("order__reference", "pk")
    )
    state = BadgeColumn(kinds=PAYMENT_BADGES, verbose_name="Status", order_by=("state", "pk"))

    caption = "Betalingen"

    def __init__(self, data: Any, *, municipal: bool, **kwargs: Any) -> None:
        super().__init__(data, exclude=() if municipal else ("order", "board"), **kwargs)
