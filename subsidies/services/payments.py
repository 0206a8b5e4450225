"""Payments of a grant: planned when it is announced, approved by one, ordered by another (Awb 4:87-4:89, 4:93, 4:95; rule G2).

Every deed locks the row of the grant before its payments, so that two of them never pay the same euro.
"""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet, Sum

from kvk2.core.audit import record
from kvk2.core.deadlines import DeadlineKind, deadline, local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import LegalHoliday
from subsidies.models import AdvancePayment, Decision, Grant, Payment, PaymentSetoff
from subsidies.states_grants import GrantState
from subsidies.states_payments import PAYMENT_WORKFLOW, PaymentState
from subsidies.statutory_interest import Rate, interest

if TYPE_CHECKING:
    from ikc.models import User
    from subsidies.models import Recovery

ZERO = Decimal(0)
RATES = Path(settings.BASE_DIR, "data", "law", "statutory_interest.csv")


class PaymentRefused(DomainError):
    """This payment cannot be made, or not now."""

    code = "PAYMENT_REFUSED"


class AboveGrant(DomainError):
    """Together the payments would be more than was granted or determined."""

    code = "ABOVE_GRANT"


class AccountFrozen(DomainError):
    """No account of the board is in force, or a change of it waits for a check."""

    code = "ACCOUNT_FROZEN"


class SetoffRefused(DomainError):
    """This claim cannot be set off against this payment."""

    code = "SETOFF_REFUSED"


def lock_grant(grant: Grant) -> Grant:
    """The row, locked: all money of a grant goes past here."""
    return (
        Grant.objects.select_for_update(of=("self",))
        .select_related("application__board", "application__ikc")
        .get(pk=grant.pk)
    )


def limit_of(grant: Grant) -> Decimal:
    """The most that may be paid: what was determined, and until then what was granted."""
    return grant.amount if grant.determined_amount is None else grant.determined_amount


def last_day_to_pay(announced_on: date, named: date | None = None) -> date:
    """Six weeks after the announcement, or the later day that the decision names (Awb 4:87)."""
    holidays = frozenset(LegalHoliday.objects.values_list("date", flat=True))
    by_law = deadline(DeadlineKind.PAY, announced_on, extra_holidays=holidays).last_day
    return max(by_law, named) if named else by_law


@transaction.atomic
def plan_payments(grant: Grant, *, at: datetime) -> list[Payment]:
    """The instalments that the decision announced; of a grant that was determined with it also the rest."""
    grant, today = lock_grant(grant), local_date(at)
    planned = [
        _plan(
            grant,
            grant.decision,
            part.amount,
            last_day_to_pay(today, part.due_on),
            kind=Payment.Kind.ADVANCE,
            advance=part,
            at=at,
        )
        for part in grant.decision.advances.order_by("number")
        if part.amount
    ]
    if grant.determined_amount is not None:
        planned += _plan_balance(grant, grant.decision, at=at)
    return planned


@transaction.atomic
def plan_advance(
    grant: Grant, decision: Decision, *, amount: Decimal, pay_on: date | None, at: datetime
) -> Payment:
    """An advance that a later decision gives (Awb 4:95), when it is announced. Refusal: `AboveGrant`."""
    grant = lock_grant(grant)
    due_on = last_day_to_pay(local_date(at), pay_on)
    return _plan(grant, decision, amount, due_on, kind=Payment.Kind.ADVANCE, at=at)


@transaction.atomic
def settle_payments(grant: Grant, decision: Decision, *, at: datetime) -> Decimal:
    """Set the advances off against what was determined (Awb 4:95(4)); what is left to recover, in euros.

    To be called when the determination is announced, with `grant.determined_amount` set. What was not ordered yet
    lapses, what was paid is settled, and what is still owed becomes one payment within six weeks.
    """
    grant = lock_grant(grant)
    for payment in _locked(grant.payments.filter(order=None)):
        if PAYMENT_WORKFLOW.allows("cancel", state=payment.state):
            _cancel(payment, "Verrekend met de vaststelling.", by=None, at=at)
    for payment in _locked(grant.payments.filter(state=PaymentState.PAID)):
        move(payment, "settle", "payment_settled", by=None, at=at)
    _plan_balance(grant, decision, at=at)
    return max(standing_total(grant) - limit_of(grant), ZERO)


