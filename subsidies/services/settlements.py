"""From a determined amount to the last payment or a claim (Awb 4:52, 4:87, 4:95(4); domain reference 3.9). Amounts are euros."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from subsidies.models import Decision, Grant
from subsidies.services import recoveries
from subsidies.services.payments import settle_payments
from subsidies.states_payments import PaymentState

# From the order on it is on its way to the recipient, and nothing holds it back any more.
ON_ITS_WAY = (PaymentState.ORDERED, PaymentState.PAID, PaymentState.SETTLED)


def paid_so_far(grant: Grant) -> Decimal:
    """What was paid on the grant, or is on its way."""
    paid = grant.payments.filter(state__in=ON_ITS_WAY).aggregate(total=Sum("amount"))["total"]
    return paid or Decimal(0)


def settle_grant(grant: Grant, decision: Decision, *, at: datetime) -> None:
    """Pay what is left, or propose to claim what was too much, in the transaction of the announcement."""
    paid = paid_so_far(grant)
    recover = settle_payments(grant, decision, at=at)
    if recover:
        recoveries.propose(decision, amount=recover, advanced=paid, at=at)
