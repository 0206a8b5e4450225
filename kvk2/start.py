"""The start page: what each role still has to do, gathered from the apps."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

import agreements.worklist
import ikc.worklist
import monitoring.worklist
import subsidies.worklist
from kvk2.core.worklist import by_urgency

DESKS = (
    subsidies.worklist.desk_of,
    agreements.worklist.desk_of,
    monitoring.worklist.desk_of,
    ikc.worklist.desk_of,
)


@require_safe
def start(request):
    """'/': the work list of the user, and the figures that their roles may see."""
    today = timezone.localdate()
    desks = [desk_of(request.user, today=today) for desk_of in DESKS]
    tasks = [item for desk in desks for item in desk.tasks]
    panels = [panel for desk in desks for panel in desk.panels]
    return render(
        request,
        "start.html",
        {"tasks": by_urgency(tasks), "panels": panels, "today": today},
    )
