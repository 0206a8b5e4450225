"""The terms that run for somebody: one list for the work list, the calendar and the deadline page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import timezone

from ikc.roles import Role
from kvk2.core.deadlines import local_date
from subsidies.closing import closing_moment
from subsidies.decision_terms import decision_term
from subsidies.models import Application, SubsidyRound
from subsidies.states import UNDECIDED, RoundState

if TYPE_CHECKING:
    from ikc.models import User


class TermKind(StrEnum):
    """What ends on the day; the value stands in addresses and in the calendar."""

    OPENS = "opening"
    CLOSES = "sluiting"
    DECIDE = "beslistermijn"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    TermKind.OPENS: "Ronde gaat open",
    TermKind.CLOSES: "Ronde sluit",
    TermKind.DECIDE: "Beslistermijn",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One day that counts: `due_on` is the last day (Europe/Amsterdam), `url` the page that it is about."""

    kind: TermKind
    title: str
    due_on: date
    url: str

    def days_left(self, today: date) -> int:
        """Days from `today` up to the last day; below zero when it has passed."""
        return (self.due_on - today).days


def upcoming_terms(user: "User", *, today: date | None = None) -> list[Term]:
    """All terms that `user` may know of, the first to end on top; a term that has passed stays while it matters."""
    today = today or timezone.localdate()
    found = [*_of_rounds(user, today), *_to_decide(user)]
    return sorted(found, key=lambda term: (term.due_on, term.kind, term.title, term.url))


def _of_rounds(user: "User", today: date) -> Iterator[Term]:
    """Openings and closings that are still to come."""
    rounds = (
        SubsidyRound.objects.visible_to(user)
        .filter(state__in=[RoundState.ADOPTED, RoundState.PUBLISHED, RoundState.OPEN])
        .order_by("opens_at", "pk")
    )
    for round_ in rounds:
        opens, closes = local_date(round_.opens_at), local_date(closing_moment(round_))
        url = round_.get_absolute_url()
        if round_.state != RoundState.OPEN and opens >= today:
            yield Term(TermKind.OPENS, f"{round_} gaat open", opens, url)
        if closes >= today:
            yield Term(TermKind.CLOSES, f"{round_} sluit", closes, url)


def _to_decide(user: "User") -> Iterator[Term]:
    """The decision terms of what was filed; what ends on one day in one round is one line for the municipality."""
    if not (user.is_municipal or user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD)):
        return
    filed = (
        Application.objects.visible_to(user)
        .filter(state__in=UNDECIDED)
        .select_related("round__scheme_version", "ikc")
        .prefetch_related("clock_stops__request")
        .order_by("number", "pk")
    )
    together: dict[tuple[int, date], list[Application]] = {}
    for application in filed:
        key = (application.round_id, decision_term(application).last_day)
        together.setdefault(key, []).append(application)
    for (_, due_on), applications in together.items():
        if user.is_municipal and len(applications) > 1:
            round_ = applications[0].round
            title = f"Besluit over {len(applications)} aanvragen in {round_}"
            yield Term(TermKind.DECIDE, title, due_on, round_.get_absolute_url())
            continue
        for application in applications:
            title = f"Besluit over {application.number} van {application.ikc}"
            yield Term(TermKind.DECIDE, title, due_on, application.get_absolute_url())
