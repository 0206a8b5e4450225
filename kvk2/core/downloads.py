"""Handing out a private file, after the view found that the user may have it and its service wrote down who took it.

The content comes through this process; or, when the settings name how, from the web server in front of us: it gets the
name of the file in a header that it does not pass on, and sends the file itself.
"""

from io import BytesIO
from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from kvk2.core.models import StoredFile

HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
# What strangers made runs nothing and reaches nothing, also where a browser opens it all the same.
SANDBOX = {"Content-Security-Policy": "default-src 'none'; sandbox"}
ACCEL, SENDFILE = "X-Accel-Redirect", "X-Sendfile"


def file_response(
    stored: StoredFile, *, original: bool = False, inline: bool = False
) -> HttpResponseBase:
    """The copy without metadata, when there is one; the `original` is evidence.

    Only what the portal made itself may be shown in the browser (`inline`); an upload is always a download.
    """
    is_shown = inline and stored.scan_state == StoredFile.ScanState.OWN
    content = stored.file if original else stored.served
    # Chromium shows no PDF in a sandbox.
    headers = HEADERS if is_shown else HEADERS | SANDBOX
    if settings.PRIVATE_FILES_BY_NAME:
        by_name = HttpResponse(
            content_type=stored.content_type, headers=headers | _by_name(content)
        )
        by_name["Content-Disposition"] = content_disposition_header(not is_shown, stored.name) or ""
        return by_name
    return FileResponse(
        content.open("rb"),
        as_attachment=not is_shown,
        filename=stored.name,
        content_type=stored.content_type,
        headers=headers,
    )


def _by_name(content: FieldFile) -> dict[str, str]:
    """For nginx a place below `PRIVATE_FILES_PREFIX` (an `internal` location), for Apache and Lighttpd the path itself."""
    if settings.PRIVATE_FILES_BY_NAME == ACCEL:
        return {ACCEL: settings.PRIVATE_FILES_PREFIX + quote(content.name or "")}
    return {SENDFILE: content.path}


def made_response(content: BytesIO, *, name: str, content_type: str) -> FileResponse:
    """A file that was made on the spot out of what the user may read; nothing of it is kept."""
    content.seek(0)
    return FileResponse(
        content, as_attachment=True, filename=name, content_type=content_type, headers=HEADERS
    )
