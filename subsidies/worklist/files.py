"""Files that the virus scanner refused: for who can bring another one, and for who has to ask for it."""

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.models import StoredFile
from kvk2.core.worklist import WorkItem
from subsidies.models import Attachment
from subsidies.states import ApplicationState, RoundState

UNCHECKED = (ApplicationState.SUBMITTED, ApplicationState.CHECKING)


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    tasks: list[WorkItem] = []
    if user.has_role(Role.IKC_DIRECTOR):
        tasks += _to_replace(user)
    if user.has_role(Role.PROJECT_LEADER):
        tasks += _to_ask_for()
    return tasks


def _infected() -> QuerySet[Attachment]:
    return (
        Attachment.objects.filter(stored__scan_state=StoredFile.ScanState.INFECTED)
        .select_related("stored", "application")
        .order_by("pk")
    )


def _to_replace(user: User) -> list[WorkItem]:
    own = _infected().filter(
        application__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR),
        application__state=ApplicationState.DRAFT,
        application__round__state=RoundState.OPEN,
    )
    return [
        WorkItem(
            f"Vervang ‘{attachment.stored.name}’",
            reverse("subsidies:application_attachments", args=[attachment.application_id]),
            "met dit bestand kunt u niet indienen",
            "virus gevonden",
            "danger",
        )
        for attachment in own
    ]


def _to_ask_for() -> list[WorkItem]:
    return [
        WorkItem(
            f"Vraag om een ander bestand bij {attachment.application.number}",
            attachment.application.get_absolute_url(),
            f"de virusscanner heeft ‘{attachment.stored.name}’ geweigerd",
            "virus gevonden",
            "danger",
        )
        for attachment in _infected().filter(application__state__in=UNCHECKED)
    ]
