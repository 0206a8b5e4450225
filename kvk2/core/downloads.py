"""Handing out a private file: as a download, never as a page, after the view found that the user may have it."""

from django.http import FileResponse

from kvk2.core.models import StoredFile

HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


def file_response(stored: StoredFile, *, original: bool = False) -> FileResponse:
    """The copy without metadata, when there is one; the `original` is for the auditor."""
    content = stored.file if original else stored.served
    return FileResponse(
        content.open("rb"),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.content_type,
        headers=HEADERS,
    )
