"""The public subsidy register: who keeps it, what anybody may read, and what never gets there (Woo 3.3a; reference 8.3)."""

import csv
import io
import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from ikc.tests.factories import UserFactory
from kvk2.core.workflow import TransitionNotAllowed
from subsidies import personal_data
from subsidies.models import Decision, Letter, RegisterEntry, RegisterVersion
from subsidies.personal_data import Kind
from subsidies.services import letters
from subsidies.services import subsidy_register as services
from subsidies.services.subsidy_register import (
    EntryIsPublic,
    NoObjection,
    ObjectionOpen,
    PersonalDataFound,
    ReasonMissing,
)
from subsidies.states_subsidy_register import RegisterState
from subsidies.tests.factories_assessment import DECIDED_AT, decided_round
from subsidies.worklist import subsidy_register as worklist

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
ROLES = (
    "project_leader",
    "director",
    "member",
    "secretary",
    "development_group",
    "researcher",
    "signer",
    "school_board",
    "childcare_board",
    "admin",
    "auditor",
)
LEADER, PUBLISHERS = {"project_leader"}, {"project_leader", "signer"}
STATES = set(RegisterState.values)
# verb: who, in which states
MATRIX = {
    "edit_register_entry": (LEADER, STATES),
    "publish_register_entry": (PUBLISHERS, {"prepared", "left_out", "withdrawn"}),
    "leave_out_register_entry": (LEADER, {"prepared"}),
    "withdraw_register_entry": (LEADER, {"published"}),
}


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def entries(count: int = 1) -> list[RegisterEntry]:
    """Of decisions that were sent."""
    decided_round(applications=count)
    for letter in Letter.objects.order_by("pk"):
        letters.render_letter(letter.pk, at=DECIDED_AT)
    services.prepare_entries(at=DECIDED_AT)
    return list(RegisterEntry.objects.order_by("pk"))


@pytest.fixture
def entry():
    return entries()[0]


def published(entry: RegisterEntry, by) -> RegisterEntry:
    return services.publish_entry(entry, accepted_because="Geen persoon.", by=by, at=DECIDED_AT)


def test_the_check_finds_what_may_be_about_a_person_and_nothing_else():
    text = (
        "Bel Anna de Vries op 06-12345678 of (058) 233 12 34, mail a.devries@school.nl. BSN 123456782, "
        "factuur 123 456 789, NL91 ABNA 0417 1643 00. In 2026 doen 120 kinderen mee voor € 25.000,00."
    )
    found = {
        (finding.kind, finding.text) for finding in personal_data.find(text, ["Anna de Vries"])
    }
    assert found == {
        (Kind.NAME, "Anna de Vries"),
        (Kind.PHONE, "06-12345678"),
        (Kind.PHONE, "(058) 233 12 34"),
        (Kind.EMAIL, "a.devries@school.nl"),
        (Kind.CITIZEN_NUMBER, "123456782"),
        (Kind.NINE_DIGITS, "123 456 789"),
        (Kind.IBAN, "NL91 ABNA 0417 1643 00"),
    }
    clean = "Annabel leest voor aan 25 kinderen, van 1-9-2026 tot 1-7-2027, KVK2-2026-0001, € 1.234.567,89."
    assert personal_data.find(clean, ["Anna", "Bo"]) == ()


def test_only_announced_decisions_on_money_are_prepared_and_once():
    decided_round(applications=2, conclusions=["positive", "negative"])
    assert services.prepare_entries(at=DECIDED_AT) == 0
    for letter in Letter.objects.order_by("pk"):
        letters.render_letter(letter.pk, at=DECIDED_AT)
    granted = Decision.objects.filter(kind__in=["grant", "partial_grant"])
    assert 0 < granted.count() < Decision.objects.count()
    assert services.prepare_entries(at=DECIDED_AT) == granted.count()
    assert services.prepare_entries(at=DECIDED_AT) == 0
    for entry in RegisterEntry.objects.select_related("decision__application__board"):
        assert entry.code == entry.decision.reference
        assert entry.amount == entry.decision.amount
        assert entry.recipient == entry.decision.application.board.name
        assert entry.state == RegisterState.PREPARED
        assert entry.decision.application.contact_name not in json.dumps(services.facts_of(entry))


def test_who_sees_the_desk_and_who_does_what(entry):
    people = {role: UserFactory(**{role: True}) for role in ROLES}
    sees = {
        role for role, user in people.items() if user.has_perm("subsidies.view_subsidy_register")
    }
    assert sees == {"project_leader", "signer", "auditor"}
    for verb, (who, states) in MATRIX.items():
        for role, user in people.items():
            for state in RegisterState.values:
                entry.state = state
                expected = role in who and state in states
                assert user.has_perm(f"subsidies.{verb}", entry) == expected, (verb, role, state)


