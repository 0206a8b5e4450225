"""Bodies and their members, meetings with agenda and minutes, decisions and actions (domain reference 1.7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Max, Q

from ikc.models import (
    ActionItem,
    AgendaItem,
    Body,
    BodyMember,
    Consultation,
    ConsultationDecision,
    Organisation,
)
from ikc.notices import NoticeKind
from ikc.services.notices import notify_users
from ikc.states_governance import (
    ACTION_WORKFLOW,
    CONSULTATION_WORKFLOW,
    ActionState,
    ConsultationState,
    ItemOutcome,
)
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import NumberSequence

if TYPE_CHECKING:
    from ikc.models import User


class MeetingRefused(DomainError):
    """The day, the state or the contents do not fit what is asked of the meeting."""


class MemberRefused(DomainError):
    """The member is there already, or the days contradict each other."""


class ActionRefused(DomainError):
    """The action is closed, or its day lies before it was agreed."""


# --- bodies ---


@transaction.atomic
def start_body(
    *, kind: str, name: str, purpose: str, started_on: date, by: "User", at: datetime,
    is_demo: bool = False,
) -> Body:  # fmt: skip
    if Body.objects.filter(name__iexact=name.strip()).exists():
        raise MeetingRefused("Er is al een overleggroep met deze naam.")
    body = Body.objects.create(
        kind=kind,
        name=name.strip(),
        purpose=purpose.strip(),
        started_on=started_on,
        is_demo=is_demo,
    )
    record(body, "body.started", actor=by, at=at)
    return body


@transaction.atomic
def change_body(body: Body, *, name: str, purpose: str, by: "User", at: datetime) -> Body:
    body = Body.objects.select_for_update().get(pk=body.pk)
    if Body.objects.filter(name__iexact=name.strip()).exclude(pk=body.pk).exists():
        raise MeetingRefused("Er is al een overleggroep met deze naam.")
    before = body.name
    body.name, body.purpose = name.strip(), purpose.strip()
    body.save(update_fields=["name", "purpose"])
    record(body, "body.changed", actor=by, at=at, before=before, after=body.name)
    return body


@transaction.atomic
def end_body(body: Body, *, last_day: date, by: "User", at: datetime) -> Body:
    """The body has no meetings after `last_day`; its members keep reading what was done."""
    body = Body.objects.select_for_update().get(pk=body.pk)
    if body.ended_on is not None:
        raise MeetingRefused("Deze groep is al gestopt.")
    if last_day < body.started_on:
        raise MeetingRefused("De laatste dag ligt vóór het begin van de groep.")
    if body.meetings.planned().filter(takes_place_on__gt=last_day).exists():
        raise MeetingRefused("Er is nog een overleg gepland na deze dag. Zeg dat eerst af.")
    body.ended_on = last_day
    body.save(update_fields=["ended_on"])
    record(body, "body.ended", actor=by, at=at)
    return body


@transaction.atomic
def add_member(
    body: Body, *, user: "User", organisation: Organisation, function: str,
    valid_from: date, by: "User", at: datetime,
) -> BodyMember:  # fmt: skip
    body = Body.objects.select_for_update().get(pk=body.pk)
    running = body.members.filter(user=user).filter(
        Q(valid_until=None) | Q(valid_until__gte=valid_from)
    )
    if running.exists():
        raise MemberRefused(f"{user} is in deze periode al lid van {body}.")
    member = BodyMember.objects.create(
        body=body,
        user=user,
        organisation=organisation,
        function=function.strip() or "lid",
        valid_from=valid_from,
    )
    record(body, "body.member_added", actor=by, at=at, reason=f"{user}, {organisation}.")
    return member


@transaction.atomic
def end_member(member: BodyMember, *, last_day: date, by: "User", at: datetime) -> BodyMember:
    member = BodyMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if member.valid_until is not None:
        raise MemberRefused("Dit lidmaatschap heeft al een laatste dag.")
    if last_day < member.valid_from:
        raise MemberRefused("De laatste dag ligt vóór het begin van het lidmaatschap.")
    member.valid_until = last_day
    member.save(update_fields=["valid_until"])
    record(member.body, "body.member_ended", actor=by, at=at, reason=f"{member.user}.")
    return member


# --- meetings ---


@transaction.atomic
def plan_meeting(
    body: Body, *, takes_place_on: date, starts_at: time | None, location: str,
    by: "User", at: datetime,
) -> Consultation:  # fmt: skip
    """Plan a meeting and tell the members; one that was held earlier may be entered as well."""
    body = Body.objects.select_for_update().get(pk=body.pk)
    _require_free_day(body, takes_place_on)
    meeting = Consultation.objects.create(
        body=body, takes_place_on=takes_place_on, starts_at=starts_at, location=location.strip()
    )
    record(meeting, "consultation.planned", actor=by, at=at)
    if takes_place_on >= local_date(at):
        _tell_members(meeting, "ikc/mail/consultation_planned", at=at)
    return meeting


@transaction.atomic
def move_meeting(
    meeting: Consultation, *, takes_place_on: date, starts_at: time | None, location: str,
    by: "User", at: datetime,
) -> Consultation:  # fmt: skip
    meeting = _lock(meeting)
    if not meeting.is_planned:
        raise MeetingRefused("Dit overleg is al geweest of afgezegd.")
    _require_free_day(meeting.body, takes_place_on, but=meeting)
    before = str(meeting.takes_place_on)
    meeting.takes_place_on, meeting.starts_at = takes_place_on, starts_at
    meeting.location = location.strip()
    meeting.save(update_fields=["takes_place_on", "starts_at", "location"])
    record(meeting, "consultation.moved", actor=by, at=at, before=before, after=str(takes_place_on))
    if before != str(takes_place_on):
        _tell_members(meeting, "ikc/mail/consultation_planned", at=at)
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Consultation, *, reason: str, by: "User", at: datetime) -> Consultation:
    meeting = _lock(meeting)
    before = meeting.state
    meeting.state = CONSULTATION_WORKFLOW.target("cancel", state=meeting.state)
    meeting.cancel_reason = reason.strip()
    if not meeting.cancel_reason:
        raise MeetingRefused("Schrijf op waarom het overleg niet doorgaat.")
    meeting.save(update_fields=["state", "cancel_reason"])
    record(
        meeting, "consultation.cancelled", actor=by, at=at,
        before=before, after=meeting.state, reason=meeting.cancel_reason,
    )  # fmt: skip
    _tell_members(meeting, "ikc/mail/consultation_cancelled", at=at)
    return meeting


@transaction.atomic
def add_item(
    meeting: Consultation, *, title: str, purpose: str, explanation: str,
    subject: models.Model | None, by: "User | None", at: datetime,
) -> AgendaItem:  # fmt: skip
    """Put a point on the agenda; `subject` is what it is about, so that other rules can refer to it."""
    meeting = _lock(meeting)
    _require_open(meeting)
    last = meeting.items.aggregate(last=Max("number"))["last"] or 0
    item = AgendaItem.objects.create(
        meeting=meeting,
        number=last + 1,
        title=title.strip(),
        purpose=purpose,
        explanation=explanation.strip(),
        subject=subject,
    )
    record(meeting, "consultation.item_added", actor=by, at=at, reason=f"{item}.")
    return item


@transaction.atomic
def change_item(
    item: AgendaItem, *, title: str, purpose: str, explanation: str, by: "User", at: datetime
) -> AgendaItem:
    meeting = _lock(item.meeting)
    _require_open(meeting)
    item.title, item.purpose, item.explanation = title.strip(), purpose, explanation.strip()
    item.save(update_fields=["title", "purpose", "explanation"])
    record(meeting, "consultation.item_changed", actor=by, at=at, reason=f"{item}.")
    return item


@transaction.atomic
def remove_item(item: AgendaItem, *, by: "User", at: datetime) -> None:
    """Take a point off the agenda of a meeting that is still to come."""
    meeting = _lock(item.meeting)
    if not meeting.is_planned:
        raise MeetingRefused("Wat op de agenda stond, blijft in het verslag staan.")
    title = item.title
    item.delete()
    record(meeting, "consultation.item_removed", actor=by, at=at, reason=f"{title}.")


@transaction.atomic
def hold_meeting(
    meeting: Consultation, *, attendance: str, by: "User", at: datetime
) -> Consultation:
    """The meeting took place; from here on its minutes are written."""
    meeting = _lock(meeting)
    before = meeting.state
    target = CONSULTATION_WORKFLOW.target("hold", state=meeting.state)
    if meeting.takes_place_on > local_date(at):
        raise MeetingRefused("Dit overleg is nog niet geweest.")
    if not attendance.strip():
        raise MeetingRefused("Vul in wie er waren.")
    meeting.state, meeting.attendance = target, attendance.strip()
    meeting.save(update_fields=["state", "attendance"])
    record(meeting, "consultation.held", actor=by, at=at, before=before, after=meeting.state)
    return meeting


@dataclass(frozen=True, slots=True)
class NewAction:
    title: str
    owner: "User"
    due_on: date


@transaction.atomic
def write_minutes(
    item: AgendaItem, *, outcome: str, minutes: str, decision: str = "",
    action: NewAction | None = None, by: "User", at: datetime,
) -> AgendaItem:  # fmt: skip
    """What was said on a point, what was decided, and what somebody will do.

    A decision gets a reference of its own; a second one on the same point is another decision.
    """
    meeting = _lock(item.meeting)
    if meeting.state != ConsultationState.HELD:
        raise MeetingRefused("Het verslag schrijft u na het overleg, tot het is vastgesteld.")
    if decision.strip() and outcome != ItemOutcome.DISCUSSED:
        raise MeetingRefused("Over een punt dat is doorgeschoven, is niets besloten.")
    item.outcome, item.minutes = outcome, minutes.strip()
    item.save(update_fields=["outcome", "minutes"])
    if decision.strip():
        prefix = f"B-{meeting.takes_place_on.year}-"
        ConsultationDecision.objects.create(
            item=item, reference=f"{prefix}{NumberSequence.take(prefix):03d}", text=decision.strip()
        )
    if action is not None:
        add_action(
            meeting.body, item=item, title=action.title, owner=action.owner,
            due_on=action.due_on, agreed_on=meeting.takes_place_on, by=by, at=at,
        )  # fmt: skip
    record(meeting, "consultation.minutes_written", actor=by, at=at, reason=f"{item}.")
    return item


@transaction.atomic
def adopt_minutes(
    meeting: Consultation, *, adopted_on: date, by: "User", at: datetime
) -> Consultation:
    """The minutes are as the members want them; from now on nothing of the meeting changes."""
    meeting = _lock(meeting)
    before = meeting.state
    target = CONSULTATION_WORKFLOW.target("adopt", state=meeting.state)
    if meeting.items.filter(outcome="").exists():
        raise MeetingRefused("Vul eerst bij elk agendapunt de uitkomst in.")
    if not meeting.takes_place_on <= adopted_on <= local_date(at):
        raise MeetingRefused("De dag van vaststellen ligt na het overleg en niet in de toekomst.")
    meeting.state, meeting.adopted_on = target, adopted_on
    meeting.save(update_fields=["state", "adopted_on"])
    record(meeting, "consultation.adopted", actor=by, at=at, before=before, after=meeting.state)
    return meeting


# --- actions ---


@transaction.atomic
def add_action(
    body: Body, *, item: AgendaItem | None, title: str, owner: "User", due_on: date,
    agreed_on: date, by: "User | None", at: datetime,
) -> ActionItem:  # fmt: skip
    if due_on < agreed_on:
        raise ActionRefused("De uiterste dag ligt vóór de dag waarop de actie is afgesproken.")
    action = ActionItem.objects.create(
        body=body, item=item, title=title.strip(), owner=owner, due_on=due_on, agreed_on=agreed_on
    )
    record(body, "body.action_added", actor=by, at=at, reason=f"{action} ({owner}).")
    return action


@transaction.atomic
def close_action(
    action: ActionItem, *, step: str, result: str, by: "User", at: datetime
) -> ActionItem:
    """`step` is 'finish' or 'drop'; `result` says what came of it."""
    action = ActionItem.objects.select_for_update(of=("self",)).get(pk=action.pk)
    before = action.state
    action.state = ACTION_WORKFLOW.target(step, state=action.state)
    if not result.strip():
        raise ActionRefused("Schrijf kort op wat het opleverde.")
    action.result, action.closed_on = result.strip(), local_date(at)
    action.save(update_fields=["state", "result", "closed_on"])
    record(
        action.body, "body.action_closed", actor=by, at=at,
        before=before, after=action.state, reason=f"{action}: {action.result}",
    )  # fmt: skip
    return action


@transaction.atomic
def reopen_action(action: ActionItem, *, by: "User", at: datetime) -> ActionItem:
    """Closed by mistake: the action is open again, as it was."""
    action = ActionItem.objects.select_for_update(of=("self",)).get(pk=action.pk)
    before = action.state
    action.state = ACTION_WORKFLOW.target("reopen", state=action.state)
    action.result, action.closed_on = "", None
    action.save(update_fields=["state", "result", "closed_on"])
    record(
        action.body, "body.action_reopened", actor=by, at=at,
        before=before, after=ActionState.OPEN, reason=f"{action}.",
    )  # fmt: skip
    return action


# --- what they share ---


def _lock(meeting: Consultation) -> Consultation:
    return (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("body")
        .get(pk=meeting.pk)
    )


def _require_open(meeting: Consultation) -> None:
    if not meeting.is_open:
        raise MeetingRefused("De agenda van dit overleg ligt vast.")


def _require_free_day(body: Body, day: date, but: Consultation | None = None) -> None:
    if day < body.started_on or (body.ended_on is not None and day > body.ended_on):
        raise MeetingRefused("Op deze dag bestaat deze groep niet.")
    same_day = body.meetings.filter(takes_place_on=day).exclude(state=ConsultationState.CANCELLED)
    if but is not None:
        same_day = same_day.exclude(pk=but.pk)
    if same_day.exists():
        raise MeetingRefused("Op deze dag komt deze groep al bijeen.")


def _tell_members(meeting: Consultation, template: str, *, at: datetime) -> None:
    members: Iterable[BodyMember] = (
        meeting.body.members.active_on(local_date(at)).select_related("user").order_by("pk")
    )
    notify_users(
        dict.fromkeys(row.user for row in members if row.user.is_active),
        NoticeKind.CONSULTATION,
        template,
        {"meeting": meeting},
        at=at,
    )
