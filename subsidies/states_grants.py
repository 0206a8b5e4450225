"""The state machine of a grant, from its announcement to its end (domain reference 3.6)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class GrantState(TextChoices):
    ACTIVE = "active", "loopt"
    ACCOUNTING = "accounting", "wordt verantwoord"
    DETERMINED = "determined", "vastgesteld"
    CLOSED = "closed", "afgesloten"
    REVOKED = "revoked", "ingetrokken"


G = GrantState

GRANT_WORKFLOW = Workflow(
    "Verlening",
    GrantState,
    [
        Transition("amend", frozenset({G.ACTIVE}), G.ACTIVE, "Wijzigen", "ondertekenaar"),
        Transition("account", frozenset({G.ACTIVE}), G.ACCOUNTING, "Verantwoorden", "systeem"),
        Transition(
            "determine",
            frozenset({G.ACTIVE, G.ACCOUNTING}),
            G.DETERMINED,
            "Vaststellen",
            "ondertekenaar",
        ),
        # Nothing is left to pay, to recover or to object to.
        Transition("close", frozenset({G.DETERMINED}), G.CLOSED, "Afsluiten", "systeem"),
        Transition(
            "revoke",
            frozenset({G.ACTIVE, G.ACCOUNTING, G.DETERMINED, G.CLOSED}),
            G.REVOKED,
            "Intrekken",
            "ondertekenaar",
        ),
    ],
)
# Nothing of it is open any more.
ENDED_GRANTS = (G.CLOSED, G.REVOKED)
GRANT_BADGES = {
    G.ACTIVE: "neutral",
    G.ACCOUNTING: "warning",
    G.DETERMINED: "success",
    G.CLOSED: "success",
    G.REVOKED: "inactive",
}
