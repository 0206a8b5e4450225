"""Accounts to fill in, to sign and to judge; subsidies to determine."""

from datetime import date, timedelta

from django.urls import reverse

from ikc.models import User
from ikc.roles import Role
from kvk2.core.worklist import WorkItem
from subsidies.account_list import TO_CHECK, TO_DETERMINE
from subsidies.models import AccountabilityReport
from subsidies.states_accountability import EDITABLE, AccountState

State = AccountState
SOON = timedelta(weeks=4)


def tasks_for(user: User, *, today: date) -> list[WorkItem]:
    if user.has_role(Role.PROJECT_LEADER):
        return _of_leader(user, today)
    if user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD):
        return _of_recipient(user, today)
    return []


def _of_recipient(user: User, today: date) -> list[WorkItem]:
    rows = (
        AccountabilityReport.objects.visible_to(user)
        .filter(state__in=EDITABLE, grant__determined_amount=None)
        .select_related("grant__application__ikc")
        .order_by("due_on", "pk")
    )
    return [_item(row, today) for row in rows]


def _item(report: AccountabilityReport, today: date) -> WorkItem:
    application, due = report.grant.application, report.last_day
    if report.state == State.INCOMPLETE:
        title, words, kind = "Vul de verantwoording aan", "aanvulling gevraagd", "warning"
    elif report.state == State.OVERDUE:
        title, words, kind = "Dien de verantwoording in", "te laat", "danger"
    else:
        title, words = "Verantwoord de subsidie", "in te dienen"
        kind = "warning" if due <= today + SOON else "neutral"
    return WorkItem(
        f"{title} van {application.ikc}",
        report.get_absolute_url(),
        application.number,
        words,
        kind,
        due,
    )


def _of_leader(user: User, today: date) -> list[WorkItem]:
    """Those for which a determination is on its way are no task any more."""
    rows = AccountabilityReport.objects.visible_to(user).undetermined()
    found = list(rows.values_list("state", "extra_due_on"))
    to_check = sum(state in (State.SUBMITTED, State.CHECKING) for state, _ in found)
    accepted = sum(state == State.ACCEPTED for state, _ in found)
    silent = sum(
        state == State.OVERDUE and extra is not None and extra < today for state, extra in found
    )
    late = sum(state == State.OVERDUE for state, _ in found) - silent
    return [
        *_task(to_check, "te beoordelen", TO_CHECK, "ingediend", "warning"),
        *_task(accepted, "akkoord: stel de subsidie vast", TO_DETERMINE, "vaststellen", "warning"),
        *_task(late, "te laat, nieuwe termijn loopt", State.OVERDUE, "te laat", "neutral"),
        *_task(
            silent, "ook na de nieuwe termijn niet ingediend", State.OVERDUE, "te laat", "danger"
        ),
    ]


def _task(count: int, what: str, state: str, badge: str, kind: str) -> list[WorkItem]:
    if not count:
        return []
    noun = "verantwoording" if count == 1 else "verantwoordingen"
    url = f"{reverse('subsidies:account_list')}?status={state}"
    return [WorkItem(f"{count} {noun} {what}", url, "", badge, kind)]
