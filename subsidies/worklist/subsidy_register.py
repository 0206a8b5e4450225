"""Decisions to check before the public may read them (Woo 3.3a)."""

from datetime import date

from django.db.models import Count, Min, Q
from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import RegisterEntry
from subsidies.states_subsidy_register import RegisterState
from subsidies.subsidy_register_page import UP_TO_DATE, oldest_allowed


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    if not user.has_role(Role.PROJECT_LEADER):
        return []
    waits = Q(state=RegisterState.PREPARED)
    asked = Q(objected_on__isnull=False, objection_verdict="")
    facts = RegisterEntry.objects.filter(waits | asked).aggregate(
        waiting=Count("pk", filter=waits),
        oldest=Min("decided_on", filter=waits),
        objections=Count("pk", filter=asked),
    )
    items = []
    url = reverse("subsidies:subsidy_register")
    if facts["waiting"]:
        count, late = facts["waiting"], facts["oldest"] < oldest_allowed(today)
        what = "besluit" if count == 1 else "besluiten"
        items.append(
            WorkItem(
                f"Controleer {count} {what} voor het subsidieregister",
                f"{url}?status={RegisterState.PREPARED}",
                "",
                "te laat" if late else "te controleren",
                "danger" if late else "warning",
                facts["oldest"] + UP_TO_DATE,
            )
        )
    if facts["objections"]:
        items.append(
            WorkItem(
                "Beslis over bedenkingen tegen openbaarmaking", url, "", "bedenking", "warning"
            )
        )
    return items
