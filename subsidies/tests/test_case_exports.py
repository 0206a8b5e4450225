"""The export of a case: complete, true to its hashes, and without the inside of the commission (domain reference 8.4)."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from ikc.tests.factories import UserFactory
from kvk2.core.audit import downloads, events_of
from subsidies.models import Application, CaseExport, Letter, Review
from subsidies.services import case_exports as services
from subsidies.services import letters
from subsidies.services.case_exports import ExportRunning, NotReady
from subsidies.tests.factories_assessment import DECIDED_AT, decided_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
NOTE = "Een aantekening van één lid"


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def application():
    decided_round(applications=1)
    for letter in Letter.objects.order_by("pk"):
        letters.render_letter(letter.pk, at=DECIDED_AT)
    return Application.objects.get()


def made(application, leader) -> CaseExport:
    export = services.order_export(application, by=leader, at=DECIDED_AT)
    assert services.make_export(export.pk, at=DECIDED_AT)
    export.refresh_from_db()
    return export


def test_the_zip_holds_the_case_and_every_hash_is_right(application, leader):
    export = made(application, leader)
    assert export.done == export.total > 0
    with export.stored.file.open("rb") as source:
        archive = zipfile.ZipFile(io.BytesIO(source.read()))
    lines = archive.read("manifest-sha256.txt").decode().split("\n")[:-1]
    listed = dict(reversed(line.split("  ", 1)) for line in lines)
    assert set(listed) == set(archive.namelist()) - {"manifest-sha256.txt", "metagegevens.json"}
    for path, digest in listed.items():
        assert hashlib.sha256(archive.read(path)).hexdigest() == digest
    kept = {hashlib.sha256(archive.read(path)).hexdigest() for path in listed}
    own = Letter.objects.filter(application=application).select_related("stored")
    assert {letter.stored.sha256 for letter in own} <= kept
    attached = [row.stored for row in application.attachments.select_related("stored")]
    assert {row.stripped_sha256 or row.sha256 for row in attached} <= kept
    metadata = json.loads(archive.read("metagegevens.json"))
    assert metadata["identificatie"]["identificatieKenmerk"] == application.number
    assert {part["naam"] for part in metadata["bestand"]} == set(listed)
    data = json.loads(archive.read("gegevens.json"))
    assert data["subsidies.Application"][0]["title"] == application.title
    assert len(data["subsidies.BudgetLine"]) == application.budget_lines.count()
    trail = json.loads(archive.read("tijdlijn.json"))
    assert "decision_sent" in {event["verb"] for event in trail}
    assert application.number in archive.read("index.html").decode()


def test_scores_and_notes_of_members_are_never_in_it(application, leader):
    review = Review.objects.filter(application=application).first()
    review.scores.update(motivation=NOTE)
    export = made(application, leader)
    with export.stored.file.open("rb") as source:
        archive = zipfile.ZipFile(io.BytesIO(source.read()))
    for path in archive.namelist():
        assert NOTE.encode() not in archive.read(path)
    for label in json.loads(archive.read("gegevens.json")):
        assert not any(word in label for word in ("Review", "Score", "Vote", "Question"))
    assert review.member.user.full_name not in archive.read("gegevens.json").decode()


def test_one_at_a_time_and_another_after_a_crash(application, leader, monkeypatch):
    export = services.order_export(application, by=leader, at=DECIDED_AT)
    with pytest.raises(ExportRunning):
        services.order_export(application, by=leader, at=DECIDED_AT)
    with pytest.raises(IntegrityError, match="case_export_one_at_a_time"), transaction.atomic():
        CaseExport.objects.create(
            application=application,
            ordered_at=DECIDED_AT,
            ordered_by=leader,
            next_attempt_at=DECIDED_AT,
        )
    for name, values in {
        "case_export_finished_has_a_file": {"finished_at": DECIDED_AT},
        "case_export_done_within_total": {"done": 9},
    }.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            CaseExport.objects.filter(pk=export.pk).update(**values)
    with pytest.raises(NotReady):
        services.open_export(export, by=leader, at=DECIDED_AT)
    # a worker that is killed leaves its claim; nobody else takes it meanwhile
    monkeypatch.setattr(services, "_zip", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        services.make_export(export.pk, at=DECIDED_AT)
    monkeypatch.undo()
    assert not services.make_export(export.pk, at=DECIDED_AT)
    assert services.make_export(export.pk, at=DECIDED_AT + services.CLAIM + timedelta(seconds=1))
    monkeypatch.setattr(services, "_zip", lambda *_: (_ for _ in ()).throw(OSError))
    again = services.order_export(application, by=leader, at=DECIDED_AT)
    assert not services.make_export(again.pk, at=DECIDED_AT)
    again.refresh_from_db()
    assert again.error == "OSError"


def test_the_page_orders_downloads_and_writes_down_who(client, application, leader):
    client.force_login(leader)
    page = reverse("subsidies:case_archive", args=[application.pk])
    assert "Nog geen export" in client.get(page).content.decode()
    order = reverse("subsidies:case_export", args=[application.pk])
    assert client.post(order).status_code == 302
    assert client.post(order).status_code == 422
    export = CaseExport.objects.get()
    address = reverse("subsidies:case_export_file", args=[application.pk, export.pk])
    assert client.get(address).status_code == 302
    assert services.make_export(export.pk, at=timezone.now())
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert downloads().filter(verb="case_export_downloaded", actor=leader).count() == 1
    assert events_of(application).filter(verb="case_export_ordered").count() == 1
    hold = reverse("subsidies:case_hold", args=[application.pk])
    assert client.post(hold, {"reason": "", "until": ""}).status_code == 422
    client.post(hold, {"reason": "Beroep bij de rechtbank", "until": ""})
    assert "Beroep bij de rechtbank" in client.get(page).content.decode()
    client.post(reverse("subsidies:case_release", args=[application.pk]))
    assert "Beroep bij de rechtbank" not in client.get(page).content.decode()
    client.force_login(UserFactory(signer=True))
    assert client.get(page).status_code == 200
    assert client.get(address).status_code == 403
    client.force_login(UserFactory(auditor=True))
    assert client.get(address).status_code == 200
    client.force_login(application.created_by)
    assert client.get(page).status_code == 403
    client.force_login(UserFactory(director=True))
    assert client.get(page).status_code == 404
