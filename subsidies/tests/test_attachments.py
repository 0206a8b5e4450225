"""Files that come in: what is kept, what is refused, and how they go out again."""

import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.models import StoredFile
from kvk2.core.orphans import orphans
from kvk2.core.tasks import scan_pending_files
from kvk2.core.tests.eicar import EICAR
from kvk2.core.uploads import FileRefused
from subsidies.models import Application, Attachment
from subsidies.services import attachments as services
from subsidies.services.applications import NoLongerDraft
from subsidies.tests.factories import (
    DURING,
    PDF,
    ApplicationFactory,
    AttachmentFactory,
    SubsidyRoundFactory,
    move,
)
from subsidies.worklist import files


@pytest.fixture
def application(db):
    return ApplicationFactory()


def add(application, **changed):
    values = {"kind": "quote", "name": "offerte.pdf", "content": PDF, **changed}
    return services.add_attachment(application, **values, by=application.created_by, at=DURING)


def test_a_file_is_kept_apart_under_a_name_that_says_nothing(application):
    stored = add(application).stored

    assert stored.name == "offerte.pdf"
    assert "offerte" not in stored.file.name
    assert stored.scan_state == StoredFile.ScanState.PENDING
    with stored.file.open("rb") as file:
        assert file.read() == PDF
    assert events_of(application).get().data["sha256"] == stored.sha256


def test_the_files_of_an_application_have_a_limit_together(application):
    StoredFile.objects.update(size=100 * 1024 * 1024)

    with pytest.raises(FileRefused, match="100 MB"):
        add(application)


def test_the_number_of_files_has_a_limit(application, settings):
    settings.APPLICATION_MAX_FILES = 1

    with pytest.raises(FileRefused, match="hoogstens 1"):
        add(application)


def test_a_removed_file_leaves_the_disk_after_the_draft(
    application, django_capture_on_commit_callbacks
):
    attachment = add(application)
    storage, path = attachment.stored.file.storage, attachment.stored.file.name

    with django_capture_on_commit_callbacks(execute=True):
        services.remove_attachment(attachment, by=application.created_by, at=DURING)

    assert not Attachment.objects.filter(pk=attachment.pk).exists()
    assert events_of(application).first().verb == "attachment_removed"
    # it can be put back for as long as there is a draft
    assert services.forget_removed() == 0
    assert path not in set(orphans(at=timezone.now() + timedelta(days=30)))
    assert storage.exists(path)
    move(application, state="lapsed")
    with django_capture_on_commit_callbacks(execute=True):
        assert services.forget_removed() == 1
    assert not storage.exists(path)


def test_a_removed_file_is_put_back(director_client, client, application):
    attachment = application.attachments.get()
    page = reverse("subsidies:application_attachments", args=[application.pk])
    director_client.post(reverse("subsidies:attachment_remove", args=[attachment.pk]))
    removed = application.removed_attachments.get()
    restore = reverse("subsidies:attachment_restore", args=[removed.pk])
    assertContains(director_client.get(page), restore)

    client.force_login(UserFactory(director=True))
    assert client.post(restore).status_code == 404
    client.force_login(application.created_by)
    assertRedirects(client.post(restore), page)
    back = application.attachments.get()
    assert (back.stored_id, back.kind) == (attachment.stored_id, attachment.kind)
    assert not application.removed_attachments.exists()
    assert events_of(application).first().verb == "attachment_restored"


def test_what_is_put_back_must_fit_and_only_a_draft_takes_it(application, settings):
    services.remove_attachment(application.attachments.get(), by=application.created_by, at=DURING)
    removed = application.removed_attachments.get()
    settings.APPLICATION_MAX_FILES = 0
    with pytest.raises(FileRefused):
        services.restore_attachment(removed, by=application.created_by, at=DURING)
    settings.APPLICATION_MAX_FILES = 25
    move(application, state="lapsed")
    with pytest.raises(NoLongerDraft):
        services.restore_attachment(removed, by=application.created_by, at=DURING)


def test_no_more_removed_files_are_kept_than_an_application_may_have(application, settings):
    settings.APPLICATION_MAX_FILES = 1
    first = application.attachments.get()
    services.remove_attachment(first, by=application.created_by, at=DURING)
    second = AttachmentFactory(application=application)
    services.remove_attachment(second, by=application.created_by, at=DURING)

    assert application.removed_attachments.get().stored_id == second.stored_id
    assert not StoredFile.objects.filter(pk=first.stored_id).exists()


