"""The pages about objections: filing and registering, each deed in turn, lists, letters, and who may not."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.models import Letter, Objection
from subsidies.services import letters
from subsidies.services.objection_hearings import plan_hearing
from subsidies.term_kinds import TermKind
from subsidies.terms import upcoming_terms
from subsidies.tests.factories import PDF
from subsidies.tests.factories_objections import (
    IN_TIME,
    LATER,
    handler,
    judged,
    objected,
    plan,
    sent_decisions,
)
from subsidies.tests.test_documents import words
from subsidies.worklist import objections as worklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision():
    return sent_decisions()[0]


@pytest.fixture
def leader():
    return handler()


def address(name: str, pk: int, *args) -> str:
    return reverse(f"subsidies:objection_{name}", args=[pk, *args])


def test_the_applicant_objects_in_the_portal_and_follows_it(client, decision):
    client.force_login(decision.application.created_by)
    with time_machine.travel(IN_TIME, tick=False):
        assert "Bezwaar maken" in client.get(decision.get_absolute_url()).content.decode()
        page = client.post(address("make", decision.pk), {"grounds": "Onjuist."})
        assert page.status_code == 422
        assert "Onjuist." in page.content.decode()
        data = {
            "grounds": "De ouders telden niet mee.",
            "signed": "on",
            "costs_requested": "on",
            "file": SimpleUploadedFile("brief.pdf", PDF, content_type="application/pdf"),
        }
        assert client.post(address("make", decision.pk), data).status_code == 302
        objection = Objection.objects.get()
        page = client.get(objection.get_absolute_url()).content.decode()
    assert objection.channel == "portal"
    assert objection.name == decision.application.created_by.full_name
    assert objection.document.name == "brief.pdf"
    assert "De ouders telden niet mee." in page
    assert "brief.pdf" in page
    assert "12\N{NO-BREAK SPACE}augustus 2026" in page
    assert "Bezwaar intrekken" in page
    assert "Ontvangst bevestigen" not in page


def test_after_the_term_the_form_still_takes_it_and_asks_why(client, decision):
    client.force_login(decision.application.created_by)
    with time_machine.travel(LATER, tick=False):
        page = client.get(address("make", decision.pk)).content.decode()
        assert "Die termijn is voorbij" in page
        data = {"grounds": "Onjuist.", "signed": "on"}
        assert client.post(address("make", decision.pk), data).status_code == 422
        data["excuse"] = "De brief lag op een ander adres."
        assert client.post(address("make", decision.pk), data).status_code == 302
    assert Objection.objects.get().excuse == "De brief lag op een ander adres."


def test_registered_from_paper_for_a_competitor(client, leader):
    decision, other = sent_decisions(applications=2)
    client.force_login(leader)
    data = {
        "party": "other",
        "own_application": other.application_id,
        "name": "J. Concurrent",
        "channel": "post",
        "received_on": "3-7-2026",
        "postmark_on": "30-6-2026",
        "grounds": "Te veel punten.",
        "signed": "on",
    }
    with time_machine.travel(LATER, tick=False):
        assert (
            client.post(address("register", decision.pk), {**data, "name": ""}).status_code == 422
        )
        assert client.post(address("register", decision.pk), data).status_code == 302
        objection = Objection.objects.get()
        page = client.get(objection.get_absolute_url()).content.decode()
        assert "op tijd gepost" in page
        client.force_login(other.application.created_by)
        assert client.get(objection.get_absolute_url()).status_code == 200
        assert client.get(decision.get_absolute_url()).status_code == 404
        client.force_login(decision.application.created_by)
        assert client.get(objection.get_absolute_url()).status_code == 404


def test_every_step_on_its_own_page(client, decision, leader):
    objection = objected(decision, by=leader)
    client.force_login(leader)
    steps = [
        ("acknowledge", {}, "acknowledged"),
        ("assess", {"interested": "ja", "judgement": "Op tijd."}, "admissibility"),
        ("ask_repair", {"missing": "De gronden.", "due_on": "20-7-2026"}, "defect"),
        ("repair", {"text": "De gronden zijn er.", "repaired_on": "6-7-2026"}, "admissibility"),
        ("extend", {"weeks": "3", "reason": "Onderzoek."}, "admissibility"),
        ("agree_delay", {"until": "1-12-2026", "reason": "Mail van 5 juli."}, "admissibility"),
        (
            "hearing",
            {
                "held_on": "20-7-2026",
                "begins": "10:00",
                "minutes": "60",
                "place": "Stadskantoor",
                "chair": "mr. A. Visser",
                "file_open_from": "7-7-2026",
            },
            "hearing_planned",
        ),
    ]
    with time_machine.travel(LATER, tick=False):
        for name, data, state in steps:
            assert client.get(address(name, objection.pk)).status_code == 200, name
            if data:
                assert client.post(address(name, objection.pk), {}).status_code == 422, name
            assert client.post(address(name, objection.pk), data).status_code == 302, name
            objection.refresh_from_db()
            assert objection.state == state, name
        calendar = client.get(address("ics", objection.pk)).content.decode()
        assert "DTSTART:20260720T080000Z" in calendar
    with time_machine.travel(datetime(2026, 7, 21, 9, tzinfo=UTC), tick=False):
        client.force_login(leader)
        for name, data, state in [
            ("report", {"report": "Beide kanten zijn gehoord."}, "heard"),
            (
                "advise",
                {
                    "advised_by": "mr. A. Visser",
                    "advised_on": "21-7-2026",
                    "outcome": "unfounded",
                    "advice": "Ongegrond.",
                },
                "advised",
            ),
        ]:
            assert client.post(address(name, objection.pk), {}).status_code == 422, name
            assert client.post(address(name, objection.pk), data).status_code == 302, name
            objection.refresh_from_db()
            assert objection.state == state, name
        page = client.get(objection.get_absolute_url()).content.decode()
    for told in ("Beide kanten zijn gehoord.", "Mail van 5 juli.", "Ongegrond."):
        assert told in page
    codes = list(
        Letter.objects.filter(code__in=["L19", "L19H", "L20"]).values_list("code", flat=True)
    )
    assert sorted(codes) == ["L19", "L19H", "L20"]
    texts = []
    for letter in Letter.objects.filter(code__in=codes).order_by("pk"):
        assert letters.render_letter(letter.pk, at=LATER), letter.error
        letter.refresh_from_db()
        with letter.stored.file.open("rb") as file:
            texts.append(words(file.read()))
    assert "Wij beslissen uiterlijk op" in texts[0]
    assert "De gronden." in texts[1]
    assert "maandag 20 juli 2026 om 10.00 uur" in texts[2]


def test_without_a_hearing_and_withdrawn(client, decision, leader):
    objection = judged(objected(decision, by=leader), by=leader)
    client.force_login(leader)
    with time_machine.travel(LATER, tick=False):
        data = {"ground": "waived", "reason": "Mail van 3 juli."}
        assert client.post(address("no_hearing", objection.pk), {}).status_code == 422
        assert client.post(address("no_hearing", objection.pk), data).status_code == 302
        client.force_login(decision.application.created_by)
        data = {"withdrawn_on": "6-7-2026"}
        assert client.post(address("withdraw", objection.pk), data).status_code == 302
        page = client.get(objection.get_absolute_url()).content.decode()
    assert "Dit bezwaar is afgerond." in page


def test_who_has_no_mailbox_gets_a_letter_on_paper(client, decision, leader):
    objection = objected(
        decision, by=leader, party="other", name="J. Buur", address="Dorpsstraat 1\n8911 AA Grou"
    )
    client.force_login(leader)
    with time_machine.travel(LATER, tick=False):
        assert client.get(address("letter", objection.pk, "L19")).status_code == 302
        client.post(address("acknowledge", objection.pk))
        assert not Letter.objects.filter(code="L19").exists()
        letter = client.get(address("letter", objection.pk, "L19"))
    text = words(letter.content)
    assert "J. Buur" in text
    assert "Dorpsstraat 1" in text
    client.force_login(UserFactory(signer=True))
    assert client.get(address("letter", objection.pk, "L19")).status_code == 403


def test_who_may_not(client, decision, leader):
    objection = objected(decision, by=leader)
    for user, status in (
        (UserFactory(signer=True), 403),
        (decision.drafted_by, 403),
        (decision.application.created_by, 403),
        (UserFactory(director=True), 404),
        (UserFactory(member=True), 404),
    ):
        client.force_login(user)
        assert client.post(address("acknowledge", objection.pk)).status_code == status
        assert client.get(address("hearing", objection.pk)).status_code == status
    client.force_login(UserFactory(member=True))
    assert client.get(reverse("subsidies:objection_list")).status_code == 403


def test_the_list_filters_exports_and_asks_as_much_of_one_as_of_three(
    client, leader, django_assert_num_queries
):
    decisions = sent_decisions(applications=3)
    objected(decisions[0], by=leader)
    client.force_login(leader)
    url = reverse("subsidies:objection_list")
    with time_machine.travel(LATER, tick=False):
        client.get(url)
        with django_assert_num_queries(5) as first:
            client.get(url)
        for decision in decisions[1:]:
            objected(decision, by=leader, name="Klaas Visser")
        with django_assert_num_queries(len(first)):
            page = client.get(url).content.decode()
        assert "3 bezwaren gevonden" in page
        assert "2 bezwaren gevonden" in client.get(url, {"zoek": "visser"}).content.decode()
        assert "Geen bezwaren gevonden" in client.get(url, {"status": "decided"}).content.decode()
        lines = client.get(url, {"export": "csv"}).content.decode("utf-8-sig").splitlines()
        assert len(lines) == 4
        assert "Klaas Visser" in lines[2]
    with time_machine.travel(datetime(2026, 9, 1, 9, tzinfo=UTC), tick=False):
        client.force_login(leader)
        assert "3 bezwaren gevonden" in client.get(url, {"status": "te-laat"}).content.decode()


def test_terms_and_tasks(decision, leader):
    objection = objected(decision, by=leader)
    today = LATER.date()
    own = decision.application.created_by
    with time_machine.travel(LATER, tick=False):
        (task,) = worklist.tasks_for(leader, today=today)
        assert task.title == f"Bevestig de ontvangst van bezwaar {objection.reference}"
        assert not worklist.tasks_for(decision.drafted_by, today=today)
        found = [row for row in upcoming_terms(own, today=today) if row.kind == TermKind.OBJECTION]
        assert [row.due_on for row in found] == [date(2026, 8, 12)]
        judged(objection, by=leader)
        plan_hearing(objection, plan(), by=leader, at=LATER)
        kinds = {row.kind for row in upcoming_terms(own, today=today)}
        assert TermKind.HEARING in kinds
        assert not worklist.tasks_for(leader, today=today)
        assert worklist.tasks_for(leader, today=date(2026, 7, 17))
