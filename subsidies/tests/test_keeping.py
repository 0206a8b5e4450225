"""Nothing typed is lost, and nobody gets to see what another typed: sessions, tokens, two editors."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import UserFactory
from kvk2.core import interrupted
from subsidies import presence
from subsidies.services.applications import NewerVersionSaved, Typed, save_plan
from subsidies.tests.factories import move
from subsidies.tests.test_views_filling import SCRIPT, budget, plan

pytestmark = pytest.mark.django_db
TITLE = "Een titel die niet verloren mag gaan"


def url(name, *args):
    return reverse(f"subsidies:application_{name}", args=args)


def typed_by(user):
    return {"typed_by": interrupted.seal(user.pk)}


@pytest.fixture
def colleague(director):
    return UserFactory(director=True, ikc=director.assignments.get().ikc)


# --- a session that ended


def test_a_script_is_told_and_not_sent_to_the_login_page(client, draft):
    response = client.post(url("plan", draft.pk), plan(), headers=SCRIPT)

    assert response.status_code == 401
    assert response.json() == {"problem": "U bent niet meer ingelogd."}


def test_a_form_of_an_ended_session_comes_back_filled_in(client, director, draft):
    posted = plan(title=TITLE, domains=["language"], **typed_by(director))

    response = client.post(url("plan", draft.pk), posted)

    assertRedirects(
        response,
        f"{reverse('account_login')}?{urlencode({'verlopen': 1, 'next': url('plan', draft.pk)})}",
    )
    client.force_login(director)
    for _ in range(2):  # also after a reload
        page = client.get(url("plan", draft.pk))
        assertContains(page, TITLE)
        assertContains(page, "U was uitgelogd toen u dit formulier verstuurde.")
    client.post(url("plan", draft.pk), posted)
    assertNotContains(client.get(url("plan", draft.pk)), "U was uitgelogd")


def test_it_can_be_put_aside_for_what_is_saved(client, director, draft):
    client.post(url("plan", draft.pk), plan(title=TITLE, **typed_by(director)))
    client.force_login(director)

    page = client.get(url("plan", draft.pk), {"bewaard": "1"}, follow=True)

    assertNotContains(page, TITLE)


def test_a_half_typed_budget_comes_back_with_its_rows(client, director, draft):
    row = {"kind": "material", "description": TITLE, "amount": "tien"}
    client.post(url("budget", draft.pk), budget(row, **typed_by(director)))
    client.force_login(director)

    assertContains(client.get(url("budget", draft.pk)), f'value="{TITLE}"')


def test_nobody_else_gets_what_was_typed(client, director, colleague, draft):
    client.post(url("plan", draft.pk), plan(title=TITLE, **typed_by(director)))
    client.force_login(colleague)

    assertNotContains(client.get(url("plan", draft.pk)), TITLE)


@pytest.mark.parametrize("seal", ["", "1:abc:def", "een vervalst zegel"])
def test_a_form_without_a_true_seal_is_not_kept(seal, client, director, draft):
    client.post(url("plan", draft.pk), plan(title=TITLE, typed_by=seal))
    client.force_login(director)

    assertNotContains(client.get(url("plan", draft.pk)), TITLE)


def test_after_an_hour_it_is_gone(client, director, draft):
    client.post(url("plan", draft.pk), plan(title=TITLE, **typed_by(director)))
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        client.force_login(director)
        assertNotContains(client.get(url("plan", draft.pk)), TITLE)


def test_an_idle_session_keeps_the_form_as_well(client, director, draft, settings):
    client.force_login(director)
    client.get(url("plan", draft.pk))
    with time_machine.travel(timezone.now() + timedelta(minutes=40)):
        response = client.post(url("plan", draft.pk), plan(title=TITLE, **typed_by(director)))
        assert "verlopen=1&next=" in response.url
        assert SESSION_KEY not in client.session
        client.force_login(director)
        assertContains(client.get(url("plan", draft.pk)), TITLE)


# --- a form with an old token


@pytest.fixture
def strict(director):
    """A browser whose forms carry a token from before the last time that it logged in."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(director)
    session = browser.session
    session["second_factor"] = True
    session.save()
    return browser


def test_the_page_about_an_old_form_leads_back_to_what_was_typed(strict, director, draft):
    response = strict.post(url("plan", draft.pk), plan(title=TITLE, **typed_by(director)))

    assertContains(response, "Wat u typte, is niet weg", status_code=403)
    assertContains(response, f'href="{url("plan", draft.pk)}"', status_code=403)
    assertContains(strict.get(url("plan", draft.pk)), TITLE)


