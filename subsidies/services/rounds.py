"""What people and the clock do with a subsidy round, from its adoption to the start of the assessment."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.money import format_number
from subsidies.closing import closing_moment
from subsidies.models import (
    Application,
    SubsidyRound,
)
from subsidies.services.round_checks import missing_for_adoption
from subsidies.services.round_content import lock_round
from subsidies.services.round_documents import NewFile, keep_decision
from subsidies.services.scorers import members_who_may_score
from subsidies.states import (
    APPLICATION_WORKFLOW,
    ROUND_WORKFLOW,
    ApplicationState,
    RoundState,
)

if TYPE_CHECKING:
    from ikc.models import User


class RoundNotComplete(DomainError):
    """Something is missing before the college can adopt the round."""

    code = "ROUND_NOT_COMPLETE"


class DecisionMissing(DomainError):
    """The decision of the college, or its date, was not given or cannot be right."""

    code = "DECISION_MISSING"


class PublicationTooLate(DomainError):
    """Awb 4:27(1): the ceiling is published before the period that it is for."""

    code = "PUBLICATION_TOO_LATE"


class PublicationMissing(DomainError):
    """Awb 3:42 asks for a place of publication that can be found back."""

    code = "PUBLICATION_MISSING"


class TooFewReviewers(DomainError):
    """Fewer members without an interest than each application needs (domain reference 6.3)."""

    code = "TOO_FEW_REVIEWERS"


class ChecksNotFinished(DomainError):
    """The assessment cannot start yet."""

    code = "CHECKS_NOT_FINISHED"


class ReasonMissing(DomainError):
    """An act that ends something is not explained."""

    code = "REASON_MISSING"


@transaction.atomic
def adopt_round(
    round_: SubsidyRound,
    *,
    decision_number: str,
    decided_on: date,
    document: NewFile,
    by: "User | None",
    at: datetime,
) -> SubsidyRound:
    """The college adopts the round (Awb 4:25, 4:26); from here on its content is fixed.

    Refusals: `RoundNotComplete`, `DecisionMissing`, `FileRefused`, `TransitionNotAllowed`.
    """
    round_ = lock_round(round_)
    target = ROUND_WORKFLOW.target("adopt", state=round_.state)
    if missing := missing_for_adoption(round_):
        raise RoundNotComplete(" ".join(item.text for item in missing))
    if not decision_number.strip():
        raise DecisionMissing("Vul het nummer van het collegebesluit in.")
    if decided_on > local_date(at):
        raise DecisionMissing("De datum van het collegebesluit ligt in de toekomst.")
    round_.decision_number, round_.decided_on = decision_number.strip(), decided_on
    stored = keep_decision(document, by=by, at=at)
    round_.decision_document = stored
    written = ("decision_number", "decided_on", "decision_document")
    return _move(
        round_,
        target,
        "round_adopted",
        *written,
        by=by,
        at=at,
        name=stored.name,
        sha256=stored.sha256,
    )


@transaction.atomic
def publish_round(
    round_: SubsidyRound,
    *,
    reference: str,
    published_on: date,
    states_method: bool,
    budget_warning: bool = False,
    by: "User | None",
    at: datetime,
) -> SubsidyRound:
    """Record the publication in the Gemeenteblad; the clock opens and closes the round from here.

    Refusals: `PublicationMissing`, `PublicationTooLate` (Awb 4:27), `TooFewReviewers`, `TransitionNotAllowed`.
    """
    round_ = lock_round(round_)
    target = ROUND_WORKFLOW.target("publish", state=round_.state)
    if not reference.strip():
        raise PublicationMissing("Vul de vindplaats in het Gemeenteblad in.")
    if not states_method:  # Awb 4:26(2)
        raise PublicationMissing(
            "De publicatie noemt ook het plafond en de verdeelwijze. Bevestig dat dit zo is."
        )
    if published_on > local_date(at):
        raise PublicationMissing("De datum van publicatie ligt in de toekomst.")
    if round_.decided_on and published_on < round_.decided_on:
        raise PublicationMissing("De publicatie ligt vóór het collegebesluit.")
    if published_on > local_date(round_.opens_at) or at >= round_.opens_at:
        raise PublicationTooLate("Publiceer de ronde vóórdat zij opengaat.")
    if published_on >= round_.period_start:
        raise PublicationTooLate("Publiceer de ronde vóór het begin van de subsidieperiode.")
    members = members_who_may_score(round_, local_date(at))
    if round_.needs_reviews and members.free < round_.min_reviews:
        why = "".join(f"{reason}. " for reason in members.why)
        raise TooFewReviewers(
            f"{members.free} van de {members.total} commissieleden mogen beoordelen. "
            f"{why}Er zijn er {round_.min_reviews} nodig. Benoem onafhankelijke leden of laat "
            "het college een uitzondering vastleggen."
        )
    round_.publication_reference, round_.published_on = reference.strip(), published_on
    round_.budget_warning_published = budget_warning
    written = ("publication_reference", "published_on", "budget_warning_published")
    return _move(round_, target, "round_published", *written, by=by, at=at)


@transaction.atomic
def cancel_round(
    round_: SubsidyRound, *, reason: str, reference: str = "", by: "User | None", at: datetime
) -> SubsidyRound:
    """Give up a round that has not opened; what was published is taken back in the same place.

    Refusals: `ReasonMissing`, `PublicationMissing`, `TransitionNotAllowed`.
    """
    round_ = lock_round(round_)
    target = ROUND_WORKFLOW.target("cancel", state=round_.state)
    if not reason.strip():
        raise ReasonMissing("Schrijf op waarom de ronde niet doorgaat.")
    if round_.state == RoundState.PUBLISHED and not reference.strip():
        raise PublicationMissing(
            "De ronde is gepubliceerd. Maak bekend dat zij niet doorgaat, en vul die vindplaats in."
        )
    round_.cancellation_reason = reason.strip()
    round_.cancellation_reference = reference.strip()
    written = ("cancellation_reason", "cancellation_reference")
    return _move(
        round_, target, "round_cancelled", *written, by=by, at=at, reason=round_.cancellation_reason
    )


def open_due_rounds(*, at: datetime) -> int:
    """Open every published round whose moment has come; the number opened."""
    due = SubsidyRound.objects.due_to_open(at).order_by("pk").values_list("pk", flat=True)
    return sum(_open(pk, at=at) for pk in due)


@transaction.atomic
def _open(round_id: int, *, at: datetime) -> bool:
    """False when another worker did it."""
    round_ = SubsidyRound.objects.due_to_open(at).select_for_update().filter(pk=round_id).first()
    if round_ is None:
        return False
    target = ROUND_WORKFLOW.target("open", state=round_.state)
    _move(round_, target, "round_opened", by=None, at=at)
    return True


def close_due_rounds(*, at: datetime, wait: timedelta = timedelta(0)) -> int:
    """Close every open round whose moment came `wait` ago and let its drafts lapse; the number closed.

    Who filed in time may still be waiting for a free web worker; until then the clock alone refuses the others.
    """
    due = SubsidyRound.objects.due_to_close(at - wait).order_by("pk").values_list("pk", flat=True)
    return sum(_close(pk, at=at, wait=wait) for pk in due)


@transaction.atomic
def _close(round_id: int, *, at: datetime, wait: timedelta) -> bool:
    """False when another worker did it."""
    due = SubsidyRound.objects.due_to_close(at - wait)
    round_ = due.select_for_update().filter(pk=round_id).first()
    if round_ is None or at - wait < closing_moment(round_):
        return False
    lapsed = _lapse_drafts(round_, at=at)
    target = ROUND_WORKFLOW.target("close", state=round_.state)
    _move(round_, target, "round_closed", by=None, at=at, lapsed_drafts=lapsed)
    return True


def _lapse_drafts(round_: SubsidyRound, *, at: datetime) -> int:
    drafts = (
        round_.applications.select_for_update(of=("self",))
        .filter(state=ApplicationState.DRAFT)
        .order_by("pk")
    )
    for application in drafts:
        before = application.state
        application.state = APPLICATION_WORKFLOW.target("lapse", state=before)
        application.save(update_fields=["state"])
        record(
            application,
            "application_lapsed",
            actor=None,
            at=at,
            before=before,
            after=application.state,
        )
    return len(drafts)


@transaction.atomic
def start_assessment(round_: SubsidyRound, *, by: "User | None", at: datetime) -> SubsidyRound:
    """Hand the admitted applications to the commission; a round without criteria goes straight to the division.

    Refusals: `ChecksNotFinished`, `TransitionNotAllowed`.
    """
    round_ = lock_round(round_)
    target = ROUND_WORKFLOW.target("assess", state=round_.state)
    if missing := missing_for_assessment(round_):
        raise ChecksNotFinished(" ".join(missing))
    round_ = _move(round_, target, "round_assessment_started", by=by, at=at)
    if has_commission(round_):
        return round_
    _skip_advice(round_, at=at)
    target = ROUND_WORKFLOW.target("advise", state=round_.state)
    return _move(round_, target, "round_needs_no_advice", by=None, at=at)


def has_commission(round_: SubsidyRound) -> bool:
    """Whether somebody scores: without criteria there is nothing to advise on (Awb 3:5, 3:6(2))."""
    return round_.criteria.exists()


def _skip_advice(round_: SubsidyRound, *, at: datetime) -> None:
    rows = round_.applications.select_for_update(of=("self",)).filter(
        state=ApplicationState.ADMITTED
    )
    for application in rows.order_by("pk"):
        before = application.state
        application.state = APPLICATION_WORKFLOW.target("skip_advice", state=before)
        application.save(update_fields=["state"])
        record(
            application,
            "application_needs_no_advice",
            actor=None,
            at=at,
            before=before,
            after=application.state,
        )


UNCHECKED = (
    ApplicationState.SUBMITTED,
    ApplicationState.CHECKING,
    ApplicationState.INCOMPLETE,
)


def missing_for_assessment(round_: SubsidyRound) -> list[str]:
    """Why the assessment cannot start yet, as sentences; empty when it can."""
    states = list(
        Application.objects.filter(round=round_, state__in=[*UNCHECKED, ApplicationState.ADMITTED])
        .order_by("state")
        .values_list("state", flat=True)
    )
    unchecked = sum(state in UNCHECKED for state in states)
    sentences = []
    if unchecked == 1:
        sentences.append("1 aanvraag is nog niet gecontroleerd.")
    elif unchecked:
        sentences.append(f"{format_number(unchecked, 0)} aanvragen zijn nog niet gecontroleerd.")
    if unchecked == len(states):
        sentences.append("Er is nog geen aanvraag toegelaten.")
    return sentences


def _move(
    round_: SubsidyRound,
    target: str,
    verb: str,
    *written: str,
    by: "User | None",
    at: datetime,
    reason: str = "",
    **data: Any,
) -> SubsidyRound:
    before, round_.state = round_.state, target
    round_.save(update_fields=["state", *written])
    record(round_, verb, actor=by, at=at, before=before, after=target, reason=reason, **data)
    return round_
