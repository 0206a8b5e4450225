"""The warnings that a decision is late, on day 0, 7 and 14 after its term (domain reference 3.2; Awb 4:17, 6:12).

The work list shows the same for as long as it lasts; the mail comes once for each of these days. A sweep that was
missed is made up for within the days up to the next one.
"""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from ikc.models import RoleAssignment, User
from ikc.notices import NoticeKind
from ikc.roles import Role
from ikc.services.notices import notify_users
from kvk2.core.deadlines import local_date
from subsidies.models import Application, LateWarning, SubsidyRound
from subsidies.services.notices import written
from subsidies.terms import Line, decision_lines

WEEK = 7


@transaction.atomic
def warn_late_decisions(*, at: datetime) -> int:
    """Write down and mail what has to be warned for at `at`; the number of new warnings, nought when told before."""
    today = local_date(at)
    due = [
        (line, day)
        for line in decision_lines(Application.objects.order_by(), today)
        if (day := warning_day(line.due_on, today)) is not None
    ]
    new = [(line, day) for line, day in due if _first(line, day, at)]
    if new:
        _mail(new, today, at)
    return len(new)


def warning_day(last_day: date, today: date) -> int | None:
    """Which of the days 0, 7 and 14 has come and is less than a week ago."""
    late = (today - last_day).days
    return next((day for day in LateWarning.DAYS if 0 <= late - day < WEEK), None)


def _first(line: Line, day: int, at: datetime) -> bool:
    """False when another run was first."""
    _, created = LateWarning.objects.get_or_create(
        round_id=line.round_id,
        last_day=line.due_on,
        day=day,
        defaults={"applications": line.count, "warned_at": at},
    )
    return created


def _mail(new: list[tuple[Line, int]], today: date, at: datetime) -> None:
    """One mail to each who decides or prepares it, with all that is new."""
    rounds = SubsidyRound.objects.in_bulk({line.round_id for line, _ in new})
    rows = [
        {
            "round": str(rounds[line.round_id]),
            "count": line.count,
            "last_day": written(line.due_on),
            "days": (today - line.due_on).days,
        }
        for line, _ in sorted(new, key=lambda one: (one[0].due_on, one[0].round_id))
    ]
    context = {
        "rows": rows,
        "product": settings.MUNICIPALITY["product"],
        "url": f"{settings.SITE_URL}{reverse('subsidies:term_list')}",
    }
    template = "subsidies/mail/late_decisions"
    notify_users(_deciders(today), NoticeKind.LATE, template, context, at=at)


def _deciders(day: date) -> list[User]:
    """The project leaders and the signers of that day."""
    assignments = RoleAssignment.objects.active_on(day).filter(
        role__in=[Role.PROJECT_LEADER, Role.SIGNER], user__is_active=True
    )
    return list(User.objects.filter(pk__in=assignments.values("user")).order_by("email"))
