"""What the municipality does with an account: complete or not, what it finds of each part, and in order (domain reference 3.8).

No verdict here changes an amount: that is the determination, a decision of its own (Awb 4:46).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import (
    AccountabilityReport,
    ActivityResult,
    ActualLine,
    Done,
    DutyVerdict,
    Obligation,
    ReportCompletion,
)
from subsidies.services.account_letters import order_completion, order_new_term
from subsidies.services.accounts import lock, move, note
from subsidies.states_accountability import ACCOUNT_WORKFLOW, AccountState

if TYPE_CHECKING:
    from ikc.models import User

LONGEST_TERM = timedelta(weeks=26)


class CheckIncomplete(DomainError):
    """A verdict that lacks its reason, or a part that nobody judged."""


class TermInvalid(DomainError):
    """A term that has passed already, or is longer than half a year."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one activity or duty, by the code of its verdict; '' while nobody judged it."""

    verdict: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unnecessary:
    """Euros of one line that were not reasonably necessary, and why (Awb 4:46(3))."""

    amount: Decimal
    reason: str = ""


@transaction.atomic
def start_check(report: AccountabilityReport, *, by: "User", at: datetime) -> AccountabilityReport:
    """A project leader takes it up. Refusal: `TransitionNotAllowed`."""
    report = lock(report)
    move(report, "check", "account_check_started", by=by, at=at)
    return report


@transaction.atomic
def request_completion(
    report: AccountabilityReport, *, asked: str, due_on: date, by: "User", at: datetime
) -> ReportCompletion:
    """Say what is missing, with a term. Refusals: `CheckIncomplete`, `TermInvalid`, `TransitionNotAllowed`."""
    report = lock(report)
    if not asked.strip():
        raise CheckIncomplete("Schrijf op wat er ontbreekt.")
    require_term(due_on, at)
    move(report, "ask_completion", "account_completion_asked", by=by, at=at, due_on=str(due_on))
    request = ReportCompletion.objects.create(
        report=report, asked=asked.strip(), asked_at=at, asked_by=by, due_on=due_on
    )
    order_completion(request, at=at)
    return request


def expire_completions(*, at: datetime) -> int:
    """End the requests whose last day is over; the check goes on with what there is. The number ended."""
    over = ReportCompletion.objects.filter(closed_at=None, due_on__lt=local_date(at))
    return sum(_expire(pk, at) for pk in over.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _expire(pk: int, at: datetime) -> bool:
    request = (
        ReportCompletion.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=pk, closed_at=None)
        .first()
    )
    if request is None:
        return False
    report = lock(request.report)
    request.closed_at, request.outcome = at, ReportCompletion.Outcome.EXPIRED
    request.save(update_fields=["closed_at", "outcome"])
    move(report, "resume", "account_completion_expired", by=None, at=at)
    return True


@transaction.atomic
def judge_report(
    report: AccountabilityReport,
    *,
    activities: Mapping[int, Verdict],
    duties: Mapping[int, Verdict],
    unnecessary: Mapping[int, Unnecessary],
    assessment: str,
    by: "User",
    at: datetime,
) -> AccountabilityReport:
    """Keep what was found so far, by the id of each row. Refusals: `CheckIncomplete`, `TransitionNotAllowed`."""
    report = lock(report)
    ACCOUNT_WORKFLOW.target("accept", state=report.state)
    _judge_activities(report, activities)
    _judge_duties(report, duties)
    _judge_lines(report, unnecessary)
    report.assessment = assessment.strip()
    report.save(update_fields=["assessment"])
    note(report, "account_judged", by=by, at=at)
    return report


def _judge_activities(report: AccountabilityReport, found: Mapping[int, Verdict]) -> None:
    rows = list(report.results.select_related("activity"))
    for row in rows:
        if verdict := found.get(row.pk):
            if verdict.verdict in (Done.PARTLY, Done.NOT_DONE) and not verdict.note.strip():
                raise CheckIncomplete(f"Schrijf op waarom ‘{row}’ niet (helemaal) is uitgevoerd.")
            row.verdict, row.verdict_note = verdict.verdict, verdict.note.strip()
    ActivityResult.objects.bulk_update(rows, ["verdict", "verdict_note"])


