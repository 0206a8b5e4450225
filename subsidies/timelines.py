"""The timeline of a round or an application, in the words that its reader may know."""

from collections.abc import Iterable
from dataclasses import replace

from kvk2.core.models import AuditEvent
from kvk2.core.timeline import TimelineEntry, entries, entry, merged
from subsidies.events import FOR_APPLICANT, SENTENCES

MUNICIPALITY = "de gemeente"


def full_timeline(events: Iterable[AuditEvent]) -> list[TimelineEntry]:
    """Every event with the name of who did it: for municipal eyes."""
    return entries(events, SENTENCES)


def applicant_timeline(events: Iterable[AuditEvent]) -> list[TimelineEntry]:
    """What the applicant may follow: not the inside of the assessment, and no names of officers."""
    return merged(_for_applicant(event) for event in events if event.verb in FOR_APPLICANT)


def _for_applicant(event: AuditEvent) -> TimelineEntry:
    line = entry(event, SENTENCES)
    if event.on_behalf_of or event.actor is None or event.verb.startswith("attachment_"):
        return line
    return replace(line, actor=MUNICIPALITY, reason="")
