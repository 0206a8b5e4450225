"""Destruction lists that wait for a judgement or a signature (domain reference 8.4)."""

from datetime import date

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import DestructionList
from subsidies.states_retention import DestructionState

# Who has to do something in which state.
WAITS = {
    Role.PROJECT_LEADER: (DestructionState.PROPOSED, "Beoordeel de vernietigingslijst van"),
    Role.ADMIN: (DestructionState.FIRST_SIGNED, "Onderteken de vernietigingslijst van"),
}


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    wanted = {state: words for role, (state, words) in WAITS.items() if user.has_role(role)}
    if not wanted:
        return []
    rows = DestructionList.objects.filter(state__in=wanted).order_by("year", "pk")
    return [
        WorkItem(
            f"{wanted[DestructionState(row.state)]} {row.year}",
            row.get_absolute_url(),
            "",
            row.get_state_display(),
            "warning",
        )
        for row in rows
    ]
