"""Handing out a private file, after the view found that the user may have it."""

from django.http import FileResponse

from kvk2.core.models import StoredFile

HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
# What strangers made runs nothing and reaches nothing, also where a browser opens it all the same.
SANDBOX = {"Content-Security-Policy": "default-src 'none'; sandbox"}


def file_response(
    stored: StoredFile, *, original: bool = False, inline: bool = False
) -> FileResponse:
    """The copy without metadata, when there is one; the `original` is evidence.

    Only what the portal made itself may be shown in the browser (`inline`); an upload is always a download.
    """
    is_shown = inline and stored.scan_state == StoredFile.ScanState.OWN
    content = stored.file if original else stored.served
    return FileResponse(
        content.open("rb"),
        as_attachment=not is_shown,
        filename=stored.name,
        content_type=stored.content_type,
        # Chromium shows no PDF in a sandbox.
        headers=HEADERS if is_shown else HEADERS | SANDBOX,
    )
