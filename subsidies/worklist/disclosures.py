"""Documents of a round that wait to be looked through, approved or given."""

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import Disclosure
from subsidies.states_disclosures import DisclosureState as State

# What each role does next in each state.
STEPS = {
    Role.PROJECT_LEADER: {State.REVIEWING: "Kijk de stukken na", State.READY: "Geef de stukken"},
    Role.SIGNER: {State.PROPOSED: "Geef akkoord om openbaar te maken"},
}


def tasks_for(user: User) -> list[WorkItem]:
    """One query; none for somebody who has no part in it."""
    steps = {
        state: words
        for role, each in STEPS.items()
        if user.has_role(role)
        for state, words in each.items()
    }
    if not steps:
        return []
    rows = (
        Disclosure.objects.visible_to(user)
        .filter(state__in=steps)
        .exclude(objection__decision__drafted_by=user)
        .select_related("round")
        .order_by("started_at", "pk")
    )
    return [
        WorkItem(
            f"{steps[State(row.state)]}: {row.round}",
            row.get_absolute_url(),
            row.get_kind_display(),
            row.get_state_display(),
            row.badge,
        )
        for row in rows
    ]
