"""Completions to supply and to judge."""

from datetime import date

from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import CompletionRequest
from subsidies.states import ApplicationState, DecisionState
from subsidies.worklist.reads import Matter, StartReads


def tasks_for(user: User, *, today: date, reads: StartReads | None = None) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    reads = reads or StartReads(user)
    items: list[WorkItem] = []
    if user.has_role(Role.PROJECT_LEADER):
        items += _to_judge(reads)
    if user.has_role(Role.PROJECT_LEADER, Role.SIGNER):
        items += _to_leave(reads)
    if user.has_role(Role.IKC_DIRECTOR):
        items += _to_complete(user)
    return items


def _to_judge(reads: StartReads) -> list[WorkItem]:
    return [
        WorkItem(
            f"Beoordeel de aanvulling van {row.name}",
            reverse("subsidies:correction_detail", args=[row.pk]),
            row.number,
            "aangevuld",
            "warning",
        )
        for row in reads.about(Matter.CORRECTION)
    ]


def _to_complete(user: User) -> list[WorkItem]:
    asked = (
        CompletionRequest.objects.filter(
            closed_at=None,
            application__state=ApplicationState.INCOMPLETE,
            application__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR),
        )
        .select_related("application__ikc")
        .order_by("due_on", "pk")
    )
    return [
        WorkItem(
            f"Vul uw aanvraag aan voor {request.application.ikc}",
            reverse("subsidies:correction_edit", args=[request.application_id]),
            request.application.number,
            "aanvulling nodig",
            "danger",
            request.due_on,
        )
        for request in asked
    ]


def _to_leave(reads: StartReads) -> list[WorkItem]:
    """Decisions not to process, to check by a second project leader and then to take by the signer."""
    verbs = {Matter.TO_CHECK: "Toets", Matter.TO_SIGN: "Onderteken"}
    return [
        WorkItem(
            f"{verbs[row.matter]} het besluit over {row.name}",
            reverse("subsidies:not_processing", args=[row.application]),
            "de aanvraag niet behandelen",
            DecisionState(row.matter).label,
            "warning",
        )
        for row in reads.about(*verbs)
    ]
