"""Objections: taken in by any channel, confirmed, judged on admissibility, taken back (Awb 6:4-6:21; reference 3.11).

An objection is never refused at the door (E11): being late or having no interest is judged, in writing, with reasons.
It does not suspend the decision (Awb 6:16); it does keep it from becoming final.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record, record_download
from kvk2.core.deadlines import AMSTERDAM, ClockStop, local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import LegalHoliday, NumberSequence, StoredFile
from kvk2.core.scanning import require_openable
from subsidies import objection_terms
from subsidies.facts import known
from subsidies.models import (
    Application,
    Decision,
    Letter,
    Message,
    Objection,
    ObjectionDelay,
    ObjectionRepair,
    Outage,
)
from subsidies.objection_terms import Channel, Receipt, Timeliness
from subsidies.services import objection_letters
from subsidies.services.delivery import counts_from
from subsidies.services.round_documents import NewFile, keep_decision
from subsidies.states import DECISION_WORKFLOW, DecisionState
from subsidies.states_objections import OBJECTION_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User

Party = Objection.Party
EDITABLE = (
    "state",
    "timeliness",
    "timeliness_reason",
    "excused",
    "interested",
    "judgement",
    "judged_at",
    "judged_by",
)


class NotContestable(DomainError):
    """The decision was not sent, or another remedy is open against it."""

    code = "NOT_CONTESTABLE"


class ObjectionIncomplete(DomainError):
    """The objection cannot have come in like this, or a text is missing."""

    code = "OBJECTION_INCOMPLETE"


class NotAHandler(DomainError):
    """Who drafted the contested decision does not handle the objection to it."""

    code = "OWN_DECISION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An objection as it came in. `own_application`: through which a competitor reads about it in the portal."""

    party: str
    name: str
    channel: str
    received_at: datetime
    organisation: str = ""
    address: str = ""
    email: str = ""
    own_application: Application | None = None
    postmark_on: date | None = None
    dated_on: date | None = None
    grounds: str = ""
    signed: bool = False
    excuse: str = ""
    costs_requested: bool = False
    with_committee: bool = False
    file: NewFile | None = None


def contestable(decision: Decision) -> bool:
    """Sent, and open to objection: against what was decided on an objection there is appeal only (Awb 7:1, 8:1)."""
    answered = decision.kind == Decision.Kind.OBJECTION_DECISION or decision.objection_reference
    return decision.announced_at is not None and not answered


@transaction.atomic
def register_objection(
    decision: Decision, received: Received, *, by: "User", at: datetime
) -> Objection:
    """Take an objection in, and mark the decision as contested. Refusals: `NotContestable`, `ObjectionIncomplete`, `FileRefused`."""
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("application__round", "application__ikc", "application__board")
        .get(pk=decision.pk)
    )
    _require_sound(decision, received, at)
    own = decision.application if received.party == Party.ADDRESSEE else received.own_application
    objection = Objection(
        decision=decision,
        own_application=own,
        reference=_next_reference(local_date(at)),
        party=received.party,
        name=received.name.strip(),
        organisation=received.organisation.strip(),
        address=received.address.strip(),
        email=received.email.strip(),
        channel=received.channel,
        received_at=received.received_at,
        postmark_on=received.postmark_on,
        dated_on=received.dated_on,
        grounds=received.grounds.strip(),
        signed=received.signed,
        excuse=received.excuse.strip(),
        costs_requested=received.costs_requested,
        with_committee=received.with_committee,
        registered_at=at,
        registered_by=by,
    )
    if received.file is not None:
        objection.document = keep_decision(received.file, by=by, at=at)
    objection.decide_before = _decide_before(objection)
    objection.save()
    record(
        objection,
        "objection_registered",
        actor=by,
        at=at,
        after=objection.state,
        channel=objection.channel,
        decision=decision.reference,
    )
    if decision.state == DecisionState.SENT:
        contest(decision, objection, by=by, at=at)
    return objection


