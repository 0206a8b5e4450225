"""What happened to an IKC, an organisation or an account, in words."""

from django.db import models

from ikc.events import SENTENCES
from kvk2.core import audit, timeline


def timeline_of(obj: models.Model) -> list[timeline.TimelineEntry]:
    """The events that this app has words for; others' (such as logging in) are not for this page."""
    events = audit.events_of(obj).filter(verb__in=SENTENCES)
    return timeline.entries(events, SENTENCES)


def plus_timeline_of(ikc: models.Model) -> list[timeline.TimelineEntry]:
    """What happened to its status Plus alone."""
    events = audit.events_of(ikc).filter(verb__in=SENTENCES, verb__startswith="ikc.plus_")
    return timeline.entries(events, SENTENCES)