@transaction.atomic
def approve_payments(payments: Iterable[Payment], *, by: "User", at: datetime) -> list[Payment]:
    """Say that these may be paid: all of them, or none. Refusals: `AccountFrozen`, `TransitionNotAllowed`, `PaymentRefused`."""
    approved = []
    for payment in lock_payments(payments):
        require_payable(payment)
        payment.approved_by, payment.approved_at = by, at
        approved.append(
            move(payment, "approve", "payment_approved", "approved_by", "approved_at", by=by, at=at)
        )
    return approved


@transaction.atomic
def cancel_payment(payment: Payment, *, reason: str, by: "User | None", at: datetime) -> Payment:
    """It will not be paid; `by` is None when a decision takes it away. Refusals: `PaymentRefused`, `TransitionNotAllowed`."""
    if not reason.strip():
        raise PaymentRefused("Schrijf op waarom deze betaling vervalt.")
    (payment,) = lock_payments([payment])
    if by is not None and payment.grant.is_determined:
        # Awb 4:52, 4:87: what was determined is paid
        raise PaymentRefused("De subsidie is vastgesteld. Wat is vastgesteld, wordt betaald.")
    if payment.order_id is not None:
        raise PaymentRefused(
            "Deze betaling staat in een opdracht. Laat eerst de opdracht vervallen."
        )
    return _cancel(payment, reason.strip(), by=by, at=at)


@transaction.atomic
def cancel_open_payments(
    grant: Grant, *, reason: str, by: "User | None", at: datetime
) -> list[Payment]:
    """All of a grant that was not ordered yet: for a revocation or an amendment, by the service that carries it out."""
    lock_grant(grant)
    return [
        _cancel(payment, reason, by=by, at=at)
        for payment in _locked(grant.payments.filter(order=None))
        if PAYMENT_WORKFLOW.allows("cancel", state=payment.state)
    ]


@transaction.atomic
def set_off(
    payment: Payment,
    *,
    amount: Decimal,
    reference: str,
    claim_amount: Decimal,
    reason: str,
    recovery: "Recovery | None" = None,
    by: "User",
    at: datetime,
) -> PaymentSetoff:
    """Pay a claim of the municipality with part of this payment (Awb 4:57(3), 4:93).

    `reference` and `claim_amount` state the claim, the payment is the other one; `recovery` when the claim is of the portal. A payment of which nothing is left
    counts as paid on that day. Refusals: `SetoffRefused`, `TransitionNotAllowed`.
    """
    (payment,) = lock_payments([payment])
    checks = (
        (payment.state == PaymentState.APPROVED and payment.order_id is None,
         "Verrekenen kan met een betaling die is goedgekeurd en nog niet in een opdracht staat."),
        (reference.strip() and reason.strip(), "Noem de vordering en waarom verrekenen mag (Awb 4:93)."),
        (ZERO < amount <= claim_amount, "Verreken meer dan nul, en niet meer dan de vordering."),
        (amount <= payment.to_pay, "Verreken niet meer dan er nog te betalen is."),
        (by.pk != payment.approved_by_id, "Wie de betaling goedkeurde, verrekent niet. Vraag een ander."),
    )  # fmt: skip
    for holds, sentence in checks:
        if not holds:
            raise SetoffRefused(sentence)
    setoff = PaymentSetoff.objects.create(
        payment=payment,
        amount=amount,
        claim_reference=reference.strip(),
        claim_amount=claim_amount,
        reason=reason.strip(),
        recovery=recovery,
        set_off_at=at,
        set_off_by=by,
    )
    payment.set_off_amount += amount
    payment.save(update_fields=["set_off_amount"])
    record(
        payment.grant,
        "payment_set_off",
        actor=by,
        at=at,
        reason=setoff.reason,
        payment=payment.reference,
        amount=amount,
        claim=setoff.claim_reference,
    )
    if not payment.to_pay:
        payment.paid_on, payment.confirmed_by, payment.confirmed_at = local_date(at), by, at
        written = ("paid_on", "confirmed_by", "confirmed_at")
        move(payment, "offset", "payment_paid", *written, by=by, at=at)
    return setoff


