"""What kinds of terms there are, and one day that counts: the vocabulary of the list of terms and the calendar."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class TermKind(StrEnum):
    """What ends on the day; the value stands in addresses and in the calendar."""

    OPENS = "opening"
    CLOSES = "sluiting"
    DECIDE = "beslistermijn"
    COMPLETE = "aanvulling"
    LEAVE = "niet-behandelen"
    PROMISED = "toezegging"
    DEFAULT = "ingebrekestelling"
    PENALTY = "dwangsom"
    VIEW = "zienswijze"
    ADVISE = "advies"
    MEETING = "vergadering"
    PRESENTATION = "gesprek"
    ANSWER = "vragen"
    OBJECTION = "bezwaar"
    REPAIR = "bezwaar-aanvullen"
    HEARING = "hoorzitting"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    TermKind.OPENS: "Ronde gaat open",
    TermKind.CLOSES: "Ronde sluit",
    TermKind.DECIDE: "Beslistermijn",
    TermKind.COMPLETE: "Aanvullen",
    TermKind.LEAVE: "Niet behandelen",
    TermKind.PROMISED: "Toegezegd besluit",
    TermKind.DEFAULT: "Na ingebrekestelling",
    TermKind.PENALTY: "Dwangsom vaststellen",
    TermKind.VIEW: "Zienswijze",
    TermKind.ADVISE: "Advies van de commissie",
    TermKind.MEETING: "Vergadering commissie",
    TermKind.PRESENTATION: "Gesprek met de commissie",
    TermKind.ANSWER: "Vragen van de commissie",
    TermKind.OBJECTION: "Beslissen op bezwaar",
    TermKind.REPAIR: "Bezwaar aanvullen",
    TermKind.HEARING: "Hoorzitting",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One day that counts: `due_on` is the last day (Europe/Amsterdam), `url` the page that it is about."""

    kind: TermKind
    title: str
    due_on: date
    url: str
    round_id: int = 0
    round_name: str = ""
    # What happens at a time of the day, and how long it lasts.
    begins_at: datetime | None = None
    minutes: int = 0

    def days_left(self, today: date) -> int:
        """Days from `today` up to the last day; below zero when it has passed."""
        return (self.due_on - today).days
