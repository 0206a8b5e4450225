"""What waits in the review of the attention areas: its next step, and the IKCs that came in or went out."""

from datetime import date

from django.urls import reverse

from ikc.models import AreaRecalibration, User
from ikc.roles import Role
from ikc.services.recalibration_effect import EVERY
from ikc.states_areas import RecalibrationState
from kvk2.core.worklist import WorkItem

S = RecalibrationState
# What the project leader does next: words, hint.
NEXT = {
    S.PLANNED: ("Verzamel de cijfers voor", "lees de cijfers van de bronnen in"),
    S.COLLECTING: ("Leg de analyse vast van", "als alle cijfers zijn ingelezen"),
    S.ANALYSED: ("Laat het bestuurlijk overleg spreken over", "wijs eerst de gebieden aan"),
}


def area_tasks(user: User, *, today: date) -> list[WorkItem]:
    """The tasks of a project leader or a signer about the list of areas; one query."""
    is_leader = user.has_role(Role.PROJECT_LEADER)
    found = list(AreaRecalibration.objects.with_waiting().order_by("-year"))
    tasks = []
    for one in found:
        if is_leader and (task := _next(one) or _ikcs(one)):
            tasks.append(task)
        if one.state == S.DISCUSSED and user.has_role(Role.SIGNER):
            tasks.append(
                WorkItem(
                    "Stel de nieuwe lijst van aandachtsgebieden vast",
                    one.get_absolute_url(),
                    f"{one}: besproken in het bestuurlijk overleg",
                    "vast te stellen",
                    "warning",
                )
            )
    if (
        is_leader
        and found
        and found[0].state == S.EFFECTIVE
        and found[0].year + EVERY <= today.year
    ):
        tasks.append(
            WorkItem(
                "Plan de herijking van de aandachtsgebieden",
                reverse("ikc:recalibration_list"),
                f"de lijst van nu is van {found[0].year}",
                "elke twee jaar",
            )
        )
    return tasks


def _next(one: AreaRecalibration) -> WorkItem | None:
    if one.state not in NEXT:
        return None
    words, hint = NEXT[S(one.state)]
    return WorkItem(
        f"{words} de {str(one).lower()}", one.get_absolute_url(), hint, one.get_state_display()
    )


def _ikcs(one: AreaRecalibration) -> WorkItem | None:
    count = one.waiting
    if not count:
        return None
    who = "1 IKC" if count == 1 else f"{count} IKC’s"
    return WorkItem(
        f"Bespreek met {who} wat de {str(one).lower()} betekent",
        f"{one.get_absolute_url()}#ikcs",
        "het IKC kwam in een aandachtsgebied, of ging eruit",
        "te bespreken",
        "warning",
    )
