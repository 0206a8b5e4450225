"""With which headers a private file goes out, and that there is one way out only."""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from kvk2.core.downloads import file_response, made_response
from kvk2.core.models import StoredFile

# Closing a response lets Django look at every connection that an earlier test left open; without this mark that is an
# error, and whether there is one depends on the order of the tests.
pytestmark = pytest.mark.django_db


def keep(scan_state):
    """A row that was not saved: only its content and what it says of itself matter here."""
    stored = StoredFile(name="brief.pdf", content_type="application/pdf", scan_state=scan_state)
    stored.file.save("x", ContentFile(b"%PDF-1.7"), save=False)
    return stored


def headers(stored, **options):
    response = file_response(stored, **options)
    response.close()
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    policy = response.get("Content-Security-Policy", "")
    return response["Content-Disposition"].split(";")[0], "sandbox" in policy


@pytest.mark.parametrize("inline", [False, True])
def test_an_upload_is_a_download_in_a_sandbox_whatever_was_asked(inline):
    assert headers(keep("pending"), inline=inline) == ("attachment", True)


def test_a_letter_of_the_portal_is_shown_when_asked():
    stored = keep("own")

    assert headers(stored) == ("attachment", True)
    assert headers(stored, inline=True) == ("inline", False)


def test_the_copy_without_metadata_goes_out_and_the_original_when_asked():
    stored = keep("pending")
    stored.stripped.save("x", ContentFile(b"%PDF-kopie"), save=False)

    copy, original = file_response(stored), file_response(stored, original=True)

    assert b"".join(copy.streaming_content) == b"%PDF-kopie"
    assert b"".join(original.streaming_content) == b"%PDF-1.7"
    copy.close()
    original.close()


@pytest.mark.parametrize("header", ["X-Accel-Redirect", "X-Sendfile"])
def test_the_web_server_in_front_gets_the_name_and_no_content(header, settings):
    settings.PRIVATE_FILES_BY_NAME = header
    stored = keep("pending")
    place = {
        "X-Accel-Redirect": f"/privebestanden/{stored.file.name}",
        "X-Sendfile": stored.file.path,
    }

    response = file_response(stored)
    assert (response[header], response.content) == (place[header], b"")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="brief.pdf"'
    assert headers(stored, inline=True) == ("attachment", True)


def test_what_is_made_on_the_spot_is_a_download_that_nobody_keeps():
    response = made_response(BytesIO(b"PK"), name="alles.zip", content_type="application/zip")
    assert b"".join(response.streaming_content) == b"PK"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    response.close()


def test_no_view_hands_out_a_stored_file_by_itself():
    root = Path(settings.BASE_DIR)
    views = [path for app in ("ikc", "monitoring", "subsidies") for path in root.glob(f"{app}/views/*.py")]  # fmt: skip
    assert len(views) > 20
    answering = {
        str(path.relative_to(root)) for path in views if "FileResponse(" in path.read_text("utf-8")
    }

    assert answering == set()
