"""Leaving an incomplete application unprocessed (Awb 4:5): a decision on one application, under four eyes.

Only after the applicant had the opportunity to complete and did not use it, or not well enough, and only
within four weeks (Awb 4:5(4)); after that the municipality has to decide on what is there.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core import deadlines
from kvk2.core.audit import record
from kvk2.core.deadlines import DeadlineKind, local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import LegalHoliday
from subsidies.models import Application, CompletionRequest, Decision, Letter
from subsidies.services.decision_guards import FourEyes, signing_mandate_of
from subsidies.services.decisions import ReasonMissing
from subsidies.services.letters import order_letter
from subsidies.services.notices import written
from subsidies.services.term_letters import not_processed_context
from subsidies.states import (
    APPLICATION_WORKFLOW,
    DECISION_WORKFLOW,
    CorrectionState,
    DecisionState,
)

if TYPE_CHECKING:
    from ikc.models import User


class NoOpportunity(DomainError):
    """No term to complete was given, it still runs, it was used well, or more than four weeks ago (Awb 4:5(4))."""

    code = "NO_OPPORTUNITY"


class DecisionExists(DomainError):
    """There is a decision, or a draft of one, on this application."""

    code = "DECISION_EXISTS"


def why_not(application: Application, *, at: datetime) -> str:
    """Why `application` cannot be left unprocessed at `at`, as a sentence; empty when it can."""
    last = application.completion_requests.select_related("correction").order_by("-pk").first()
    if last is None:
        return "Geef de aanvrager eerst een termijn om aan te vullen."
    if last.closed_at is None:
        return f"De aanvrager kan nog aanvullen tot en met {written(last.due_on)}."
    correction = getattr(last, "correction", None)
    answered = last.outcome == CompletionRequest.Outcome.COMPLETED
    if answered and (correction is None or correction.state != CorrectionState.REJECTED):
        return "De aanvrager heeft aangevuld. Beoordeel de aanvulling."
    if local_date(at) > leave_until(last):
        return "De vier weken om de aanvraag buiten behandeling te laten zijn voorbij."
    return ""


def leave_until(request: CompletionRequest, holidays: frozenset[date] | None = None) -> date:
    """The last day to announce the decision: four weeks after the completion, or the unused term.

    A list reads the equated `holidays` once and hands them over.
    """
    answered = request.outcome == CompletionRequest.Outcome.COMPLETED and request.closed_at
    start = local_date(request.closed_at) if answered and request.closed_at else request.due_on
    extra = holidays
    if extra is None:
        extra = frozenset(LegalHoliday.objects.values_list("date", flat=True))
    return deadlines.deadline(DeadlineKind.NOT_PROCESS, start, extra_holidays=extra).last_day


@transaction.atomic
def draft_not_processing(
    application: Application, *, motivation: str, by: "User", at: datetime
) -> Decision:
    """The project leader writes the decision, for a second one to check.

    Refusals: `NoOpportunity`, `ReasonMissing`, `DecisionExists`, `TransitionNotAllowed`.
    """
    application = _lock(application)
    APPLICATION_WORKFLOW.target("refuse_to_process", state=application.state)
    if reason := why_not(application, at=at):
        raise NoOpportunity(reason)
    if not motivation.strip():
        raise ReasonMissing("Een besluit heeft een motivering (artikel 3:46 Awb).")
    if standing_decision(application) is not None:
        raise DecisionExists("Er is al een besluit over deze aanvraag, of een concept ervan.")
    decision = Decision.objects.create(
        application=application,
        kind=Decision.Kind.NOT_PROCESSED,
        state=DECISION_WORKFLOW.target("check", state=DecisionState.DRAFT),
        reference=f"{application.number}-B{application.decisions.count() + 1}",
        amount=0,
        grounds=["not_processed"],
        motivation=motivation.strip(),
        drafted_by=by,
        drafted_at=at,
    )
    record(decision, "decision_drafted", actor=by, at=at, after=decision.state)
    return decision


@transaction.atomic
def approve_not_processing(decision: Decision, *, by: "User", at: datetime) -> Decision:
    """A second project leader finds it in order. Refusals: `FourEyes`, `TransitionNotAllowed`."""
    decision = _locked(decision)
    before = decision.state
    target = DECISION_WORKFLOW.target("approve", state=before)
    if decision.drafted_by_id == by.pk:
        raise FourEyes("Wie het besluit opstelt, toetst het niet. Vraag een andere projectleider.")
    decision.state, decision.checked_by, decision.checked_at = target, by, at
    decision.save(update_fields=["state", "checked_by", "checked_at"])
    record(decision, "decision_approved", actor=by, at=at, before=before, after=target)
    return decision


@transaction.atomic
def take_not_processing(decision: Decision, *, by: "User", at: datetime) -> Decision:
    """The college leaves the application unprocessed; the letter with the objection clause is ordered (L03).

    Refusals: `FourEyes`, `NoMandate`, `NoOpportunity`, `MissingElements`, `TransitionNotAllowed`.
    """
    decision = _locked(decision)
    application = decision.application
    before = decision.state
    target = DECISION_WORKFLOW.target("take", state=before)
    left = APPLICATION_WORKFLOW.target("refuse_to_process", state=application.state)
    if by.pk in (decision.drafted_by_id, decision.checked_by_id):
        raise FourEyes("Wie een besluit opstelt of toetst, ondertekent het niet.")
    if reason := why_not(application, at=at):
        raise NoOpportunity(reason)
    decision.signing_mandate = signing_mandate_of(by, [decision], day=local_date(at))
    decision.state, decision.taken_by, decision.taken_at = target, by, at
    decision.save(update_fields=["state", "taken_by", "taken_at", "signing_mandate"])
    record(decision, "decision_taken", actor=by, at=at, before=before, after=target)
    was, application.state = application.state, left
    application.save(update_fields=["state"])
    record(application, "application_not_processed", actor=by, at=at, before=was, after=left)
    context = not_processed_context(decision, at=at)
    context.require_complete()
    order_letter(
        Letter.Code.NOT_PROCESSED, application, context.as_dict(), decision=decision, at=at
    )
    return decision


def standing_decision(application: Application) -> Decision | None:
    """The decision on `application` that counts, if there is one."""
    gone = [DecisionState.DISCARDED, DecisionState.REPLACED]
    rows = application.decisions.filter(kind__in=Decision.ANSWERS).exclude(state__in=gone)
    return rows.select_related("drafted_by", "checked_by", "taken_by").first()


def _lock(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("round__scheme_version", "ikc", "board")
        .get(pk=application.pk)
    )


def _locked(decision: Decision) -> Decision:
    application = _lock(decision.application)
    decision = Decision.objects.select_for_update(of=("self",)).get(
        pk=decision.pk, kind=Decision.Kind.NOT_PROCESSED
    )
    decision.application = application
    return decision
