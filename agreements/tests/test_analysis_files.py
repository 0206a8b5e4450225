"""The file of a data analysis: put in a draft, scanned, read by who reads the text, and by nobody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agreements.models import DataAnalysis
from agreements.services.drafting import draft_new_version
from agreements.tests.factories import AgreementFactory, version_of
from ikc.tests.factories import UserFactory
from kvk2.core.models import StoredFile
from kvk2.core.tests.uploads import pdf

pytestmark = pytest.mark.django_db


def urls(analysis: DataAnalysis) -> tuple[str, str]:
    args = [analysis.pk]
    return (
        reverse("agreements:analysis_file_add", args=args),
        reverse("agreements:analysis_file", args=args),
    )


def test_it_is_kept_and_waits_for_the_scanner(client):
    version = version_of(AgreementFactory(complete=True))
    analysis = version.analyses.get()
    add, get = urls(analysis)
    client.force_login(UserFactory(project_leader=True))

    assert client.post(add, {}).status_code == 422
    wrong = SimpleUploadedFile("analyse.pdf", b"MZ not a pdf")
    answer = client.post(add, {"file": wrong})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    client.post(add, {"file": SimpleUploadedFile("analyse.pdf", pdf())})
    analysis.refresh_from_db()
    page = client.get(version.get_absolute_url()).content.decode()
    assert get in page
    assert client.get(get).url == version.get_absolute_url(), "not scanned yet"
    board = UserFactory(school_board=True, organisation=version.agreement.ikc.board)
    for user, added, got in (
        (board, 403, 302),
        (UserFactory(development_group=True), 404, 404),
        (UserFactory(director=True), 404, 404),
    ):
        client.force_login(user)
        assert client.get(add).status_code == added, user.role_labels
        assert client.get(get).status_code == got, user.role_labels
    client.force_login(board)
    scanned(analysis, "clean")
    answer = client.get(get)
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    scanned(analysis, "infected")
    assert client.get(get).status_code == 302


def scanned(analysis: DataAnalysis, verdict: str) -> None:
    gone = {} if verdict == "clean" else {"file": "", "signature": "Eicar"}
    StoredFile.objects.filter(pk=analysis.stored_id).update(
        scan_state=verdict, scanned_at=timezone.now(), **gone
    )


def test_what_is_fixed_keeps_its_file_and_the_next_version_refers_to_it(client):
    version = version_of(AgreementFactory(in_force=True))
    add, get = urls(version.analyses.get())
    client.force_login(UserFactory(project_leader=True))

    assert client.post(add, {"file": SimpleUploadedFile("a.pdf", pdf())}).status_code == 403
    assert client.get(get).status_code == 302
    second = draft_new_version(
        version.agreement,
        kind="amendment",
        reason="Anders.",
        effective_year=version.agreement.programme.years.get(index=6),
        by=None,
        at=version.drafted_at,
    )
    analysis = second.analyses.get()
    client.post(urls(analysis)[0], {"file": SimpleUploadedFile("a.pdf", pdf())})
    analysis.refresh_from_db()
    assert analysis.stored.name == "a.pdf"
    assert version.analyses.get().stored is None
