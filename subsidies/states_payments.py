"""The state machines of a payment and of the order that goes to the bank (domain reference 3.7)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class PaymentState(TextChoices):
    PLANNED = "planned", "gepland"
    APPROVED = "approved", "goedgekeurd"
    ORDERED = "ordered", "opdracht gegeven"
    PAID = "paid", "betaald"
    SETTLED = "settled", "verrekend met de vaststelling"
    SUSPENDED = "suspended", "opgeschort"
    CANCELLED = "cancelled", "vervallen"


P = PaymentState

PAYMENT_WORKFLOW = Workflow(
    "Betaling",
    PaymentState,
    [
        Transition("approve", frozenset({P.PLANNED}), P.APPROVED, "Goedkeuren", "ondertekenaar"),
        Transition(
            "order",
            frozenset({P.APPROVED}),
            P.ORDERED,
            "Opdracht vrijgeven",
            "projectleider of ondertekenaar, een ander dan wie de opdracht maakte",
        ),
        Transition(
            "confirm",
            frozenset({P.ORDERED}),
            P.PAID,
            "Betaling bevestigen",
            "projectleider, een ander dan wie de opdracht maakte",
        ),
        # The bank sent it back: it waits for a new order.
        Transition("fail", frozenset({P.ORDERED}), P.APPROVED, "Terugmelden", "projectleider"),
        # Nothing is left to pay after a recovery was set off against it (Awb 4:93).
        Transition("offset", frozenset({P.APPROVED}), P.PAID, "Geheel verrekenen", "projectleider"),
        Transition("settle", frozenset({P.PAID}), P.SETTLED, "Verrekenen", "systeem"),
        Transition(
            "suspend",
            frozenset({P.PLANNED, P.APPROVED}),
            P.SUSPENDED,
            "Opschorten",
            "ondertekenaar",
        ),
        Transition(
            "resume", frozenset({P.SUSPENDED}), P.APPROVED, "Hervatten", "ondertekenaar of systeem"
        ),
        # It was not approved before, so it is not approved now.
        Transition(
            "resume_plan",
            frozenset({P.SUSPENDED}),
            P.PLANNED,
            "Hervatten, nog goed te keuren",
            "ondertekenaar of systeem",
        ),
        Transition(
            "cancel",
            frozenset({P.PLANNED, P.APPROVED, P.SUSPENDED}),
            P.CANCELLED,
            "Laten vervallen",
            "ondertekenaar of systeem",
        ),
    ],
)
PAYMENT_BADGES = {
    P.PLANNED: "neutral",
    P.APPROVED: "neutral",
    P.ORDERED: "warning",
    P.PAID: "success",
    P.SETTLED: "success",
    P.SUSPENDED: "danger",
    P.CANCELLED: "inactive",
}
# The money left the municipality, or was set off.
DONE_PAYMENTS = (P.PAID, P.SETTLED)
# Still to be paid.
OPEN_PAYMENTS = (P.PLANNED, P.APPROVED, P.ORDERED, P.SUSPENDED)
# No order has been given yet, so that it can still be stopped.
STOPPABLE = (P.PLANNED, P.APPROVED)


class PaymentOrderState(TextChoices):
    DRAFT = "draft", "wacht op vrijgave"
    RELEASED = "released", "vrijgegeven"
    DISCARDED = "discarded", "vervallen"


O = PaymentOrderState  # noqa: E741 - one letter per machine, as in the other tables

PAYMENT_ORDER_WORKFLOW = Workflow(
    "Betaalopdracht",
    PaymentOrderState,
    [
        Transition(
            "release",
            frozenset({O.DRAFT}),
            O.RELEASED,
            "Vrijgeven",
            "projectleider of ondertekenaar, een ander dan wie de opdracht maakte",
        ),
        Transition(
            "discard", frozenset({O.DRAFT}), O.DISCARDED, "Laten vervallen", "projectleider"
        ),
    ],
)
ORDER_BADGES = {O.DRAFT: "warning", O.RELEASED: "success", O.DISCARDED: "inactive"}
