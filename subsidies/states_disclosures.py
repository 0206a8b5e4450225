"""The state machine of a disclosure: documents of a round, looked through before somebody else gets them."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class DisclosureState(TextChoices):
    COLLECTING = "collecting", "wordt verzameld"
    REVIEWING = "reviewing", "na te kijken"
    PROPOSED = "proposed", "wacht op akkoord"
    MAKING = "making", "wordt gemaakt"
    READY = "ready", "klaar om te geven"
    GIVEN = "given", "gegeven"
    CANCELLED = "cancelled", "vervallen"


D = DisclosureState

DISCLOSURE_WORKFLOW = Workflow(
    "Verstrekking van stukken",
    DisclosureState,
    [
        Transition("collect", frozenset({D.COLLECTING}), D.REVIEWING, "Verzamelen", "systeem"),
        # For an objector (Awb 7:4): who handles the objection decides alone.
        Transition("make", frozenset({D.REVIEWING}), D.MAKING, "Laten maken", "projectleider"),
        # In public (Woo): a signer approves (domain reference 6.2).
        Transition(
            "propose", frozenset({D.REVIEWING}), D.PROPOSED, "Akkoord vragen", "projectleider"
        ),
        Transition("approve", frozenset({D.PROPOSED}), D.MAKING, "Akkoord geven", "ondertekenaar"),
        Transition("return", frozenset({D.PROPOSED}), D.REVIEWING, "Teruggeven", "ondertekenaar"),
        Transition("finish", frozenset({D.MAKING}), D.READY, "Afmaken", "systeem"),
        Transition("give", frozenset({D.READY}), D.GIVEN, "Geven", "projectleider"),
        Transition(
            "cancel",
            frozenset({D.COLLECTING, D.REVIEWING, D.PROPOSED, D.READY}),
            D.CANCELLED,
            "Laten vervallen",
            "projectleider",
        ),
    ],
)
DISCLOSURE_BADGES = {
    D.COLLECTING: "neutral",
    D.REVIEWING: "warning",
    D.PROPOSED: "warning",
    D.MAKING: "neutral",
    D.READY: "warning",
    D.GIVEN: "success",
    D.CANCELLED: "inactive",
}
# From here on its contents are settled.
SETTLED_DISCLOSURES = (D.PROPOSED, D.MAKING, D.READY, D.GIVEN, D.CANCELLED)
# Nothing more happens to it.
ENDED_DISCLOSURES = (D.GIVEN, D.CANCELLED)
