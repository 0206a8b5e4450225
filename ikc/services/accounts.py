"""Accounts by invitation, and the roles and mandates that say what their holders may do."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format

from ikc.models import Ikc, Mandate, Organisation, RoleAssignment, User
from ikc.querysets import RoleAssignmentQuerySet
from ikc.roles import SEATED_ROLES, Role, conflicting_role
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.mail import queue_mail

# The kind of organisation that a role belongs to; a role that is not here goes with any kind.
ORGANISATION_KINDS = {
    Role.PROJECT_LEADER: Organisation.Kind.MUNICIPALITY,
    Role.SIGNER: Organisation.Kind.MUNICIPALITY,
    Role.ADMIN: Organisation.Kind.MUNICIPALITY,
    Role.SCHOOL_BOARD: Organisation.Kind.SCHOOL_BOARD,
    Role.CHILDCARE_BOARD: Organisation.Kind.CHILDCARE,
}


class EmailTaken(DomainError):
    """Somebody with this address has an account already."""


class RoleRefused(DomainError):
    """This person may not have this role, or not here, or not in this period."""


class MandateRefused(DomainError):
    """This mandate can not be."""


@transaction.atomic
def invite_user(
    *, email: str, first_name: str, last_name: str, job_title: str, by: User | None, at: datetime
) -> User:
    """Make the account and order the invitation; the holder sets a password through 'Wachtwoord vergeten'.

    No link with a key goes into the mail: it would lie in the mail queue and in mailboxes.
    """
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken("Er is al een gebruiker met dit e-mailadres.")
    user = User.objects.create_user(
        email, first_name=first_name, last_name=last_name, job_title=job_title, date_joined=at
    )
    site = settings.SITE_URL.rstrip("/")
    queue_mail(
        email,
        "ikc/mail/invitation",
        {
            "user": user,
            "municipality": settings.MUNICIPALITY,
            "url": f"{site}{reverse('account_reset_password')}",
        },
        at=at,
    )
    record(user, "user.invited", actor=by, at=at)
    return user


@transaction.atomic
def change_user(
    user: User, *, first_name: str, last_name: str, job_title: str, by: User, at: datetime
) -> User:
    user = _locked(user)
    changes = {
        name: [getattr(user, name), value]
        for name, value in (
            ("first_name", first_name),
            ("last_name", last_name),
            ("job_title", job_title),
        )
        if getattr(user, name) != value
    }
    if changes:
        for name, (_, value) in changes.items():
            setattr(user, name, value)
        user.save(update_fields=list(changes))
        record(user, "user.changed", actor=by, at=at, fields=sorted(changes))
    return user


@transaction.atomic
def block_user(user: User, *, reason: str, by: User, at: datetime) -> User:
    """Shut the account at once: an inactive user is refused on the next click as well."""
    user = _locked(user)
    _not_oneself(user, by, "U kunt uw eigen toegang niet blokkeren.")
    if not user.is_active:
        raise DomainError("De toegang van deze gebruiker is al geblokkeerd.")
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(user, "user.blocked", actor=by, at=at, reason=reason)
    return user


@transaction.atomic
def unblock_user(user: User, *, by: User, at: datetime) -> User:
    user = _locked(user)
    if user.is_active:
        raise DomainError("De toegang van deze gebruiker is niet geblokkeerd.")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(user, "user.unblocked", actor=by, at=at)
    return user


@transaction.atomic
def give_role(
    user: User,
    role: Role,
    *,
    organisation: Organisation | None,
    ikc: Ikc | None = None,
    valid_from: date,
    valid_until: date | None = None,
    by: User,
    at: datetime,
) -> RoleAssignment:
    """A role for an organisation in a period (both days included). A director's is tied to an IKC."""
    if role in SEATED_ROLES:
        raise RoleRefused(
            f"De rol {role.label} hoort bij een zetel. Benoem deze persoon op de pagina Commissie."
        )
    return assign_role(
        user,
        role,
        organisation=organisation,
        ikc=ikc,
        valid_from=valid_from,
        valid_until=valid_until,
        by=by,
        at=at,
    )


