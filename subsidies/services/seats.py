"""Seats in the IKC-commissie: appointed by the college for a term, with the role that follows from it (ADR 0013).

A commission that the college sets up has no members of the council (Gemeentewet 84(2) jo. 83(2)); the college
settles whether it meets in public (84(3)).
"""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from ikc.models import Organisation
from ikc.roles import Role
from ikc.services.accounts import assign_role, close_role, prolong_role
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import Application, CommissionMember, CommissionSettings

if TYPE_CHECKING:
    from ikc.models import User

Function = CommissionMember.Function
# Domain reference 6.1: SEC is the chair or the secretary; a deputy does what the chair cannot.
ROLES = {
    Function.MEMBER: Role.COMMISSION_MEMBER,
    Function.CHAIR: Role.COMMISSION_SECRETARY,
    Function.DEPUTY_CHAIR: Role.COMMISSION_SECRETARY,
    Function.SECRETARY: Role.COMMISSION_SECRETARY,
}


class SeatRefused(DomainError):
    """This seat can not be: a member of the council, no decision, or not in this period."""


@transaction.atomic
def appoint_member(
    user: "User",
    *,
    organisation: Organisation,
    function: str,
    valid_from: date,
    valid_until: date | None = None,
    decision_number: str,
    decided_on: date,
    sits_in_council: bool,
    by: "User",
    at: datetime,
) -> CommissionMember:
    """Give `user` a seat and the role that goes with it, for the same term.

    Raises SeatRefused, or RoleRefused of the accounts for roles that may not go together.
    """
    if sits_in_council:  # C9
        raise SeatRefused(
            "Een raadslid mag niet in een commissie van het college zitten (artikel 84 Gemeentewet)."
        )
    _check_decision(decision_number, decided_on, at)
    _check_free(user, function, valid_from, valid_until)
    assignment = assign_role(
        user,
        ROLES[Function(function)],
        organisation=organisation,
        valid_from=valid_from,
        valid_until=valid_until,
        by=by,
        at=at,
    )
    seat = CommissionMember.objects.create(
        user=user,
        organisation=organisation,
        function=function,
        valid_from=valid_from,
        valid_until=valid_until,
        decision_number=decision_number.strip(),
        decided_on=decided_on,
        assignment=assignment,
    )
    record(seat, "seat_given", actor=by, at=at, reason=_sentence(seat))
    return seat


@transaction.atomic
def renew_seat(
    seat: CommissionMember,
    *,
    valid_until: date | None,
    decision_number: str,
    decided_on: date,
    by: "User",
    at: datetime,
) -> CommissionMember:
    """A new term for a seat that still runs; it stays the same seat, so that what was declared stays with it."""
    seat = _locked(seat)
    _check_decision(decision_number, decided_on, at)
    if seat.valid_until is None:
        raise SeatRefused("Deze zetel heeft geen einddatum. Verlengen is niet nodig.")
    if seat.valid_until < local_date(at):
        raise SeatRefused("Deze zetel is afgelopen. Benoem deze persoon opnieuw.")
    if valid_until is not None and valid_until <= seat.valid_until:
        raise SeatRefused(f"De zetel loopt al tot en met {_day(seat.valid_until)}.")
    _check_free(seat.user, seat.function, seat.valid_from, valid_until, but=seat)
    if seat.assignment is not None:
        seat.assignment = prolong_role(seat.assignment, valid_until=valid_until, by=by, at=at)
    seat.valid_until = valid_until
    seat.decision_number, seat.decided_on = decision_number.strip(), decided_on
    seat.save(update_fields=["valid_until", "decision_number", "decided_on"])
    record(seat, "seat_renewed", actor=by, at=at, reason=_sentence(seat))
    return seat


@transaction.atomic
def end_seat(
    seat: CommissionMember, *, last_day: date, by: "User", at: datetime
) -> CommissionMember:
    """The seat and its role end; `last_day` still counts and may be yesterday, not earlier."""
    seat = _locked(seat)
    if seat.valid_until is not None and seat.valid_until < local_date(at):
        raise SeatRefused("Deze zetel is al afgelopen.")
    if last_day < seat.valid_from:
        raise SeatRefused(f"De laatste dag ligt vóór de begindatum, {_day(seat.valid_from)}.")
    if seat.valid_until is not None and last_day > seat.valid_until:
        raise SeatRefused("Voor een langere termijn verlengt u de zetel.")
    if seat.assignment is not None:
        seat.assignment = close_role(
            seat.assignment, last_day=last_day, by=by, at=at, today=local_date(at)
        )
    seat.valid_until = last_day
    seat.save(update_fields=["valid_until"])
    record(seat, "seat_ended", actor=by, at=at, reason=_sentence(seat))
    return seat


