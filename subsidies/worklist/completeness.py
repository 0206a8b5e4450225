"""Completions to supply and to judge."""

from datetime import date

from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import CompletionRequest, Correction
from subsidies.states import ApplicationState, CorrectionState


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    items: list[WorkItem] = []
    if user.has_role(Role.PROJECT_LEADER):
        items += _to_judge()
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
