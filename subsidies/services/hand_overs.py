"""Handing a draft over to a colleague who may act for the same board."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from ikc.models import Ikc, Mandate, RoleAssignment, User
from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import Application, HandOver
from subsidies.services.applications import (
    Step,
    Typed,
    authority_of,
    count_save,
    lock_draft,
    require_authority,
    unparsed_of,
    version_of,
    write_draft,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet


class NotAColleague(DomainError):
    """The other may not act for the board of this IKC."""

    code = "NOT_A_COLLEAGUE"


def colleagues(ikc: Ikc, day: date, *, but: User) -> "QuerySet[User]":
    """Who else may work on an application of `ikc` on `day`: directors with a mandate, and who speaks for the board."""
    mandated = Mandate.objects.active_on(day).filter(
        Q(ikc=ikc) | Q(ikc=None), organisation_id=ikc.board_id
    )
    directors = RoleAssignment.objects.active_on(day).filter(
        role=Role.IKC_DIRECTOR, ikc=ikc, user__in=mandated.values("user")
    )
    board = RoleAssignment.objects.active_on(day).filter(
        role=Role.SCHOOL_BOARD, organisation_id=ikc.board_id
    )
    return (
        User.objects.filter(
            Q(pk__in=directors.values("user")) | Q(pk__in=board.values("user")), is_active=True
        )
        .exclude(pk=but.pk)
        .order_by("last_name", "first_name", "pk")
    )


@transaction.atomic
def hand_over(application: Application, *, to: User, note: str, by: User, at: datetime) -> HandOver:
    """From now on `to` works on the draft, and is the contact. Refusals: `NoLongerDraft`, `NoMandate`, `NotAColleague`."""
    application = lock_draft(application)
    day = local_date(at)
    authority = require_authority(by, application.ikc, day)
    if to == by or authority_of(to, application.ikc, day) is None:
        raise NotAColleague(f"{to} mag niet handelen namens {application.ikc.board}.")
    given = HandOver.objects.create(
        application=application, given_by=by, given_to=to, given_at=at, note=note.strip()
    )
    # As a save of the step with the contact in it, so that a page of before does not put the old name back.
    typed = Typed(
        {"contact_name": to.full_name, "contact_email": to.email},
        unparsed_of(application, Step.DETAILS),
        version_of(application, Step.DETAILS),
    )
    count_save(application, Step.DETAILS, typed, at)
    write_draft(application, typed.values)
    record(
        application,
        "application_handed_over",
        actor=by,
        at=at,
        on_behalf_of=str(application.ikc.board),
        role=authority.role,
        reason=note.strip(),
        to=to.full_name,
    )
    return given


def last_hand_over(application: Application) -> HandOver | None:
    return (
        application.hand_overs.select_related("given_by", "given_to")
        .order_by("-given_at", "-pk")
        .first()
    )


def mandate_of(user: User, ikc: Ikc, day: date) -> Mandate | None:
    """The mandate with which `user` acts for `ikc` on `day`, the one that lasts longest first."""
    return (
        Mandate.objects.covering(user=user, ikc=ikc, day=day)
        .order_by("-valid_until", "-pk")
        .first()
    )
