"""Files that come in: what is kept, what is refused, and how they go out again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kvk2.core.audit import events_of
from kvk2.core.models import StoredFile
from kvk2.core.tests.eicar import EICAR
from kvk2.core.uploads import FileRefused
from subsidies.models import Attachment
from subsidies.services import attachments as services
from subsidies.services.applications import NoLongerDraft
from subsidies.tests.factories import DURING, PDF, ApplicationFactory, AttachmentFactory


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
    StoredFile.objects.update(size=services.MAX_APPLICATION_BYTES)

    with pytest.raises(FileRefused, match="100 MB"):
        add(application)


def test_the_number_of_files_has_a_limit(application, monkeypatch):
    monkeypatch.setattr(services, "MAX_FILES", 1)

    with pytest.raises(FileRefused, match="hoogstens 1"):
        add(application)


def test_removing_takes_the_file_off_the_disk(application, django_capture_on_commit_callbacks):
    attachment = add(application)
    storage, path = attachment.stored.file.storage, attachment.stored.file.name

    with django_capture_on_commit_callbacks(execute=True):
        services.remove_attachment(attachment, by=application.created_by, at=DURING)

    assert not storage.exists(path)
    assert not Attachment.objects.filter(pk=attachment.pk).exists()
    assert events_of(application).first().verb == "attachment_removed"


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


def test_an_infected_file_does_not_go_out(director_client, application):
    attachment = AttachmentFactory(application=application, scan_state="infected")

    response = director_client.get(reverse("subsidies:attachment_download", args=[attachment.pk]))

    assert response.status_code == 302
    assert not events_of(application).exists()


def upload(client, application, name, content, kind="support"):
    url = reverse("subsidies:application_attachments", args=[application.pk])
    return client.post(url, {"kind": kind, "file": SimpleUploadedFile(name, content)})


def test_uploading_shows_the_file(director_client, application):
    response = upload(director_client, application, "mr.pdf", PDF)

    assert response.status_code == 302
    page = director_client.get(response["location"]).content.decode()
    assert "mr.pdf" in page
    assert "wordt nog gecontroleerd" in page


@pytest.mark.parametrize("name", ["virus.pdf", "../../../x.exe"])
def test_a_refused_upload_says_why(name, director_client, application):
    response = upload(director_client, application, name, EICAR)

    assert response.status_code == 422
    assert "Er is een probleem" in response.content.decode()
    assert application.attachments.count() == 1


def test_an_upload_that_is_too_large_is_refused(director_client, application, monkeypatch):
    monkeypatch.setattr("subsidies.forms.attachments.MAX_FILE_BYTES", 10)

    response = upload(director_client, application, "groot.pdf", PDF)

    assert response.status_code == 422
    assert "groter dan 20 MB" in response.content.decode()


def test_an_upload_without_a_file_is_refused(director_client, application):
    url = reverse("subsidies:application_attachments", args=[application.pk])

    response = director_client.post(url, {"kind": "support"})

    assert response.status_code == 422
    assert "Kies een bestand." in response.content.decode()


def test_removing_by_the_page(director_client, application):
    attachment = application.attachments.get()

    response = director_client.post(reverse("subsidies:attachment_remove", args=[attachment.pk]))

    assert response.status_code == 302
    assert not application.attachments.exists()
