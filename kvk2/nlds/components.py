"""What the templates in templates/components/ show; views fill these."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class StepState(StrEnum):
    """Where the user stands with one step of a form."""

    DONE = "done"
    CURRENT = "current"
    TODO = "todo"
    ERROR = "error"


_STEP_STATUS = {
    StepState.DONE: "Klaar",
    StepState.CURRENT: "U bent hier",
    StepState.TODO: "Nog niet ingevuld",
    StepState.ERROR: "Nog iets aan te passen",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a form in steps (`components/steps.html`); a link when it has a `url`."""

    label: str
    state: StepState
    url: str = ""
    # Instead of the usual words for the state.
    words: str = ""

    @property
    def status(self) -> str:
        return self.words or _STEP_STATUS[StepState(self.state)]


@dataclass(frozen=True, slots=True)
class Milestone:
    """One point of `components/milestones.html`: `state` is done, current or todo; `status` says when."""

    label: str
    state: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is (`components/panel_progress.html`): '54 van de 87 beoordelingen ingediend'."""

    title: str
    url: str
    done: int
    total: int
    what: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A line of `components/description_list.html`; with `change_url` the user may correct it."""

    term: str
    detail: Any
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of `components/stat_tiles.html`."""

    label: str
    value: Any
    note: str = ""
