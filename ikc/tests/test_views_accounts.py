from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.urls import reverse
from django.utils import timezone

from ikc.models import Mandate, RoleAssignment, User
from ikc.roles import Role
from ikc.tests.factories import (
    IkcFactory,
    OrganisationFactory,
    RoleAssignmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = UserFactory(admin=True)
    client.force_login(user)
    return user


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def address(name, *args) -> str:
    return reverse(f"ikc:{name}", args=args)


def users_in(response) -> set[User]:
    return {row.record for row in response.context["table"].rows}


def test_users_are_found_by_name_organisation_and_role(client, admin):
    board = OrganisationFactory(name="Stichting De Brêge")
    user = UserFactory(school_board=True, organisation=board, last_name="Dijkstra")
    UserFactory(member=True)

    def found(**choice):
        return users_in(client.get(address("user_list"), choice))

    assert found(q="dijkstra brege") == {user}
    assert found(role="school_board") == {user}
    assert found(q="dijkstra postma") == set()


def test_users_without_role_with_an_ending_role_and_blocked(client, admin):
    today = timezone.localdate()
    nobody = UserFactory()
    ending = RoleAssignmentFactory(valid_until=today + timedelta(days=5)).user
    blocked = UserFactory(is_active=False)

    def found(**choice):
        return users_in(client.get(address("user_list"), choice))

    assert found(role="none") == {nobody}
    assert found(role="ending") == {ending}
    assert found(active="no") == {blocked}
    assert blocked not in found(active="yes")


def test_the_list_of_users_as_csv(client, admin):
    UserFactory(director=True, ikc=IkcFactory(name="IKC De Brug"), last_name="Aa", first_name="Bo")

    lines = client.get(address("user_list"), {"export": "csv"}).content.decode().splitlines()

    assert "Bo Aa" in lines[1]
    assert "IKC-directeur van IKC De Brug" in lines[1]
    assert lines[1].endswith("mag inloggen")


def test_the_auditor_looks_and_touches_nothing(client):
    person = UserFactory(project_leader=True)
    client.force_login(UserFactory(auditor=True))

    page = text_of(client.get(person.get_absolute_url()))

    assert "Projectleider" in page
    assert "Rol geven" not in page
    assert "uitnodigen" not in text_of(client.get(address("user_list")))


def test_inviting_leads_to_the_new_user(client, admin):
    values = {"email": "nieuw@voorbeeld.example", "first_name": "Anna", "last_name": "de Wit"}

    response = client.post(address("user_invite"), values, follow=True)

    user = User.objects.get(email="nieuw@voorbeeld.example")
    assert response.redirect_chain == [(user.get_absolute_url(), 302)]
    assert "Nog geen rol" in text_of(response)
    taken = client.post(address("user_invite"), values)
    assert taken.status_code == 422
    assert "Er is al een gebruiker met dit e-mailadres." in text_of(taken)


def test_a_person_is_changed(client, admin):
    person = UserFactory()

    client.post(
        address("user_edit", person.pk),
        {"first_name": "Bea", "last_name": "Vos", "job_title": "directeur"},
    )

    person.refresh_from_db()
    assert (person.full_name, person.job_title) == ("Bea Vos", "directeur")


def test_roles_are_given_and_ended(client, admin):
    person, ikc = UserFactory(), IkcFactory()
    values = {"role": "ikc_director", "ikc": ikc.pk, "valid_from": "1-8-2025"}

    client.post(address("role_add", person.pk), values)
    assignment = RoleAssignment.objects.get(user=person)
    client.post(
        address("role_end", assignment.pk), {"last_day": f"{timezone.localdate():%d-%m-%Y}"}
    )

    assignment.refresh_from_db()
    assert (assignment.role, assignment.ikc) == (Role.IKC_DIRECTOR, ikc)
    assert assignment.valid_until == timezone.localdate()


def test_a_forbidden_combination_is_refused_in_words(client, admin):
    person = UserFactory(member=True)
    organisation = OrganisationFactory(municipality=True)

    response = client.post(
        address("role_add", person.pk),
        {"role": "project_leader", "organisation": organisation.pk, "valid_from": "1-8-2025"},
    )

    assert response.status_code == 422
    assert "Dat gaat niet samen met de rol projectleider" in text_of(response)
    assert "<title>Fout: " in text_of(response)


def test_mandates_are_given_and_ended(client, admin):
    person, ikc = UserFactory(), IkcFactory()
    values = {
        "organisation": ikc.board_id, "ikc": ikc.pk, "reference": "B-12", "valid_from": "1-8-2025"
    }  # fmt: skip

    client.post(address("mandate_add", person.pk), values)
    mandate = Mandate.objects.get(user=person)
    page = text_of(client.get(person.get_absolute_url()))
    client.post(
        address("mandate_end", mandate.pk), {"last_day": f"{timezone.localdate():%d-%m-%Y}"}
    )

    mandate.refresh_from_db()
    assert "B-12" in page
    assert mandate.valid_until == timezone.localdate()


def test_who_is_blocked_is_out_at_the_next_click(client, admin):
    person = UserFactory(project_leader=True)
    visitor = client.__class__()
    visitor.force_login(person)

    client.post(address("user_block", person.pk), {"reason": "Uit dienst"})

    assert visitor.get(address("ikc_list")).status_code == 302
    assert not get_user(visitor).is_authenticated
    client.post(address("user_unblock", person.pk))
    assert User.objects.get(pk=person.pk).is_active


def test_the_own_page_offers_no_way_to_more_power(client, admin):
    page = text_of(client.get(admin.get_absolute_url()))

    assert "Een andere beheerder wijzigt uw rollen" in page
    assert "Toegang blokkeren" not in page
    assert client.post(address("user_block", admin.pk), {"reason": "x"}).status_code == 422