@transaction.atomic
def change_settings(
    *,
    quorum: int,
    public_meetings: bool,
    look_back_years: int,
    keep_interests_years: int,
    advice_in_meeting: bool = True,
    decision_number: str,
    decided_on: date,
    by: "User",
    at: datetime,
) -> CommissionSettings:
    """What the college settled about quorum, publicity and interests (C3, C10)."""
    _check_decision(decision_number, decided_on, at)
    CommissionSettings.objects.get_or_create(pk=1)
    settings = CommissionSettings.objects.select_for_update().get(pk=1)
    settings.quorum, settings.public_meetings = quorum, public_meetings
    settings.look_back_years, settings.keep_interests_years = look_back_years, keep_interests_years
    settings.advice_in_meeting = advice_in_meeting
    settings.decision_number, settings.decided_on = decision_number.strip(), decided_on
    settings.save()
    record(
        settings, "commission_settings_changed", actor=by, at=at,
        reason=f"Quorum {quorum}, {'openbaar' if public_meetings else 'besloten'}, "
        f"advies {'' if advice_in_meeting else 'niet altijd '}in een vergadering, besluit {settings.decision_number}.",
    )  # fmt: skip
    return settings


def may_chair(user: "User", application_id: int | None) -> bool:
    """Whether `user` leads the commission on the application with this id today: the chair, or the deputy when the chair can not.

    The chair can not with an interest in the application; nor can the deputy (C7). Without a chair in office the
    deputy leads as well, and with neither of them in office the secretary.
    """
    leaders = list(
        CommissionMember.objects.active_on(timezone.localdate())
        .filter(function__in=[Function.CHAIR, Function.DEPUTY_CHAIR], user__is_active=True)
        .select_related("user")
        .order_by("function", "pk")
    )
    if not leaders:
        return user.has_role(Role.COMMISSION_SECRETARY)
    if application_id is None:
        return False
    free = [
        seat
        for seat in leaders
        if Application.objects.without_interest_of(seat.user).filter(pk=application_id).exists()
    ]
    first = [seat for seat in free if seat.function == Function.CHAIR] or free
    return user.pk in {seat.user_id for seat in first}


def _locked(seat: CommissionMember) -> CommissionMember:
    rows = CommissionMember.objects.select_for_update(of=("self",))
    return rows.select_related("user", "organisation", "assignment").get(pk=seat.pk)


def _check_decision(number: str, decided_on: date, at: datetime) -> None:
    if not number.strip():
        raise SeatRefused("Vul het nummer van het collegebesluit in.")
    if decided_on > local_date(at):
        raise SeatRefused("De datum van het collegebesluit ligt in de toekomst.")


def _check_free(
    user: "User",
    function: str,
    start: date,
    end: date | None,
    *,
    but: CommissionMember | None = None,
) -> None:
    """One seat per person, and one chair, on every day of the period; the database refuses it as well."""
    if end is not None and end < start:
        raise SeatRefused("De einddatum ligt vóór de begindatum.")
    seats = CommissionMember.objects.filter(Q(valid_until=None) | Q(valid_until__gte=start))
    if end is not None:
        seats = seats.filter(valid_from__lte=end)
    if but is not None:
        seats = seats.exclude(pk=but.pk)
    if seats.filter(user=user).exists():
        raise SeatRefused("Deze persoon zit in deze periode al in de commissie.")
    if function != Function.CHAIR:
        return
    other = seats.filter(function=Function.CHAIR).select_related("user").first()
    if other is not None:
        raise SeatRefused(f"In deze periode is {other.user} al voorzitter.")


def _sentence(seat: CommissionMember) -> str:
    until = f" tot en met {_day(seat.valid_until)}" if seat.valid_until else ""
    return (
        f"{seat.user}, {seat.get_function_display()}, vanaf {_day(seat.valid_from)}{until}."
        f" Besluit {seat.decision_number or 'onbekend'}."
    )


def _day(day: date) -> str:
    return date_format(day, "j F Y")
