"""Claims on recipients: to decide on, to pay, and what to do when the term is over (Awb 4:57, 4:112, 4:114)."""

from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.models import Decision, Recovery
from subsidies.services.acts import UNTAKEN
from subsidies.states_accountability import RECOVERY_OPEN, RecoveryState

State = RecoveryState
# Nobody reminds of a claim that was put off, and a writ is in the hands of a bailiff.
UNREMINDED = frozenset({State.SENT, State.PARTLY_PAID, State.OVERDUE})


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    """The tasks of `user`; no query for somebody whom none of them concerns."""
    if user.has_role(Role.PROJECT_LEADER):
        return _of_leader(user, today)
    if user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD):
        return _of_recipient(user, today)
    return []


def _of_leader(user: User, today: date) -> list[WorkItem]:
    drafts = Decision.objects.filter(
        grant=OuterRef("grant"), kind=Decision.Kind.RECOVERY, state__in=UNTAKEN
    )
    rows = Recovery.objects.visible_to(user).filter(state__in=[State.PROPOSED, *RECOVERY_OPEN])
    found = list(
        rows.annotate(drafted=Exists(drafts)).values_list(
            "state", "drafted", "due_on", "reminder_due_on"
        )
    )
    to_decide = sum(state == State.PROPOSED and not drafted for state, drafted, *_ in found)
    late = [due for state, _, due, _ in found if state in UNREMINDED and due and due < today]
    silent = [due for state, *_, due in found if state == State.REMINDED and due and due < today]
    return [
        *_task(to_decide, "voorgesteld: neem een besluit", State.PROPOSED, "besluiten", "warning"),
        *_task(
            len(late), "niet op tijd betaald: maan aan", State.OVERDUE, "te laat", "danger", late
        ),
        *_task(
            len(silent),
            "ook na de aanmaning niet betaald",
            State.REMINDED,
            "dwangbevel",
            "danger",
            silent,
        ),
    ]


def _task(
    count: int,
    what: str,
    state: str,
    badge: str,
    kind: str,
    days: list[date] | None = None,
) -> list[WorkItem]:
    if not count:
        return []
    noun = "terugvordering" if count == 1 else "terugvorderingen"
    url = f"{reverse('subsidies:recovery_list')}?status={state}"
    hint = "de eerste moest op deze dag zijn betaald" if days else ""
    return [WorkItem(f"{count} {noun} {what}", url, hint, badge, kind, min(days) if days else None)]


def _of_recipient(user: User, today: date) -> list[WorkItem]:
    rows = (
        Recovery.objects.visible_to(user)
        .filter(state__in=RECOVERY_OPEN)
        .select_related("grant__application__ikc")
        .order_by("due_on", "pk")
    )
    return [_to_pay(row, today) for row in rows]


def _to_pay(recovery: Recovery, today: date) -> WorkItem:
    last = {State.DEFERRED: recovery.deferred_until, State.REMINDED: recovery.reminder_due_on}.get(
        State(recovery.state), recovery.due_on
    )
    late = last is not None and last < today
    application = recovery.grant.application
    return WorkItem(
        f"Betaal de subsidie van {application.ikc} terug",
        recovery.get_absolute_url(),
        application.number,
        "te laat" if late else "terug te betalen",
        "danger" if late else "warning",
        last,
    )
