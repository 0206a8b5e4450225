"""The request to complete an application, and its end by the applicant or by the clock (Awb 4:5, 4:15).

The clock decides, not the state: what comes in before midnight of the last day is in time, also when the sweep
that ends the term runs first in another process; therefore that sweep waits as long as a request can.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from ikc.roles import Role
from kvk2.core import deadlines
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.middleware import LONGEST_WAIT
from subsidies.correctable import why_fixed
from subsidies.models import (
    Application,
    ClockStop,
    CompletionItem,
    CompletionRequest,
    Letter,
    Subject,
)
from subsidies.services.letters import order_letter
from subsidies.services.term_letters import completion_context
from subsidies.states import APPLICATION_WORKFLOW, ApplicationState

if TYPE_CHECKING:
    from ikc.models import User

LONGEST_TERM_DAYS = 84


class NothingAsked(DomainError):
    """A request to complete names at least one thing that is missing."""

    code = "NOTHING_ASKED"


class CannotBeCompleted(DomainError):
    """After the closing of a tender this part may not change any more."""

    code = "CANNOT_BE_COMPLETED"


class TermOutOfRange(DomainError):
    """The term to complete is a sensible number of days."""

    code = "TERM_OUT_OF_RANGE"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is missing: where it belongs, what is asked, and the question of the check it came from."""

    subject: str
    text: str
    check_code: str = ""


@transaction.atomic
def request_completion(
    application: Application,
    *,
    items: Sequence[Asked],
    term_days: int | None = None,
    note: str = "",
    by: "User",
    at: datetime,
) -> CompletionRequest:
    """Ask the applicant to complete, within `term_days` (else the term of the scheme); the clock stops tomorrow.

    Refusals: `NothingAsked`, `TermOutOfRange`, `CannotBeCompleted`, `TransitionNotAllowed` (also when a
    request is open: the application is then incomplete).
    """
    application = _lock(application)
    before = application.state
    if before == ApplicationState.SUBMITTED:
        before = APPLICATION_WORKFLOW.target("check", state=before)
        record(application, "application_check_started", actor=by, at=at, after=before)
    target = APPLICATION_WORKFLOW.target("ask_completion", state=before)
    _refuse_items(application, items, at)
    days = application.round.scheme_version.completion_term_days if term_days is None else term_days
    if not 1 <= days <= LONGEST_TERM_DAYS:
        raise TermOutOfRange(f"Kies een termijn van 1 tot en met {LONGEST_TERM_DAYS} dagen.")
    today = local_date(at)
    due_on = deadlines.deadline(deadlines.DeadlineKind.COMPLETE, today, amount=days).last_day
    request = CompletionRequest.objects.create(
        application=application, note=note.strip(), requested_at=at, requested_by=by, due_on=due_on
    )
    CompletionItem.objects.bulk_create(
        CompletionItem(
            request=request,
            order=order,
            check_code=item.check_code,
            subject=item.subject,
            text=item.text.strip(),
        )
        for order, item in enumerate(items, 1)
    )
    ClockStop.objects.create(
        application=application,
        reason=ClockStop.Reason.COMPLETION,
        request=request,
        first_day=today + deadlines.DAY,
        recorded_at=at,
    )
    application.state = target
    application.save(update_fields=["state"])
    order_letter(
        Letter.Code.COMPLETION, application, completion_context(request, at=at).as_dict(), at=at
    )
    record(
        application,
        "completion_requested",
        actor=by,
        at=at,
        role=Role.PROJECT_LEADER.label,
        before=before,
        after=target,
        due_on=due_on,
        items=[item.subject for item in items],
    )
    return request


def open_request(application: Application) -> CompletionRequest | None:
    """The request that waits for an answer, if there is one."""
    return application.completion_requests.filter(closed_at=None).first()


def last_request(application: Application) -> CompletionRequest | None:
    """The newest request, open or not."""
    return application.completion_requests.order_by("-pk").first()


def close_request(
    request: CompletionRequest, outcome: str, *, at: datetime, completed: bool = False
) -> None:
    """End `request`, and let the clock run again from the day that the law says (Awb 4:15(1)a)."""
    request.closed_at, request.outcome = at, outcome
    request.save(update_fields=["closed_at", "outcome"])
    stop = deadlines.ClockStop.completion(
        requested_on=local_date(request.requested_at),
        completed_on=local_date(at) if completed else None,
        term_ends_on=request.due_on,
    )
    ClockStop.objects.filter(request=request).update(resumes_on=stop.resumes_on)


def expire_completions(*, at: datetime) -> int:
    """End every request whose last day is over, or whose application went another way; the number ended."""
    ends_before = local_date(at - LONGEST_WAIT)
    waiting = CompletionRequest.objects.filter(closed_at=None).filter(
        Q(due_on__lt=ends_before) | ~Q(application__state=ApplicationState.INCOMPLETE)
    )
    return sum(_expire(pk, at=at) for pk in waiting.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _expire(request_id: int, *, at: datetime) -> bool:
    """False when the applicant, or another worker, was first."""
    application = (
        Application.objects.select_for_update(of=("self",))
        .filter(completion_requests=request_id)
        .first()
    )
    request = CompletionRequest.objects.filter(pk=request_id, closed_at=None).first()
    if application is None or request is None:
        return False
    if application.state != ApplicationState.INCOMPLETE:
        close_request(request, CompletionRequest.Outcome.ENDED, at=at, completed=True)
        record(application, "completion_ended", actor=None, at=at)
        return True
    if at < request.ends_at + LONGEST_WAIT:
        return False
    close_request(request, CompletionRequest.Outcome.EXPIRED, at=at)
    before = application.state
    application.state = APPLICATION_WORKFLOW.target("complete", state=before)
    application.save(update_fields=["state"])
    record(
        application,
        "completion_expired",
        actor=None,
        at=at,
        before=before,
        after=application.state,
        due_on=request.due_on,
    )
    return True


def _refuse_items(application: Application, items: Sequence[Asked], at: datetime) -> None:
    if not items or not all(item.text.strip() for item in items):
        raise NothingAsked("Schrijf bij elk onderdeel op wat er ontbreekt. Kies ten minste één.")
    for item in items:
        if reason := why_fixed(Subject(item.subject), application.round, at):
            raise CannotBeCompleted(reason)


def _lock(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("round__scheme_version", "ikc", "board")
        .get(pk=application.pk)
    )
