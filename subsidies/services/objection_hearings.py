"""The hearing of an objection, or why there is none, and what is advised afterwards (Awb 7:2-7:7, 7:13)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import Decision, Letter, Objection, ObjectionHearing
from subsidies.services import objection_letters
from subsidies.services.objections import ObjectionIncomplete, lock_for
from subsidies.services.round_documents import NewFile, keep_decision
from subsidies.states_objections import OBJECTION_WORKFLOW

if TYPE_CHECKING:
    from ikc.models import User

# Awb 7:4(2): the file can be read for a week at least.
FILE_WEEK = timedelta(weeks=1)


class HearingRefused(DomainError):
    """The hearing cannot be held like this."""

    code = "HEARING_REFUSED"


class LeaderInvolved(DomainError):
    """Who had a part in the contested decision does not lead the hearing (Awb 7:5)."""

    code = "LEADER_INVOLVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingPlan:
    """When and where, led by an officer (`led_by`) or by somebody from outside (`chair`)."""

    starts_at: datetime
    place: str
    file_open_from: date
    minutes: int = 60
    led_by: "User | None" = None
    chair: str = ""
    attendees: str = ""


def involved(decision: Decision) -> frozenset[int]:
    """Ids of who drafted, checked or took the contested decision."""
    people = (decision.drafted_by_id, decision.checked_by_id, decision.taken_by_id)
    return frozenset(pk for pk in people if pk is not None)


@transaction.atomic
def plan_hearing(
    objection: Objection, plan: HearingPlan, *, by: "User", at: datetime
) -> ObjectionHearing:
    """Plan the hearing, or move it. Refusals: `NotAHandler`, `LeaderInvolved`, `HearingRefused`, `TransitionNotAllowed`."""
    objection = lock_for(objection, by)
    before = objection.state
    target = OBJECTION_WORKFLOW.target("plan_hearing", state=before)
    _require_sound(objection, plan, at)
    hearing = ObjectionHearing.objects.filter(objection=objection).first()
    moved = hearing is not None
    hearing = hearing or ObjectionHearing(objection=objection)
    hearing.starts_at, hearing.minutes, hearing.place = plan.starts_at, plan.minutes, plan.place
    hearing.led_by, hearing.chair = plan.led_by, plan.chair.strip()
    hearing.attendees, hearing.file_open_from = plan.attendees.strip(), plan.file_open_from
    hearing.planned_at, hearing.planned_by = at, by
    hearing.sequence += moved
    hearing.save()
    objection.state = target
    objection.save(update_fields=["state"])
    record(
        objection,
        "objection_hearing_moved" if moved else "objection_hearing_planned",
        actor=by,
        at=at,
        before=before,
        after=target,
        starts_at=plan.starts_at,
        leader=hearing.leader,
    )
    objection_letters.order(Letter.Code.HEARING, objection, by=by, at=at)
    return hearing


def _require_sound(objection: Objection, plan: HearingPlan, at: datetime) -> None:
    if plan.led_by is not None and plan.led_by.pk in involved(objection.decision):
        raise LeaderInvolved(
            f"{plan.led_by} was betrokken bij het bestreden besluit en kan de hoorzitting niet leiden (artikel 7:5 Awb)."
        )
    if (plan.led_by is None) == (not plan.chair.strip()):
        raise HearingRefused("Kies wie de hoorzitting leidt: een medewerker, of iemand van buiten.")
    if not plan.place.strip():
        raise HearingRefused("Vul in waar de hoorzitting is.")
    if plan.file_open_from < local_date(at):
        raise HearingRefused("De stukken liggen ter inzage vanaf vandaag of later.")
    if local_date(plan.starts_at) < plan.file_open_from + FILE_WEEK:
        raise HearingRefused(
            "De stukken liggen minstens een week voor de hoorzitting ter inzage (artikel 7:4 Awb). Kies een latere dag."
        )


@transaction.atomic
def skip_hearing(
    objection: Objection, *, ground: str, reason: str, by: "User", at: datetime
) -> Objection:
    """Go on without hearing, on one of the grounds of Awb 7:3. Refusals: `NotAHandler`, `ObjectionIncomplete`, `TransitionNotAllowed`."""
    objection = lock_for(objection, by)
    target = OBJECTION_WORKFLOW.target("skip_hearing", state=objection.state)
    if ground not in Objection.NoHearing.values or not reason.strip():
        raise ObjectionIncomplete("Kies waarom horen niet nodig is, en schrijf op waarom.")
    before, objection.state = objection.state, target
    objection.no_hearing, objection.no_hearing_reason = ground, reason.strip()
    objection.save(update_fields=["state", "no_hearing", "no_hearing_reason"])
    record(
        objection,
        "objection_not_heard",
        actor=by,
        at=at,
        before=before,
        after=target,
        reason=objection.no_hearing_reason,
        ground=ground,
    )
    return objection


@transaction.atomic
def report_hearing(
    objection: Objection,
    *,
    report: str,
    attendees: str,
    file: NewFile | None = None,
    by: "User",
    at: datetime,
) -> ObjectionHearing:
    """Keep what was said (Awb 7:7). Refusals: `NotAHandler`, `HearingRefused`, `FileRefused`, `TransitionNotAllowed`."""
    objection = lock_for(objection, by)
    target = OBJECTION_WORKFLOW.target("hear", state=objection.state)
    hearing = ObjectionHearing.objects.select_for_update(of=("self",)).get(objection=objection)
    if at < hearing.starts_at:
        raise HearingRefused("De hoorzitting moet nog beginnen.")
    if not report.strip():
        raise HearingRefused("Schrijf op wat er op de hoorzitting is gezegd.")
    hearing.report, hearing.held_at = report.strip(), at
    hearing.attendees = attendees.strip()
    if file is not None:
        hearing.report_file = keep_decision(file, by=by, at=at)
    hearing.save(update_fields=["report", "held_at", "attendees", "report_file"])
    before, objection.state = objection.state, target
    objection.save(update_fields=["state"])
    record(objection, "objection_heard", actor=by, at=at, before=before, after=target)
    return hearing


@transaction.atomic
def advise(
    objection: Objection,
    *,
    outcome: str,
    advice: str,
    advised_by: str,
    advised_on: date,
    by: "User",
    at: datetime,
) -> Objection:
    """Keep the advice on the objection. Refusals: `NotAHandler`, `ObjectionIncomplete`, `TransitionNotAllowed`."""
    objection = lock_for(objection, by)
    target = OBJECTION_WORKFLOW.target("advise", state=objection.state)
    if outcome not in Objection.Outcome.values or not advice.strip() or not advised_by.strip():
        raise ObjectionIncomplete("Vul in wat het advies is, en van wie.")
    if advised_on > local_date(at):
        raise ObjectionIncomplete("De datum van het advies ligt in de toekomst.")
    before, objection.state = objection.state, target
    objection.advised_outcome, objection.advice = outcome, advice.strip()
    objection.advised_by, objection.advised_on = advised_by.strip(), advised_on
    objection.save(update_fields=["state", "advised_outcome", "advice", "advised_by", "advised_on"])
    record(
        objection,
        "objection_advised",
        actor=by,
        at=at,
        before=before,
        after=target,
        outcome=outcome,
    )
    return objection
