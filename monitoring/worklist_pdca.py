"""What waits for a user after measuring: own actions, effects to judge, goals to look back on, conclusions to adopt."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from agreements.models import Goal
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from monitoring.models import Action, Conclusion, GoalReview, Return
from monitoring.querysets import sees_every_ikc
from monitoring.services.reviewing import NOT_REVIEWED
from monitoring.states import EDITABLE
from monitoring.states_pdca import ActionState, ConclusionState, ReviewState

if TYPE_CHECKING:
    from ikc.models import User

# Beyond these the rest is on the list of actions.
MOST = 8
# An action is on the desk from so many days before its day.
AHEAD = 60


def tasks_for(user: "User", *, today: date) -> list[WorkItem]:
    """At most one query per kind of task, and none for whom it does not concern."""
    tasks = []
    if user.has_role(
        Role.PROJECT_LEADER, Role.IKC_DIRECTOR, Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD
    ):
        tasks += _own_actions(user, today)
    if user.has_role(Role.IKC_DIRECTOR):
        tasks += [*_effects(user, today, own=True), *_goals(user)]
    elif user.has_role(Role.PROJECT_LEADER):
        tasks += _effects(user, today, own=False)
    if user.has_role(Role.DEVELOPMENT_GROUP):
        tasks += _to_adopt(user)
    return tasks


def _own_actions(user: "User", today: date) -> list[WorkItem]:
    actions = (
        Action.objects.open()
        .filter(owner=user)
        .filter(Q(due_on__lte=today + timedelta(days=AHEAD)) | Q(state=ActionState.PROPOSED))
        .select_related("conclusion__of_return__version")
        .defer("conclusion__of_return__version__content")
        .order_by("due_on", "pk")
    )
    return [
        WorkItem(
            action.title,
            action.get_absolute_url(),
            f"verbeteractie van {action.conclusion.of_return.version.ikc_name}",
            badge="te laat" if action.is_late(today) else action.get_state_display(),
            kind="danger" if action.is_late(today) else action.badge,
            due=action.due_on,
        )
        for action in actions[:MOST]
    ]


def _effects(user: "User", today: date, *, own: bool) -> list[WorkItem]:
    """Of the own IKC one by one; for the project leader, who may judge all, one line."""
    waiting = Action.objects.to_judge(today).exclude(owner=user)
    if not own:
        count = waiting.count()
        if not count:
            return []
        return [
            WorkItem(
                f"Bekijk het effect van {count} {'actie' if count == 1 else 'acties'}",
                f"{reverse('monitoring:action_list')}?state=to_judge",
                "iemand anders dan de eigenaar beoordeelt of het werkt",
                badge="effect bekijken",
                kind="warning",
            )
        ]
    mine = waiting.filter(conclusion__of_return__agreement__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
    return [
        WorkItem(
            f"Bekijk het effect van ‘{action.title}’",
            action.get_absolute_url(),
            "werkt het?",
            badge="effect bekijken",
            kind="warning",
            due=action.effect_check_on,
        )
        for action in mine.order_by("effect_check_on", "pk")[:MOST]
    ]


def _goals(user: "User") -> list[WorkItem]:
    """Returns of the own IKC of which the figures are in and not every goal is looked back on."""
    goals = (
        Goal.objects.filter(programme=OuterRef("cycle__year__programme"))
        .order_by()
        .values("programme")
        .annotate(n=Count("pk"))
        .values("n")
    )
    done = (
        GoalReview.objects.filter(of_return=OuterRef("pk"), state=ReviewState.DONE)
        .order_by()
        .values("of_return")
        .annotate(n=Count("pk"))
        .values("n")
    )
    returns = (
        Return.objects.filter(agreement__ikc__in=user.ikc_ids(Role.IKC_DIRECTOR))
        .exclude(state__in=EDITABLE)
        .exclude(cycle__state__in=NOT_REVIEWED)
        .annotate(goals=Coalesce(Subquery(goals), 0), done=Coalesce(Subquery(done), 0))
        .filter(done__lt=F("goals"))
        .select_related("cycle__year", "version")
        .defer("version__content")
        .order_by("-cycle__year__index", "pk")
    )
    return [
        WorkItem(
            f"Kijk terug op {row.cycle.year}: vier vragen per doel",
            reverse("monitoring:review_overview", args=[row.pk]),
            f"{row.version.ikc_name}: {row.done} van {row.goals} doelen klaar",
            badge="terugblik",
            kind="warning",
        )
        for row in returns[:1]
    ]


def _to_adopt(user: "User") -> list[WorkItem]:
    if not sees_every_ikc(user):
        return []
    waiting = Conclusion.objects.filter(of_return=OuterRef("pk"), state=ConclusionState.PROPOSED)
    returns = (
        Return.objects.exclude(state__in=EDITABLE)
        .filter(Exists(waiting))
        .select_related("cycle__year", "version")
        .defer("version__content")
        .order_by("-cycle__year__index", "version__ikc_name", "pk")
    )
    return [
        WorkItem(
            f"Stel de conclusies over {row.version.ikc_name} vast",
            reverse("monitoring:review_overview", args=[row.pk]),
            f"schooljaar {row.cycle.year}",
            badge="voorgesteld",
            kind="warning",
        )
        for row in returns[:MOST]
    ]
