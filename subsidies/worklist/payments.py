"""Payments that wait for somebody: to approve, to order, to release, to report back; and what is too late."""

from datetime import date, timedelta

from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import Payment, PaymentOrder, PaymentSuspension
from subsidies.states_payments import PaymentOrderState, PaymentState

# So long before its last day a payment is among the tasks.
SOON = timedelta(days=28)
# So long before it ends by itself somebody has to decide on a suspension.
ENDING = timedelta(days=21)
LATE = "?status=late"


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    if user.has_role(Role.SIGNER):
        return [*_to_approve(today), *_to_release(user), *_suspensions(today)]
    if user.has_role(Role.PROJECT_LEADER):
        return [*_to_order(today), *_to_release(user), *_late(today)]
    return []


def _to_approve(today: date) -> list[WorkItem]:
    rows = Payment.objects.payable().filter(state=PaymentState.PLANNED, due_on__lte=today + SOON)
    return _task(rows, today, "goed te keuren", "subsidies:payment_approve", "goedkeuren")


def _to_order(today: date) -> list[WorkItem]:
    rows = Payment.objects.to_order().filter(due_on__lte=today + SOON)
    return _task(
        rows, today, "in een opdracht te zetten", "subsidies:payment_order_make", "opdracht maken"
    )


def _task(rows, today: date, what: str, url_name: str, badge: str) -> list[WorkItem]:
    days = list(rows.values_list("due_on", flat=True))
    if not days:
        return []
    first, noun = min(days), "betaling" if len(days) == 1 else "betalingen"
    kind = "danger" if first < today else "warning"
    words = f"{len(days)} {noun} {what}"
    return [
        WorkItem(words, reverse(url_name), "de eerste uiterlijk op deze dag", badge, kind, first)
    ]


def _to_release(user: User) -> list[WorkItem]:
    orders = PaymentOrder.objects.filter(state=PaymentOrderState.DRAFT).exclude(made_by=user)
    return [
        WorkItem(
            f"Geef betaalopdracht {order} vrij",
            order.get_absolute_url(),
            "gemaakt door een ander",
            "vrijgeven",
            "warning",
            order.execute_on,
        )
        for order in orders.order_by("execute_on", "pk")
    ]


def _late(today: date) -> list[WorkItem]:
    count = Payment.objects.late(today).count()
    if not count:
        return []
    noun = "betaling is" if count == 1 else "betalingen zijn"
    return [
        WorkItem(
            f"{count} {noun} te laat",
            f"{reverse('subsidies:payment_list')}{LATE}",
            "na de uiterste dag kan wettelijke rente verschuldigd zijn (Awb 4:98)",
            "te laat",
            "danger",
        )
    ]


def _suspensions(today: date) -> list[WorkItem]:
    rows = PaymentSuspension.objects.filter(ended_on=None, until__lte=today + ENDING)
    return [
        WorkItem(
            f"Beslis over de opgeschorte betaling van {row.grant.application.ikc}",
            reverse("subsidies:suspension_end", args=[row.grant_id]),
            "daarna gaat de betaling vanzelf door (Awb 4:56)",
            "opgeschort",
            "warning",
            row.until,
        )
        for row in rows.select_related("grant__application__ikc").order_by("until", "pk")
    ]
