"""Completions to supply and to judge."""

from datetime import date

from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import CompletionRequest, Correction, Decision
from subsidies.states import ApplicationState, CorrectionState, DecisionState


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    items: list[WorkItem] = []
    if user.has_role(Role.PROJECT_LEADER):
        items += _to_judge()
    if user.has_role(Role.PROJECT_LEADER, Role.SIGNER):
        items += _to_leave(user)
    if user.has_role(Role.IKC_DIRECTOR):
        items += _to_complete(user)
    return items


def _to_judge() -> list[WorkItem]:
    submitted = (
        Correction.objects.filter(
            state=CorrectionState.SUBMITTED,
            request__application__state=ApplicationState.CHECKING,
        )
        .select_related("request__application__ikc")
        .order_by("submitted_at", "pk")
    )
    return [
        WorkItem(
            f"Beoordeel de aanvulling van {correction.request.application.ikc}",
            correction.get_absolute_url(),
            correction.request.application.number,
            "aangevuld",
            "warning",
        )
        for correction in submitted
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


def _to_leave(user: User) -> list[WorkItem]:
    """Decisions not to process, to check by a second project leader and then to take by the signer."""
    wanted = []
    if user.has_role(Role.PROJECT_LEADER):
        wanted.append(DecisionState.LEGAL_CHECK)
    if user.has_role(Role.SIGNER):
        wanted.append(DecisionState.READY)
    decisions = (
        Decision.objects.filter(kind=Decision.Kind.NOT_PROCESSED, state__in=wanted)
        .exclude(drafted_by=user)
        .exclude(checked_by=user)
        .select_related("application__ikc")
        .order_by("drafted_at", "pk")
    )
    verbs = {DecisionState.LEGAL_CHECK: "Toets", DecisionState.READY: "Onderteken"}
    return [
        WorkItem(
            f"{verbs[DecisionState(decision.state)]} het besluit over {decision.application.ikc}",
            decision.get_absolute_url(),
            "de aanvraag niet behandelen",
            decision.get_state_display(),
            "warning",
        )
        for decision in decisions
    ]
