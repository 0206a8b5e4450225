"""The things of this app that a meeting may be about."""

from ikc.agenda import Subject, register
from monitoring.models import MonitoringCycle, ReportBatch
from monitoring.states import CycleState, ReportStage

# The report of a year is discussed before it is adopted.
DISCUSSED_IN = (CycleState.DRAFT_REPORT, CycleState.FACT_CHECK)


def register_subjects() -> None:
    register(
        Subject(
            "monitoringcycle",
            "Jaarrapport",
            seen=lambda user: MonitoringCycle.objects.visible_to(user).select_related("year"),
            waiting=lambda user: (
                MonitoringCycle.objects.visible_to(user)
                .filter(state__in=DISCUSSED_IN)
                .select_related("year")
                .order_by("year__index", "pk")
            ),
        )
    )
    register(
        Subject(
            "reportbatch",
            "Verbetering van jaarrapporten",
            seen=lambda user: ReportBatch.objects.visible_to(user).select_related("cycle__year"),
            # the first number is discussed with its year
            waiting=lambda user: (
                ReportBatch.objects.visible_to(user)
                .filter(number__gt=1, reports__stage__in=[ReportStage.CONCEPT, ReportStage.HEARING])
                .select_related("cycle__year")
                .distinct()
                .order_by("-cycle__year__index", "-number")
            ),
        )
    )
