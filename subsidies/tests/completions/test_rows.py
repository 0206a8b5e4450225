"""Completing the activities, the sub-application and the answer about state aid: kept, compared, taken over."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from subsidies.completion_page import changes_of
from subsidies.models import (
    Activity,
    Application,
    BudgetLine,
    Correction,
    DeMinimisAid,
    StateAidStatement,
    SubApplication,
)
from subsidies.services.completions import Asked, CannotBeCompleted, request_completion
from subsidies.services.corrections import (
    StillWrong,
    TermOver,
    accept_correction,
    discard_correction,
    save_correction,
    submit_correction,
)
from subsidies.tests.completing import ASKED_AT, BEFORE_END
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, move

pytestmark = pytest.mark.django_db
NAME = "Innovatie jonge kind"
ROWS = [
    Asked("activities", "De planning ontbreekt."),
    Asked("sub_application", "Het bedrag ontbreekt."),
    Asked("state_aid", "Naar wie gaat het geld?"),
]
YEARS = (2026, 2025, 2024)


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


@pytest.fixture
def with_part(ikc, director):
    """Checked just now, in a round with a sub-application in which everything may be completed."""
    now = timezone.now()
    round_ = SubsidyRoundFactory(
        opens_at=now - timedelta(days=20),
        closes_at=now - timedelta(days=2),
        closed=True,
        allocation_method="first_come",
        sub_applications_allowed=True,
        sub_application_name=NAME,
    )
    application = ApplicationFactory(ikc=ikc, director=director, round=round_)
    BudgetLine.objects.filter(application=application, side="expenditure").update(
        activity=application.activities.get()
    )
    move(
        application,
        state="checking",
        number="KVK2-2026-0901",
        received_at=now - timedelta(days=5),
        signed_by=director,
        signed_name=director.full_name,
        signed_job_title="directeur",
        max_amount=Decimal("17375.00"),
        eligible_amount=Decimal("15000.00"),
        tier=3,
    )
    return Application.objects.get(pk=application.pk)


@pytest.fixture
def asked_rows(with_part, leader):
    return request_completion(with_part, items=ROWS, by=leader, at=timezone.now())


def card(number, **changed):
    values = {
        "title": "Buiten spelen",
        "description": "Elke week naar het bos.",
        "age_groups": ["age_2_3"],
        "domains": ["movement"],
        "goals": ["wellbeing"],
        "finding": "Kinderen bewegen weinig.",
        "starts_on": "1-9-2026",
        "ends_on": "30-6-2027",
        "reach": "30",
        "paid_otherwise": "false",
        **changed,
    }
    return {f"activities-{number}-{name}": value for name, value in values.items()}


def answers(*cards, **changed):
    data = {
        "version": "0",
        "page": "een",
        "turn": "1",
        "activities-TOTAL_FORMS": str(len(cards)),
        "activities-INITIAL_FORMS": "0",
        "deel_wanted": "true",
        "deel_title": "In het bos",
        "deel_description": "Peuters gaan elke week naar buiten.",
        "deel_amount": "2.500",
        "deel_young_child": "true",
        "steun_reaches_undertaking": "true",
        "steun_undertaking": "Kinderopvang De Boom",
        "steun_purpose": "Uren van pedagogisch medewerkers",
        "steun_received_before": "true",
        **{f"steun_year_{year}": "1.000" for year in YEARS},
        "explanation": "",
    }
    for one in cards:
        data |= one
    return data | changed


def autosave(client, application, data):
    return client.post(
        url("correction_edit", application.pk), data, headers={"accept": "application/json"}
    )


def test_the_rows_are_supplied_compared_and_taken_over(
    client, director, leader, with_part, asked_rows
):
    stored = with_part.activities.get()
    client.force_login(director)
    page = client.get(url("correction_edit", with_part.pk))
    assertContains(page, stored.title)
    assertContains(page, f"‘{NAME}’?")
    data = answers(card(0, key=stored.key, title="Muziek buiten"), card(1)) | {"next": "1"}
    assertRedirects(
        client.post(url("correction_edit", with_part.pk), data),
        url("correction_submit", with_part.pk),
    )
    client.post(url("correction_submit", with_part.pk))
    correction = Correction.objects.get()
    assert correction.state == "submitted"
    # what was filed is still what it was
    assert Activity.objects.get(application=with_part).title == stored.title
    assert not SubApplication.objects.exists()

    client.force_login(leader)
    page = client.get(correction.get_absolute_url())
    assertContains(page, f"<del>{stored.title}</del>", html=True)
    assertContains(page, "<ins>Muziek buiten</ins>", html=True)
    assertContains(page, "Activiteit ‘Buiten spelen’")
    assertContains(page, "Kinderopvang De Boom")
    accept_correction(correction, by=leader, at=timezone.now())

    rows = list(Activity.objects.filter(application=with_part).order_by("order"))
    assert (rows[0].title, rows[0].key) == ("Muziek buiten", stored.key)
    assert rows[0].pk == stored.pk  # the costs of an activity stay with it
    assert rows[1].title == "Buiten spelen"
    sub = SubApplication.objects.get(application=with_part)
    assert (sub.amount, sub.tier) == (Decimal(2500), 3)
    statement = StateAidStatement.objects.get(application=with_part)
    assert statement.undertaking == "Kinderopvang De Boom"
    assert set(DeMinimisAid.objects.values_list("year", "amount")) == {
        (year, Decimal(1000)) for year in YEARS
    }


def test_an_activity_that_goes_leaves_its_costs_to_the_plan(
    client, director, leader, with_part, asked_rows
):
    client.force_login(director)
    client.post(url("correction_edit", with_part.pk), answers(card(0)) | {"next": "1"})
    correction = submit_correction(asked_rows, by=director, at=timezone.now())
    gone, new = with_part.activities.get().title, "Buiten spelen"
    labels = [change.label for change in changes_of(correction)]
    assert labels[:2] == [f"Activiteit ‘{new}’", f"Activiteit ‘{gone}’"]

    accept_correction(correction, by=leader, at=timezone.now())
    assert [row.title for row in Activity.objects.filter(application=with_part)] == [new]
    assert not BudgetLine.objects.filter(application=with_part, activity__isnull=False).exists()


def test_costs_are_linked_to_an_activity_that_is_new(client, director, leader, with_part):
    items = [Asked("activities", "Wat doet u nog meer?"), Asked("budget", "Wat kost dat?")]
    asked = request_completion(with_part, items=items, by=leader, at=timezone.now())
    stored = with_part.activities.get()
    edit = url("correction_edit", with_part.pk)
    client.force_login(director)

    def post(key, **changed):
        line = {"kind": "material", "description": "Laarzen", "amount": "15.000", **changed}
        data = {
            "version": "0",
            "page": "een",
            "activities-TOTAL_FORMS": "2",
            "activities-INITIAL_FORMS": "0",
            **card(0, key=stored.key, title=stored.title),
            **card(1, key=key),
            "costs-TOTAL_FORMS": "1",
            "costs-INITIAL_FORMS": "0",
            **{f"costs-0-{name}": value for name, value in line.items()},
            "income-TOTAL_FORMS": "0",
            "income-INITIAL_FORMS": "0",
            "next": "1",
        }
        return client.post(edit, data)

    assertRedirects(post(""), f"{edit}#costs", fetch_redirect_response=False)
    page = client.get(edit)
    assertContains(page, "Kies in de begroting welke kosten erbij horen")
    key = Correction.objects.get().changes["activities"]["after"][1]["key"]
    assertContains(page, f'<option value="{key}">Buiten spelen</option>', html=True)

    assertRedirects(post(key, activity=key), url("correction_submit", with_part.pk))
    assertContains(
        client.get(edit), f'<option value="{key}" selected>Buiten spelen</option>', html=True
    )
    correction = submit_correction(asked, by=director, at=timezone.now())
    accept_correction(correction, by=leader, at=timezone.now())

    line = BudgetLine.objects.get(application=with_part, side="expenditure")
    assert (line.description, line.activity.title) == ("Laarzen", "Buiten spelen")


def test_what_is_no_value_yet_is_kept_and_holds_up_the_filing(
    client, director, with_part, asked_rows
):
    client.force_login(director)
    data = answers(card(0, starts_on="ergens in mei"), deel_amount="veel")
    saved = autosave(client, with_part, data)
    assert saved.status_code == 200
    assert set(json.loads(saved.content)["parts"]) == {"ook-open", "burgerservicenummers"}

    page = client.get(url("correction_edit", with_part.pk))
    assertContains(page, "ergens in mei")
    assertContains(page, 'value="veel"')
    assertContains(page, "iets nog niet goed ingevuld")
    with pytest.raises(StillWrong, match="nog niet goed"):
        submit_correction(asked_rows, by=director, at=timezone.now())

    assert autosave(client, with_part, answers(card(0), turn="2")).status_code == 200
    draft = Correction.objects.get()
    assert (draft.typed, draft.changes["sub_application"]["after"]["amount"]) == ([], "2500.00")


def test_an_older_page_and_an_older_save_change_nothing(client, director, with_part, asked_rows):
    client.force_login(director)
    assert autosave(client, with_part, answers(card(0), turn="5")).status_code == 200
    late = autosave(client, with_part, answers(card(0, title="Te laat"), turn="4"))
    other = autosave(client, with_part, answers(card(0, title="Ander"), page="twee"))

    assert [late.status_code, other.status_code] == [409, 409]
    assert "collega" in json.loads(other.content)["problem"]
    rows = Correction.objects.get().changes["activities"]["after"]
    assert [row["title"] for row in rows] == ["Buiten spelen"]
    asks = client.get(
        url("correction_presence", with_part.pk), {"version": "0", "page": "twee"}
    ).json()
    assert "Toon de nieuwste versie" in asks["parts"]["ook-open"]


def test_the_part_may_not_be_more_than_the_whole(director, with_part, asked_rows):
    after = {
        "wanted": True,
        "title": "In het bos",
        "description": "Elke week.",
        "amount": "15000.01",
        "young_child": True,
    }
    save_correction(
        asked_rows,
        values={"sub_application": after},
        explanation="Zo is het.",
        by=director,
        at=timezone.now(),
    )
    with pytest.raises(StillWrong, match="meer dan het hele bedrag"):
        submit_correction(asked_rows, by=director, at=timezone.now())


def test_a_correction_does_not_change_the_place_in_the_queue(director, with_part, asked_rows):
    move(with_part.round, state="draft")
    with_part.round.tiers.filter(rank=2).update(rule="young_child")
    move(with_part.round, state="closed")  # filed without such a part: group 3, none of these two
    after = {
        "wanted": True,
        "title": "Bos",
        "description": "x",
        "amount": "1.00",
        "young_child": True,
    }
    said = {"explanation": "Zo is het.", "by": director, "at": timezone.now()}
    save_correction(asked_rows, values={"sub_application": after}, **said)

    with pytest.raises(StillWrong, match="voorrang van uw aanvraag ligt vast"):
        submit_correction(asked_rows, by=director, at=timezone.now())

    other = {"sub_application": after | {"young_child": False}}
    save_correction(asked_rows, values=other, **said)
    submit_correction(asked_rows, by=director, at=timezone.now())


def test_after_a_tender_closed_only_state_aid_may_still_be_asked(application, leader):
    for subject in ("activities", "sub_application"):
        with pytest.raises(CannotBeCompleted):
            request_completion(application, items=[Asked(subject, "?")], by=leader, at=ASKED_AT)
    request_completion(application, items=[Asked("state_aid", "?")], by=leader, at=ASKED_AT)


def test_a_round_without_a_part_does_not_ask_for_one(client, leader, first_come):
    client.force_login(leader)
    page = client.get(url("completion_request", first_come.pk))
    assertNotContains(page, '<option value="sub_application"')
    assertContains(page, '<option value="state_aid"')


# --- throwing the draft away


def test_a_draft_is_thrown_away_after_asking(client, director, leader, with_part, asked_rows):
    client.force_login(director)
    edit, discard = url("correction_edit", with_part.pk), url("correction_discard", with_part.pk)
    assertNotContains(client.get(edit), discard)
    autosave(client, with_part, answers(card(0)))
    assertContains(client.get(edit), discard)
    assertContains(client.get(discard), "Wat u in deze aanvulling typte, is daarna weg.")
    assert Correction.objects.exists()

    assertRedirects(client.post(discard), edit)
    assert not Correction.objects.exists()
    asked_rows.refresh_from_db()
    assert asked_rows.closed_at is None
    client.force_login(leader)
    assert client.post(discard).status_code == 403


def test_what_was_filed_is_not_thrown_away(client, director, asked):
    save_correction(asked, values={"contact_phone": "1"}, by=director, at=BEFORE_END)
    submit_correction(asked, by=director, at=BEFORE_END)
    with pytest.raises(TermOver):
        discard_correction(asked, by=director, at=BEFORE_END)
    with (
        pytest.raises(IntegrityError, match="correction_submitted_is_all_in_order"),
        transaction.atomic(),
    ):
        Correction.objects.update(typed=[["x", ["1"]]])
