"""What waits for a user in this app, and what the start page shows of it."""

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse

from ikc.roles import Role
from kvk2.core.worklist import Desk, Panel, WorkItem
from kvk2.nlds.components import Progress
from monitoring import worklist_pdca
from monitoring.models import AnnualReport, MonitoringCycle, Return
from monitoring.querysets import sees_every_ikc
from monitoring.report_tasks import report_tasks
from monitoring.states import EDITABLE, CycleState, ReportStage, ReportState, ReturnState

if TYPE_CHECKING:
    from ikc.models import User


def desk_of(user: "User", *, today: date) -> Desk:
    cycles = RunningCycles(user)
    return Desk(
        tasks_for(user, today=today, cycles=cycles), panels_for(user, today=today, cycles=cycles)
    )


class RunningCycles:
    """The cycles that are planned or collected, with how many figures are in; asked once, and only when needed."""

    def __init__(self, user: "User") -> None:
        self.user = user

    @cached_property
    def all(self) -> list[MonitoringCycle]:
        """Annotated with total and done: for who sees the figures of every IKC."""
        return list(
            MonitoringCycle.objects.visible_to(self.user)
            .filter(state__in=[CycleState.PLANNED, CycleState.COLLECTING])
            .select_related("year")
            .annotate(
                total=Count("returns"),
                done=Count("returns", filter=~Q(returns__state__in=EDITABLE)),
            )
            .order_by("year__index", "pk")
        )


def tasks_for(user: "User", *, today: date, cycles: RunningCycles | None = None) -> list[WorkItem]:
    """Figures to enter, cycles to open or close, reports that failed."""
    cycles = cycles or RunningCycles(user)
    return [
        *_figures(user, today),
        *_returns_to_judge(user),
        *_cycles(user, cycles),
        *_failed_reports(user),
        *report_tasks(user, today=today),
        *worklist_pdca.tasks_for(user, today=today),
    ]


def _figures(user: "User", today: date) -> list[WorkItem]:
    if not user.has_role(Role.RESEARCHER, Role.IKC_DIRECTOR):
        return []
    returns = (
        Return.objects.visible_to(user)
        .to_enter(today)
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


def _returns_to_judge(user: "User") -> list[WorkItem]:
    """Figures that wait for a second person, or for the Ontwikkelgroep: one line per year."""
    checks, adopts = user.has_role(Role.RESEARCHER), user.has_role(Role.DEVELOPMENT_GROUP)
    if not (checks or adopts):
        return []
    wanted = Q()
    if checks:
        wanted |= Q(state=ReturnState.SUBMITTED) & ~Q(submitted_by=user)
    if adopts:
        wanted |= Q(state=ReturnState.CHECKED)
    rows = (
        Return.objects.visible_to(user)
        .filter(wanted)
        .values("cycle_id", "cycle__year__label", "state")
        .annotate(number=Count("pk"))
        .order_by("cycle__year__index", "state")
    )
    return [_to_judge(row) for row in rows]


def _to_judge(row: dict) -> WorkItem:
    """'Cijfers controleren van 3 IKC's' for the bureau, 'Cijfers vaststellen …' for the Ontwikkelgroep."""
    checking = row["state"] == ReturnState.SUBMITTED
    verb = "controleren" if checking else "vaststellen"
    whose = "1 IKC" if row["number"] == 1 else f"{row['number']} IKC's"
    return WorkItem(
        title=f"Cijfers {verb} van {whose}",
        url=reverse("monitoring:cycle_detail", args=[row["cycle_id"]]),
        hint=f"Schooljaar {row['cycle__year__label']}",
        badge=ReturnState(row["state"]).label,
        kind="warning",
    )


def _cycles(user: "User", cycles: RunningCycles) -> list[WorkItem]:
    if not user.has_role(Role.PROJECT_LEADER):
        return []
    items = []
    for cycle in cycles.all:
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
    failed = (
        AnnualReport.objects.visible_to(user)
        .filter(state=ReportState.FAILED)
        .for_list()
        .select_related(None)
        .select_related("agreement__ikc")
        .only("error", "batch_id", "agreement__ikc__name")
    )
    return [
        WorkItem(
            title=f"Rapport ‘{report.title}’ opnieuw laten maken",
            url=reverse("monitoring:batch_detail", args=[report.batch_id]),
            hint=report.error,
            badge="mislukt",
            kind="danger",
        )
        for report in failed
    ]


def panels_for(user: "User", *, today: date, cycles: RunningCycles | None = None) -> list[Panel]:
    """How far the figures of this year are, and the newest reports, for those who read them."""
    return [*_collecting(user, cycles or RunningCycles(user)), *_newest_reports(user)]


def _collecting(user: "User", cycles: RunningCycles) -> list[Panel]:
    if not sees_every_ikc(user):
        return []
    rows = [
        Progress(
            f"Schooljaar {cycle.year}",
            cycle.get_absolute_url(),
            cycle.done,
            cycle.total,
            "IKC’s hebben hun cijfers ingediend",
        )
        for cycle in cycles.all
        if cycle.state == CycleState.COLLECTING and cycle.total
    ]
    context = {"heading": "Monitoring", "slug": "monitoring", "rows": rows}
    return [Panel("components/panel_progress.html", context)] if rows else []


def _newest_reports(user: "User") -> list[Panel]:
    if not user.has_role(Role.DEVELOPMENT_GROUP, Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD):
        return []
    reports = list(
        AnnualReport.objects.visible_to(user)
        .filter(current__isnull=False)
        .exclude(stage=ReportStage.REPLACED)
        .select_related("agreement__ikc", "current__stored", "batch__cycle__year")
        .defer("current__dataset")
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