def test_a_script_gets_a_fresh_token_that_works(strict, director, draft):
    answer = strict.post(url("plan", draft.pk), plan(), headers=SCRIPT)

    assert (answer.status_code, answer.json()["user"]) == (403, director.pk)
    again = {**plan(title=TITLE), "csrfmiddlewaretoken": answer.json()["token"]}
    assert strict.post(url("plan", draft.pk), again, headers=SCRIPT).json()["saved"]


def test_a_form_of_another_is_not_kept_by_who_is_logged_in(strict, colleague, draft):
    response = strict.post(url("plan", draft.pk), plan(title=TITLE, **typed_by(colleague)))

    assertContains(response, "Uw gegevens zijn nog niet opgeslagen", status_code=403)
    assertNotContains(strict.get(url("plan", draft.pk)), TITLE)


# --- two editors, two versions


def test_editors_of_a_step_are_named_to_each_other(client, director, colleague, draft):
    client.force_login(colleague)
    client.get(url("plan", draft.pk))
    client.force_login(director)

    sentence = f"Ook {colleague.full_name} heeft deze stap open (sinds "
    assertContains(client.get(url("plan", draft.pk)), sentence)
    assertNotContains(client.get(url("details", draft.pk)), sentence)
    asked = client.get(url("presence", draft.pk, "plan"), headers={"X-Background": "1", **SCRIPT})
    assert sentence in asked.json()["parts"]["ook-open"]


def test_who_left_is_no_longer_named(director, colleague, draft):
    now = timezone.now()
    presence.others_in(draft, "plan", user=colleague, at=now)

    soon, late = now + timedelta(seconds=70), now + timedelta(seconds=80)
    assert [one.since for one in presence.others_in(draft, "plan", user=director, at=soon)] == [now]
    assert presence.others_in(draft, "plan", user=director, at=late) == []


def test_an_open_page_hears_of_a_newer_version(director_client, draft):
    opened = {"version": "0", "page": "mijn"}
    ask = url("presence", draft.pk, "plan")

    assert "nieuwste versie" not in director_client.get(ask, opened).json()["parts"]["ook-open"]
    director_client.post(url("plan", draft.pk), plan(page="andere"))
    assert "nieuwste versie" in director_client.get(ask, opened).json()["parts"]["ook-open"]


def test_who_may_not_fill_in_may_not_ask_either(client, draft):
    client.force_login(UserFactory(director=True))
    assert client.get(url("presence", draft.pk, "plan")).status_code == 404
    client.force_login(draft.created_by)
    assert client.get(url("presence", draft.pk, "iets")).status_code == 404


def test_a_filed_application_tells_the_script_why_it_is_not_kept(director_client, draft):
    move(draft, state="lapsed")

    response = director_client.post(url("plan", draft.pk), plan(), headers=SCRIPT)

    assert (response.status_code, response.json()["problem"]) == (
        409,
        "deze aanvraag is geen concept meer.",
    )


def test_a_save_that_comes_in_late_does_not_overwrite_a_later_one(draft):
    now = timezone.now()
    save_plan(draft, Typed({"title": "Later"}, page="een", turn=2), at=now)

    with pytest.raises(NewerVersionSaved):
        save_plan(draft, Typed({"title": "Eerder"}, page="een", turn=1), at=now)
    save_plan(draft, Typed({"title": "Nog later"}, page="een", turn=3), at=now)
    draft.refresh_from_db()
    assert draft.title == "Nog later"


def test_of_two_versions_each_question_is_chosen_apart(director_client, draft):
    director_client.post(
        url("plan", draft.pk), plan(title="Bewaard", summary="Bewaard", page="nieuw")
    )
    response = director_client.post(
        url("plan", draft.pk), plan(title="Getypt", summary="Getypt", page="oud")
    )
    typed = dict(response.context["typed"])

    done = director_client.post(
        url("plan", draft.pk),
        {**typed, "kies-title": "bewaard", "kies-summary": "getypt", "later": "1"},
    )

    assertRedirects(done, url("steps", draft.pk))
    draft.refresh_from_db()
    draft.plan.refresh_from_db()
    assert (draft.title, draft.plan.summary) == ("Bewaard", "Getypt")


def test_of_two_budgets_the_saved_table_can_be_kept(director_client, draft):
    books = {"kind": "material", "description": "boeken", "amount": "250"}
    instruments = {**books, "description": "instrumenten", "amount": "1.250,50"}
    director_client.post(url("budget", draft.pk), budget(instruments, books, page="nieuw"))
    response = director_client.post(
        url("budget", draft.pk), budget(books, page="oud", requested_amount="2.000")
    )
    typed = dict(response.context["typed"])

    director_client.post(url("budget", draft.pk), {**typed, "kies-costs": "bewaard", "later": "1"})

    draft.refresh_from_db()
    assert list(draft.budget_lines.order_by("order").values_list("description", flat=True)) == [
        "instrumenten",
        "boeken",
    ]
    assert draft.requested_amount == 2000