def test_a_filed_application_keeps_its_files(db):
    application = ApplicationFactory(submitted=True)

    with pytest.raises(NoLongerDraft):
        add(application)
    with pytest.raises(NoLongerDraft):
        services.remove_attachment(
            application.attachments.get(), by=application.created_by, at=DURING
        )


@pytest.fixture
def director_client(client, application):
    client.force_login(application.created_by)
    return client


def test_a_file_goes_out_as_a_download_and_leaves_a_trace(director_client, application):
    attachment = application.attachments.get()

    response = director_client.get(reverse("subsidies:attachment_download", args=[attachment.pk]))

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"] == 'attachment; filename="instemming-mr.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    event = events_of(application).get()
    assert (event.verb, event.actor) == ("attachment_downloaded", application.created_by)
    response.close()


@pytest.mark.parametrize("state", ["pending", "infected"])
def test_what_was_not_found_clean_goes_out_to_nobody(director_client, application, state):
    attachment = AttachmentFactory(application=application, scan_state=state)
    url = reverse("subsidies:attachment_download", args=[attachment.pk])

    response = director_client.get(url)

    assert response.status_code == 302
    assert not events_of(application).exists()
    page = director_client.get(response["location"], follow=True).content.decode()
    assert ("wordt nog gecontroleerd" if state == "pending" else "Er zit een virus in") in page
    assert url not in page


def upload(client, application, *files, kind="support"):
    url = reverse("subsidies:application_attachments", args=[application.pk])
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(url, {"kind": kind, "file": uploads})


def test_uploading_shows_the_file(director_client, application):
    response = upload(director_client, application, ("mr.pdf", PDF))

    assert response.status_code == 302
    page = director_client.get(response["location"]).content.decode()
    assert "mr.pdf" in page
    assert "Wordt nog gecontroleerd" in page
    assert "2 van 25 bestanden" in page


def test_several_files_at_once_and_one_that_is_refused_holds_up_no_other(
    director_client, application
):
    response = upload(
        director_client, application, ("a.pdf", PDF), ("virus.pdf", EICAR), ("b.pdf", PDF)
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert "De inhoud van ‘virus.pdf’ is geen PDF-bestand." in page
    assert "‘a.pdf’, ‘b.pdf’ zijn toegevoegd." in page
    names = application.attachments.order_by("pk").values_list("stored__name", flat=True)
    assert list(names)[1:] == ["a.pdf", "b.pdf"]


@pytest.mark.parametrize("name", ["virus.pdf", "../../../x.exe"])
def test_a_refused_upload_says_why(name, director_client, application):
    response = upload(director_client, application, (name, EICAR))

    assert response.status_code == 422
    assert "Er is een probleem" in response.content.decode()
    assert application.attachments.count() == 1


def test_fifty_megabytes_are_refused_without_being_read(director_client, application, monkeypatch):
    """Not in memory, and on disk no more than the limit."""
    kept = []
    close = TemporaryUploadedFile.close

    def look(file):
        kept.append(os.path.getsize(file.temporary_file_path()))
        close(file)

    monkeypatch.setattr(TemporaryUploadedFile, "close", look)
    monkeypatch.setattr(TemporaryUploadedFile, "read", lambda *_: pytest.fail("gelezen"))

    response = upload(director_client, application, ("groot.pdf", PDF + b"\0" * 50 * 1024 * 1024))

    assert response.status_code == 422
    assert "‘groot.pdf’ is groter dan 20 MB." in response.content.decode()
    assert kept
    assert max(kept) < 21 * 1024 * 1024
    assert application.attachments.count() == 1


def test_an_upload_without_a_file_is_refused(director_client, application):
    url = reverse("subsidies:application_attachments", args=[application.pk])

    response = director_client.post(url, {"kind": "support"})

    assert response.status_code == 422
    assert "Kies een bestand." in response.content.decode()


def test_the_list_asks_again_until_every_file_is_checked(director_client, application, clamd):
    url = reverse("subsidies:application_files", args=[application.pk])
    attachment = add(application)
    AttachmentFactory(application=application, scan_state="pending", content=b"%PDF-" + EICAR)

    waiting = director_client.get(url).content.decode()
    scan_pending_files()
    done = director_client.get(url).content.decode()

    assert f'hx-get="{url}"' in waiting
    assert "hx-get" not in done
    assert "Alle bestanden zijn gecontroleerd." in done
    assert "Er zit een virus in: Eicar-Test-Signature." in done
    assert reverse("subsidies:attachment_download", args=[attachment.pk]) in done


def test_a_virus_stands_in_the_trail_of_the_application(application, clamd):
    attachment = add(application, content=PDF + EICAR)
    scan_pending_files()

    event = events_of(application).filter(verb="attachment_infected").get()
    assert event.data["name"] == attachment.stored.name
    assert event.data["signature"] == "Eicar-Test-Signature"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    director_client, application, count, no_repeated_sql
):
    for _ in range(count):
        AttachmentFactory(application=application)
    url = reverse("subsidies:application_files", args=[application.pk])
    director_client.get(url)

    with no_repeated_sql():
        director_client.get(url)


