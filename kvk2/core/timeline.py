"""Events of the trail as people read them: a sentence, who, when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kvk2.core.models import AuditEvent


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a timeline; `actor` is 'automatisch' when nobody did it."""

    at: datetime
    sentence: str
    actor: str
    on_behalf_of: str
    reason: str


def entries(events: Iterable[AuditEvent], sentences: Mapping[str, str]) -> list[TimelineEntry]:
    """The lines of `events` (from `audit.events_of`) in the words of the app's `events.SENTENCES`."""
    return [
        TimelineEntry(
            at=event.at,
            sentence=sentences[event.verb],
            actor=str(event.actor) if event.actor else "automatisch",
            on_behalf_of=event.on_behalf_of,
            reason=event.reason,
        )
        for event in events
    ]
