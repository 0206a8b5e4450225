"""Payments at a stage, made by the services themselves: a grant that was announced, and how far its money is."""

from datetime import timedelta

from django.db import transaction

from ikc.models import User
from ikc.tests.factories import UserFactory
from kvk2.tests.worlds import world
from subsidies.models import Grant, Letter, Payment, PaymentOrder
from subsidies.services import letters, payment_feedback, payment_orders, payments
from subsidies.tests.factories_assessment import DECIDED_AT, decided_round

PAID_AT = DECIDED_AT + timedelta(days=30)


@world
def all_granted(count: int = 1, **wishes) -> list[Grant]:
    """Grants of 15.000 that were announced; each has four planned payments of 3.000."""
    round_ = decided_round(applications=count, **wishes)
    for letter in Letter.objects.filter(decision__application__round=round_).order_by("pk"):
        with transaction.atomic():  # the announcement without the PDF, which takes long
            letters._announce(letter.decision_id, at=DECIDED_AT)
    return list(Grant.objects.filter(application__round=round_).order_by("application__number"))


def granted(**wishes) -> Grant:
    return all_granted(1, **wishes)[0]


def people() -> tuple[User, User, User, User]:
    """Who approves, who makes the order, who releases it, who confirms."""
    return (
        UserFactory(signer=True),
        UserFactory(project_leader=True),
        UserFactory(second_project_leader=True),
        UserFactory(second_project_leader=True),
    )


def approved(payment: Payment, *, by: User | None = None) -> Payment:
    (payment,) = payments.approve_payments([payment], by=by or UserFactory(signer=True), at=PAID_AT)
    return payment


def ordered(*rows: Payment) -> PaymentOrder:
    """Approved, in an order, and released."""
    signer, maker, releaser, _ = people()
    done = payments.approve_payments(rows, by=signer, at=PAID_AT)
    order = payment_orders.make_order(done, execute_on=PAID_AT.date(), by=maker, at=PAID_AT)
    return payment_orders.release_order(order, by=releaser, at=PAID_AT)


def paid(payment: Payment, *, on=None) -> Payment:
    """The bank said so."""
    ordered(payment)
    day = on or PAID_AT.date()
    confirmer = UserFactory(project_leader=True)
    at = max(PAID_AT, PAID_AT + timedelta(days=(day - PAID_AT.date()).days))
    text = f"kenmerk;status;datum;reden\r\n{payment.reference};betaald;{day.isoformat()};\r\n"
    feedback = payment_feedback.keep_feedback("bank.csv", text.encode(), by=confirmer, at=at)
    payment_feedback.apply_feedback(feedback, by=confirmer, at=at)
    return Payment.objects.get(pk=payment.pk)
