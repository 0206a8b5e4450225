"""Setting off a payment against what the recipient owes (Awb 4:57(3), 4:93), and telling the recipient (L18V)."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet

from kvk2.core.deadlines import local_date
from subsidies.facts import known
from subsidies.models import Letter, Payment, PaymentSetoff, Recovery
from subsidies.services.payments import SetoffRefused, set_off
from subsidies.services.recoveries import open_amount, record_receipt
from subsidies.services.standard_letters import order_standard_letter
from subsidies.states_accountability import RECOVERY_OPEN

if TYPE_CHECKING:
    from ikc.models import User


def claims_on(payment: Payment) -> QuerySet[Recovery]:
    """The open claims on who receives `payment`, oldest first."""
    board = payment.grant.application.board_id
    return (
        Recovery.objects.filter(state__in=RECOVERY_OPEN, grant__application__board=board)
        .select_related("grant__application__ikc", "decision")
        .order_by("due_on", "pk")
    )


@transaction.atomic
def set_off_claim(
    payment: Payment,
    recovery: Recovery,
    *,
    amount: Decimal,
    reason: str,
    by: "User",
    at: datetime,
) -> PaymentSetoff:
    """Pay a claim of the portal with part of this payment; what is owed falls by it on the same day.

    Refusals: those of `payments.set_off` and `recoveries.record_receipt`, and `SetoffRefused` for another's claim.
    """
    if not claims_on(payment).filter(pk=recovery.pk).exists():
        raise SetoffRefused("Dit is geen open vordering op de ontvanger van deze betaling.")
    setoff = set_off(
        payment,
        amount=amount,
        reference=known(recovery.decision).reference,
        claim_amount=open_amount(recovery),
        reason=reason,
        recovery=recovery,
        by=by,
        at=at,
    )
    record_receipt(
        recovery,
        amount=amount,
        received_on=local_date(at),
        reference=f"verrekend met {payment.reference}",
        by=by,
        at=at,
    )
    _tell(setoff, at=at)
    return setoff


@transaction.atomic
def set_off_other(
    payment: Payment,
    *,
    amount: Decimal,
    reference: str,
    claim_amount: Decimal,
    reason: str,
    by: "User",
    at: datetime,
) -> PaymentSetoff:
    """The same with a claim that stands in other books. Refusals: those of `payments.set_off`."""
    setoff = set_off(
        payment,
        amount=amount,
        reference=reference,
        claim_amount=claim_amount,
        reason=reason,
        by=by,
        at=at,
    )
    _tell(setoff, at=at)
    return setoff


def _tell(setoff: PaymentSetoff, *, at: datetime) -> None:
    """Awb 4:93(2): the recipient reads which claim, which payment, and how much."""
    payment = setoff.payment
    order_standard_letter(
        Letter.Code.SETOFF,
        payment.grant.application,
        {
            "verrekend": setoff.amount,
            "vordering": setoff.claim_reference,
            "vordering_bedrag": setoff.claim_amount,
            "vordering_rest": setoff.claim_amount - setoff.amount,
            "betaling": payment.reference,
            "betaling_bedrag": payment.amount,
            "betaling_rest": payment.to_pay,
            "waarom": setoff.reason,
        },
        at=at,
    )
