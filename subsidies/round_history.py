"""What happened to a round, and what became of its content: for the pages of its history and of a copy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from kvk2.core.audit import events_of
from kvk2.core.capitals import upper_first
from kvk2.core.timeline import entry
from subsidies.events import SENTENCES
from subsidies.models import SubsidyRound
from subsidies.round_steps import RoundStep
from subsidies.round_tasks import TaskLine
from subsidies.round_words import Line, lines
from subsidies.services.round_content import content_of
from subsidies.services.round_copying import LOOK_AGAIN

MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event: who did what and when, and the lines that read differently since: term, before, after."""

    at: datetime
    actor: str
    sentence: str
    reason: str
    changes: list[Any]


def history_of(round_: SubsidyRound) -> list[HistoryEntry]:
    """The events of the round, newest first."""
    found = []
    for event in events_of(round_)[:MOST_EVENTS]:
        said = entry(event, SENTENCES)
        changes = event.data.get("changes", [])
        found.append(HistoryEntry(said.at, said.actor, said.sentence, said.reason, changes))
    return found


@dataclass(frozen=True, slots=True)
class CopiedLine:
    """One line of a copy beside that of its origin."""

    term: str
    before: str
    now: str

    @property
    def changed(self) -> bool:
        return self.before != self.now


def copied_lines(source: SubsidyRound, copy: SubsidyRound) -> list[CopiedLine]:
    """Everything that the copy says, with how the origin says it."""
    before = {line.term: _standing(line) for line in lines(content_of(source))}
    return [
        CopiedLine(line.term, before.get(line.term, ""), _standing(line))
        for line in lines(content_of(copy))
    ]


def _standing(line: Line) -> str:
    """The line where it stands by itself; what people typed about the round stays as it is."""
    return line.text if line.step == RoundStep.ABOUT else upper_first(line.text)


def look_again(round_: SubsidyRound) -> list[TaskLine]:
    """The steps of a copy that nobody has looked at yet, with why."""
    return [
        TaskLine(
            step.label,
            reverse("subsidies:round_step", args=[round_.pk, step.value]),
            LOOK_AGAIN.get(step, step.hint),
            "nog nakijken",
            "warning",
        )
        for step in RoundStep
        if step in round_.steps_to_check
    ]
