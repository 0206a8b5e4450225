"""The pages of an application: reading, signing, checking; what they refuse and what they cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.models import Ikc
from ikc.tests.factories import IkcFactory, UserFactory
from subsidies.application_page import ApplicationPage
from subsidies.models import Application, Letter
from subsidies.services.admission import USUAL
from subsidies.services.attachments import open_attachment
from subsidies.services.letters import render_letter
from subsidies.states import ApplicationState
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, move, open_round

pytestmark = pytest.mark.django_db
ALL_YES = {f"answer_{question.code}": "yes" for question in USUAL}
STEPS = ["steps", "details", "plan", "activities", "budget", "state_aid", "attachments", "sign"]


def url(name, *args):
    return reverse(f"subsidies:application_{name}", args=args)


# --- the list and the detail


@pytest.mark.parametrize("page", ["list", "detail", "check", "receipt"])
def test_no_statement_runs_twice_for_the_project_leader(page, leader_client, no_repeated_sql):
    application = ApplicationFactory(submitted=True)

    with no_repeated_sql():
        response = leader_client.get(url(page, *([] if page == "list" else [application.pk])))
    assert response.status_code == 200


def test_everything_that_is_filled_in_can_be_printed_and_a_draft_says_that_it_is_one(
    client, director_client, draft, no_repeated_sql
):
    line = draft.budget_lines.order_by("pk").first()
    with no_repeated_sql():
        page = director_client.get(url("print", draft.pk))
    assertContains(page, "Dit is een concept")
    for typed in (draft.title, draft.plan.summary, draft.contact_name, line.description):
        assertContains(page, typed)
    assertContains(director_client.get(url("steps", draft.pk)), url("print", draft.pk))

    filed = ApplicationFactory(submitted=True)
    assert director_client.get(url("print", filed.pk)).status_code == 404
    client.force_login(UserFactory(project_leader=True))
    page = client.get(url("print", filed.pk))
    assertContains(page, filed.number)
    assertNotContains(page, "concept")
    assertContains(client.get(filed.get_absolute_url()), url("print", filed.pk))
    assert client.get(url("print", draft.pk)).status_code == 404


@pytest.mark.parametrize("page", STEPS)
def test_no_statement_runs_twice_for_the_director(page, director_client, draft, no_repeated_sql):
    with no_repeated_sql():
        assert director_client.get(url(page, draft.pk)).status_code == 200


def test_a_director_sees_the_own_words_of_a_state_and_no_score(director_client, draft):
    move(draft, state="lapsed")
    mine = ApplicationFactory(
        ikc=draft.ikc, director=draft.created_by, in_review=True, score=Decimal(71)
    )

    for page in (director_client.get(url("list")), director_client.get(mine.get_absolute_url())):
        assertContains(page, "In behandeling")
        assertNotContains(page, "n beoordeling")
        assertNotContains(page, "Score")


def test_the_detail_shows_the_budget_the_trail_and_what_is_next(leader_client):
    application = ApplicationFactory(submitted=True)

    page = leader_client.get(application.get_absolute_url())

    assertContains(page, "van het maximum van")
    assertContains(page, "vakdocenten in de naschoolse uren")
    assertContains(page, url("check", application.pk))


def test_the_detail_of_a_draft_is_its_task_list(director_client, draft):
    assertRedirects(director_client.get(draft.get_absolute_url()), url("steps", draft.pk))


# --- starting


def test_starting_from_the_round(director_client, director):
    round_ = open_round()
    ikc = director.assignments.get().ikc

    response = director_client.post(url("start", round_.pk), {"ikc": ikc.pk})

    application = Application.objects.get()
    assertRedirects(response, url("steps", application.pk))
    assertContains(director_client.get(url("start", round_.pk)), "Verder met de aanvraag")
    again = director_client.post(url("start", round_.pk), {"ikc": ikc.pk}, follow=True)
    assertContains(again, "Dit IKC heeft al een aanvraag in deze ronde.")


def test_starting_for_anothers_ikc_is_not_found(director_client, director):
    response = director_client.post(url("start", open_round().pk), {"ikc": IkcFactory().pk})

    assert response.status_code == 404


def test_the_task_list_tells_how_each_step_stands(director_client, director):
    application = ApplicationFactory(
        bare=True, ikc=director.assignments.get().ikc, director=director, round=open_round()
    )

    page = director_client.get(url("steps", application.pk))

    assertContains(page, "Nog niet begonnen", count=5)
    assertContains(page, "Kan nog niet")
    assertContains(page, "Geef uw plan een titel.")


# --- signing


def test_the_page_to_sign_shows_what_is_missing_instead_of_a_button(director_client, draft):
    draft.attachments.all().delete()

    page = director_client.get(url("sign", draft.pk))

    assertContains(page, "U kunt nog niet indienen")
    assertContains(page, "Voeg een bewijs van draagvlak toe")
    assertNotContains(page, "Ondertekenen en indienen</span>")


SIGNATURE = {"signed_name": "Sanne de Boer", "signed_job_title": "directeur", "declared": "on"}


def test_signing_files_the_application_and_confirms_to_the_second(director_client, draft):
    response = director_client.post(url("sign", draft.pk), SIGNATURE)

    assertRedirects(response, url("receipt", draft.pk))
    draft.refresh_from_db()
    assert draft.state == ApplicationState.SUBMITTED
    page = director_client.get(url("receipt", draft.pk))
    assertContains(page, draft.number)
    assertContains(page, f"{timezone.localtime(draft.received_at):%H.%M.%S} uur")
    assertContains(page, "binnen enkele minuten")


def test_the_receipt_links_to_the_copy_when_it_is_made(director_client, draft):
    director_client.post(url("sign", draft.pk), SIGNATURE)
    letter = Letter.objects.get()

    assert render_letter(letter.pk, at=timezone.now())
    letter.refresh_from_db()
    page = director_client.get(url("receipt", draft.pk))
    assertContains(page, letter.message.get_absolute_url())


def test_filing_costs_at_most_this_many_queries_and_repeats_none(
    director_client, draft, no_repeated_sql
):
    # Which kinds of row the process knows already depends on the tests before; let it know those of the trail.
    ContentType.objects.get_for_models(Application, Ikc)
    with no_repeated_sql() as queries:
        director_client.post(url("sign", draft.pk), SIGNATURE)
    draft.refresh_from_db()
    assert draft.received_at
    assert len(queries) <= 24


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("signed_name", "Vul uw naam in."),
        ("signed_job_title", "Vul uw functie in."),
        ("declared", "Bevestig de verklaring."),
    ],
)
def test_a_signature_is_complete(missing, sentence, director_client, draft):
    data = {name: value for name, value in SIGNATURE.items() if name != missing}

    response = director_client.post(url("sign", draft.pk), data)

    assertContains(response, sentence, status_code=422)


def test_too_late_is_refused_in_words(director_client, director):
    now = timezone.now()
    round_ = SubsidyRoundFactory(
        opens_at=now - timedelta(days=9), closes_at=now - timedelta(seconds=1), open=True
    )
    draft = ApplicationFactory(ikc=director.assignments.get().ikc, director=director, round=round_)

    response = director_client.post(url("sign", draft.pk), SIGNATURE)

    assertContains(response, "De ronde is gesloten.", status_code=422)


# --- after filing


def test_withdrawing_by_the_page(director_client, director):
    filed = ApplicationFactory(
        ikc=director.assignments.get().ikc, director=director, submitted=True
    )

    assert director_client.post(url("withdraw", filed.pk), {"reason": ""}).status_code == 422
    response = director_client.post(
        url("withdraw", filed.pk), {"reason": "Geen team."}, follow=True
    )
    assertContains(response, "De aanvraag is ingetrokken.")
    assertContains(response, "Geen team.")


def test_the_checklist_must_be_complete(leader_client):
    application = ApplicationFactory(submitted=True)
    check = url("check", application.pk)

    nothing = leader_client.post(check, {})
    assertContains(nothing, "nog 7 van de 7 punten niet akkoord.", status_code=422)
    some = leader_client.post(check, dict(list(ALL_YES.items())[:3]) | {"answer_budget": "no"})
    assertContains(some, "nog 4 van de 7 punten niet akkoord.", status_code=422)
    # in the summary and beside the question
    assertContains(some, "Beantwoord dit punt.", count=6, status_code=422)
    answers = ALL_YES | {"answer_children": "not_applicable"}
    done = leader_client.post(check, answers | {"note": "Gebeld."})
    assert done.status_code == 302
    application.refresh_from_db()
    assert application.state == ApplicationState.ADMITTED


def test_the_applicant_does_not_read_the_note_of_the_check(client, leader_client):
    application = ApplicationFactory(submitted=True)
    leader_client.post(url("check", application.pk), ALL_YES | {"note": "Twijfel over team."})
    client.force_login(application.created_by)

    page = client.get(application.get_absolute_url())

    assertContains(page, "heeft de aanvraag toegelaten tot de beoordeling")
    assertNotContains(page, "Twijfel over team.")


def test_the_applicant_does_not_read_who_opened_a_file(client, leader_client):
    application = ApplicationFactory(submitted=True)
    leader = UserFactory(project_leader=True, last_name="Hoekstra")
    open_attachment(application.attachments.get(), by=leader, at=timezone.now())

    assertContains(leader_client.get(application.get_absolute_url()), "Hoekstra")
    client.force_login(application.created_by)
    assertNotContains(client.get(application.get_absolute_url()), "Hoekstra")


# --- where it is on its way


@pytest.mark.parametrize(
    ("state", "current"),
    [
        (ApplicationState.SUBMITTED, ["Gecontroleerd door de gemeente"]),
        (ApplicationState.INCOMPLETE, ["Gecontroleerd door de gemeente"]),
        (ApplicationState.IN_REVIEW, ["Beoordeeld door de commissie"]),
        (ApplicationState.ADVISED, ["Besluit van het college"]),
        (ApplicationState.DECIDED, []),
    ],
)
def test_the_page_tells_which_phase_is_next(state, current):
    application = move(ApplicationFactory(submitted=True), state=state)

    milestones = ApplicationPage(application, now=timezone.now()).milestones
    assert milestones[0].state == "done"
    assert [each.label for each in milestones if each.state == "current"] == current


@pytest.mark.parametrize("state", [ApplicationState.WITHDRAWN, ApplicationState.NOT_PROCESSED])
def test_what_left_the_way_has_no_phases(state):
    application = move(ApplicationFactory(submitted=True), state=state)

    assert ApplicationPage(application, now=timezone.now()).milestones == []


def test_withdrawing_is_the_last_thing_to_do_and_says_what_follows(client):
    application = ApplicationFactory(submitted=True)
    client.force_login(application.created_by)

    page = client.get(application.get_absolute_url()).content.decode()
    assert page.index("Ontvangstbevestiging</span>") < page.index("Aanvraag intrekken</span>")
    assert "De aanvraag doet dan niet meer mee." in page
