"""Deeds of a training or a meeting around what works: plan, cancel, sign up, sign off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from ikc.models import User
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from monitoring.models import LearningMeeting, LearningSignup, Practice


class MeetingRefused(DomainError):
    """A meeting that cannot be, is full, is over or does not take place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeeting:
    """What it is about, when, where and for how many."""

    title: str
    kind: str
    takes_place_on: date
    starts_at: time
    location: str
    about: str
    places: int


@transaction.atomic
def plan_meeting(
    new: NewMeeting, *, practices: Iterable[Practice], by: User, at: datetime
) -> LearningMeeting:
    """Refusal: `MeetingRefused` for a day that is over."""
    if new.takes_place_on < local_date(at):
        raise MeetingRefused("Deze dag is voorbij. Kies een latere dag.")
    meeting = LearningMeeting.objects.create(
        title=new.title.strip(),
        kind=new.kind,
        takes_place_on=new.takes_place_on,
        starts_at=new.starts_at,
        location=new.location.strip(),
        about=new.about.strip(),
        places=new.places,
        planned_by=by,
    )
    meeting.practices.set(practices)
    record(meeting, "learning_meeting_planned", actor=by, at=at)
    return meeting


@transaction.atomic
def cancel_meeting(
    meeting: LearningMeeting, *, reason: str, by: User, at: datetime
) -> LearningMeeting:
    meeting = _locked(meeting)
    _require_open(meeting, local_date(at))
    if not reason.strip():
        raise MeetingRefused("Schrijf op waarom het niet doorgaat.")
    meeting.cancel_reason = reason.strip()
    meeting.save(update_fields=["cancel_reason"])
    record(meeting, "learning_meeting_cancelled", actor=by, at=at, reason=meeting.cancel_reason)
    return meeting


@transaction.atomic
def sign_up(meeting: LearningMeeting, *, by: User, at: datetime) -> LearningSignup:
    """Take a place; two people at once never take the last one twice."""
    meeting = _locked(meeting)
    _require_open(meeting, local_date(at))
    if meeting.signups.filter(user=by).exists():
        raise MeetingRefused("U bent al aangemeld.")
    if meeting.signups.count() >= meeting.places:
        raise MeetingRefused("Alle plaatsen zijn bezet.")
    signup = LearningSignup.objects.create(meeting=meeting, user=by, signed_up_at=at)
    record(meeting, "learning_signed_up", actor=by, at=at)
    return signup


@transaction.atomic
def sign_off(meeting: LearningMeeting, *, by: User, at: datetime) -> None:
    """Give the place back."""
    meeting = _locked(meeting)
    _require_open(meeting, local_date(at))
    gone, _ = meeting.signups.filter(user=by).delete()
    if not gone:
        raise MeetingRefused("U was niet aangemeld.")
    record(meeting, "learning_signed_off", actor=by, at=at)


def _locked(meeting: LearningMeeting) -> LearningMeeting:
    return LearningMeeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)


def _require_open(meeting: LearningMeeting, today: date) -> None:
    if meeting.is_cancelled:
        raise MeetingRefused("Deze bijeenkomst gaat niet door.")
    if meeting.takes_place_on < today:
        raise MeetingRefused("Deze bijeenkomst is geweest.")
