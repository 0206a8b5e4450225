"""E-mail about a status Plus: news that one may do without, and an intent that one may answer (Awb 4:8)."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from ikc.models import PlusReview, PlusStatus, RoleAssignment, User
from ikc.notices import NoticeKind
from ikc.roles import Role
from ikc.services.notices import notify_users
from kvk2.core.deadlines import local_date
from kvk2.core.mail import queue_mail


def tell_concerned(
    status: PlusStatus, template: str, context: dict[str, Any], *, at: datetime
) -> None:
    """News for the project leaders, and the director and the board of the IKC, as each chose."""
    people = _holding(status, local_date(at), Q(role=Role.PROJECT_LEADER) | _of_school(status))
    notify_users(people, NoticeKind.PLUS, template, _words(status) | context, at=at)


def tell_intent(review: PlusReview, *, at: datetime) -> None:
    """At once to the director and all boards of the IKC: they may answer before a day, so nobody may switch it off."""
    status, day = review.status, local_date(at)
    partners = status.ikc.partners.active_on(day).values("organisation")
    boards = Q(role=Role.CHILDCARE_BOARD, organisation__in=partners)
    for user in _holding(status, day, _of_school(status) | boards):
        queue_mail(user.email, "ikc/mail/plus_intent", _words(status) | {"review": review}, at=at)


def _of_school(status: PlusStatus) -> Q:
    return Q(role=Role.IKC_DIRECTOR, ikc=status.ikc_id) | Q(
        role=Role.SCHOOL_BOARD, organisation=status.ikc.board_id
    )


def _holding(status: PlusStatus, day: date, roles: Q) -> list[User]:
    held = RoleAssignment.objects.active_on(day).filter(roles)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def _words(status: PlusStatus) -> dict[str, Any]:
    return {
        "status": status,
        "product": settings.MUNICIPALITY["product"],
        "url": f"{settings.SITE_URL}{reverse('ikc:plus_detail', args=[status.ikc_id])}",
    }
