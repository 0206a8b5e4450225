"""Later decisions that wait for somebody: to hand in, to check, to sign."""

from datetime import date

from django.db.models import Q

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.act_kinds import later_kinds
from subsidies.models import Decision
from subsidies.services.acts import UNTAKEN
from subsidies.states import DecisionState

S = DecisionState
WORDS = {
    S.DRAFT: ("Leg voor", "concept", "neutral"),
    S.LEGAL_CHECK: ("Toets", "te toetsen", "warning"),
    S.READY: ("Neem", "te ondertekenen", "warning"),
}


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """What `user` may do next, the oldest first."""
    mine = Q(pk__in=[])
    if user.has_role(Role.PROJECT_LEADER):
        mine |= Q(state=S.DRAFT) | Q(state=S.LEGAL_CHECK) & ~Q(drafted_by=user)
    if user.has_role(Role.SIGNER):
        mine |= Q(state=S.READY) & ~Q(drafted_by=user) & ~Q(checked_by=user)
    rows = Decision.objects.filter(mine, kind__in=later_kinds(), state__in=UNTAKEN)
    return [
        WorkItem(
            f"{WORDS[S(row.state)][0]} besluit: {row.get_kind_display()} voor {row.application.ikc}",
            row.get_absolute_url(),
            row.reference,
            WORDS[S(row.state)][1],
            WORDS[S(row.state)][2],
            None,
        )
        for row in rows.select_related("application__ikc").order_by("drafted_at", "pk")
    ]