def _next_reference(day: date) -> str:
    prefix = f"BZW-{day.year}-"
    return f"{prefix}{NumberSequence.take(prefix):04d}"


def _require_sound(decision: Decision, received: Received, at: datetime) -> None:
    if not contestable(decision):
        raise NotContestable(
            "Tegen dit besluit kan geen bezwaar: het is nog niet verzonden, of er staat beroep bij de rechtbank open. "
            "Stuur een brief daarover door naar de rechtbank (artikel 6:15 Awb)."
        )
    day = local_date(received.received_at)
    postmark = received.postmark_on
    checks = (
        (received.party in Party.values, "Kies wie bezwaar maakt."),
        (received.channel in Objection.Channel.values, "Kies hoe het bezwaar binnenkwam."),
        (received.name.strip(), "Vul in wie bezwaar maakt."),
        (received.received_at <= at, "De dag van ontvangst ligt in de toekomst."),
        (
            day >= local_date(known(decision.taken_at)),
            "Het bezwaar is ontvangen vóór het besluit. Controleer de dag van ontvangst.",
        ),
        (
            postmark is None or received.channel == Channel.POST,
            "Alleen post heeft een poststempel.",
        ),
        (postmark is None or postmark <= day, "Het poststempel is van na de dag van ontvangst."),
        (
            received.own_application is None
            or received.own_application.round_id == decision.application.round_id,
            "De aanvraag van de bezwaarmaker hoort bij een andere ronde.",
        ),
    )
    for holds, sentence in checks:
        if not holds:
            raise ObjectionIncomplete(sentence)


def contest(decision: Decision, objection: Objection, *, by: "User", at: datetime) -> None:
    """The decision, locked by the caller, is under objection."""
    before, decision.state = (
        decision.state,
        DECISION_WORKFLOW.target("contest", state=decision.state),
    )
    decision.save(update_fields=["state"])
    record(
        decision,
        "decision_contested",
        actor=by,
        at=at,
        before=before,
        after=decision.state,
        objection=objection.reference,
    )


def timeliness_of(objection: Objection) -> Timeliness:
    """Whether it is in time by what is known now; four queries."""
    decision = objection.decision
    message = (
        Message.objects.filter(letter__decision=decision).first()
        if objection.party == Party.ADDRESSEE
        else None
    )
    return objection_terms.judge(
        Receipt(
            last_day=known(decision.objection_until),
            received_at=objection.received_at,
            channel=Channel(objection.channel),
            postmark_on=objection.postmark_on,
            posted_in_portal=message.posted_at if message else None,
            noticed_at=_told_at(message) if message else None,
            outages=tuple(Outage.objects.values_list("started_at", "ended_at")),
            holidays=holidays(),
        )
    )


def _told_at(message: Message) -> datetime | None:
    """When the addressee was told: by a notice that arrived, or else by paper or by reading it (Awb 2:10, 2:11)."""
    noticed = message.events.arrived_notices().order_by("at", "pk").first()
    if noticed is not None:
        return noticed.at
    day = counts_from(message)
    return datetime.combine(day, time(23, 59), AMSTERDAM) if day else None


def holidays() -> frozenset[date]:
    return frozenset(LegalHoliday.objects.values_list("date", flat=True))


@transaction.atomic
def acknowledge(objection: Objection, *, by: "User", at: datetime) -> Objection:
    """Confirm the receipt in writing (Awb 6:14, L19). Refusals: `NotAHandler`, `TransitionNotAllowed`."""
    objection = lock_for(objection, by)
    before = objection.state
    objection.state = OBJECTION_WORKFLOW.target("acknowledge", state=before)
    objection.acknowledged_at = at
    objection.save(update_fields=["state", "acknowledged_at"])
    record(
        objection, "objection_acknowledged", actor=by, at=at, before=before, after=objection.state
    )
    objection_letters.order(Letter.Code.OBJECTION_RECEIVED, objection, by=by, at=at)
    return objection


