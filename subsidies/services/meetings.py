"""Meetings of the commission: planned, filled with slots, held with attendance and recusals, minuted (domain 3.4, 6.3 C7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.dateformat import format as date_format

from ikc.notices import NoticeKind
from ikc.services.notices import notify_users
from kvk2.core.audit import record
from kvk2.core.deadlines import AMSTERDAM, local_date
from kvk2.core.errors import DomainError
from subsidies.models import (
    AgendaItem,
    Application,
    CommissionMeeting,
    CommissionMember,
    ItemRecusal,
    ItemVote,
    Letter,
    MeetingAttendance,
    SubsidyRound,
)
from subsidies.services.commission import Standing, standings
from subsidies.services.invitations import order_invitation
from subsidies.states import ApplicationState, RoundState
from subsidies.states_meetings import MEETING_WORKFLOW, MeetingState

if TYPE_CHECKING:
    from ikc.models import User

Reason = ItemRecusal.Reason
SHORTEST, LONGEST = 5, 240
SHORTEST_REASON = 10


class MeetingInvalid(DomainError):
    """A meeting in the past, without a place, or in a round that is not being assessed."""


class MeetingFixed(DomainError):
    """The meeting was held, or its minutes were adopted: this part does not change any more."""


class SlotInvalid(DomainError):
    """A slot before the meeting begins, or over another one."""


class MeetingIncomplete(DomainError):
    """Attendance or votes are missing; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When and where; one of `place` and `video_url` at least."""

    starts_at: datetime
    place: str = ""
    video_url: str = ""
    answers_until: datetime | None = None


@transaction.atomic
def plan_meeting(
    round_: SubsidyRound, plan: Plan, *, by: "User | None", at: datetime
) -> CommissionMeeting:
    """Set a day and a place. Raises MeetingInvalid."""
    if round_.state != RoundState.ASSESSING:
        raise MeetingInvalid("De ronde is niet in beoordeling.")
    if plan.starts_at <= at:
        raise MeetingInvalid("Kies een begin in de toekomst.")
    if not plan.place.strip() and not plan.video_url:
        raise MeetingInvalid("Vul een plaats in of een adres voor de videovergadering.")
    if plan.answers_until and not at < plan.answers_until <= plan.starts_at:
        raise MeetingInvalid("Antwoorden kan tot uiterlijk het begin van de vergadering.")
    meeting = CommissionMeeting.objects.create(
        round=round_,
        starts_at=plan.starts_at,
        place=plan.place.strip(),
        video_url=plan.video_url,
        answers_until=plan.answers_until or plan.starts_at,
    )
    record(meeting, "meeting_planned", actor=by, at=at, after=meeting.state)
    return meeting


@transaction.atomic
def propose_agenda(
    meeting: CommissionMeeting,
    applications: Collection[int],
    *,
    minutes: int,
    pause: int = 0,
    until: datetime | None = None,
    by: "User | None",
    at: datetime,
) -> int:
    """A slot of `minutes` for each of `applications` (ids) without one, after what is planned; the number added.

    `pause`: minutes between two slots; what would end after `until` waits for another meeting.
    Raises MeetingFixed or SlotInvalid.
    """
    meeting = lock_planned(meeting)
    if not SHORTEST <= minutes <= LONGEST or not 0 <= pause <= LONGEST:
        raise SlotInvalid("Een agendapunt duurt 5 tot 240 minuten.")
    last = meeting.items.order_by("-starts_at").first()
    begins = last.ends_at + timedelta(minutes=pause) if last else meeting.starts_at
    waiting = list(without_slot(meeting.round).filter(pk__in=applications).order_by("number"))
    items = []
    for application in waiting:
        if until is not None and begins + timedelta(minutes=minutes) > until:
            break
        items.append(
            AgendaItem(meeting=meeting, application=application, starts_at=begins, minutes=minutes)
        )
        begins += timedelta(minutes=minutes + pause)
    if waiting and not items:
        raise SlotInvalid("Er past geen gesprek meer in deze vergadering. Kies een later einde.")
    AgendaItem.objects.bulk_create(items)
    record(meeting, "agenda_proposed", actor=by, at=at, items=len(items))
    return len(items)


def without_slot(round_: SubsidyRound) -> QuerySet[Application]:
    """What is in review and neither planned nor voted on in any meeting."""
    slots = AgendaItem.objects.filter(application=OuterRef("pk"))
    voted = ItemVote.objects.filter(item__application=OuterRef("pk"))
    return Application.objects.filter(
        ~Exists(slots.filter(meeting__state=MeetingState.PLANNED)),
        ~Exists(voted),
        round=round_,
        state=ApplicationState.IN_REVIEW,
    )


@transaction.atomic
def move_item(
    item: AgendaItem, *, starts_at: datetime, minutes: int, by: "User", at: datetime
) -> AgendaItem:
    """Give a slot another time on the day of the meeting; who was invited gets a new letter.

    Raises MeetingFixed or SlotInvalid.
    """
    meeting = lock_planned(item.meeting)
    if not SHORTEST <= minutes <= LONGEST:
        raise SlotInvalid("Een agendapunt duurt 5 tot 240 minuten.")
    if starts_at < meeting.starts_at or local_date(starts_at) != local_date(meeting.starts_at):
        raise SlotInvalid("Kies een tijd op de dag van de vergadering, na het begin.")
    ends_at = starts_at + timedelta(minutes=minutes)
    for other in meeting.items.exclude(pk=item.pk).order_by("starts_at"):
        if other.starts_at < ends_at and starts_at < other.ends_at:
            # Which application that is may not be for the reader's eyes.
            until = other.ends_at.astimezone(AMSTERDAM)
            raise SlotInvalid(f"Deze tijd is al bezet tot {until:%H.%M} uur.")
    if (starts_at, minutes) == (item.starts_at, item.minutes):
        raise SlotInvalid("Het gesprek staat al op deze tijd.")
    before = item.starts_at
    item.meeting, item.starts_at, item.minutes = meeting, starts_at, minutes
    told = item.invited_at is not None and at < meeting.starts_at
    item.sequence += told
    item.save(update_fields=["starts_at", "minutes", "sequence"])
    if told:
        order_invitation(Letter.Code.INVITATION_MOVED, item, contact=by.full_name, at=at)
    record(item, "agenda_item_moved", actor=by, at=at, was=before, now=starts_at)
    return item


@transaction.atomic
def cancel_meeting(
    meeting: CommissionMeeting, *, reason: str, by: "User", at: datetime
) -> CommissionMeeting:
    """The meeting is off: who was invited gets a letter, the members a mail, and the applications wait for another agenda.

    Raises MeetingFixed once the meeting was held or somebody was there, MeetingInvalid without a reason.
    """
    meeting = lock_planned(meeting)
    before, target = meeting.state, MEETING_WORKFLOW.target("cancel", state=meeting.state)
    if len(reason.strip()) < SHORTEST_REASON:
        raise MeetingInvalid(
            f"Leg in ten minste {SHORTEST_REASON} tekens uit waarom de vergadering niet doorgaat."
        )
    if meeting.attendance.exists():
        raise MeetingFixed("Er is al vastgelegd wie er waren. Sluit de vergadering af.")
    meeting.state, meeting.cancelled_at, meeting.cancel_reason = target, at, reason.strip()
    meeting.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    invited = meeting.items.filter(invited_at__isnull=False)
    for item in invited.select_related(
        "application__board", "application__ikc", "application__round"
    ):
        item.meeting = meeting
        item.sequence += 1
        order_invitation(Letter.Code.INVITATION_CANCELLED, item, contact=by.full_name, at=at)
    invited.update(sequence=F("sequence") + 1)
    _tell_members(meeting, at=at)
    record(
        meeting,
        "meeting_cancelled",
        actor=by,
        at=at,
        before=before,
        after=target,
        reason=reason.strip(),
    )
    return meeting


def _tell_members(meeting: CommissionMeeting, *, at: datetime) -> None:
    """A mail to who would have come; what was on the agenda is not in it."""
    context = {
        "municipality": settings.MUNICIPALITY["name"],
        "product": settings.MUNICIPALITY["product"],
        "phone": settings.MUNICIPALITY["phone"],
        "day": date_format(meeting.starts_at.astimezone(AMSTERDAM), "l j F Y"),
        "url": f"{settings.SITE_URL}{meeting.get_absolute_url()}",
    }
    members = [member.user for member in seats_of(meeting)]
    notify_users(members, NoticeKind.MEETING, "subsidies/mail/meeting_cancelled", context, at=at)


@transaction.atomic
def record_attendance(
    meeting: CommissionMeeting, present: Collection[int], *, by: "User | None", at: datetime
) -> CommissionMeeting:
    """Write down which members (ids) are there, and minute at each item who leaves (rule C7).

    Raises MeetingFixed once the minutes are adopted or votes were cast by somebody who is now absent.
    """
    meeting = _lock(meeting)
    refuse_fixed(meeting)
    if at < meeting.starts_at:
        raise MeetingIncomplete("De vergadering is nog niet begonnen.")
    rows = standings(meeting.round, day=local_date(meeting.starts_at))
    gone = ItemVote.objects.filter(item__meeting=meeting).exclude(member__in=present)
    if gone.exists():
        raise MeetingFixed("Een lid dat al heeft gestemd, was aanwezig.")
    for member in seats_of(meeting):
        MeetingAttendance.objects.update_or_create(
            meeting=meeting, member=member, defaults={"present": member.pk in present}
        )
    items = list(meeting.items.order_by("starts_at", "pk"))
    there = [row for row in rows if row.member.pk in present]
    ItemRecusal.objects.filter(item__meeting=meeting).exclude(member__in=present).delete()
    for item in items:
        _minute_recusals(item, there, at=at)
    record(meeting, "attendance_recorded", actor=by, at=at, present=len(there))
    return meeting


def _minute_recusals(item: AgendaItem, there: Collection[Standing], *, at: datetime) -> None:
    for row in there:
        if reason := why_recused(row, item.application_id):
            ItemRecusal.objects.get_or_create(
                item=item, member=row.member, defaults={"reason": reason, "minuted_at": at}
            )


def why_recused(standing: Standing, application_id: int) -> str:
    """Why this member leaves at the item; empty when the member stays (rules C1-C4)."""
    if standing.may_score_application(application_id):
        return ""
    if application_id in standing.conflicts:
        return Reason.INTEREST
    return Reason.UNDECLARED if standing.declaration is None else Reason.COMPETING


@transaction.atomic
def hold_meeting(
    meeting: CommissionMeeting, *, by: "User | None", at: datetime
) -> CommissionMeeting:
    """Close a meeting of which the attendance is known. Raises MeetingIncomplete."""
    meeting = _lock(meeting)
    before, target = meeting.state, MEETING_WORKFLOW.target("hold", state=meeting.state)
    if not meeting.attendance.filter(present=True).exists():
        raise MeetingIncomplete("Leg eerst vast wie er waren.")
    meeting.state = target
    meeting.save(update_fields=["state"])
    record(meeting, "meeting_held", actor=by, at=at, before=before, after=target)
    return meeting


@transaction.atomic
def adopt_minutes(meeting: CommissionMeeting, *, by: "User", at: datetime) -> CommissionMeeting:
    """The minutes are right, and are kept for ever as they are (Selectielijst 19.1.7)."""
    meeting = _lock(meeting)
    before, target = meeting.state, MEETING_WORKFLOW.target("adopt", state=meeting.state)
    meeting.state, meeting.adopted_at, meeting.adopted_by = target, at, by
    meeting.save(update_fields=["state", "adopted_at", "adopted_by"])
    record(meeting, "minutes_adopted", actor=by, at=at, before=before, after=target)
    return meeting


def seats_of(meeting: CommissionMeeting) -> list[CommissionMember]:
    """The members in office on the day of the meeting, by name."""
    day = local_date(meeting.starts_at)
    members = CommissionMember.objects.active_on(day).filter(user__is_active=True)
    return list(
        members.select_related("user", "organisation").order_by(
            "user__last_name", "user__first_name", "pk"
        )
    )


def _lock(meeting: CommissionMeeting) -> CommissionMeeting:
    return (
        CommissionMeeting.objects.select_for_update(of=("self",))
        .select_related("round")
        .get(pk=meeting.pk)
    )


def refuse_fixed(meeting: CommissionMeeting) -> None:
    """Nothing is written down any more once the minutes are adopted or the meeting is off. Raises MeetingFixed."""
    if meeting.state == MeetingState.ADOPTED:
        raise MeetingFixed("Het verslag is vastgesteld en kan niet meer veranderen.")
    if meeting.state == MeetingState.CANCELLED:
        raise MeetingFixed("De vergadering gaat niet door.")


def lock_planned(meeting: CommissionMeeting) -> CommissionMeeting:
    """The meeting, held still, while its agenda may change. Raises MeetingFixed."""
    meeting = _lock(meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise MeetingFixed("De vergadering gaat niet door.")
    if meeting.state != MeetingState.PLANNED:
        raise MeetingFixed("De vergadering is gehouden; de agenda kan niet meer veranderen.")
    return meeting
