"""The state machine of a meeting of the commission (domain reference 3.4, 8.4)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class MeetingState(TextChoices):
    PLANNED = "planned", "gepland"
    HELD = "held", "gehouden"
    ADOPTED = "adopted", "verslag vastgesteld"
    CANCELLED = "cancelled", "gaat niet door"


MEETING_WORKFLOW = Workflow(
    "Vergadering van de commissie",
    MeetingState,
    [
        Transition(
            "hold",
            frozenset({MeetingState.PLANNED}),
            MeetingState.HELD,
            "Vergadering afsluiten",
            "secretaris",
        ),
        Transition(
            "adopt",
            frozenset({MeetingState.HELD}),
            MeetingState.ADOPTED,
            "Verslag vaststellen",
            "secretaris",
        ),
        Transition(
            "cancel",
            frozenset({MeetingState.PLANNED}),
            MeetingState.CANCELLED,
            "Vergadering afzeggen",
            "secretaris",
        ),
    ],
)