def test_the_list_of_a_filed_application_leads_to_its_page(client, db):
    application = ApplicationFactory(submitted=True)
    client.force_login(application.created_by)

    response = client.get(reverse("subsidies:application_files", args=[application.pk]))

    assert response["HX-Redirect"] == application.get_absolute_url()


def test_removing_asks_first(director_client, application):
    attachment = application.attachments.get()
    url = reverse("subsidies:attachment_remove", args=[attachment.pk])

    page = director_client.get(url).content.decode()
    assert "U haalt ‘instemming-mr.pdf’ weg" in page
    assert application.attachments.exists()

    assert director_client.post(url).status_code == 302
    assert not application.attachments.exists()


def test_an_infected_file_can_be_taken_away(director_client, application):
    attachment = AttachmentFactory(application=application, scan_state="infected")

    director_client.post(reverse("subsidies:attachment_remove", args=[attachment.pk]))

    assert not Attachment.objects.filter(pk=attachment.pk).exists()


# ---------------------------------------------------------------- what waits for whom


def titles(user):
    return [item.title for item in files.tasks_for(user, today=timezone.localdate())]


def test_the_director_replaces_and_the_project_leader_asks(db):
    round_ = SubsidyRoundFactory(open=True)
    draft = ApplicationFactory(round=round_)
    AttachmentFactory(application=draft, name="plan.pdf", scan_state="infected")
    filed = ApplicationFactory(round=round_)
    AttachmentFactory(application=filed, name="brief.pdf", scan_state="infected")
    Application.objects.filter(pk=filed.pk).update(
        state="submitted", number="KVK2-2026-0042", received_at=DURING,
        signed_by=filed.created_by, signed_name="x", max_amount=17375, eligible_amount=15000, tier=1,
    )  # fmt: skip

    assert titles(draft.created_by) == ["Vervang ‘plan.pdf’"]
    assert titles(filed.created_by) == []
    leader = UserFactory(project_leader=True)
    assert titles(leader) == ["Vraag om een ander bestand bij KVK2-2026-0042"]


# ---------------------------------------------------------------- the original


def test_the_original_is_for_the_auditor_alone(client, db):
    application = ApplicationFactory(submitted=True)
    attachment = application.attachments.get()
    attachment.stored.stripped.save("x", ContentFile(b"%PDF-kopie"), save=True)
    url = reverse("subsidies:attachment_download", args=[attachment.pk])
    answers = {}
    for role in ("auditor", "project_leader"):
        client.force_login(UserFactory(**{role: True}))
        page = client.get(application.get_absolute_url()).content.decode()
        answers[role] = (
            b"".join(client.get(url).streaming_content),
            client.get(f"{url}?origineel=1").status_code,
            f"{url}?origineel=1" in page,
        )
    client.force_login(application.created_by)
    assert client.get(f"{url}?origineel=1").status_code == 403

    assert answers == {
        "auditor": (b"%PDF-kopie", 200, True),
        "project_leader": (b"%PDF-kopie", 403, False),
    }
    event = events_of(application).filter(data__original=True).get()
    assert event.data["sha256"] == attachment.stored.sha256


def test_nobody_else_pays_for_it(db, django_assert_num_queries):
    user = UserFactory(auditor=True)
    assert user.active_roles

    with django_assert_num_queries(0):
        assert titles(user) == []
