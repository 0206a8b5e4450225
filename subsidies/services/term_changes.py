"""What changes a running term of one application: more time to complete, a later decision, a clock that stands still.

Only a term that the municipality sets itself can be extended for one applicant, so never the closing of a round: that
moves for everybody, by a decision after an outage (Awb 2:21; `services.outages`). The term to decide is set by the
scheme. Telling that the decision comes later does not move it (Awb 4:14(1)); a stop of the clock does (Awb 4:15).
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.deadlines import DAY, local_date
from kvk2.core.errors import DomainError
from subsidies.decision_terms import decision_term
from subsidies.documents_notices import TermNoticeContext
from subsidies.models import (
    Application,
    ClockStop,
    CompletionExtension,
    LaterDecision,
    Letter,
)
from subsidies.services.completions import LONGEST_TERM_DAYS, open_request
from subsidies.services.letters import order_letter
from subsidies.services.notices import clock_stopped, later_decision, longer_completion, written
from subsidies.states import UNDECIDED, ApplicationState

if TYPE_CHECKING:
    from ikc.models import User

# Awb 4:14(1) asks for the shortest term possible; a day more than half a year away is a slip of the pen.
LATEST_DECISION = timedelta(days=183)
STOPS = (
    ClockStop.Reason.AGREED,
    ClockStop.Reason.ATTRIBUTABLE,
    ClockStop.Reason.FORCE_MAJEURE,
)


class NoTermRuns(DomainError):
    """There is no such term: nothing was asked, it is over, or the application was decided on."""

    code = "NO_TERM_RUNS"


class TermChangeIncomplete(DomainError):
    """The day or the reason cannot be right."""

    code = "TERM_CHANGE_INCOMPLETE"


@transaction.atomic
def extend_completion(
    application: Application, *, due_on: date, reason: str, by: "User", at: datetime
) -> CompletionExtension:
    """Give one applicant until `due_on` to complete; the clock of the decision stands still as long.

    Refusals: `NoTermRuns` (also when the last day is over), `TermChangeIncomplete`.
    """
    application = _lock(application)
    request = open_request(application)
    if application.state != ApplicationState.INCOMPLETE or request is None or at >= request.ends_at:
        raise NoTermRuns("Er loopt geen termijn om aan te vullen.")
    request.application = application
    longest = local_date(request.requested_at) + timedelta(days=LONGEST_TERM_DAYS)
    _require(
        (
            due_on > request.due_on,
            f"Aanvullen kan nu tot en met {written(request.due_on)}. Kies later.",
        ),
        (due_on <= longest, f"Langer dan tot en met {written(longest)} kan niet."),
        (reason.strip(), "Schrijf op waarom de aanvrager meer tijd krijgt."),
    )
    extension = CompletionExtension.objects.create(
        request=request,
        old_due_on=request.due_on,
        new_due_on=due_on,
        reason=reason.strip(),
        extended_at=at,
        extended_by=by,
    )
    request.due_on = due_on
    request.save(update_fields=["due_on"])
    letter = longer_completion(extension, by=by, at=at)
    order_letter(Letter.Code.COMPLETION_LONGER, application, letter.as_dict(), at=at)
    _record(application, "completion_extended", extension.reason, by=by, at=at, due_on=due_on)
    return extension


@transaction.atomic
def tell_later_decision(
    application: Application, *, expected_on: date, reason: str, by: "User", at: datetime
) -> LaterDecision:
    """Tell the applicant that the decision comes later (L04). Refusals: `NoTermRuns`, `TermChangeIncomplete`."""
    application = _lock_undecided(application)
    letter, term_ends_on = later_letter(
        application, expected_on=expected_on, reason=reason, by=by, at=at
    )
    told = LaterDecision.objects.create(
        application=application,
        term_ended_on=term_ends_on,
        expected_on=expected_on,
        reason=reason.strip(),
        told_at=at,
        told_by=by,
    )
    order_letter(Letter.Code.LATER, application, letter.as_dict(), at=at)
    _record(application, "later_decision_told", told.reason, by=by, at=at, expected_on=expected_on)
    return told


def later_letter(
    application: Application, *, expected_on: date, reason: str, by: "User", at: datetime
) -> tuple[TermNoticeContext, date]:
    """The letter L04 as it would go out, and the last day of the term. Refusal: `TermChangeIncomplete`."""
    today = local_date(at)
    ends_on = decision_term(application, today=today).last_day
    earlier = application.later_decisions.last()
    _require(
        (
            expected_on > ends_on,
            f"De beslistermijn loopt tot en met {written(ends_on)}. Noem een dag daarna.",
        ),
        (expected_on > today, "Noem een dag in de toekomst."),
        (expected_on <= today + LATEST_DECISION, "Noem een dag binnen een half jaar."),
        (
            earlier is None or expected_on > earlier.expected_on,
            "U noemde al een latere dag in een eerder bericht.",
        ),
        (reason.strip(), "Schrijf op waarom het besluit later komt."),
    )
    letter = later_decision(
        application, term_ends_on=ends_on, expected_on=expected_on, reason=reason, by=by, at=at
    )
    return letter, ends_on


@transaction.atomic
def stop_clock(
    application: Application,
    *,
    reason: str,
    first_day: date,
    resumes_on: date | None,
    note: str,
    by: "User",
    at: datetime,
) -> ClockStop:
    """Let the term to decide stand still (Awb 4:15(2)). Refusals: `NoTermRuns`, `TermChangeIncomplete`."""
    application = _lock_undecided(application)
    today = local_date(at)
    ends_on = decision_term(application, today=today).last_day
    agreed = reason == ClockStop.Reason.AGREED
    _require(
        (reason in STOPS, "Kies waarom de termijn stilstaat."),
        (note.strip(), "Schrijf op waarom de termijn stilstaat."),
        (
            first_day <= ends_on,
            f"De beslistermijn eindigde op {written(ends_on)}. Daarna kan zij niet meer stilstaan.",
        ),
        (
            application.received_at is not None and first_day > local_date(application.received_at),
            "De termijn kan pas stilstaan na de dag van ontvangst.",
        ),
        (agreed or first_day <= today, "De eerste dag ligt in de toekomst."),
        (
            resumes_on is not None or not agreed,
            "Vul in tot wanneer de aanvrager met uitstel instemde.",
        ),
        (
            resumes_on is None or resumes_on > first_day,
            "De termijn loopt weer verder op een dag na de eerste.",
        ),
        (
            resumes_on is None or agreed or resumes_on <= today + DAY,
            "Vul het einde pas in als het voorbij is.",
        ),
    )
    stop = ClockStop.objects.create(
        application=application,
        reason=reason,
        first_day=first_day,
        resumes_on=resumes_on,
        note=note.strip(),
        recorded_by=by,
        recorded_at=at,
    )
    lead = f"De termijn voor ons besluit staat stil vanaf {written(first_day)}"
    lead += f" en loopt weer verder op {written(resumes_on)}." if resumes_on else "."
    _tell_stop(application, stop, lead, by=by, at=at)
    _record(application, "clock_stopped", stop.note, by=by, at=at, first_day=first_day)
    return stop


@transaction.atomic
def resume_clock(stop: ClockStop, *, resumes_on: date, by: "User", at: datetime) -> ClockStop:
    """Let the term run again from `resumes_on`. Refusals: `NoTermRuns`, `TermChangeIncomplete`."""
    application = _lock_undecided(stop.application)
    stop = ClockStop.objects.select_for_update(of=("self",)).get(pk=stop.pk)
    if stop.resumes_on is not None or stop.reason not in STOPS:
        raise NoTermRuns("Deze opschorting is al voorbij.")
    _require(
        (resumes_on > stop.first_day, "De termijn loopt weer verder op een dag na de eerste."),
        (resumes_on <= local_date(at) + DAY, "Kies vandaag, morgen of een eerdere dag."),
    )
    stop.resumes_on = resumes_on
    stop.save(update_fields=["resumes_on"])
    lead = f"De termijn voor ons besluit loopt weer verder vanaf {written(resumes_on)}."
    _tell_stop(application, stop, lead, by=by, at=at)
    _record(application, "clock_resumed", "", by=by, at=at, resumes_on=resumes_on)
    return stop


def _tell_stop(
    application: Application, stop: ClockStop, lead: str, *, by: "User", at: datetime
) -> None:
    """Awb 4:15(3) and (4): the applicant hears that the term stands still, and its new end."""
    letter = clock_stopped(
        application,
        lead=lead,
        reason=stop.note,
        last_day=decision_term(application, today=local_date(at)).last_day,
        by=by,
        at=at,
    )
    order_letter(Letter.Code.CLOCK_STOPPED, application, letter.as_dict(), at=at)


def _require(*checks: tuple[object, str]) -> None:
    for holds, sentence in checks:
        if not holds:
            raise TermChangeIncomplete(sentence)


def _record(
    application: Application,
    verb: str,
    reason: str,
    *,
    by: "User",
    at: datetime,
    **data: Any,
) -> None:
    record(
        application,
        verb,
        actor=by,
        at=at,
        role=Role.PROJECT_LEADER.label,
        reason=reason,
        **data,
    )


def _lock(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("round__scheme_version", "ikc", "board")
        .get(pk=application.pk)
    )


def _lock_undecided(application: Application) -> Application:
    application = _lock(application)
    if application.state not in UNDECIDED:
        raise NoTermRuns("Over deze aanvraag loopt geen beslistermijn meer.")
    return application
