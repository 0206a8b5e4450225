"""A director leaves: prepared by who leaves, completed by the project leader, in one transaction.

Source: domain reference 6.1 (roles are dated and per organisation) and 2 (machtiging, Awb 2:1).
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.formats import date_format

from ikc.models import DirectorHandOver, Ikc, Mandate, RoleAssignment, User
from ikc.passing import HandingOver, take_over
from ikc.roles import Role
from ikc.services.accounts import assign_role, close_role, end_mandate, give_mandate
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from django.db.models import QuerySet

DAY = timedelta(days=1)


class HandOverRefused(DomainError):
    """This hand-over cannot be, or not in this way."""

    code = "HAND_OVER_REFUSED"


def open_of(ikc: Ikc) -> "QuerySet[DirectorHandOver]":
    """What was prepared for `ikc` and is not completed."""
    return ikc.hand_overs.filter(completed_at=None, withdrawn_at=None).order_by("last_day", "pk")


@transaction.atomic
def prepare(
    assignment: RoleAssignment,
    *,
    successor: User | None,
    last_day: date,
    note: str,
    by: User,
    at: datetime,
) -> DirectorHandOver:
    """Say who follows and until when one stays; nothing changes yet. Refusal: `HandOverRefused`."""
    assignment, ikc = _locked(assignment)
    _require_successor(assignment, successor, last_day)
    if last_day < local_date(at):
        raise HandOverRefused("Kies als laatste dag vandaag of een latere dag.")
    hand_over = _draft_of(assignment, by=by, at=at)
    hand_over.successor, hand_over.last_day, hand_over.note = successor, last_day, note.strip()
    hand_over.save()
    record(
        ikc, "ikc.hand_over_prepared", actor=by, at=at,
        reason=_sentence(assignment.user, successor, last_day), hand_over=hand_over.pk,
    )  # fmt: skip
    return hand_over


@transaction.atomic
def withdraw(hand_over: DirectorHandOver, *, by: User, at: datetime) -> DirectorHandOver:
    """The director stays. Refusal: `HandOverRefused` (completed, or withdrawn before)."""
    hand_over = DirectorHandOver.objects.select_for_update(of=("self",)).get(pk=hand_over.pk)
    if not hand_over.is_open:
        raise HandOverRefused("Deze overdracht is al afgerond of ingetrokken.")
    hand_over.withdrawn_at = at
    hand_over.save(update_fields=["withdrawn_at"])
    record(
        hand_over.ikc, "ikc.hand_over_withdrawn", actor=by, at=at,
        reason=f"{hand_over.leaving} blijft.", hand_over=hand_over.pk,
    )  # fmt: skip
    return hand_over


@transaction.atomic
def complete(
    assignment: RoleAssignment,
    *,
    successor: User | None,
    last_day: date,
    mandate_reference: str = "",
    note: str = "",
    by: User,
    at: datetime,
) -> DirectorHandOver:
    """End the role and the mandates of who leaves, begin those of the successor the day after, and pass on what waits.

    Without a successor nothing passes, and the IKC without a director is a task of the project leaders.
    Refusals: `HandOverRefused`, and those of `assign_role` and `close_role` (`RoleRefused`, `DomainError`).
    """
    assignment, ikc = _locked(assignment)
    leaving = assignment.user
    _require_successor(assignment, successor, last_day)
    hand_over = _draft_of(assignment, by=by, at=at)
    hand_over.successor, hand_over.last_day, hand_over.note = successor, last_day, note.strip()
    hand_over.completed_by, hand_over.completed_at = by, at
    today = local_date(at)
    # before the role ends: what hangs on the person is found by what the person directs
    if successor is not None:
        take_over(HandingOver(ikc=ikc, leaving=leaving, successor=successor, by=by, at=at))
    close_role(assignment, last_day=last_day, by=by, at=at, today=today)
    for mandate in _running_mandates(leaving, ikc, last_day):
        end_mandate(mandate, last_day=max(last_day, mandate.valid_from), by=by, at=at, today=today)
    if successor is not None:
        _begin(assignment, ikc, successor, last_day + DAY, mandate_reference, by=by, at=at)
    hand_over.save()
    record(
        ikc, "ikc.director_handed_over" if successor else "ikc.director_left", actor=by, at=at,
        reason=_sentence(leaving, successor, last_day), hand_over=hand_over.pk,
    )  # fmt: skip
    return hand_over


def _begin(
    assignment: RoleAssignment,
    ikc: Ikc,
    successor: User,
    day: date,
    reference: str,
    *,
    by: User,
    at: datetime,
) -> None:
    assign_role(
        successor, Role.IKC_DIRECTOR, organisation=assignment.organisation, ikc=ikc,
        valid_from=day, by=by, at=at,
    )  # fmt: skip
    if reference.strip():
        give_mandate(
            successor, organisation=ikc.board, ikc=ikc, reference=reference.strip(),
            valid_from=day, by=by, at=at,
        )  # fmt: skip


def _running_mandates(user: User, ikc: Ikc, last_day: date) -> "QuerySet[Mandate]":
    """Those for this IKC alone; one for a whole board says nothing without a role in one of its IKCs."""
    return Mandate.objects.active_on(last_day + DAY).filter(user=user, ikc=ikc).order_by("pk")


def _draft_of(assignment: RoleAssignment, *, by: User, at: datetime) -> DirectorHandOver:
    """What was prepared, or a new one."""
    found = assignment.hand_overs.filter(withdrawn_at=None).first()
    if found is not None and not found.is_open:
        raise HandOverRefused("Deze directeur heeft al overgedragen.")
    return found or DirectorHandOver(
        ikc=assignment.ikc, assignment=assignment, leaving=assignment.user,
        prepared_by=by, prepared_at=at,
    )  # fmt: skip


def _require_successor(assignment: RoleAssignment, successor: User | None, last_day: date) -> None:
    if last_day < assignment.valid_from:
        raise HandOverRefused("De laatste dag ligt vóór het begin van deze rol.")
    if successor is None:
        return
    if successor.pk == assignment.user_id:
        raise HandOverRefused("Wie vertrekt, volgt zichzelf niet op.")
    if not successor.is_active:
        raise HandOverRefused("De toegang van de opvolger is geblokkeerd.")
    running = RoleAssignment.objects.active_on(last_day + DAY)
    if running.filter(user=successor, role=Role.IKC_DIRECTOR, ikc=assignment.ikc).exists():
        raise HandOverRefused(f"{successor} is dan al directeur van {assignment.ikc}.")


def _locked(assignment: RoleAssignment) -> tuple[RoleAssignment, Ikc]:
    """The row of the role with its IKC; a constraint says that a director has one."""
    assignment = (
        RoleAssignment.objects.select_for_update(of=("self",))
        .select_related("user", "ikc__board", "organisation")
        .get(pk=assignment.pk)
    )
    if assignment.role != Role.IKC_DIRECTOR or assignment.ikc is None:
        raise HandOverRefused("Alleen een directeur draagt een IKC over.")
    return assignment, assignment.ikc


def _sentence(leaving: User, successor: User | None, last_day: date) -> str:
    day = date_format(last_day, "j F Y")
    follows = f"{successor} volgt op" if successor else "nog niemand volgt op"
    return f"{leaving}, laatste dag {day}; {follows}."
