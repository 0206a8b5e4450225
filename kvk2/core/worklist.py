"""'Wat u nog moet doen': each app tells which tasks wait for a user; the start page shows them by urgency."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One task: where to do it (empty: not in the portal), until when, and how it stands in one or two words."""

    title: str
    url: str
    hint: str = ""
    badge: str = ""
    kind: str = "neutral"
    due: date | None = None


def by_urgency(items: list[WorkItem]) -> list[WorkItem]:
    """Dated tasks first, the earliest on top; the rest in the order in which the apps gave them."""
    return sorted(items, key=lambda item: (item.due is None, item.due or date.max))


@dataclass(frozen=True, slots=True)
class Panel:
    """A block of the start page under the tasks: a template of the app with what it shows."""

    template: str
    context: dict


@dataclass(frozen=True, slots=True)
class Desk:
    """What one app has on the start page of a user."""

    tasks: list[WorkItem]
    panels: list[Panel]
