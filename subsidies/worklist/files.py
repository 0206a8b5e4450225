"""Files that the virus scanner refused: for who can bring another one, and for who has to ask for it."""

from datetime import date

from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.models import StoredFile
from kvk2.core.worklist import WorkItem
from subsidies.models import Attachment
from subsidies.states import ApplicationState, RoundState
from subsidies.worklist.reads import Matter, StartReads


def tasks_for(user: User, *, today: date, reads: StartReads | None = None) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    tasks: list[WorkItem] = []
    if user.has_role(Role.IKC_DIRECTOR):
        tasks += _to_replace(user)
    if user.has_role(Role.PROJECT_LEADER):
        tasks += _to_ask_for(reads or StartReads(user))
    return tasks


def _to_replace(user: User) -> list[WorkItem]:
    own = (
        Attachment.objects.filter(
            stored__scan_state=StoredFile.ScanState.INFECTED,
            application__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR),
            application__state=ApplicationState.DRAFT,
            application__round__state=RoundState.OPEN,
        )
        .select_related("stored")
        .order_by("pk")
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


def _to_ask_for(reads: StartReads) -> list[WorkItem]:
    return [
        WorkItem(
            f"Vraag om een ander bestand bij {row.number}",
            reverse("subsidies:application_detail", args=[row.application]),
            f"de virusscanner heeft ‘{row.name}’ geweigerd",
            "virus gevonden",
            "danger",
        )
        for row in reads.about(Matter.FILE)
    ]
