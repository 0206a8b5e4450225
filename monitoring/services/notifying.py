"""Who hears by e-mail that figures are asked for, come back, or wait."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from ikc.models import RoleAssignment, User
from ikc.notices import NoticeKind
from ikc.roles import Role
from ikc.services.notices import notify_users
from kvk2.core.deadlines import local_date
from monitoring.models import MonitoringCycle, Return


def tell_entering(
    return_: Return, template: str, *, by: User | None, at: datetime, **context: Any
) -> None:
    """An e-mail to who may type the figures of one return: the directors of the IKC and the bureau."""
    wanted = Q(role=Role.RESEARCHER) | Q(role=Role.IKC_DIRECTOR, ikc=return_.agreement.ikc_id)
    _tell(wanted, template, {"return_": return_, **context}, by=by, at=at)


def tell_all_entering(cycle: MonitoringCycle, *, by: User | None, at: datetime) -> None:
    """An e-mail to all who may type figures of this year, with the last day (domain reference 5.6, COLLECTING)."""
    ikcs = cycle.returns.values("agreement__ikc")
    wanted = Q(role=Role.RESEARCHER) | Q(role=Role.IKC_DIRECTOR, ikc__in=ikcs)
    _tell(wanted, "figures_asked", {"cycle": cycle}, by=by, at=at)


def tell_group(cycle: MonitoringCycle, *, at: datetime) -> None:
    """An e-mail to the Ontwikkelgroep: all figures of the year were checked and can be adopted."""
    _tell(Q(role=Role.DEVELOPMENT_GROUP), "figures_checked", {"cycle": cycle}, by=None, at=at)


def _tell(
    wanted: Q, template: str, context: dict[str, Any], *, by: User | None, at: datetime
) -> None:
    people = [user for user in _holders(wanted, local_date(at)) if user != by]
    notify_users(people, NoticeKind.MONITORING, f"monitoring/mail/{template}", context, at=at)


def _holders(wanted: Q, day: date) -> list[User]:
    rows = (
        RoleAssignment.objects.active_on(day).filter(wanted).select_related("user").order_by("pk")
    )
    return list(dict.fromkeys(row.user for row in rows if row.user.is_active))
