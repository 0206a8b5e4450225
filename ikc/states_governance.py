"""Who meets about the programme, and the states of a meeting and of what was agreed to do (domain reference 1.7)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class BodyKind(TextChoices):
    BOARD_CONSULTATION = "board_consultation", "bestuurlijk overleg"
    DEVELOPMENT_GROUP = "development_group", "Ontwikkelgroep"
    WORKING_GROUP = "working_group", "werkgroep"


class ConsultationState(TextChoices):
    PLANNED = "planned", "gepland"
    HELD = "held", "gehouden"
    ADOPTED = "adopted", "verslag vastgesteld"
    CANCELLED = "cancelled", "gaat niet door"


C = ConsultationState

CONSULTATION_WORKFLOW = Workflow(
    "Overleg",
    ConsultationState,
    [
        Transition(
            "hold",
            frozenset({C.PLANNED}),
            C.HELD,
            "Overleg afsluiten",
            "projectleider, op of na de dag van het overleg",
        ),
        Transition("adopt", frozenset({C.HELD}), C.ADOPTED, "Verslag vaststellen", "projectleider"),
        Transition(
            "cancel", frozenset({C.PLANNED}), C.CANCELLED, "Overleg afzeggen", "projectleider"
        ),
    ],
)
CONSULTATION_BADGES = {
    C.PLANNED: "neutral",
    C.HELD: "warning",
    C.ADOPTED: "success",
    C.CANCELLED: "inactive",
}
# The meeting took place: what was discussed in it was discussed.
TOOK_PLACE = (C.HELD, C.ADOPTED)


class ItemPurpose(TextChoices):
    DISCUSS = "discuss", "om te bespreken"
    DECIDE = "decide", "om te besluiten"
    INFORM = "inform", "ter kennisneming"


class ItemOutcome(TextChoices):
    DISCUSSED = "discussed", "besproken"
    POSTPONED = "postponed", "doorgeschoven"


class ActionState(TextChoices):
    OPEN = "open", "open"
    DONE = "done", "gedaan"
    DROPPED = "dropped", "vervallen"


A = ActionState

ACTION_WORKFLOW = Workflow(
    "Actie uit een overleg",
    ActionState,
    [
        Transition(
            "finish", frozenset({A.OPEN}), A.DONE, "Afronden", "wie de actie doet of projectleider"
        ),
        Transition("drop", frozenset({A.OPEN}), A.DROPPED, "Laten vervallen", "projectleider"),
        Transition(
            "reopen", frozenset({A.DONE, A.DROPPED}), A.OPEN, "Weer openen", "projectleider"
        ),
    ],
)
ACTION_BADGES = {A.OPEN: "warning", A.DONE: "success", A.DROPPED: "inactive"}