def _judge_duties(report: AccountabilityReport, found: Mapping[int, Verdict]) -> None:
    known = {duty.pk for duty in standard_duties(report)}
    for pk, verdict in found.items():
        if pk not in known:
            raise CheckIncomplete("Deze verplichting hoort niet bij deze subsidie.")
        if not verdict.verdict:
            report.duties.filter(obligation=pk).delete()
            continue
        if verdict.verdict != DutyVerdict.Verdict.MET and not verdict.note.strip():
            raise CheckIncomplete("Schrijf op waarom een verplichting niet is nagekomen.")
        DutyVerdict.objects.update_or_create(
            report=report,
            obligation_id=pk,
            defaults={"verdict": verdict.verdict, "note": verdict.note.strip()},
        )


def _judge_lines(report: AccountabilityReport, found: Mapping[int, Unnecessary]) -> None:
    rows = list(report.lines.select_related("budget_line"))
    for row in rows:
        if part := found.get(row.pk):
            if part.amount > row.actual:
                raise CheckIncomplete("Er kan niet meer onnodig zijn dan er is uitgegeven.")
            if part.amount and not part.reason.strip():
                raise CheckIncomplete("Schrijf op waarom kosten niet noodzakelijk waren.")
            row.unnecessary, row.unnecessary_reason = part.amount, part.reason.strip()
    ActualLine.objects.bulk_update(rows, ["unnecessary", "unnecessary_reason"])


@transaction.atomic
def accept_report(
    report: AccountabilityReport, *, by: "User", at: datetime
) -> AccountabilityReport:
    """Everything is judged: the subsidy can be determined. Refusals: `CheckIncomplete`, `TransitionNotAllowed`."""
    report = lock(report)
    if gaps := unjudged(report):
        raise CheckIncomplete(gaps[0])
    report.accepted_at, report.accepted_by = at, by
    move(report, "accept", "account_accepted", "accepted_at", "accepted_by", by=by, at=at)
    return report


def unjudged(report: AccountabilityReport) -> list[str]:
    """What keeps the account from being in order, as sentences."""
    found = [
        f"Geef een oordeel over ‘{row}’."
        for row in report.results.select_related("activity").order_by("order")
        if not row.verdict
    ]
    judged = set(report.duties.values_list("obligation", flat=True))
    found += [
        f"Geef een oordeel over de verplichting ‘{duty}’."
        for duty in standard_duties(report)
        if duty.pk not in judged
    ]
    if not report.assessment.strip():
        found.append("Schrijf op wat u van de verantwoording vindt.")
    return found


def standard_duties(report: AccountabilityReport) -> list[Obligation]:
    """The duties that are judged here; an effort has its own evidence and verdict."""
    rows = report.grant.decision.obligations.filter(kind=Obligation.Kind.STANDARD)
    return list(rows.order_by("order"))


def efforts(report: AccountabilityReport) -> list[Obligation]:
    rows = report.grant.decision.obligations.filter(kind=Obligation.Kind.EFFORT)
    return list(rows.order_by("order"))


@transaction.atomic
def set_extra_term(
    report: AccountabilityReport, *, due_on: date, by: "User", at: datetime
) -> AccountabilityReport:
    """Nothing came in: the college gives one more term (Awb 4:44(3)). Refusal: `TermInvalid`."""
    report = lock(report)
    if report.state != AccountState.OVERDUE:
        raise TermInvalid("Een nieuwe termijn geeft u als de verantwoording te laat is.")
    require_term(due_on, at)
    report.extra_due_on = due_on
    report.save(update_fields=["extra_due_on"])
    order_new_term(report, at=at)
    note(report, "account_term_set", by=by, at=at, due_on=str(due_on))
    return report


def require_term(due_on: date, at: datetime) -> None:
    """Refusal: `TermInvalid`."""
    today = local_date(at)
    if not today < due_on <= today + LONGEST_TERM:
        raise TermInvalid("Kies een dag na vandaag, en binnen een half jaar.")
