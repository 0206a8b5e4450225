"""What the clock does with accounts: reminding before the day, giving a new term after it, and saying what is late (Awb 4:44).

Each reminder goes out once; the row of the reminder is what keeps the sweep from sending it twice.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from kvk2.core.deadlines import local_date
from subsidies.models import AccountabilityReport, AccountReminder
from subsidies.services.account_letters import order_new_term, order_reminder
from subsidies.services.accounts import lock, move, note
from subsidies.states_accountability import AccountState

# So long before its last day the recipient is reminded of an account that did not come in.
REMIND_BEFORE = timedelta(weeks=4)
# The term that the college sets when nothing came in (Awb 4:44(3)).
EXTRA_TERM = timedelta(weeks=4)
Kind = AccountReminder.Kind


def remind(*, at: datetime) -> int:
    """Send what is due today; the number of letters ordered."""
    today = local_date(at)
    rows = AccountabilityReport.objects.exclude(grant__state="revoked")
    soon = rows.filter(state=AccountState.DUE, due_on__lte=today + REMIND_BEFORE, due_on__gte=today)
    late = rows.overdue(today)
    return sum(
        [_before(pk, at) for pk in _without(soon, Kind.BEFORE)]
        + [_after(pk, at) for pk in late.order_by("pk").values_list("pk", flat=True)]
    )


def _without(rows: "QuerySet[AccountabilityReport]", kind: str) -> list[int]:
    told = AccountReminder.objects.filter(kind=kind).values("report")
    return list(rows.exclude(pk__in=told).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _before(pk: int, at: datetime) -> bool:
    report = lock(AccountabilityReport(pk=pk))
    if report.state != AccountState.DUE or report.reminders.filter(kind=Kind.BEFORE).exists():
        return False
    letter = order_reminder(report, at=at)
    AccountReminder.objects.create(report=report, kind=Kind.BEFORE, letter=letter, sent_at=at)
    note(report, "account_reminded", by=None, at=at, due_on=str(report.due_on))
    return True


@transaction.atomic
def _after(pk: int, at: datetime) -> bool:
    report = lock(AccountabilityReport(pk=pk))
    if report.state != AccountState.DUE:
        return False
    report.extra_due_on = local_date(at) + EXTRA_TERM
    move(
        report,
        "lapse",
        "account_overdue",
        "extra_due_on",
        by=None,
        at=at,
        due_on=str(report.extra_due_on),
    )
    letter = order_new_term(report, at=at)
    AccountReminder.objects.create(report=report, kind=Kind.AFTER, letter=letter, sent_at=at)
    return True
