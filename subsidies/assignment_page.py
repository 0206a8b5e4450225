"""What the page beside the choice of reviewers shows: how much each member has, and how the choice came about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ikc.models import User
from kvk2.core.audit import events_of
from subsidies.models import Application, CommissionMember, SubsidyRound
from subsidies.services.commission import Standing

# So many assignments back are shown; the trail keeps them all.
MOST = 20


@dataclass(frozen=True, slots=True)
class Load:
    """How many reviews one member has in the round, of the most that anybody has."""

    name: str
    count: int
    most: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """One time that reviewers were assigned: who did it and why, and a line per application that changed."""

    at: datetime
    who: str
    why: str
    lines: tuple[str, ...]


class AssignmentPage:
    """For the secretary; what is about an application that the reader may not see is not there."""

    def __init__(self, round_: SubsidyRound, user: User, standings: Sequence[Standing]) -> None:
        self.round, self.user, self.standings = round_, user, standings

    @property
    def loads(self) -> list[Load]:
        free = [row for row in self.standings if row.may_score or row.load]
        most = max((row.load for row in free), default=0)
        return [Load(row.member.user.full_name, row.load, max(most, 1)) for row in free]

    @cached_property
    def history(self) -> list[Assignment]:
        """Newest first; three queries, however long it is."""
        events = events_of(self.round).filter(verb="reviewers_assigned").select_related("actor")
        seen = dict(
            Application.objects.visible_to(self.user)
            .filter(round=self.round)
            .values_list("pk", "number")
        )
        names = {
            member.pk: member.user.full_name
            for member in CommissionMember.objects.filter(
                reviews__application__round=self.round
            ).select_related("user")
        } | {row.member.pk: row.member.user.full_name for row in self.standings}
        return [
            Assignment(
                event.at,
                event.actor.full_name if event.actor else "het portaal",
                event.data.get("why", ""),
                tuple(
                    f"{seen[change['application']]}: {_words(change, names)}"
                    for change in event.data.get("changes", [])
                    if change["application"] in seen
                ),
            )
            for event in events.order_by("-at", "-pk")[:MOST]
        ]


def _words(change: dict[str, list[int]], names: dict[int, str]) -> str:
    parts = [
        f"{word} {', '.join(names.get(pk, 'oud-lid') for pk in change[key])}"
        for key, word in (("added", "bij:"), ("removed", "weg:"))
        if change[key]
    ]
    return "; ".join(parts)
