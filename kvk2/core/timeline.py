"""Events of the trail as people read them: a sentence, who, when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from kvk2.core.models import AuditEvent


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a timeline; `actor` is 'automatisch' when nobody did it, `times` how often it happened that day."""

    at: datetime
    sentence: str
    actor: str
    on_behalf_of: str
    reason: str
    times: int = 1


def entries(events: Iterable[AuditEvent], sentences: Mapping[str, str]) -> list[TimelineEntry]:
    """The lines of `events` (from `audit.events_of`) in the words of the app's `events.SENTENCES`."""
    return merged(entry(event, sentences) for event in events)


def entry(event: AuditEvent, sentences: Mapping[str, str]) -> TimelineEntry:
    return TimelineEntry(
        at=event.at,
        sentence=sentences[event.verb],
        actor=str(event.actor) if event.actor else "automatisch",
        on_behalf_of=event.on_behalf_of,
        reason=event.reason,
    )


def merged(lines: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """One line for what the same person did several times on one day, at the place of the newest."""
    seen: dict[tuple[date, str, str, str, str], TimelineEntry] = {}
    for line in lines:
        day = timezone.localtime(line.at).date()
        key = (day, line.sentence, line.actor, line.on_behalf_of, line.reason)
        first = seen.get(key)
        seen[key] = line if first is None else replace(first, times=first.times + 1)
    return list(seen.values())
