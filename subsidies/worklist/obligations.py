"""Efforts to show before their day, and to judge."""

from datetime import date

from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import Obligation
from subsidies.obligation_page import LATE, REMINDER
from subsidies.states_obligations import ObligationState

State = ObligationState


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    if user.has_role(Role.PROJECT_LEADER):
        return _to_judge(user, today)
    if user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD):
        return _to_show(user, today)
    return []


def _to_show(user: User, today: date) -> list[WorkItem]:
    soon = Obligation.objects.visible_to(user).filter(
        state=State.OPEN, due_on__lte=today + REMINDER
    )
    return [
        WorkItem(
            f"Laat zien wat u deed voor de inspanningsverplichting van {row.decision.application.ikc}",
            row.get_absolute_url(),
            row.decision.application.number or "",
            "te laat" if row.due_on and row.due_on <= today else "bewijs gevraagd",
            "danger" if row.due_on and row.due_on <= today else "warning",
            row.due_on,
        )
        for row in soon.select_related("decision__application__ikc").order_by("due_on", "pk")
    ]


def _to_judge(user: User, today: date) -> list[WorkItem]:
    rows = Obligation.objects.visible_to(user).filter(
        state__in=[State.OPEN, State.EVIDENCE_SUBMITTED]
    )
    found = list(rows.values_list("state", "due_on"))
    shown = sum(state == State.EVIDENCE_SUBMITTED for state, _ in found)
    late = sum(state == State.OPEN and due <= today for state, due in found)
    return [
        *_task(shown, "te beoordelen", State.EVIDENCE_SUBMITTED, "bewijs ingediend", "warning"),
        *_task(late, "zonder bewijs na de datum", LATE, "te laat", "danger"),
    ]


def _task(count: int, what: str, state: str, badge: str, kind: str) -> list[WorkItem]:
    if not count:
        return []
    noun = "inspanningsverplichting" if count == 1 else "inspanningsverplichtingen"
    url = f"{reverse('subsidies:obligation_list')}?status={state}"
    return [WorkItem(f"{count} {noun} {what}", url, "", badge, kind)]
