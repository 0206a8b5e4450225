"""The activities of an application: kept row by row, complete before signing, fixed afterwards."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from subsidies.models import Activity
from subsidies.receipts import filled_sections
from subsidies.services import activities as services
from subsidies.services.activities import ActivityContent, gaps
from subsidies.services.applications import NoLongerDraft, Step, Typed, unparsed_of
from subsidies.services.contents import content_of
from subsidies.services.submission import NotComplete, submit_application
from subsidies.tests.factories import DURING, ActivityFactory, ApplicationFactory, move

pytestmark = pytest.mark.django_db


def url(draft):
    return reverse("subsidies:application_activities", args=[draft.pk])


def row(**changed):
    return {
        "title": "Leesatelier",
        "description": "Twee middagen per week.",
        "age_groups": ["age_2_3"],
        "target_group": "peuters",
        "starts_on": "1-9-2026",
        "ends_on": "30-6-2027",
        "reach": "40",
        "domains": ["language", "social"],
        "goals": ["inequality"],
        "finding": "Kleine woordenschat.",
        "paid_otherwise": "false",
        **changed,
    }


def cards(*rows, **changed):
    data = {
        "version": "0",
        "page": "een-pagina",
        "activities-TOTAL_FORMS": str(len(rows)),
        "activities-INITIAL_FORMS": "0",
    }
    for index, card in enumerate(rows):
        data |= {f"activities-{index}-{name}": value for name, value in card.items()}
    return {**data, **changed}


@pytest.fixture
def empty(draft):
    draft.activities.all().delete()
    return draft


def test_cards_are_saved_in_their_order_and_lead_to_the_budget(director_client, empty):
    response = director_client.post(
        url(empty),
        cards(
            row(),
            row(title="Ouderkamer", paid_otherwise="true", paid_by="fonds", paid_amount="1.250,50"),
        ),
    )

    assertRedirects(response, reverse("subsidies:application_budget", args=[empty.pk]))
    first, second = empty.activities.order_by("order")
    assert (first.title, first.domains, first.reach) == ("Leesatelier", ["language", "social"], 40)
    assert (second.paid_by, second.paid_amount) == ("fonds", Decimal("1250.50"))


def test_a_second_save_of_one_page_changes_the_card_and_makes_no_other(director_client, empty):
    director_client.post(url(empty), cards(row()), headers={"Accept": "application/json"})
    before = empty.activities.get().pk

    director_client.post(
        url(empty), cards(row(title="Anders")), headers={"Accept": "application/json"}
    )

    activity = empty.activities.get()
    assert (activity.pk, activity.title) == (before, "Anders")


def test_a_budget_line_stays_with_its_activity_over_a_save(director_client, draft):
    activity = draft.activities.get()
    draft.budget_lines.filter(side="expenditure").update(activity=activity)

    director_client.post(url(draft), cards(row(key=activity.key)))

    line = draft.budget_lines.get(side="expenditure")
    assert line.activity.title == "Leesatelier"


def test_a_card_that_was_taken_away_is_gone_and_its_costs_stay(director_client, draft):
    activity = draft.activities.get()
    draft.budget_lines.filter(side="expenditure").update(activity=activity)

    director_client.post(url(draft), cards(row(key=activity.key, DELETE="on"), row()))

    assert draft.activities.get().title == "Leesatelier"
    assert draft.budget_lines.get(side="expenditure").activity is None


def test_cards_are_added_and_taken_away_without_javascript(director_client, empty):
    page = director_client.post(url(empty), {**cards(row()), "activities-add": "1"})
    assertContains(page, 'name="activities-1-title"')
    assert not empty.activities.exists()

    page = director_client.post(url(empty), {**cards(row(), row()), "activities-delete": "1"})
    assertContains(page, "lw-card", status_code=200)
    assertContains(page, 'name="activities-1-DELETE"')


WRONG = {
    "order of dates": ({"ends_on": "1-8-2026"}, "De activiteit eindigt voordat zij begint."),
    "no date": ({"starts_on": "herfst"}, "Vul bij ‘Van’ een datum in"),
    "no number": (
        {"reach": "veel"},
        "Vul bij ‘Hoeveel kinderen of ouders bereikt u?’ een heel getal in",
    ),
    "nobody named": (
        {"paid_otherwise": "true", "paid_amount": "100,00"},
        "Vul in wie er ook betaalt.",
    ),
    "no amount": (
        {"paid_otherwise": "true", "paid_by": "fonds"},
        "Vul in hoeveel een ander betaalt.",
    ),
    "no goal": ({"goals": []}, "Kies ten minste één doel."),
    "no answer": ({"paid_otherwise": ""}, "Geef aan of deze activiteit ook op een andere manier"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_and_kept(what, director_client, empty):
    changed, sentence = WRONG[what]

    response = director_client.post(url(empty), cards(row(**changed)))

    assertContains(response, sentence, status_code=422)
    assert empty.activities.get().title == "Leesatelier"
    again = director_client.get(url(empty))
    for typed in changed.values():
        if typed and isinstance(typed, str) and typed != "true":
            assertContains(again, f'value="{typed}"')


def test_what_is_no_value_waits_in_the_draft_and_stops_the_signing(director_client, empty):
    director_client.post(url(empty), cards(row(reach="veel")))

    empty.refresh_from_db()
    assert unparsed_of(empty, Step.ACTIVITIES) == {"een-pagina-0": {"reach": "veel"}}
    page = director_client.get(reverse("subsidies:application_steps", args=[empty.pk]))
    assertContains(page, "In ‘Activiteiten’ is iets niet goed ingevuld.")


def test_an_older_window_does_not_overwrite(director_client, empty):
    director_client.post(url(empty), cards(row(), page="nieuw"))

    response = director_client.post(url(empty), cards(row(title="Oud"), page="oud"))

    assert response.status_code == 409
    assert empty.activities.get().title == "Leesatelier"


def test_at_least_one_activity_is_needed(empty):
    assert gaps([], empty.round) == ["Voeg ten minste één activiteit toe."]
    with pytest.raises(NotComplete, match="Voeg ten minste één activiteit toe"):
        submit_application(
            empty, signed_name="A", signed_job_title="b", declared=True, by=empty.created_by,
            at=empty.round.opens_at + timedelta(days=1),
        )  # fmt: skip


MISSING = {
    "title": ("", "Geef activiteit 1 een naam."),
    "description": (" ", "Beschrijf wat u doet bij ‘Muziek"),
    "age_groups": ([], "Kies voor welke leeftijden"),
    "domains": ([], "Kies ten minste één ontwikkelgebied bij"),
    "goals": ([], "Kies aan welk doel"),
    "finding": ("", "Schrijf op welke bevinding"),
    "ends_on": (None, "Vul in van wanneer tot wanneer"),
    "reach": (None, "Vul in hoeveel kinderen of ouders"),
    "paid_otherwise": (None, "Geef aan of ‘Muziek en taal in de middag’ ook"),
}


@pytest.mark.parametrize("name", MISSING)
def test_each_gap_has_its_sentence(name, draft):
    value, sentence = MISSING[name]
    activity = move(draft.activities.get(), **{name: value})

    (found,) = gaps([activity], draft.round)

    assert found.startswith(sentence)


def test_who_also_pays_is_named_with_the_amount(draft):
    activity = move(draft.activities.get(), paid_otherwise=True)

    assert gaps([activity], draft.round) == [
        "Vul in wie er ook betaalt voor ‘Muziek en taal in de middag’, en hoeveel."
    ]


def test_an_activity_lies_within_the_subsidy_period(draft):
    late = draft.round.period_end + timedelta(days=1)
    activity = move(draft.activities.get(), ends_on=late)

    (found,) = gaps([activity], draft.round)

    assert "buiten de subsidieperiode" in found


def test_a_complete_activity_has_no_gap(draft):
    assert gaps(list(draft.activities.all()), draft.round) == []


def test_the_copy_tells_every_answer_of_an_activity(draft):
    move(draft.activities.get(), paid_otherwise=True, paid_by="Fonds", paid_amount=Decimal(900))

    sections = filled_sections(draft, content_of(draft, DURING.date()))

    (section,) = [one for one in sections if one.step == "activiteiten"]
    assert section.title == "Activiteit 1: Muziek en taal in de middag"
    texts = {answer.label: answer.text for answer in section.answers}
    assert texts["Ook op een andere manier betaald"] == "Ja, door Fonds: € 900,00"
    assert texts["Doel van het programma"] == "Minder ongelijkheid"
    assert texts["Voor wie"].startswith("2 en 3 jaar, 4 tot en met 7 jaar: peuters")


def test_a_filed_application_keeps_its_activities():
    application = ApplicationFactory(submitted=True)

    with pytest.raises(NoLongerDraft):
        services.save_activities(
            application, Typed(), [ActivityContent(key="x", title="later")], at=DURING
        )
    for change in (
        lambda: Activity.objects.update(title="later"),
        lambda: Activity.objects.all().delete(),
        lambda: ActivityFactory(application=application),
    ):
        with pytest.raises(IntegrityError, match="filed cannot be changed"), transaction.atomic():
            change()


CONSTRAINTS = {
    "activity_row_once_per_application": {"key": "dubbel"},
    "activity_ends_after_it_starts": {"starts_on": "2026-09-02", "ends_on": "2026-09-01"},
    "activity_paid_amount_is_in_range": {"paid_otherwise": True, "paid_amount": -1},
    "activity_paid_only_when_answered_yes": {"paid_otherwise": False, "paid_amount": 5},
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses(name, draft):
    move(draft.activities.get(), key="dubbel")

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ActivityFactory(application=draft, **CONSTRAINTS[name])


@pytest.mark.parametrize("count", [1, 3])
def test_the_step_costs_the_same_for_one_and_for_three(
    count, director_client, draft, django_assert_num_queries
):
    for _ in range(count - 1):
        ActivityFactory(application=draft)
    director_client.get(url(draft))

    with django_assert_num_queries(7):
        director_client.get(url(draft))


def test_a_cost_names_its_activity(director_client, draft):
    activity = draft.activities.get()
    page = director_client.get(reverse("subsidies:application_budget", args=[draft.pk]))
    assertContains(page, f'<option value="{activity.pk}">1. {activity.title}</option>')

    data = {
        "version": "0",
        "page": "p",
        "requested_amount": "1.000",
        "applied_elsewhere": "false",
        "costs-TOTAL_FORMS": "1",
        "costs-INITIAL_FORMS": "0",
        "income-TOTAL_FORMS": "0",
        "income-INITIAL_FORMS": "0",
        "costs-0-kind": "material",
        "costs-0-description": "boeken",
        "costs-0-amount": "1.000",
    }
    budget = reverse("subsidies:application_budget", args=[draft.pk])
    director_client.post(budget, {**data, "costs-0-activity": str(activity.pk)})
    assert draft.budget_lines.get().activity == activity

    stranger = ActivityFactory()
    refused = director_client.post(
        budget, {**data, "version": "1", "costs-0-activity": str(stranger.pk)}
    )
    assertContains(refused, "Kies een activiteit uit de lijst.", status_code=422)
