"""The page of an order for the bank, and what a file of the bank says, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime, euro
from subsidies.models import Payment, PaymentOrder
from subsidies.services.payment_feedback import FAILED, FeedbackRow
from subsidies.states_payments import ORDER_BADGES, PAYMENT_BADGES, PaymentOrderState, PaymentState


class OrderPage:
    """One order: what goes to the bank, by whom, and who took the file."""

    def __init__(self, order: PaymentOrder) -> None:
        self.order = order

    @property
    def badge(self) -> tuple[str, str]:
        state = PaymentOrderState(self.order.state)
        return state.label, ORDER_BADGES[state]

    @property
    def facts(self) -> list[Detail]:
        order = self.order
        rows = [
            Detail("Betalen op", dutch_date(order.execute_on)),
            Detail("Betalingen", str(order.count)),
            Detail("Samen", euro(order.total)),
            Detail("Gemaakt", f"{dutch_datetime(order.made_at)}, {order.made_by.full_name}"),
        ]
        if order.released_by:
            when = f"{dutch_datetime(order.released_at)}, {order.released_by.full_name}"
            rows.append(Detail("Vrijgegeven", when))
        if order.sepa_file:
            rows.append(
                Detail("Controlegetal van het SEPA-bestand (SHA-256)", order.sepa_file.sha256)
            )
        return rows

    @cached_property
    def payments(self) -> list[tuple[Payment, str, str]]:
        rows = self.order.payments.for_page().order_by("reference")
        return [
            (row, row.get_state_display(), PAYMENT_BADGES[PaymentState(row.state)]) for row in rows
        ]

    @cached_property
    def exports(self) -> list[str]:
        rows = self.order.exports.select_related("exported_by").order_by("pk")
        return [
            f"{row.get_kind_display()}, {dutch_datetime(row.exported_at)}, {row.exported_by.full_name}"
            + (f": {row.reason}" if row.reason else "")
            for row in rows
        ]


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """A row of a file, in words."""

    number: int
    reference: str
    words: str
    error: bool

    @property
    def badge(self) -> tuple[str, str]:
        return ("telt niet mee", "danger") if self.error else ("wordt verwerkt", "success")


def feedback_lines(rows: Sequence[FeedbackRow]) -> list[FeedbackLine]:
    return [FeedbackLine(row.number, row.reference, _words(row), bool(row.error)) for row in rows]


def _words(row: FeedbackRow) -> str:
    if row.error:
        return row.error
    if row.status == FAILED:
        return f"Niet gelukt: {row.reason}. De betaling wacht op een nieuwe opdracht."
    if row.paid_on is None:
        return "Zonder datum."
    return f"Betaald op {dutch_date(row.paid_on)}."
