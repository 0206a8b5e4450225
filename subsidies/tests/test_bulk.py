"""One deed for many applications: what is asked first, who is skipped and why, and what each of them got."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.models import AuditEvent
from subsidies.models import Application, CompletionExtension, LaterDecision, Letter
from subsidies.services.bulk import DEEDS, do_for_each
from subsidies.services.completions import Asked, request_completion
from subsidies.tests.factories import ApplicationFactory
from subsidies.tests.test_lists import sheet_of, url

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


def test_taking_many_into_the_check_tells_per_row_what_happened(client, leader):
    new, known = ApplicationFactory(submitted=True), ApplicationFactory(admitted=True)
    draft = ApplicationFactory()
    assertContains(client.get(url(), {"select": "1"}), 'type="checkbox" name="row"', count=2)

    question = client.post(url("bulk"), {"deed": "check", "row": [new.pk, known.pk, draft.pk]})
    assertContains(question, new.number)
    assertContains(question, "de aanvraag is ‘toegelaten’")
    new.refresh_from_db()
    assert new.state == "submitted"

    done = client.post(
        url("bulk"),
        {"deed": "check", "row": [new.pk, known.pk, draft.pk], "confirmed": "1"},
    )
    assertContains(done, "1 aanvraag in controle genomen")
    assertContains(done, "Overgeslagen")
    states = dict(Application.objects.values_list("pk", "state"))
    assert (states[new.pk], states[known.pk], states[draft.pk]) == ("checking", "admitted", "draft")
    assert AuditEvent.objects.filter(verb="application_check_started").count() == 1


def test_what_one_refuses_stops_no_other(leader):
    rows = [ApplicationFactory(**{state: True}) for state in ("submitted", "decided", "submitted")]
    outcomes = do_for_each(DEEDS["check"], rows, by=leader, at=NOW)
    assert [bool(outcome.refusal) for outcome in outcomes] == [False, True, False]


def test_many_hear_at_once_that_the_decision_is_later(client, leader):
    waiting = [ApplicationFactory(admitted=True), ApplicationFactory(submitted=True)]
    decided = ApplicationFactory(decided=True)
    asked = {"deed": "later", "row": [one.pk for one in (*waiting, decided)]}

    question = client.post(url("bulk"), asked)
    assertContains(question, "Melden dat het besluit later komt: 2 aanvragen")
    assertContains(question, "de aanvraag is ‘besloten’")
    assert not LaterDecision.objects.exists()

    wrong = {
        **asked,
        "confirmed": "1",
        "expected_on": "1-1-2020",
        "reason": "Er is meer tijd nodig.",
    }
    again = client.post(url("bulk"), wrong)
    assertContains(again, "Er is meer tijd nodig.", status_code=422)
    assertContains(again, "Noem een dag", status_code=422)

    day = timezone.localdate() + timedelta(days=150)
    done = client.post(url("bulk"), {**wrong, "expected_on": f"{day:%d-%m-%Y}"})
    assertContains(done, "2 aanvragen bericht gestuurd")
    told = LaterDecision.objects.values_list("application", "expected_on")
    assert sorted(told) == sorted((one.pk, day) for one in waiting)
    assert Letter.objects.filter(code=Letter.Code.LATER).count() == 2
    assert AuditEvent.objects.filter(verb="later_decision_told").count() == 2


def test_many_get_more_time_to_complete_and_one_that_is_too_late_stops_no_other(client, leader):
    rows = [ApplicationFactory(submitted=True) for _ in range(2)]
    for row, days in zip(rows, (14, 30), strict=True):
        request_completion(
            row,
            items=[Asked("contact", "Het telefoonnummer klopt niet.")],
            term_days=days,
            by=leader,
            at=NOW,
        )
    day = timezone.localdate() + timedelta(days=21)
    asked = {
        "deed": "longer",
        "row": [row.pk for row in rows],
        "confirmed": "1",
        "reason": "Vakantie",
    }

    done = client.post(url("bulk"), {**asked, "due_on": f"{day:%d-%m-%Y}"})

    assertContains(done, "1 aanvraag meer tijd gegeven")
    assertContains(done, "Kies later.")
    assert CompletionExtension.objects.get().request.application == rows[0]


def test_the_chosen_rows_come_as_a_file_in_the_columns_of_the_list(client, leader):
    wanted = ApplicationFactory(submitted=True, ikc=IkcFactory(name="IKC Alfa"))
    ApplicationFactory(submitted=True, ikc=IkcFactory(name="IKC Beta"))
    back = f"{url()}?select=1&columns=ikc"

    sheet, _ = sheet_of(
        client.post(url("bulk"), {"deed": "selection", "row": [wanted.pk], "back": back})
    )

    assert [row[0].value for row in sheet.iter_rows()] == ["IKC", "IKC Alfa"]
    assert AuditEvent.objects.filter(verb="applications_exported").count() == 1


def test_nothing_chosen_is_said(client, leader):
    answer = client.post(
        url("bulk"),
        {"deed": "check", "row": ["onzin"], "back": f"{url()}?select=1"},
        follow=True,
    )
    assertContains(answer, "nog geen aanvraag gekozen")


@pytest.mark.parametrize("role", ["auditor", "signer", "director", "secretary"])
def test_only_the_project_leader_does_many_at_once(role, client):
    extra = {"ikc": IkcFactory()} if role == "director" else {}
    client.force_login(UserFactory(**{role: True}, **extra))
    application = ApplicationFactory(submitted=True)
    for deed in (*DEEDS, "selection"):
        assert client.post(url("bulk"), {"deed": deed, "row": [application.pk]}).status_code == 403
    assertNotContains(client.get(url(), {"select": "1"}), 'name="row"')
