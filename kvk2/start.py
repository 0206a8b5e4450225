"""The start page: what each role still has to do, gathered from the apps."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

import agreements.worklist
import ikc.worklist
import monitoring.worklist
import subsidies.worklist
from kvk2.core.worklist import by_urgency

SOURCES = (
    subsidies.worklist.tasks_for,
    agreements.worklist.tasks_for,
    monitoring.worklist.tasks_for,
    ikc.worklist.tasks_for,
)
PANELS = (
    subsidies.worklist.panels_for,
    agreements.worklist.panels_for,
    monitoring.worklist.panels_for,
    ikc.worklist.panels_for,
)


@require_safe
def start(request):
    """'/': the work list of the user, and the figures that their roles may see."""
    today = timezone.localdate()
    tasks = [item for source in SOURCES for item in source(request.user, today=today)]
    panels = [panel for source in PANELS for panel in source(request.user, today=today)]
    return render(
        request,
        "start.html",
        {"tasks": by_urgency(tasks), "panels": panels, "today": today},
    )