@transaction.atomic
def assign_role(
    user: User,
    role: Role,
    *,
    organisation: Organisation | None,
    ikc: Ikc | None = None,
    valid_from: date,
    valid_until: date | None = None,
    by: User,
    at: datetime,
) -> RoleAssignment:
    """Any role, also one that comes with a seat; the services of the commission use it for those."""
    user = _locked(user)
    _not_oneself(user, by, "U kunt uzelf geen rol geven. Vraag een andere beheerder.")
    _check_period(valid_from, valid_until)
    organisation = _organisation_for(role, organisation, ikc)
    at_the_same_time = _overlapping(user, valid_from, valid_until)
    _check_combination(user, role, at_the_same_time)
    ikc = ikc if role == Role.IKC_DIRECTOR else None
    same = at_the_same_time.filter(role=role, organisation=organisation, ikc=ikc)
    if same.exists():
        raise RoleRefused("Deze persoon heeft deze rol al in deze periode.")
    assignment = RoleAssignment.objects.create(
        user=user,
        role=role,
        organisation=organisation,
        ikc=ikc,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    record(
        user, "user.role_given", actor=by, at=at, on_behalf_of=str(organisation),
        reason=_period_sentence(role, ikc, valid_from, valid_until), assignment=assignment.pk,
    )  # fmt: skip
    return assignment


@transaction.atomic
def end_role(
    assignment: RoleAssignment, *, last_day: date, by: User, at: datetime, today: date
) -> RoleAssignment:
    """Let a role end; `last_day` still counts and may be yesterday, so that it ends at once."""
    if hasattr(assignment, "seat"):
        raise RoleRefused(
            "Deze rol hoort bij een zetel in de commissie. Beëindig de zetel op de pagina Commissie."
        )
    return close_role(assignment, last_day=last_day, by=by, at=at, today=today)


@transaction.atomic
def prolong_role(
    assignment: RoleAssignment, *, valid_until: date | None, by: User, at: datetime
) -> RoleAssignment:
    """Let a role that came with a seat run longer; what may not go together is looked at again."""
    user = _locked(assignment.user)
    _not_oneself(user, by, "Uw eigen rol laat u door een andere beheerder verlengen.")
    assignment = RoleAssignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    others = _overlapping(user, assignment.valid_from, valid_until).exclude(pk=assignment.pk)
    _check_combination(user, Role(assignment.role), others)
    assignment.valid_until = valid_until
    assignment.save(update_fields=["valid_until"])
    record(
        user, "user.role_given", actor=by, at=at, on_behalf_of=str(assignment.organisation),
        reason=_period_sentence(Role(assignment.role), None, assignment.valid_from, valid_until),
        assignment=assignment.pk,
    )  # fmt: skip
    return assignment


@transaction.atomic
def close_role(
    assignment: RoleAssignment, *, last_day: date, by: User, at: datetime, today: date
) -> RoleAssignment:
    """End any role, also one that came with a seat."""
    assignment = RoleAssignment.objects.select_for_update().get(pk=assignment.pk)
    _not_oneself(assignment.user, by, "Uw eigen rol laat u door een andere beheerder beëindigen.")
    _check_last_day(assignment, last_day, today)
    assignment.valid_until = last_day
    assignment.save(update_fields=["valid_until"])
    record(
        assignment.user, "user.role_ended", actor=by, at=at,
        reason=f"{assignment.get_role_display()}, laatste dag {_day(last_day)}.",
        assignment=assignment.pk,
    )  # fmt: skip
    return assignment


@transaction.atomic
def give_mandate(
    user: User,
    *,
    organisation: Organisation,
    ikc: Ikc | None,
    reference: str,
    valid_from: date,
    valid_until: date | None = None,
    by: User,
    at: datetime,
) -> Mandate:
    """Register that `user` may act for a board (Awb 2:1), for one IKC of it or for all."""
    user = _locked(user)
    _check_period(valid_from, valid_until)
    if ikc is not None and ikc.board_id != organisation.pk:
        raise MandateRefused(f"{ikc} hoort bij een ander bestuur dan {organisation}.")
    mandate = Mandate.objects.create(
        user=user,
        organisation=organisation,
        ikc=ikc,
        reference=reference,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    record(
        user, "user.mandate_given", actor=by, at=at, on_behalf_of=str(organisation),
        reason=f"Kenmerk {reference}.", mandate=mandate.pk,
    )  # fmt: skip
    return mandate


@transaction.atomic
def end_mandate(
    mandate: Mandate, *, last_day: date, by: User, at: datetime, today: date
) -> Mandate:
    mandate = Mandate.objects.select_for_update().get(pk=mandate.pk)
    _check_last_day(mandate, last_day, today)
    mandate.valid_until = last_day
    mandate.save(update_fields=["valid_until"])
    record(
        mandate.user, "user.mandate_ended", actor=by, at=at,
        reason=f"Kenmerk {mandate.reference}, laatste dag {_day(last_day)}.", mandate=mandate.pk,
    )  # fmt: skip
    return mandate


def _locked(user: User) -> User:
    """The row of this user, so that two administrators can not give what excludes one another."""
    return User.objects.select_for_update().get(pk=user.pk)


def _not_oneself(user: User, by: User, sentence: str) -> None:
    if user.pk == by.pk:
        raise DomainError(sentence)


def _check_period(valid_from: date, valid_until: date | None) -> None:
    if valid_until is not None and valid_until < valid_from:
        raise DomainError("De einddatum ligt vóór de begindatum.")


def _check_last_day(row: RoleAssignment | Mandate, last_day: date, today: date) -> None:
    if row.valid_until is not None and row.valid_until < today:
        raise DomainError("Dit is al afgelopen.")
    if last_day < row.valid_from:
        raise DomainError(f"De laatste dag ligt vóór de begindatum, {_day(row.valid_from)}.")
    if last_day < today - timedelta(days=1):
        # what somebody did in the meantime was done with this role
        raise DomainError("De laatste dag kan niet verder terug liggen dan gisteren.")


def _organisation_for(
    role: Role, organisation: Organisation | None, ikc: Ikc | None
) -> Organisation:
    """The organisation that the role is held for; a director's follows from the IKC."""
    if role == Role.IKC_DIRECTOR:
        if ikc is None:
            raise RoleRefused("Kies het IKC waarvan deze persoon directeur is.")
        return _director_organisation(organisation, ikc)
    if organisation is None:
        raise RoleRefused("Kies de organisatie waarvoor deze persoon de rol heeft.")
    kind = ORGANISATION_KINDS.get(role)
    if kind is not None and organisation.kind != kind:
        raise RoleRefused(
            f"De rol {role.label} hoort bij een {kind.label}; "
            f"{organisation} is een {organisation.get_kind_display()}."
        )
    return organisation


def _director_organisation(organisation: Organisation | None, ikc: Ikc) -> Organisation:
    """A director works for the board of the IKC or for its childcare partner."""
    if organisation is None or organisation.pk == ikc.board_id:
        return ikc.board
    if not ikc.partners.filter(organisation=organisation).exists():
        raise RoleRefused(f"{organisation} is geen bestuur of partner van {ikc}.")
    return organisation


def _overlapping(user: User, valid_from: date, valid_until: date | None) -> RoleAssignmentQuerySet:
    """The roles of `user` that are held on some day of the period."""
    overlapping = user.assignments.filter(Q(valid_until=None) | Q(valid_until__gte=valid_from))
    if valid_until is not None:
        overlapping = overlapping.filter(valid_from__lte=valid_until)
    return overlapping


def _check_combination(user: User, role: Role, assignments: RoleAssignmentQuerySet) -> None:
    held = frozenset(Role(code) for code in assignments.values_list("role", flat=True))
    other = conflicting_role(role, held)
    if other is not None:
        raise RoleRefused(
            f"{user} is in deze periode {other.label}. "
            f"Dat gaat niet samen met de rol {role.label}: die twee moeten los van elkaar staan."
        )


def _period_sentence(role: Role, ikc: Ikc | None, start: date, end: date | None) -> str:
    of_ikc = f" van {ikc}" if ikc else ""
    until = f" tot en met {_day(end)}" if end else ""
    return f"{role.label}{of_ikc}, vanaf {_day(start)}{until}."


def _day(day: date) -> str:
    return date_format(day, "j F Y")