@transaction.atomic
def assess(
    objection: Objection,
    *,
    interested: bool,
    excused: bool,
    judgement: str,
    by: "User",
    at: datetime,
) -> Objection:
    """Judge whether it is in time and by somebody with an interest; a late one may be excused (Awb 6:11).

    Refusals: `NotAHandler`, `ObjectionIncomplete`, `TransitionNotAllowed`.
    """
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=objection.decision_id)
    objection = lock_for(objection, by)
    if not judgement.strip():
        raise ObjectionIncomplete("Schrijf op wat u vindt van de ontvankelijkheid, en waarom.")
    found = timeliness_of(objection)
    if excused and not found.is_late:
        raise ObjectionIncomplete("Dit bezwaar is niet te laat: er valt niets te verontschuldigen.")
    before = objection.state
    objection.state = OBJECTION_WORKFLOW.target("assess", state=before)
    objection.timeliness, objection.timeliness_reason = (
        found.verdict.value,
        " ".join(found.reasons),
    )
    objection.interested, objection.excused = interested, excused
    objection.judgement = judgement.strip()
    objection.judged_at, objection.judged_by = at, by
    objection.save(update_fields=list(EDITABLE))
    record(
        objection,
        "objection_assessed",
        actor=by,
        at=at,
        before=before,
        after=objection.state,
        reason=objection.judgement,
        timeliness=objection.timeliness,
    )
    # Final by the clock, but the lateness does not count: it is contested after all.
    if decision.state == DecisionState.FINAL and (excused or not found.is_late):
        contest(decision, objection, by=by, at=at)
    return objection


@transaction.atomic
def withdraw_objection(
    objection: Objection, *, withdrawn_on: date, reason: str = "", by: "User", at: datetime
) -> Objection:
    """The objector takes it back (Awb 6:21). Refusals: `ObjectionIncomplete`, `TransitionNotAllowed`."""
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=objection.decision_id)
    objection = lock(objection)
    if not local_date(objection.received_at) <= withdrawn_on <= local_date(at):
        raise ObjectionIncomplete(
            "De dag van intrekken ligt na het bezwaar en niet in de toekomst."
        )
    before = objection.state
    objection.state = OBJECTION_WORKFLOW.target("withdraw", state=before)
    objection.withdrawn_on, objection.withdrawn_reason = withdrawn_on, reason.strip()
    objection.save(update_fields=["state", "withdrawn_on", "withdrawn_reason"])
    record(
        objection,
        "objection_withdrawn",
        actor=by,
        at=at,
        before=before,
        after=objection.state,
        reason=objection.withdrawn_reason,
    )
    uphold_when_done(decision, at=at)
    return objection


def uphold_when_done(decision: Decision, *, at: datetime) -> bool:
    """Let a contested decision, locked by the caller, stand when nothing runs against it and nobody can still object."""
    if decision.state != DecisionState.CONTESTED or decision.objections.running().exists():
        return False
    until = objection_terms.post_until(known(decision.objection_until), holidays())
    if local_date(at) <= until:
        return False
    before, decision.state = (
        decision.state,
        DECISION_WORKFLOW.target("uphold", state=decision.state),
    )
    decision.save(update_fields=["state"])
    record(decision, "decision_upheld", actor=None, at=at, before=before, after=decision.state)
    return True


