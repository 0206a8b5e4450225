"""Objections that wait: for the next step of who handles them, and for an addition of who objected."""

from datetime import date, timedelta

from ikc.models import User
from ikc.roles import Role
from kvk2.core.deadlines import local_date
from kvk2.core.worklist import WorkItem
from subsidies.models import Objection
from subsidies.states_objections import ObjectionState as State

# The next step of each state; what waits for somebody else is not here.
STEPS = {
    State.RECEIVED: "Bevestig de ontvangst van bezwaar",
    State.ACKNOWLEDGED: "Beoordeel de ontvankelijkheid van bezwaar",
    State.ADMISSIBILITY: "Plan de hoorzitting over bezwaar",
    State.HEARD: "Leg het advies vast over bezwaar",
    State.ADVISED: "Bereid de beslissing voor op bezwaar",
}
# So long before the term ends it stands out.
SOON = timedelta(weeks=2)


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """One query; none for somebody whom no objection concerns."""
    if user.has_role(Role.PROJECT_LEADER):
        return _to_handle(user, today)
    if user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD):
        return _to_repair(user)
    return []


def _to_handle(user: User, today: date) -> list[WorkItem]:
    rows = (
        Objection.objects.visible_to(user)
        .filter(state__in=[*STEPS, State.HEARING_PLANNED])
        .exclude(decision__drafted_by=user)
        .select_related("hearing")
        .order_by("decide_before", "pk")
    )
    return [_item(row, today) for row in rows if _step(row, today)]


def _step(row: Objection, today: date) -> str:
    """A hearing asks for its report once it was held."""
    if row.state == State.HEARING_PLANNED:
        over = local_date(row.hearing.starts_at) <= today
        return "Leg het verslag vast van de hoorzitting over bezwaar" if over else ""
    return STEPS[State(row.state)]


def _item(row: Objection, today: date) -> WorkItem:
    left = row.decide_before - today
    badge, kind = ("te laat", "danger") if left.days < 0 else ("bezwaar", "warning")
    if timedelta() <= left < SOON:
        badge, kind = "bijna te laat", "danger"
    return WorkItem(
        f"{_step(row, today)} {row.reference}",
        row.get_absolute_url(),
        row.objector,
        badge,
        kind,
        row.decide_before,
    )


def _to_repair(user: User) -> list[WorkItem]:
    rows = (
        Objection.objects.visible_to(user)
        .filter(state=State.DEFECT)
        .select_related("repair")
        .order_by("repair__due_on", "pk")
    )
    return [
        WorkItem(
            f"Vul uw bezwaar {row.reference} aan",
            row.get_absolute_url(),
            row.repair.missing,
            "aanvulling nodig",
            "danger",
            row.repair.due_on,
        )
        for row in rows
    ]