def test_what_looks_personal_is_removed_or_explained(entry, leader):
    own = entry.decision.application.contact_name
    text = f"Voorlezen, vraag het {own} (juf@school.nl)"
    entry = services.edit_entry(entry, activities=text, provisions="", by=leader, at=DECIDED_AT)
    with pytest.raises(PersonalDataFound, match=r"juf@school\.nl"):
        services.publish_entry(entry, by=leader, at=DECIDED_AT)
    entry.refresh_from_db()
    assert entry.state == RegisterState.PREPARED
    entry = services.publish_entry(
        entry, accepted_because="Algemeen adres.", by=leader, at=DECIDED_AT
    )
    version = entry.versions.get()
    assert version.accepted_because == "Algemeen adres."
    assert [found.split(":")[0] for found in version.findings] == [
        "e-mailadres",
        "naam van een persoon",
    ]
    with pytest.raises(EntryIsPublic):
        services.edit_entry(entry, activities="x", provisions="", by=leader, at=DECIDED_AT)


def test_correcting_and_withdrawing_keep_what_was_public(entry, leader):
    entry = published(entry, leader)
    with pytest.raises(ReasonMissing):
        services.correct_entry(
            entry, activities="Nieuw", provisions="", reason=" ", by=leader, at=DECIDED_AT
        )
    old = entry.activities
    entry = services.correct_entry(
        entry, activities="Nieuw", provisions="", reason="Verschreven", by=leader, at=DECIDED_AT
    )
    entry = services.withdraw_entry(entry, reason="Bedrijfsgegeven", by=leader, at=DECIDED_AT)
    kept = list(entry.versions.order_by("number").values_list("kind", "content__activities"))
    assert kept == [("published", old), ("corrected", "Nieuw"), ("withdrawn", "Nieuw")]
    with pytest.raises(TransitionNotAllowed):
        services.withdraw_entry(entry, reason="Nog eens", by=leader, at=DECIDED_AT)
    for change in (
        lambda: RegisterVersion.objects.update(reason="anders"),
        lambda: RegisterVersion.objects.all()._raw_delete("default"),
        lambda: RegisterEntry.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_an_objection_holds_publication_until_it_is_decided(entry, leader):
    with pytest.raises(NoObjection):
        services.decide_objection(entry, verdict="upheld", reason="x", by=leader, at=DECIDED_AT)
    day = DECIDED_AT.date()
    entry = services.record_objection(
        entry, received_on=day, objection="Bedrijfsgeheim", by=leader, at=DECIDED_AT
    )
    with pytest.raises(ObjectionOpen):
        published(entry, leader)
    assert any("bedenkingen" in task.title for task in worklist.tasks_for(leader, today=day))
    entry = services.decide_objection(
        entry, verdict="upheld", reason="Klopt.", by=leader, at=DECIDED_AT
    )
    assert entry.state == RegisterState.LEFT_OUT
    with pytest.raises(ObjectionOpen):
        published(entry, leader)


def test_the_database_refuses_what_must_never_be(entry, leader):
    upheld = {
        "state": "published",
        "published_at": DECIDED_AT,
        "changed_at": DECIDED_AT,
        "objected_on": DECIDED_AT.date(),
        "objection": "Nee",
        "objection_verdict": "upheld",
        "objection_reason": "Ja",
    }
    for name, values in {
        "register_entry_state_is_known": {"state": "elsewhere"},
        "register_entry_public_has_a_moment": {"state": "published"},
        "register_entry_kept_back_has_a_reason": {"state": "left_out"},
        "register_entry_objection_is_whole": {"objection": "Nee"},
        "register_entry_upheld_is_not_public": upheld,
    }.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            RegisterEntry.objects.filter(pk=entry.pk).update(**values)
    entry = published(entry, leader)
    for name, values in {
        "register_version_once": {"number": 1},
        "register_version_findings_are_judged": {"findings": ["naam"]},
        "register_version_change_has_a_reason": {"kind": "withdrawn"},
    }.items():
        fields = {"number": 2, "kind": "published", **values}
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            RegisterVersion.objects.create(
                entry=entry, at=DECIDED_AT, by=leader, content={}, **fields
            )


def test_anybody_reads_what_is_public_and_nothing_else(client, leader):
    first, second = entries(2)
    client.get(reverse("subsidies:public_register"))
    for address in (first.public_url, second.public_url):
        assert client.get(address).status_code == 404
    first = published(first, leader)
    page = client.get(reverse("subsidies:public_register"))
    text = page.content.decode()
    assert first.ikc in text
    assert second.ikc not in text
    assert set(page["Cache-Control"].split(", ")) == {"public", "max-age=300"}
    assert client.get(first.public_url).status_code == 200
    assert client.get(second.public_url).status_code == 404
    # whatever a stranger follows from here, needs a login, or belongs to everybody
    links = {
        link.partition("#")[0]
        for address in (reverse("subsidies:public_register"), first.public_url)
        for link in re.findall(r'href="(/[^"]*)"', client.get(address).content.decode())
        if not link.startswith("/static/")
    }
    opened = {link for link in links if client.get(link).status_code == 200}
    assert opened <= {
        reverse("subsidies:public_register"),
        reverse("subsidies:public_register_csv"),
        reverse("subsidies:public_register_json"),
        reverse("subsidies:public_register_overview", args=[first.year]),
        first.public_url,
        "/over/",
        "/privacy/",
        "/toegankelijkheid/",
    } | {link for link in links if link.startswith("/subsidieregister/?")}
    for name in ("subsidy_register", "subsidy_register_publish"):
        assert client.get(reverse(f"subsidies:{name}")).status_code == 302
    assert client.get(first.get_absolute_url()).status_code == 302
    services.withdraw_entry(first, reason="Fout", by=leader, at=DECIDED_AT)
    assert client.get(first.public_url).status_code == 404


def test_downloads_hold_the_same_rows_and_no_person(client, leader):
    entry = published(entries()[0], leader)
    application = entry.decision.application
    answer = client.get(reverse("subsidies:public_register_csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    data = client.get(reverse("subsidies:public_register_json")).json()
    assert [row["code"] for row in rows] == [row["code"] for row in data["entries"]] == [entry.code]
    assert set(rows[0]) == set(data["entries"][0]) == set(data["fields"])
    assert data["licence"] == "CC0 1.0"
    for person in (application.contact_name, application.contact_email, application.signed_name):
        assert person
        assert person not in answer.content.decode()
        assert person not in json.dumps(data)
    pdf = client.get(reverse("subsidies:public_register_overview", args=[entry.year]))
    reader = PdfReader(io.BytesIO(pdf.content))
    words = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert entry.code in words
    assert list(reader.attachments) == ["subsidieoverzicht.csv"]
    again = client.get(reverse("subsidies:public_register_overview", args=[entry.year]))
    assert again.content == pdf.content
    assert client.get(reverse("subsidies:public_register_overview", args=[1999])).status_code == 404


def test_who_asks_too_often_waits(client, monkeypatch):
    monkeypatch.setattr("subsidies.views.public_register.MOST_PER_MINUTE", 2)
    address = reverse("subsidies:public_register")
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]


def test_the_public_list_asks_the_same_queries_for_one_and_three(
    client, leader, django_assert_num_queries
):
    rows = entries(3)
    published(rows[0], leader)
    address = reverse("subsidies:public_register") + "?zoek=a&jaar=2026"
    client.get(address)
    with django_assert_num_queries(5):
        client.get(address)
    for row in rows[1:]:
        published(row, leader)
    with django_assert_num_queries(5):
        assert client.get(address).status_code == 200


def test_the_desk_from_list_to_public(client, leader):
    rows = entries(2)
    client.force_login(leader)
    entry = rows[0]
    assert entry.ikc in client.get(reverse("subsidies:subsidy_register")).content.decode()
    typed = {"activities": "Vraag juf@school.nl", "provisions": ""}
    client.post(reverse("subsidies:register_edit", args=[entry.pk]), typed)
    page = client.get(entry.get_absolute_url()).content.decode()
    assert "juf@school.nl" in page
    assert "Misschien een persoonsgegeven" in page
    publish = reverse("subsidies:register_publish", args=[entry.pk])
    assert client.post(publish, {"accepted_because": ""}).status_code == 422
    # those without findings go together, and only those that were chosen
    together = reverse("subsidies:subsidy_register_publish")
    assert entry.code not in client.get(together).content.decode()
    client.post(together, {"entry": [row.pk for row in rows]})
    rows[1].refresh_from_db()
    entry.refresh_from_db()
    assert (entry.state, rows[1].state) == ("prepared", "published")
    keep_back = reverse("subsidies:register_keep_back", args=[entry.pk])
    assert client.post(keep_back, {"reason": ""}).status_code == 422
    client.post(keep_back, {"reason": "Natuurlijk persoon"})
    objection = reverse("subsidies:register_objection", args=[rows[1].pk])
    client.post(objection, {"received_on": "20-5-2026", "objection": "Liever niet"})
    verdict = reverse("subsidies:register_objection_verdict", args=[rows[1].pk])
    client.post(verdict, {"verdict": "upheld", "reason": "Klopt"})
    entry.refresh_from_db()
    rows[1].refresh_from_db()
    assert (entry.state, rows[1].state) == ("left_out", "withdrawn")
    assert client.get(rows[1].get_absolute_url()).status_code == 200
    client.force_login(UserFactory(auditor=True))
    assert client.get(entry.get_absolute_url()).status_code == 200
    assert client.get(publish).status_code == 403
