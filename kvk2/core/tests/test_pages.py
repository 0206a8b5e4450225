"""The frame of every page: menu, breadcrumbs, messages; and the pages for when something goes wrong."""

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path, reverse

from ikc.roles import Role
from kvk2.core import pages
from kvk2.core.navigation import ENTRIES, EVERYBODY, menu_for
from kvk2.urls import *  # noqa: F403 - the real addresses, and three that break


class Somebody:
    """A user as the menu sees one."""

    def __init__(self, *roles: Role) -> None:
        self.active_roles = frozenset(roles)


@pytest.fixture
def menu(rf):
    def labels(*roles, at="/"):
        items = menu_for(Somebody(*roles), rf.get(at))
        return {item.label: item.current for item in items}

    return labels


def test_everybody_starts_at_their_own_work(menu):
    for role in Role:
        assert next(iter(menu(role))) == "Start"


def test_the_menu_knows_exactly_the_roles_that_exist():
    assert frozenset(Role) == EVERYBODY
    assert all(entry.roles <= EVERYBODY for entry in ENTRIES)


@pytest.mark.parametrize(
    ("role", "sees", "sees_not"),
    [
        (Role.PROJECT_LEADER, {"Rondes", "Aanvragen", "Afspraken"}, {"Beoordelen", "Beheer"}),
        (Role.COMMISSION_MEMBER, {"Beoordelen"}, {"Aanvragen", "Monitoring", "Beheer"}),
        (Role.IKC_DIRECTOR, {"Aanvragen", "Berichten"}, {"Beoordelen", "Beheer"}),
        (Role.RESEARCHER, {"Monitoring"}, {"Aanvragen", "Berichten"}),
        (Role.ADMIN, {"Beheer"}, {"Aanvragen", "Rapporten"}),
    ],
)
def test_each_role_has_its_own_menu(menu, role, sees, sees_not):
    labels = set(menu(role))
    assert sees <= labels
    assert not sees_not & labels


def test_the_menu_marks_the_page_and_the_part_of_the_portal(menu):
    leader = Role.PROJECT_LEADER
    assert menu(leader, at="/rondes/")["Rondes"] == "page"
    inside = menu(leader, at="/rondes/7/wijzigen/")
    assert inside["Rondes"] == "true"
    assert sum(bool(current) for current in inside.values()) == 1
    assert menu(leader, at="/regelingen/3/")["Rondes"] == "true"
    assert len(menu(leader)) <= 11  # more than one row of the screen
    assert menu(leader, at="/besluiten/7/")["Aanvragen"] == "true"
    assert not any(menu(leader, at="/over/").values())


# --- pages for everybody


@pytest.mark.parametrize("name", ["accessibility", "privacy", "about"])
def test_pages_about_the_portal_are_for_everybody(client, db, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    html = response.content.decode()
    assert html.count("<h1") == 1
    assert 'aria-label="Kruimelpad"' in html


def test_the_page_says_whose_portal_it_is(client, db, settings):
    settings.MUNICIPALITY = {
        **settings.MUNICIPALITY,
        "name": "Gemeente Elders",
        "product": "Portaal",
    }
    html = client.get(reverse("about")).content.decode()
    assert "Portaal gemeente Elders</title>" in html
    assert "Leeuwarden" not in html


def test_a_demonstration_says_so_on_every_page(client, db, settings):
    settings.DEMO = True
    assert "Demonstratiegegevens." in client.get(reverse("about")).content.decode()
    settings.DEMO = False
    assert "Demonstratiegegevens." not in client.get(reverse("about")).content.decode()


def test_messages_stay_on_the_page_and_tell_their_kind(rf, settings):
    html = render_to_string(
        "components/messages.html",
        {"messages": [Message(constants.SUCCESS, "Opgeslagen."), Message(constants.INFO, "<b>")]},
    )
    assert "utrecht-alert--ok" in html
    assert "&lt;b&gt;" in html


# --- when something goes wrong


def forbid(request):
    raise PermissionDenied


def fall_over(request):
    raise RuntimeError


def lose_the_database(request):
    raise OperationalError


def leave_blank(request):
    return HttpResponse("x")


urlpatterns = [
    *urlpatterns,  # noqa: F405
    path("verboden/", forbid),
    path("stuk/", fall_over),
    path("zonder-database/", lose_the_database),
    path("formulier/", leave_blank),
]


@pytest.fixture
def browser(db, settings, django_user_model) -> Client:
    """Somebody inside a demonstration, with a browser that shows what the server answers."""
    settings.ROOT_URLCONF = __name__
    settings.DEMO = True
    user = django_user_model.objects.create_user(
        "a@b.example", first_name="Anna", last_name="Bos", is_demo=True
    )
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/verboden/", 403, "U mag deze pagina niet zien"),
        ("/bestaat-niet/", 404, "Deze pagina is er niet"),
        ("/stuk/", 500, "Er ging iets mis"),
        ("/zonder-database/", 503, "even niet bereikbaar"),
    ],
)
def test_a_failure_is_explained_in_the_style_of_the_portal(browser, address, status, words):
    response = browser.get(address)
    assert response.status_code == status
    assert words in response.content.decode()
    assert "build/nlds.css" in response.content.decode()


def test_a_failure_can_be_reported_by_its_mark(browser):
    response = browser.get("/stuk/", headers={"X-Request-ID": "abcdef123456"})
    assert "abcdef123456" in response.content.decode()


def test_who_waits_for_the_database_is_told_when_to_come_back(browser):
    assert browser.get("/zonder-database/")["Retry-After"] == str(pages.RETRY_AFTER_SECONDS)


def test_the_page_for_a_failure_needs_no_context_at_all():
    assert "Er ging iets mis" in render_to_string("500.html")


def test_an_old_form_is_explained(browser):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    response = strict.post("/formulier/")
    assert response.status_code == 403
    assert "Dit formulier is verlopen" in response.content.decode()


def test_a_request_that_makes_no_sense_is_explained(rf, db):
    request = rf.get("/")
    response = pages.bad_request(request, ValueError())
    assert response.status_code == 400
    assert "Wij konden uw verzoek niet verwerken" in response.content.decode()
