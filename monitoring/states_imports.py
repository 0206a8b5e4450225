"""A file with figures of a monitoring round: checked first, and only then read in (monitoring reference 3.3)."""

from django.db.models import TextChoices

from kvk2.core.workflow import Transition, Workflow


class FileState(TextChoices):
    CHECKING = "checking", "wordt nagekeken"
    PREVIEW = "preview", "nog te bevestigen"
    APPLYING = "applying", "wordt ingelezen"
    APPLIED = "applied", "ingelezen"
    DISCARDED = "discarded", "weggegooid"


F = FileState

FIGURE_FILE_WORKFLOW = Workflow(
    "Bestand met cijfers",
    FileState,
    [
        Transition("check", frozenset({F.CHECKING}), F.PREVIEW, "Nakijken", "systeem"),
        Transition("apply", frozenset({F.PREVIEW}), F.APPLYING, "Inlezen", "onderzoeker"),
        Transition("finish", frozenset({F.APPLYING}), F.APPLIED, "Afronden", "systeem"),
        Transition(
            "discard",
            frozenset({F.CHECKING, F.PREVIEW}),
            F.DISCARDED,
            "Weggooien",
            "onderzoeker",
        ),
    ],
)
FILE_BADGES = {
    F.CHECKING: "neutral",
    F.PREVIEW: "warning",
    F.APPLYING: "neutral",
    F.APPLIED: "success",
    F.DISCARDED: "inactive",
}
# States in which a worker has something to do.
BUSY = (F.CHECKING, F.APPLYING)
