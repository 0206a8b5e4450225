"""The status Plus after it was given: its reviews, what the board says beforehand, how it ends (domain reference 5.2)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.formats import date_format

from ikc.models import Ikc, PlusLapse, PlusReview, PlusStatus
from ikc.plus_conditions import ConditionCode
from ikc.services.plus import ensure_conditions, set_outcome
from ikc.services.plus_mail import tell_concerned, tell_intent
from ikc.services.plus_record import PlusRefused, lock_status, move, record_plus, words
from ikc.states import PLUS_ON_THE_WAY, ConditionOutcome, PlusState
from kvk2.core.deadlines import local_date

if TYPE_CHECKING:
    from ikc.models import User

Intent = PlusReview.Intent
Outcome = PlusReview.Outcome
ENDINGS = {Outcome.ADJUSTED: "ikc.plus_adjusted", Outcome.ENDED: "ikc.plus_ended"}


@transaction.atomic
def take_into_recalibration(
    status: PlusStatus, *, reason: str, by: "User | None", at: datetime
) -> PlusReview:
    """Begin a review, never more than that: the status goes on meanwhile (T-PL-02). `by` is None for the portal itself.

    Refusals: `TransitionNotAllowed`, `PlusRefused` (no reason).
    """
    status = lock_status(status)
    move(status, "recalibrate")
    reason = words(reason, "Schrijf op waarom het predicaat wordt herijkt.")
    status.save(update_fields=["state"])
    review = PlusReview.objects.create(status=status, reason=reason, opened_at=at, opened_by=by)
    record_plus(status, "ikc.plus_recalibrated", by=by, at=at, reason=reason)
    tell_concerned(status, "ikc/mail/plus_recalibrated", {"reason": reason}, at=at)
    return review


@transaction.atomic
def announce_intent(
    status: PlusStatus, *, intent: str, reason: str, respond_until: date, by: "User", at: datetime
) -> PlusReview:
    """Tell the board what is meant to happen, and until when it may answer (Awb 4:8). Refusal: `PlusRefused`."""
    status = lock_status(status)
    review = _open_review(status)
    if respond_until <= local_date(at):
        raise PlusRefused("Geef het bestuur de tijd: kies een dag na vandaag.")
    if review.view_at is not None:
        raise PlusRefused("Het bestuur heeft al gereageerd op het voornemen.")
    review.intent = Intent(intent)
    review.intent_reason = words(reason, "Schrijf op waarom u dit van plan bent.")
    review.intent_by, review.intent_at, review.respond_until = by, at, respond_until
    review.save(
        update_fields=["intent", "intent_reason", "intent_by", "intent_at", "respond_until"]
    )
    record_plus(status, "ikc.plus_intent_announced", by=by, at=at, reason=review.intent_reason)
    tell_intent(review, at=at)
    return review


@transaction.atomic
def give_view(status: PlusStatus, *, view: str, by: "User", at: datetime) -> PlusReview:
    """What the board says about the intent. Refusal: `PlusRefused`."""
    status = lock_status(status)
    review = _open_review(status)
    if review.intent_at is None:
        raise PlusRefused("Er is nog geen voornemen om op te reageren.")
    if review.view_at is not None:
        raise PlusRefused("De reactie is al gegeven.")
    review.view = words(view, "Schrijf uw reactie op.")
    review.view_by, review.view_at = by, at
    review.save(update_fields=["view", "view_by", "view_at"])
    record_plus(status, "ikc.plus_view_given", by=by, at=at)
    return review


@transaction.atomic
def continue_status(status: PlusStatus, *, reason: str, by: "User", at: datetime) -> PlusStatus:
    """The situation did not change essentially: the status goes on to its end (L25a). Refusals: `TransitionNotAllowed`, `PlusRefused`."""
    status = lock_status(status)
    move(status, "continue")
    review = _open_review(status)
    _close(review, Outcome.CONTINUED, words(reason, "Schrijf op waarom."), "", by=by, at=at)
    status.save(update_fields=["state"])
    record_plus(status, "ikc.plus_continued", by=by, at=at, reason=review.outcome_reason)
    return status


@transaction.atomic
def adjust(
    status: PlusStatus, *, reason: str, run_out: str, ends_on: date, by: "User", at: datetime
) -> PlusStatus:
    """Let the status go on in another way, to `ends_on` at the latest (L25b). Refusals: as for `end`."""
    return _burden(status, "adjust", Outcome.ADJUSTED, reason, run_out, ends_on, by=by, at=at)


@transaction.atomic
def end(
    status: PlusStatus, *, reason: str, run_out: str, ends_on: date, by: "User", at: datetime
) -> PlusStatus:
    """Let the status end on `ends_on`, with time for the means to run out (L25b).

    Refusals: `TransitionNotAllowed`, `PlusRefused` (not announced, the board not heard, the day in the past or after the end).
    """
    return _burden(status, "end", Outcome.ENDED, reason, run_out, ends_on, by=by, at=at)


def _burden(
    status: PlusStatus,
    transition: str,
    outcome: PlusReview.Outcome,
    reason: str,
    run_out: str,
    ends_on: date,
    *,
    by: "User",
    at: datetime,
) -> PlusStatus:
    status = lock_status(status)
    move(status, transition)
    review = _open_review(status)
    if review.intent != transition:
        raise PlusRefused("Kondig dit eerst aan: het bestuur mag vooraf reageren (4:8 Awb).")
    if not review.has_been_heard(local_date(at)):
        raise PlusRefused(
            f"Het bestuur heeft tot en met {_in_words(review.respond_until)} om te reageren."
        )
    if ends_on < local_date(at) or (status.valid_until and ends_on > status.valid_until):
        raise PlusRefused("Kies een laatste dag vanaf vandaag, en niet na het einde van nu.")
    reason = words(reason, "Schrijf op waarom, en wat u met de reactie van het bestuur deed.")
    run_out = words(run_out, "Schrijf op hoe de ondersteuning en het geld aflopen.")
    _close(review, outcome, reason, run_out, by=by, at=at)
    status.valid_until, status.decided_by, status.decided_at = ends_on, by, at
    status.save(update_fields=["state", "valid_until", "decided_by", "decided_at"])
    record_plus(status, ENDINGS[outcome], by=by, at=at, reason=reason)
    return status


@transaction.atomic
def expire(status: PlusStatus, *, at: datetime) -> PlusStatus:
    """The period is over and nothing new was given. Refusals: `TransitionNotAllowed`, `PlusRefused`."""
    status = lock_status(status)
    move(status, "expire")
    if status.valid_until is None or status.valid_until >= local_date(at):
        raise PlusRefused("Dit predicaat loopt nog.")
    review = status.reviews.filter(closed_at=None).first()
    if review is not None:
        _close(review, Outcome.EXPIRED, "De periode liep af.", "", by=None, at=at)
    status.save(update_fields=["state"])
    record_plus(status, "ikc.plus_expired", by=None, at=at)
    return status


@transaction.atomic
def settle_condition(
    ikc: Ikc, code: str, outcome: str, note: str, *, by: "User | None", at: datetime
) -> None:
    """What another part of the portal knows of a condition: the agreement came into force, or ended (T-RA-05).

    Before the proposal it is the outcome itself; after it, what was decided on stays and a lapse becomes a task.
    """
    for status in ikc.plus_statuses.filter(state__in=PLUS_ON_THE_WAY).order_by("pk"):
        _settle(lock_status(status), code, outcome, note, by=by, at=at)
    for status in ikc.plus_statuses.running().order_by("pk"):
        _note_change(lock_status(status), code, outcome, note, by=by, at=at)


def _settle(
    status: PlusStatus, code: str, outcome: str, note: str, *, by: "User | None", at: datetime
) -> None:
    if status.state == PlusState.PROPOSED:
        _note_change(status, code, outcome, note, by=by, at=at)
        return
    ensure_conditions(status)
    condition = status.conditions.get(code=code)
    if condition.outcome == outcome and condition.note == note.strip():
        return
    set_outcome(condition, outcome, note, by=by, at=at)
    label = ConditionOutcome(outcome).label
    record_plus(
        status, "ikc.plus_assessed", by=by, at=at, reason=f"{condition}, {label}. {note}".strip()
    )


def _note_change(
    status: PlusStatus, code: str, outcome: str, note: str, *, by: "User | None", at: datetime
) -> None:
    lapse = status.lapses.filter(code=code, settled_at=None).first()
    if outcome != ConditionOutcome.MET and lapse is None:
        PlusLapse.objects.create(status=status, code=code, note=note.strip(), at=at, by=by)
        label = ConditionCode(code).label
        record_plus(
            status, "ikc.plus_lapsed", by=by, at=at, reason=f"{code}: {label}. {note}".strip()
        )
    elif outcome == ConditionOutcome.MET and lapse is not None:
        _settle_lapse(lapse, note or "Er is weer aan voldaan.", by=by, at=at)
        record_plus(status, "ikc.plus_lapse_settled", by=by, at=at, reason=lapse.settlement)


@transaction.atomic
def settle_lapse(lapse: PlusLapse, *, settlement: str, by: "User", at: datetime) -> PlusLapse:
    """Say what the loss of a condition means for the status. Refusal: `PlusRefused`."""
    status = lock_status(lapse.status)
    lapse = PlusLapse.objects.get(pk=lapse.pk)
    if lapse.settled_at is not None:
        raise PlusRefused("Dit is al afgehandeld.")
    settlement = words(settlement, "Schrijf op wat dit voor het predicaat betekent.")
    _settle_lapse(lapse, settlement, by=by, at=at)
    record_plus(status, "ikc.plus_lapse_settled", by=by, at=at, reason=settlement)
    return lapse


def _settle_lapse(lapse: PlusLapse, settlement: str, *, by: "User | None", at: datetime) -> None:
    lapse.settled_at, lapse.settled_by, lapse.settlement = at, by, settlement.strip()
    lapse.save(update_fields=["settled_at", "settled_by", "settlement"])


def _open_review(status: PlusStatus) -> PlusReview:
    review = status.reviews.filter(closed_at=None).first()
    if review is None:
        raise PlusRefused("Dit predicaat is niet in herijking.")
    return review


def _close(
    review: PlusReview, outcome: str, reason: str, run_out: str, *, by: "User | None", at: datetime
) -> None:
    review.outcome, review.outcome_reason, review.run_out = outcome, reason, run_out
    review.closed_by, review.closed_at = by, at
    review.save(update_fields=["outcome", "outcome_reason", "run_out", "closed_by", "closed_at"])


def _in_words(day: date | None) -> str:
    return date_format(day, "j F Y") if day else ""
