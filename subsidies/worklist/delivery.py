"""Messages of which nobody heard within 48 hours (Awb 2:10): for who has to reach the addressee another way."""

from datetime import date

from django.urls import reverse
from django.utils import timezone

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.services import plus_delivery
from subsidies.services.delivery import UNREACHED, unannounced

# More messages than this are one line among the tasks.
ONE_BY_ONE = 2


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    if not user.has_role(Role.PROJECT_LEADER):
        return []
    return [*_messages(), *_plus_letters()]


def _plus_letters() -> list[WorkItem]:
    """One query."""
    letters = plus_delivery.unannounced(timezone.now()).select_related("status__ikc__board")
    return [
        WorkItem(
            f"Bereik {letter.status.ikc.board} over ‘{letter.get_kind_display()}’",
            reverse("subsidies:plus_delivery", args=[letter.pk]),
            "er kwam binnen 48 uur geen melding aan",
            "niet bereikt",
            "danger",
        )
        for letter in letters.order_by("signed_at", "pk")
    ]


def _messages() -> list[WorkItem]:
    waiting = list(
        unannounced(timezone.now()).select_related("organisation").order_by("posted_at", "pk")
    )
    if len(waiting) > ONE_BY_ONE:
        return [
            WorkItem(
                f"Bereik de ontvangers van {len(waiting)} berichten",
                f"{reverse('subsidies:message_list')}?status={UNREACHED}",
                "er kwam binnen 48 uur geen melding aan",
                "niet bereikt",
                "danger",
            )
        ]
    return [
        WorkItem(
            f"Bereik {message.organisation} over ‘{message.subject}’",
            message.get_absolute_url(),
            "er kwam binnen 48 uur geen melding aan",
            "niet bereikt",
            "danger",
        )
        for message in waiting
    ]
