from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ikc.models import Mandate, Organisation, RoleAssignment, User
from ikc.roles import FORBIDDEN_TOGETHER, SEATED_ROLES, Role
from ikc.services import accounts
from ikc.services.accounts import MandateRefused, RoleRefused
from ikc.tests.factories import (
    IkcFactory,
    IkcPartnerFactory,
    MandateFactory,
    OrganisationFactory,
    RoleAssignmentFactory,
    UserFactory,
)
from kvk2.core.audit import events_of
from kvk2.core.errors import DomainError
from kvk2.core.models import OutgoingMail

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 14)
START, END = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def admin():
    return UserFactory(admin=True)


@pytest.fixture
def municipality():
    return OrganisationFactory(municipality=True)


@pytest.fixture
def user():
    return UserFactory()


def give(user, role, by, **options):
    options = {"organisation": None, "valid_from": START, **options}
    # a role of the commission comes with a seat only, through the same checks
    way = accounts.assign_role if role in SEATED_ROLES else accounts.give_role
    return way(user, role, **options, by=by, at=timezone.now())


def end(assignment, last_day, by):
    return accounts.end_role(assignment, last_day=last_day, by=by, at=timezone.now(), today=TODAY)


# --- accounts


def test_an_invitation_makes_an_account_without_password_and_orders_a_mail(admin):
    user = accounts.invite_user(
        email=" Nieuw@Voorbeeld.example ", first_name="Anna", last_name="de Wit", job_title="",
        by=admin, at=timezone.now(),
    )  # fmt: skip

    mail = OutgoingMail.objects.get()
    assert user.email == "nieuw@voorbeeld.example"
    assert not user.has_usable_password()
    assert not user.active_roles
    assert mail.to == user.email
    assert "Beste Anna de Wit" in mail.body
    assert reverse("account_reset_password") in mail.body
    assert [event.verb for event in events_of(user)] == ["user.invited"]


def test_an_address_is_used_once(admin, user):
    with pytest.raises(accounts.EmailTaken):
        accounts.invite_user(
            email=user.email.upper(), first_name="A", last_name="B", job_title="",
            by=admin, at=timezone.now(),
        )  # fmt: skip

    assert not OutgoingMail.objects.exists()


def test_a_change_is_recorded_with_the_fields_and_without_the_values(admin, user):
    values = {"first_name": "Bea", "last_name": user.last_name, "job_title": "directeur"}

    accounts.change_user(user, **values, by=admin, at=timezone.now())
    accounts.change_user(user, **values, by=admin, at=timezone.now())

    event = events_of(user).get()
    assert event.data == {"fields": ["first_name", "job_title"]}


def test_blocking_ends_every_role_at_once_and_can_be_undone(admin):
    user = UserFactory(project_leader=True)

    accounts.block_user(user, reason="Uit dienst", by=admin, at=timezone.now())

    blocked = User.objects.get(pk=user.pk)
    assert not blocked.active_roles
    with pytest.raises(DomainError):
        accounts.block_user(user, reason="Nog eens", by=admin, at=timezone.now())
    accounts.unblock_user(user, by=admin, at=timezone.now())
    assert User.objects.get(pk=user.pk).active_roles == {Role.PROJECT_LEADER}
    with pytest.raises(DomainError):
        accounts.unblock_user(user, by=admin, at=timezone.now())
    assert [event.verb for event in events_of(user)] == ["user.unblocked", "user.blocked"]


def test_nobody_blocks_themselves(admin):
    with pytest.raises(DomainError, match="eigen toegang"):
        accounts.block_user(admin, reason="Proef", by=admin, at=timezone.now())


# --- roles


def test_a_role_is_given_with_its_period_and_recorded(admin, user, municipality):
    assignment = give(user, Role.PROJECT_LEADER, admin, organisation=municipality, valid_until=END)

    assert assignment.is_active_on(TODAY)
    event = events_of(user).get()
    assert (event.verb, event.actor) == ("user.role_given", admin)
    assert event.reason == "projectleider, vanaf 1 januari 2026 tot en met 31 december 2026."


@pytest.mark.parametrize("pair", sorted(map(sorted, FORBIDDEN_TOGETHER)), ids="+".join)
@pytest.mark.parametrize("swapped", [False, True])
def test_roles_that_exclude_each_other_are_refused_with_a_sentence(admin, user, pair, swapped):
    held, wanted = map(Role, reversed(pair) if swapped else pair)
    ikc = IkcFactory()
    organisation = OrganisationFactory(kind=accounts.ORGANISATION_KINDS.get(wanted, "other"), board_number="")  # fmt: skip
    RoleAssignmentFactory(user=user, role=held, ikc=ikc, organisation=ikc.board, valid_from=START)

    with pytest.raises(RoleRefused) as refusal:
        give(
            user,
            wanted,
            admin,
            organisation=ikc.board if wanted == Role.IKC_DIRECTOR else organisation,
            ikc=ikc,
        )

    assert held.label in refusal.value.message
    assert wanted.label in refusal.value.message
    assert user.assignments.count() == 1


def test_what_excludes_each_other_may_follow_each_other(admin, user, municipality):
    RoleAssignmentFactory(
        user=user, role=Role.SIGNER, organisation=municipality, valid_from=START, valid_until=END
    )

    give(
        user,
        Role.PROJECT_LEADER,
        admin,
        organisation=municipality,
        valid_from=END + timedelta(days=1),
    )

    assert user.assignments.count() == 2


