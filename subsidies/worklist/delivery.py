"""Messages of which nobody heard within 48 hours (Awb 2:10): for who has to reach the addressee another way."""

from datetime import date

from django.utils import timezone

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.services.delivery import unannounced

SHOWN = 10


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    if not user.has_role(Role.PROJECT_LEADER):
        return []
    waiting = unannounced(timezone.now()).select_related("organisation").order_by("posted_at", "pk")
    return [
        WorkItem(
            f"Bereik {message.organisation} over ‘{message.subject}’",
            message.get_absolute_url(),
            "er kwam binnen 48 uur geen melding aan",
            "niet bereikt",
            "danger",
        )
        for message in waiting[:SHOWN]
    ]
