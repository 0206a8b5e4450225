"""The state machine of a yearly list of what is destroyed (domain reference 8.4)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class DestructionState(TextChoices):
    PROPOSED = "proposed", "te beoordelen"
    FIRST_SIGNED = "first_signed", "eenmaal ondertekend"
    SIGNED = "signed", "wordt vernietigd"
    DONE = "done", "vernietigd"
    DISCARDED = "discarded", "vervallen"


D = DestructionState

DESTRUCTION_WORKFLOW = Workflow(
    "Vernietigingslijst",
    DestructionState,
    [
        Transition(
            "sign_first",
            frozenset({D.PROPOSED}),
            D.FIRST_SIGNED,
            "Eerste handtekening",
            "projectleider",
        ),
        Transition(
            "sign_second",
            frozenset({D.FIRST_SIGNED}),
            D.SIGNED,
            "Tweede handtekening",
            "beheerder (archivaris)",
        ),
        Transition("finish", frozenset({D.SIGNED}), D.DONE, "Vernietigen", "systeem"),
        Transition(
            "discard",
            frozenset({D.PROPOSED, D.FIRST_SIGNED}),
            D.DISCARDED,
            "Laten vervallen",
            "projectleider",
        ),
    ],
)
DESTRUCTION_BADGES = {
    D.PROPOSED: "warning",
    D.FIRST_SIGNED: "warning",
    D.SIGNED: "danger",
    D.DONE: "success",
    D.DISCARDED: "inactive",
}
