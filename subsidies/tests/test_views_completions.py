"""The pages about completing an application, from the request to the judgement, as people press through them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import IkcFactory, UserFactory
from subsidies.models import Correction
from subsidies.services.admission import USUAL
from subsidies.services.completions import Asked, request_completion
from subsidies.services.corrections import save_correction, submit_correction
from subsidies.tests.factories import PDF, ApplicationFactory, SubsidyRoundFactory, move
from subsidies.worklist import completeness

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


@pytest.fixture
def ikc():
    return IkcFactory(name="IKC De Weide")


@pytest.fixture
def director(ikc):
    return UserFactory(director=True, ikc=ikc)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def application(ikc, director):
    now = timezone.now()
    round_ = SubsidyRoundFactory(
        opens_at=now - timedelta(days=20),
        closes_at=now - timedelta(days=2),
        closed=True,
        allocation_method="first_come",
    )
    return ApplicationFactory(ikc=ikc, director=director, submitted=True, round=round_)


EVERYTHING = [
    Asked("contact", "Het telefoonnummer klopt niet."),
    Asked("summary", "De samenvatting is te kort."),
    Asked("budget", "De uren ontbreken."),
    Asked("proof", "Het bewijs is niet te lezen."),
]


@pytest.fixture
def asked(application, leader):
    return request_completion(application, items=EVERYTHING, by=leader, at=timezone.now())


@pytest.fixture
def supplied(asked, director):
    save_correction(
        asked,
        values={"contact_phone": "058 777"},
        explanation="Zie het nummer.",
        by=director,
        at=timezone.now(),
    )
    return submit_correction(asked, by=director, at=timezone.now())


def rows(*subjects):
    data = {"items-TOTAL_FORMS": len(subjects), "items-INITIAL_FORMS": 0, "term_days": "14"}
    for number, subject in enumerate(subjects):
        data |= {f"items-{number}-subject": subject, f"items-{number}-text": "Ontbreekt."}
    return data


def test_the_check_is_kept_half_way_and_read_back(client, leader, application):
    client.force_login(leader)
    check = url("application_check", application.pk)
    page = client.get(check)
    assertContains(page, "gold machtiging")
    assertContains(page, "met bewijs van draagvlak")

    data = {"answer_budget": "no", "note_budget": "Uren ontbreken.", "save": "1"}
    assertRedirects(client.post(check, data), check)
    assertContains(client.get(check), "Uren ontbreken.")
    answer = application.check_answers.get()
    assert (answer.answer, answer.answered_by) == ("no", leader)


def test_what_the_check_found_stands_in_the_request(client, leader, application):
    client.force_login(leader)
    data = {"answer_budget": "no", "note_budget": "Uren ontbreken.", "save": "1"}
    client.post(url("application_check", application.pk), data)

    page = client.get(url("completion_request", application.pk))
    assertContains(page, "Uren ontbreken.")
    assertContains(page, '<option value="budget" selected>', html=False)


def test_the_project_leader_asks_and_the_applicant_gets_a_task(
    client, leader, application, director
):
    client.force_login(leader)
    ask = url("completion_request", application.pk)
    assertContains(client.post(ask, rows()), "Schrijf bij elk onderdeel op", status_code=422)
    more = client.post(ask, rows("contact") | {"items-add": "1"})
    assertContains(more, "items-1-subject")

    assertRedirects(client.post(ask, rows("contact", "proof")), application.get_absolute_url())
    application.refresh_from_db()
    assert application.state == "incomplete"
    tasks = completeness.tasks_for(director, today=timezone.localdate())
    assert [task.title for task in tasks] == ["Vul uw aanvraag aan voor IKC De Weide"]
    page = client.get(application.get_absolute_url())
    assertContains(page, "Wij beslissen uiterlijk op")
    assertContains(page, "Aanvullen kan tot en met")


def test_a_request_that_was_typed_when_the_session_had_ended_comes_back(
    client, leader, application
):
    client.force_login(leader)
    ask = url("completion_request", application.pk)
    seal = client.get(ask).context["typed_by"]
    typed = rows("contact") | {"note": "Bel mij gerust.", "typed_by": seal}
    client.logout()

    assert "verlopen=1" in client.post(ask, typed).url
    client.force_login(leader)
    page = client.get(ask)

    for text in ("Bel mij gerust.", typed["items-0-text"], "U was uitgelogd"):
        assertContains(page, text)
    assertRedirects(client.post(ask, typed), application.get_absolute_url())
    application.refresh_from_db()
    assert application.state == "incomplete"


def test_a_closed_tender_says_what_can_no_longer_be_asked(client, leader):
    now = timezone.now()
    round_ = SubsidyRoundFactory(
        opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1), closed=True
    )
    application = ApplicationFactory(submitted=True, round=round_)
    client.force_login(leader)
    page = client.get(url("completion_request", application.pk))

    assertContains(page, "Deze ronde is een tender en is gesloten")
    assertNotContains(page, '<option value="budget"', html=False)


def filled(**changed):
    return {
        "version": "0",
        "page": "een",
        "contact_name": "Sanne de Boer",
        "contact_email": "directeur@ikc.example",
        "contact_phone": "058 777 77 77",
        "summary": "Een langere samenvatting.",
        "costs-TOTAL_FORMS": "1",
        "costs-INITIAL_FORMS": "0",
        "costs-0-kind": "professional",
        "costs-0-description": "Vakdocent",
        "costs-0-hours": "200",
        "costs-0-rate": "80",
        "costs-0-amount": "16.000,00",
        "income-TOTAL_FORMS": "1",
        "income-INITIAL_FORMS": "0",
        "income-0-kind": "own_board",
        "income-0-description": "Bestuur",
        "income-0-amount": "1.000",
        "explanation": "",
        "next": "1",
        **changed,
    }


def test_the_applicant_answers_only_what_was_asked_and_files_it(
    client, director, application, asked
):
    client.force_login(director)
    edit = url("correction_edit", application.pk)
    page = client.get(edit)
    assertContains(page, "De samenvatting is te kort.")
    assertNotContains(page, 'name="analysis"')

    wrong = client.post(edit, filled(contact_email="geen adres"))
    assertContains(wrong, "naam@school.nl", status_code=422)
    assertRedirects(client.post(edit, filled()), url("correction_submit", application.pk))
    missing = client.get(url("correction_submit", application.pk))
    assertContains(missing, "Vul aan: Bijlage: bewijs van draagvlak.")
    assertContains(missing, "<ins>Een langere samenvatting.</ins>", html=True)

    upload = {"kind": "support", "file": SimpleUploadedFile("mr.pdf", PDF)}
    assertRedirects(client.post(url("correction_upload", application.pk), upload), edit)
    assertContains(client.get(edit), "mr.pdf")
    submit = url("correction_submit", application.pk)
    assertRedirects(client.post(submit), application.get_absolute_url())
    correction = Correction.objects.get()
    assert correction.state == "submitted"
    assert correction.changes["lines"]["after"][0]["amount"] == "16000.00"
    assertContains(client.get(application.get_absolute_url()), "Aanvulling van")


def test_a_file_that_is_refused_says_why_beside_the_rest(client, director, application, asked):
    client.force_login(director)
    upload = {"kind": "support", "file": SimpleUploadedFile("mr.exe", b"MZ")}

    page = client.post(url("correction_upload", application.pk), upload)
    assertContains(page, "is geen PDF", status_code=422)
    assertContains(page, "De samenvatting is te kort.", status_code=422)


def test_the_applicant_takes_a_file_away(client, director, application, asked):
    client.force_login(director)
    upload = {"kind": "support", "file": SimpleUploadedFile("mr.pdf", PDF)}
    client.post(url("correction_upload", application.pk), upload)
    file = Correction.objects.get().files.get()

    client.post(url("correction_file_remove", file.pk))
    assert not Correction.objects.get().files.exists()


def test_the_project_leader_sees_the_difference_and_takes_it_over(
    client, leader, application, supplied
):
    client.force_login(leader)
    (task,) = completeness.tasks_for(leader, today=timezone.localdate())
    assert task.title == "Beoordeel de aanvulling van IKC De Weide"
    page = client.get(task.url)
    assertContains(page, "<del>058 123 45 67</del>", html=True)
    assertContains(page, "<ins>058 777</ins>", html=True)

    refused = client.post(task.url, {"judgement": "", "reject": "1"})
    assertContains(refused, "Leg uit waarom", status_code=422)
    client.post(task.url, {"judgement": "", "accept": "1"})
    application.refresh_from_db()
    assert application.contact_phone == "058 777"
    assertContains(client.get(task.url), "Overgenomen op")


def test_an_application_is_not_admitted_past_a_correction_that_waits(
    client, leader, application, supplied
):
    client.force_login(leader)
    answers = {f"answer_{question.code}": "yes" for question in USUAL}

    page = client.post(url("application_check", application.pk), answers)
    assertContains(page, "Beoordeel eerst de aanvulling", status_code=422)


def test_strangers_find_nothing_and_others_may_not(client, leader, application, asked, supplied):
    other = UserFactory(director=True)
    file_pages = [url("correction_edit", application.pk), supplied.get_absolute_url()]
    client.force_login(other)
    assert [client.get(page).status_code for page in file_pages] == [404, 404]

    signer = UserFactory(signer=True)
    client.force_login(signer)
    assert client.get(supplied.get_absolute_url()).status_code == 200
    assert client.post(supplied.get_absolute_url(), {"accept": "1"}).status_code == 403
    assert client.get(url("completion_request", application.pk)).status_code == 403
    assert client.get(url("correction_edit", application.pk)).status_code == 403


def test_what_is_being_written_is_the_applicants_own(client, leader, asked, director):
    draft = save_correction(asked, values={"contact_phone": "1"}, by=director, at=timezone.now())
    client.force_login(leader)
    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(director)
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_without_a_request_there_is_nothing_to_complete(client, director, application):
    move(application, state="incomplete")
    client.force_login(director)
    assert client.get(url("correction_edit", application.pk)).status_code == 404


@pytest.mark.parametrize("page", ["completion_request", "correction_edit", "correction_submit"])
def test_no_statement_runs_twice(page, client, leader, director, asked, no_repeated_sql):
    application = asked.application
    if page == "completion_request":
        application = ApplicationFactory(submitted=True)
    client.force_login(leader if page == "completion_request" else director)
    with no_repeated_sql():
        assert client.get(url(page, application.pk)).status_code == 200


def test_no_statement_runs_twice_for_the_difference(client, leader, supplied, no_repeated_sql):
    client.force_login(leader)
    with no_repeated_sql():
        assert client.get(supplied.get_absolute_url()).status_code == 200
