"""Nothing is paid on a grant while there is a serious suspicion (Awb 4:56, 4:96(2)): announced by letter, for at most 13 weeks."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet

from kvk2.core.audit import record
from kvk2.core.deadlines import DeadlineKind, deadline, local_date
from kvk2.core.errors import DomainError
from kvk2.core.money import format_amount
from subsidies.models import Grant, Letter, Payment, PaymentSuspension
from subsidies.services.notices import written
from subsidies.services.payments import cancel_open_payments, lock_grant, move
from subsidies.services.standard_letters import order_standard_letter
from subsidies.states_payments import STOPPABLE, PaymentState

if TYPE_CHECKING:
    from ikc.models import User

Outcome = PaymentSuspension.Outcome


class SuspensionRefused(DomainError):
    """Nothing to suspend, no reason, or it is suspended already."""

    code = "SUSPENSION_REFUSED"


@transaction.atomic
def suspend_payments(
    grant: Grant, *, suspicion: str, by: "User", at: datetime
) -> PaymentSuspension:
    """Hold everything that was not ordered yet, and tell the board (L15). Refusals: `SuspensionRefused`, `MissingElements`.

    What stands in an order that nobody released is held too; the order is then short of it and cannot be released.
    """
    if not suspicion.strip():
        raise SuspensionRefused("Schrijf op wat u ernstig vermoedt. De ontvanger leest dit.")
    grant = lock_grant(grant)
    if grant.suspensions.filter(ended_on=None).exists():
        raise SuspensionRefused("De betalingen van deze verlening zijn al opgeschort.")
    held = list(_rows(grant, state__in=STOPPABLE))
    if not held:
        raise SuspensionRefused("Er is geen betaling meer die kan worden opgeschort.")
    if in_order := [payment.reference for payment in held if payment.order_id is not None]:
        raise SuspensionRefused(
            f"{in_order[0]} staat in een betaalopdracht. Laat die opdracht eerst vervallen."
        )
    today = local_date(at)
    until = deadline(DeadlineKind.PAY_SUSPEND, today).last_day
    letter = order_standard_letter(
        Letter.Code.SUSPENSION,
        grant.application,
        {
            "vermoeden": suspicion.strip(),
            "opgeschort": sum((payment.to_pay for payment in held), Decimal(0)),
            "vanaf": today,
            "tot_en_met": until,
            "betalingen": [
                f"{payment.reference}: {format_amount(payment.to_pay)}, uiterlijk op {written(payment.due_on)}"
                for payment in held
            ],
        },
        at=at,
    )
    suspension = PaymentSuspension.objects.create(
        grant=grant,
        suspicion=suspicion.strip(),
        started_on=today,
        until=until,
        suspended_by=by,
        suspended_at=at,
        letter=letter,
    )
    for payment in held:
        move(payment, "suspend", "payment_suspended", by=by, at=at)
    record(grant, "payments_suspended", actor=by, at=at, reason=suspension.suspicion, until=until)
    return suspension


@transaction.atomic
def resume_payments(grant: Grant, *, reason: str, by: "User", at: datetime) -> PaymentSuspension:
    """Go on with paying. Refusal: `SuspensionRefused`."""
    if not reason.strip():
        raise SuspensionRefused("Schrijf op waarom de betaling weer doorgaat.")
    suspension = _running(grant)
    _resume(suspension, ended_on=local_date(at), by=by, at=at)
    return _end(suspension, Outcome.RESUMED, reason.strip(), ended_on=local_date(at), by=by, at=at)


@transaction.atomic
def cancel_suspended(grant: Grant, *, reason: str, by: "User", at: datetime) -> PaymentSuspension:
    """Do not pay what was held. Refusal: `SuspensionRefused`."""
    if not reason.strip():
        raise SuspensionRefused("Schrijf op waarom de betalingen vervallen.")
    suspension = _running(grant)
    cancel_open_payments(grant, reason=reason.strip(), by=by, at=at)
    today = local_date(at)
    return _end(suspension, Outcome.CANCELLED, reason.strip(), ended_on=today, by=by, at=at)


def end_due_suspensions(*, at: datetime) -> int:
    """The thirteen weeks are over: paying goes on by itself (Awb 4:56). How many ended."""
    due = PaymentSuspension.objects.filter(ended_on=None, until__lt=local_date(at))
    keys = list(due.order_by("pk").values_list("grant", flat=True))
    for key in keys:
        with transaction.atomic():
            suspension = _running(Grant.objects.get(pk=key))
            _resume(suspension, ended_on=suspension.until, by=None, at=at)
            _end(
                suspension,
                Outcome.EXPIRED,
                "De dertien weken van artikel 4:56 Awb zijn voorbij.",
                ended_on=suspension.until,
                by=None,
                at=at,
            )
    return len(keys)


def _running(grant: Grant) -> PaymentSuspension:
    grant = lock_grant(grant)
    found = grant.suspensions.filter(ended_on=None).select_related("grant").first()
    if found is None:
        raise SuspensionRefused("De betalingen van deze verlening zijn niet opgeschort.")
    return found


def _resume(
    suspension: PaymentSuspension, *, ended_on: date, by: "User | None", at: datetime
) -> None:
    """The duty to pay stood still, so the last day to pay is as many days later."""
    stopped = ended_on - suspension.started_on
    for payment in _rows(suspension.grant, state=PaymentState.SUSPENDED):
        payment.due_on += stopped
        way = "resume_plan" if payment.approved_by_id is None else "resume"
        move(payment, way, "payment_resumed", "due_on", by=by, at=at)


def _end(
    suspension: PaymentSuspension,
    outcome: str,
    reason: str,
    *,
    ended_on: date,
    by: "User | None",
    at: datetime,
) -> PaymentSuspension:
    suspension.outcome, suspension.end_reason = outcome, reason
    suspension.ended_on, suspension.ended_by = ended_on, by
    suspension.save(update_fields=["outcome", "end_reason", "ended_on", "ended_by"])
    record(
        suspension.grant,
        "suspension_ended",
        actor=by,
        at=at,
        after=outcome,
        reason=reason,
    )
    return suspension


def _rows(grant: Grant, **which: object) -> QuerySet[Payment]:
    rows = Payment.objects.filter(grant=grant, **which).select_for_update(of=("self",))
    return rows.select_related("grant__application__board").order_by("number")
