"""A drawing of the payments of one grant: how much of it was paid on which day, up to the whole grant."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from kvk2.core.charts import Chart, Series, bar_chart
from kvk2.core.money import format_amount
from subsidies.services.notices import written
from subsidies.states_payments import DONE_PAYMENTS

if TYPE_CHECKING:
    from subsidies.models import Payment


def payments_picture(payments: "Sequence[Payment]", granted: Decimal) -> Chart:
    """A bar per payment in order of time, with how far it is."""
    paid = sum((row.amount for row in payments if row.state in DONE_PAYMENTS), Decimal(0))
    to_come = sum((row.amount for row in payments if row.state not in DONE_PAYMENTS), Decimal(0))
    rest = granted - paid - to_come
    said = f"Van {format_amount(granted)} is {format_amount(paid)} betaald en moet {format_amount(to_come)} nog komen."
    if rest > 0:
        said += f" Over {format_amount(rest)} beslist de gemeente bij de vaststelling."
    return bar_chart(
        (Series("Bedrag", [row.amount for row in payments]),),
        [f"{written(row.paid_on or row.due_on)}, {row.get_state_display()}" for row in payments],
        title="Betalingen in de tijd",
        description=said,
        unit="€",
        first_header="Uiterlijk of betaald op",
        compact=True,
    )