@transaction.atomic
def note_appeal(
    objection: Objection,
    *,
    court: str,
    number: str,
    appealed_on: date,
    by: "User",
    at: datetime,
) -> Objection:
    """Somebody went to court against the decision on the objection (Awb 8:1). Refusals: `ObjectionIncomplete`, `TransitionNotAllowed`."""
    objection = lock_for(objection, by)
    target = OBJECTION_WORKFLOW.target("note_appeal", state=objection.state)
    if not court.strip() or not number.strip() or appealed_on > local_date(at):
        raise ObjectionIncomplete("Vul de rechtbank, het zaaknummer en de dag van het beroep in.")
    before, objection.state = objection.state, target
    objection.appeal_court, objection.appeal_number = court.strip(), number.strip()
    objection.appealed_on = appealed_on
    objection.save(update_fields=["state", "appeal_court", "appeal_number", "appealed_on"])
    record(objection, "objection_appealed", actor=by, at=at, before=before, after=target)
    return objection


@transaction.atomic
def note_appeal_outcome(
    objection: Objection, *, outcome: str, by: "User", at: datetime
) -> Objection:
    """What the court decided, once. Refusal: `ObjectionIncomplete`."""
    objection = lock_for(objection, by)
    if not objection.appealed_on or objection.appeal_outcome or not outcome.strip():
        raise ObjectionIncomplete("Schrijf op wat de rechtbank besliste; dat kan één keer.")
    objection.appeal_outcome = outcome.strip()
    objection.save(update_fields=["appeal_outcome"])
    record(objection, "objection_appeal_ended", actor=by, at=at, reason=objection.appeal_outcome)
    return objection


@transaction.atomic
def open_document(
    objection: Objection, stored: StoredFile, *, by: "User", at: datetime
) -> StoredFile:
    """Hand out a file of the objection and record who took it. Refusal: `FileRefused`."""
    require_openable(stored)
    record_download(
        objection,
        "objection_file_opened",
        stored,
        about=f"Bezwaar {objection.reference}",
        actor=by,
        at=at,
    )
    return stored


def lock(objection: Objection) -> Objection:
    """The row, locked, with what every deed reads."""
    return (
        Objection.objects.select_for_update(of=("self",))
        .select_related(
            "decision__application__ikc",
            "decision__application__board",
            "decision__application__round",
            "own_application__board",
            "own_application__ikc",
            "own_application__round__scheme_version",
        )
        .get(pk=objection.pk)
    )


def lock_for(objection: Objection, by: "User") -> Objection:
    """The same for who handles it: not who drafted the contested decision (rule G2). Refusal: `NotAHandler`."""
    objection = lock(objection)
    if objection.decision.drafted_by_id == by.pk:
        raise NotAHandler(
            "U stelde het bestreden besluit op. Een andere projectleider behandelt het bezwaar."
        )
    return objection


def refresh_term(objection: Objection, delay: ObjectionDelay | None = None) -> date:
    """Compute again until when is decided, `delay` considered, and keep it; for an objection that the caller locked."""
    objection.decide_before = _decide_before(objection, *([delay] if delay else []))
    objection.save(update_fields=["decide_before"])
    return objection.decide_before


def term_start(objection: Objection) -> date:
    """The day after which the term to decide runs: the end of the objection term, or the receipt when that was later."""
    last_day = known(objection.decision.objection_until)
    return max(last_day, local_date(objection.received_at))


def _decide_before(objection: Objection, *more: ObjectionDelay) -> date:
    delays = [*(objection.delays.all() if objection.pk else []), *more]
    return objection_terms.decide_before(
        term_start(objection),
        committee=objection.with_committee,
        stops=stops_of(objection),
        extended_weeks=sum(delay.weeks or 0 for delay in delays),
        agreed_until=max((delay.until for delay in delays if delay.until), default=None),
        holidays=holidays(),
    )


def stops_of(objection: Objection) -> list[ClockStop]:
    """When the clock stood still: while a defect could be repaired (Awb 7:10(2))."""
    repair = ObjectionRepair.objects.filter(objection=objection).first() if objection.pk else None
    if repair is None:
        return []
    return [
        ClockStop.completion(
            requested_on=local_date(repair.asked_at),
            completed_on=repair.repaired_on,
            term_ends_on=repair.due_on,
        )
    ]
