"""The exercise of the commission: to score for who has a say, to close for who leads when all scores are in."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import Calibration, CalibrationScoring, CommissionMember
from subsidies.states_calibration import CalibrationState


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """At most two queries; none for somebody outside the commission."""
    leads = user.has_role(Role.COMMISSION_SECRETARY)
    if not leads and not user.has_role(Role.COMMISSION_MEMBER):
        return []
    tasks = _to_score(user, today)
    return tasks + _to_close(today) if leads else tasks


def _open():
    return (
        Calibration.objects.filter(state=CalibrationState.OPEN)
        .select_related("round")
        .order_by("opened_at", "pk")
    )


def _to_score(user: User, today: date) -> list[WorkItem]:
    given = CalibrationScoring.objects.submitted().filter(
        calibration=OuterRef("pk"), member__user=user
    )
    seat = CommissionMember.objects.active_on(today).scoring().filter(user=user)
    return [
        WorkItem(
            "Beoordeel de oefenaanvraag",
            row.get_absolute_url(),
            str(row.round),
            "te doen",
            "warning",
        )
        for row in _open().filter(Exists(seat), ~Exists(given))
    ]


def _to_close(today: date) -> list[WorkItem]:
    """When everybody who sits there now has submitted."""
    submitted = Count("scorings", filter=Q(scorings__submitted_at__isnull=False))
    missing = (
        CommissionMember.objects.active_on(today)
        .scoring()
        .filter(user__is_active=True)
        .exclude(
            pk__in=CalibrationScoring.objects.submitted()
            .filter(calibration=OuterRef(OuterRef("pk")))
            .values("member")
        )
    )
    return [
        WorkItem(
            "Bespreek de oefening en sluit haar af",
            row.get_absolute_url(),
            str(row.round),
            "alle scores zijn binnen",
            "warning",
        )
        for row in _open().annotate(given=submitted).filter(~Exists(missing), given__gt=0)
    ]
