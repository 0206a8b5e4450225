"""The things of this app that a meeting may be about."""

from ikc.agenda import Subject, register
from monitoring.models import MonitoringCycle
from monitoring.states import CycleState

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
