"""The days that count for objections: until when is decided, until when something is added, and the hearing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kvk2.core.deadlines import local_date
from subsidies.models import Objection
from subsidies.states_objections import ObjectionState
from subsidies.term_kinds import Term, TermKind

if TYPE_CHECKING:
    from ikc.models import User


def of_objections(user: "User") -> Iterator[Term]:
    """Of the objections that run and that `user` may see, in one query; a term that has passed stays until the decision."""
    rows = (
        Objection.objects.visible_to(user)
        .running()
        .select_related("decision__application__round", "repair", "hearing")
        .order_by("decide_before", "pk")
    )
    for row in rows:
        round_ = row.decision.application.round
        about = (row.get_absolute_url(), round_.pk, str(round_))
        title = f"Beslissen op bezwaar {row.reference} van {row.objector}"
        yield Term(TermKind.OBJECTION, title, row.decide_before, *about)
        if row.state == ObjectionState.DEFECT:
            yield Term(
                TermKind.REPAIR, f"Bezwaar {row.reference} aanvullen", row.repair.due_on, *about
            )
        if row.state == ObjectionState.HEARING_PLANNED:
            yield Term(
                TermKind.HEARING,
                f"Hoorzitting over bezwaar {row.reference}",
                local_date(row.hearing.starts_at),
                *about,
                begins_at=row.hearing.starts_at,
                minutes=row.hearing.minutes,
            )
