"""The state machine of an exercise of the commission: everybody scores one case before scoring opens."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class CalibrationState(TextChoices):
    DRAFT = "draft", "in voorbereiding"
    OPEN = "open", "open"
    CLOSED = "closed", "afgesloten"
    SKIPPED = "skipped", "overgeslagen"


K = CalibrationState

CALIBRATION_WORKFLOW = Workflow(
    "Oefening van de commissie",
    CalibrationState,
    [
        Transition("open", frozenset({K.DRAFT}), K.OPEN, "Oefening openen", "secretaris"),
        Transition("close", frozenset({K.OPEN}), K.CLOSED, "Oefening afsluiten", "secretaris"),
        Transition(
            "skip", frozenset({K.DRAFT, K.OPEN}), K.SKIPPED, "Oefening overslaan", "secretaris"
        ),
    ],
)
CALIBRATION_BADGES = {
    K.DRAFT: "neutral",
    K.OPEN: "warning",
    K.CLOSED: "success",
    K.SKIPPED: "inactive",
}
# While one of these runs there is no other in the round.
RUNNING = (K.DRAFT, K.OPEN)