def test_one_day_together_is_too_much(admin, user, municipality):
    RoleAssignmentFactory(
        user=user, role=Role.SIGNER, organisation=municipality, valid_from=START, valid_until=END
    )

    with pytest.raises(RoleRefused):
        give(user, Role.PROJECT_LEADER, admin, organisation=municipality, valid_from=END)


def test_the_same_role_twice_is_refused(admin, user, municipality):
    give(user, Role.PROJECT_LEADER, admin, organisation=municipality)

    with pytest.raises(RoleRefused, match="al in deze periode"):
        give(user, Role.PROJECT_LEADER, admin, organisation=municipality, valid_from=TODAY)


@pytest.mark.parametrize("role", list(accounts.ORGANISATION_KINDS))
def test_a_role_belongs_to_a_kind_of_organisation(admin, user, role):
    with pytest.raises(RoleRefused, match="hoort bij een"):
        give(user, role, admin, organisation=OrganisationFactory(research=True))
    with pytest.raises(RoleRefused, match="Kies de organisatie"):
        give(user, role, admin)


def test_a_director_is_tied_to_an_ikc_and_its_board(admin, user):
    ikc = IkcFactory()

    with pytest.raises(RoleRefused, match="Kies het IKC"):
        give(user, Role.IKC_DIRECTOR, admin, organisation=ikc.board)
    with pytest.raises(RoleRefused, match="geen bestuur of partner"):
        give(user, Role.IKC_DIRECTOR, admin, ikc=ikc, organisation=OrganisationFactory())
    assert give(user, Role.IKC_DIRECTOR, admin, ikc=ikc).organisation == ikc.board


def test_a_director_may_come_from_childcare(admin, user):
    partner = IkcPartnerFactory()

    assignment = give(
        user, Role.IKC_DIRECTOR, admin, ikc=partner.ikc, organisation=partner.organisation
    )

    assert assignment.organisation == partner.organisation


def test_an_ikc_is_kept_for_directors_only(admin, user, municipality):
    assignment = give(user, Role.PROJECT_LEADER, admin, organisation=municipality, ikc=IkcFactory())

    assert assignment.ikc is None


def test_nobody_gives_or_ends_the_own_roles(admin):
    with pytest.raises(DomainError, match="uzelf"):
        give(admin, Role.AUDITOR, admin, organisation=OrganisationFactory(research=True))
    with pytest.raises(DomainError, match="andere beheerder"):
        end(admin.assignments.get(), TODAY, admin)


def test_a_period_runs_forward(admin, user, municipality):
    with pytest.raises(DomainError, match="vóór de begindatum"):
        give(
            user, Role.PROJECT_LEADER, admin, organisation=municipality,
            valid_from=END, valid_until=START,
        )  # fmt: skip


@pytest.mark.parametrize("last_day", [TODAY - timedelta(days=1), TODAY, END])
def test_a_role_ends_after_its_last_day(admin, last_day):
    assignment = RoleAssignmentFactory(valid_from=START)

    end(assignment, last_day, admin)

    assignment.refresh_from_db()
    assert assignment.is_active_on(last_day)
    assert not assignment.is_active_on(last_day + timedelta(days=1))
    assert [event.verb for event in events_of(assignment.user)] == ["user.role_ended"]


@pytest.mark.parametrize(
    ("starts", "ends", "last_day", "sentence"),
    [
        (START, None, TODAY - timedelta(days=2), "niet verder terug"),
        (TODAY + timedelta(days=9), None, TODAY, "vóór de begindatum"),
        (START, TODAY - timedelta(days=1), TODAY, "al afgelopen"),
    ],
)
def test_history_is_not_rewritten(admin, starts, ends, last_day, sentence):
    assignment = RoleAssignmentFactory(valid_from=starts, valid_until=ends)

    with pytest.raises(DomainError, match=sentence):
        end(assignment, last_day, admin)

    assert RoleAssignment.objects.get(pk=assignment.pk).valid_until == ends


# --- mandates


def test_a_mandate_is_registered_and_ended(admin, user):
    ikc = IkcFactory()

    mandate = accounts.give_mandate(
        user, organisation=ikc.board, ikc=ikc, reference="B-12", valid_from=START,
        by=admin, at=timezone.now(),
    )  # fmt: skip
    assert Mandate.objects.covering(user=user, ikc=ikc, day=TODAY).exists()

    accounts.end_mandate(mandate, last_day=TODAY, by=admin, at=timezone.now(), today=TODAY)
    tomorrow = TODAY + timedelta(days=1)
    assert not Mandate.objects.covering(user=user, ikc=ikc, day=tomorrow).exists()
    assert [event.verb for event in events_of(user)] == ["user.mandate_ended", "user.mandate_given"]


def test_a_board_gives_no_mandate_for_the_ikc_of_another(admin, user):
    with pytest.raises(MandateRefused, match="ander bestuur"):
        accounts.give_mandate(
            user, organisation=OrganisationFactory(), ikc=IkcFactory(), reference="B-12",
            valid_from=START, by=admin, at=timezone.now(),
        )  # fmt: skip


def test_a_mandate_that_ended_stays_ended(admin):
    mandate = MandateFactory(valid_from=START, valid_until=TODAY - timedelta(days=1))

    with pytest.raises(DomainError, match="al afgelopen"):
        accounts.end_mandate(mandate, last_day=END, by=admin, at=timezone.now(), today=TODAY)


def test_the_kinds_of_organisation_exist():
    assert set(accounts.ORGANISATION_KINDS.values()) <= set(Organisation.Kind)
