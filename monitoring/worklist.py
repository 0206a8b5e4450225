"""What waits for a user in this app, and what the start page shows of it."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse

from ikc.roles import Role
from kvk2.core.worklist import Panel, WorkItem
from kvk2.nlds.components import Progress
from monitoring.models import AnnualReport, MonitoringCycle, Return
from monitoring.querysets import sees_every_ikc
from monitoring.states import EDITABLE, CycleState, ReportState

if TYPE_CHECKING:
    from ikc.models import User


def tasks_for(user: "User", *, today: date) -> list[WorkItem]:
    """Figures to enter, cycles to open or close, reports that failed."""
    return [*_figures(user), *_cycles(user), *_failed_reports(user)]


def _figures(user: "User") -> list[WorkItem]:
    if not user.has_role(Role.RESEARCHER, Role.IKC_DIRECTOR):
        return []
    returns = (
        Return.objects.visible_to(user)
        .filter(state__in=EDITABLE, cycle__state=CycleState.COLLECTING)
        .for_list()
        .with_completeness()
        .order_by("cycle__submit_by", "agreement__ikc__name", "pk")
    )
    if not user.has_role(Role.RESEARCHER):
        returns = returns.filter(agreement__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
    return [
        WorkItem(
            title=f"Cijfers invoeren van {return_.version.ikc_name}",
            url=return_.get_absolute_url(),
            hint=f"{return_.cycle.year}: {return_.measured_count} van {return_.indicator_count} indicatoren ingevuld",
            badge=return_.get_state_display(),
            kind=return_.badge,
            due=return_.cycle.submit_by,
        )
        for return_ in returns
    ]


def _cycles(user: "User") -> list[WorkItem]:
    if not user.has_role(Role.PROJECT_LEADER):
        return []
    items = []
    for cycle in (
        MonitoringCycle.objects.visible_to(user)
        .filter(state__in=[CycleState.PLANNED, CycleState.COLLECTING])
        .for_list()
        .order_by("year__index", "pk")
    ):
        planned = cycle.state == CycleState.PLANNED
        items.append(
            WorkItem(
                title=f"Monitoring {cycle.year}: {'invoer openen' if planned else 'invoer volgen en sluiten'}",
                url=cycle.get_absolute_url(),
                hint="Dan moeten alle cijfers binnen zijn",
                badge=cycle.get_state_display(),
                kind=cycle.badge,
                due=cycle.submit_by,
            )
        )
    return items


def _failed_reports(user: "User") -> list[WorkItem]:
    if not user.has_role(Role.PROJECT_LEADER):
        return []
    failed = AnnualReport.objects.visible_to(user).filter(state=ReportState.FAILED).for_list()
    return [
        WorkItem(
            title=f"Rapport ‘{report.title}’ opnieuw laten maken",
            url=report.batch.get_absolute_url(),
            hint=report.error,
            badge="mislukt",
            kind="danger",
        )
        for report in failed
    ]


def panels_for(user: "User", *, today: date) -> list[Panel]:
    """How far the figures of this year are, and the newest reports, for those who read them."""
    return [*_collecting(user), *_newest_reports(user)]


def _collecting(user: "User") -> list[Panel]:
    if not sees_every_ikc(user):
        return []
    cycles = (
        MonitoringCycle.objects.visible_to(user)
        .filter(state=CycleState.COLLECTING)
        .for_list()
        .annotate(
            total=Count("returns"), done=Count("returns", filter=~Q(returns__state__in=EDITABLE))
        )
        .order_by("year__index", "pk")
    )
    rows = [
        Progress(
            f"Schooljaar {cycle.year}",
            cycle.get_absolute_url(),
            cycle.done,
            cycle.total,
            "IKC’s hebben hun cijfers ingediend",
        )
        for cycle in cycles
        if cycle.total
    ]
    context = {"heading": "Monitoring", "slug": "monitoring", "rows": rows}
    return [Panel("components/panel_progress.html", context)] if rows else []


def _newest_reports(user: "User") -> list[Panel]:
    if not user.has_role(Role.DEVELOPMENT_GROUP, Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD):
        return []
    reports = list(
        AnnualReport.objects.visible_to(user)
        .filter(state=ReportState.DONE)
        .select_related("agreement__ikc", "stored", "batch__cycle__year")
        .order_by("-batch__cycle__year__index", "-batch__number", "kind", "pk")[:6]
    )
    if not reports:
        return []
    return [
        Panel(
            "monitoring/_panel_reports.html",
            {"reports": reports, "all_url": reverse("monitoring:report_list")},
        )
    ]
