"""What the clock does with the status Plus: warnings 12, 6 and 3 months before its end, and the end (domain reference 5.2)."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from ikc.models import PlusStatus, RoleAssignment, User
from ikc.notices import NoticeKind
from ikc.roles import Role
from ikc.services.notices import notify_users
from ikc.services.plus_life import expire
from ikc.services.plus_record import lock_status
from kvk2.core.deadlines import local_date

# In months, the first one first.
WARNINGS = (12, 6, 3)
LONGEST = timedelta(days=366)


def warning_due(valid_until: date, today: date) -> int | None:
    """The last of the warnings whose day has come; None before the first."""
    return next(
        (months for months in reversed(WARNINGS) if _months_before(valid_until, months) <= today),
        None,
    )


def _months_before(day: date, months: int) -> date:
    """The same day of the month, or the 28th where that month may lack it."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))


def warn_ending(*, at: datetime) -> int:
    """Send each warning that is due and was not sent; the number of statuses."""
    today = local_date(at)
    ending = PlusStatus.objects.running().filter(
        valid_until__gte=today, valid_until__lte=today + LONGEST
    )
    return sum(_warn(status, at=at) for status in ending.order_by("pk"))


@transaction.atomic
def _warn(status: PlusStatus, *, at: datetime) -> bool:
    status = lock_status(status)
    if status.valid_until is None:
        return False
    months = warning_due(status.valid_until, local_date(at))
    if months is None or (status.warned_months or 13) <= months:
        return False
    status.warned_months = months
    status.save(update_fields=["warned_months"])
    context = {
        "status": status,
        "months": months,
        "product": settings.MUNICIPALITY["product"],
        "url": f"{settings.SITE_URL}{reverse('ikc:plus_detail', args=[status.ikc_id])}",
    }
    people = _concerned(status, local_date(at))
    notify_users(people, NoticeKind.PLUS, "ikc/mail/plus_ending", context, at=at)
    return True


def _concerned(status: PlusStatus, day: date) -> list[User]:
    """The project leaders, and the director and the board of the IKC."""
    held = RoleAssignment.objects.active_on(day).filter(
        Q(role=Role.PROJECT_LEADER)
        | Q(role=Role.IKC_DIRECTOR, ikc=status.ikc_id)
        | Q(role=Role.SCHOOL_BOARD, organisation=status.ikc.board_id)
    )
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def expire_ended(*, at: datetime) -> int:
    """Let every status expire whose last day is over; the number."""
    ended = PlusStatus.objects.running().filter(valid_until__lt=local_date(at))
    return len([expire(status, at=at) for status in ended.order_by("pk")])