def lock_payments(payments: Iterable[Payment]) -> list[Payment]:
    """Their grants first, then the rows themselves, always in the same order."""
    keys = [payment.pk for payment in payments]
    grants = Payment.objects.filter(pk__in=keys).values("grant")
    list(Grant.objects.select_for_update(of=("self",)).filter(pk__in=grants).order_by("pk"))
    found = list(_locked(Payment.objects.filter(pk__in=keys)))
    if not found:
        raise PaymentRefused("Kies ten minste één betaling.")
    return found


def require_payable(payment: Payment) -> None:
    """Refusals: `AccountFrozen`, and `PaymentRefused` for a grant that was revoked or suspended."""
    if payment.grant.state == GrantState.REVOKED:
        raise PaymentRefused(f"{payment.reference}: de verlening is ingetrokken.")
    if payment.grant.suspensions.filter(ended_on=None).exists():
        raise PaymentRefused(f"{payment.reference}: de betaling van deze verlening is opgeschort.")
    if not Payment.objects.payable().filter(pk=payment.pk).exists():
        board = payment.grant.application.board
        raise AccountFrozen(
            f"{payment.reference}: de bankrekening van {board} is nog niet twee keer gecontroleerd."
        )


def move(
    payment: Payment,
    transition: str,
    verb: str,
    *written: str,
    by: "User | None",
    at: datetime,
    reason: str = "",
) -> Payment:
    """Follow the table, save, and write it in the trail of the grant."""
    before = payment.state
    payment.state = PAYMENT_WORKFLOW.target(transition, state=before)
    payment.save(update_fields=["state", *written])
    record(
        payment.grant,
        verb,
        actor=by,
        at=at,
        before=before,
        after=payment.state,
        reason=reason,
        payment=payment.reference,
        amount=payment.amount,
    )
    return payment


def interest_over(payment: Payment, paid_on: date) -> Decimal:
    """Statutory interest when it was paid after its last day (Awb 4:98); nought when in time or too little to owe."""
    return interest(payment.to_pay, due_on=payment.due_on, paid_on=paid_on, rates=known_rates())


@cache
def known_rates() -> tuple[Rate, ...]:
    with RATES.open(encoding="utf-8", newline="") as file:
        return tuple(
            Rate(date.fromisoformat(row["first_day"]), Decimal(row["percentage"]))
            for row in csv.DictReader(file)
        )


def _plan_balance(grant: Grant, decision: Decision, *, at: datetime) -> list[Payment]:
    left = limit_of(grant) - standing_total(grant)
    if left <= 0:
        return []
    due_on = last_day_to_pay(local_date(at))
    return [_plan(grant, decision, left, due_on, kind=Payment.Kind.BALANCE, at=at)]


def _plan(
    grant: Grant,
    decision: Decision,
    amount: Decimal,
    due_on: date,
    *,
    kind: str,
    advance: AdvancePayment | None = None,
    at: datetime,
) -> Payment:
    if amount > limit_of(grant) - standing_total(grant):
        raise AboveGrant(
            "Samen worden de betalingen meer dan het verleende of vastgestelde bedrag."
        )
    number = (grant.payments.aggregate(last=Max("number"))["last"] or 0) + 1
    payment = Payment.objects.create(
        grant=grant,
        kind=kind,
        number=number,
        reference=f"{grant.application.number}-T{number}",
        decision=decision,
        advance=advance,
        amount=amount,
        due_on=due_on,
        planned_at=at,
    )
    record(grant, "payment_planned", actor=None, at=at, payment=payment.reference, amount=amount)
    return payment


def standing_total(grant: Grant) -> Decimal:
    """What was planned, ordered or paid on a grant, in euros."""
    return grant.payments.standing().aggregate(total=Sum("amount", default=ZERO))["total"]


def _locked(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    return (
        payments.select_for_update(of=("self",))
        .select_related("grant__application__board", "grant__application__ikc")
        .order_by("pk")
    )


def _cancel(payment: Payment, reason: str, *, by: "User | None", at: datetime) -> Payment:
    payment.end_reason = reason
    return move(payment, "cancel", "payment_cancelled", "end_reason", by=by, at=at, reason=reason)
