"""What people may upload, judged by its content before it is kept: type, size, and nothing that acts by itself.

Nothing of what the browser says is believed: the type follows from the content, the name is cleaned, an Office file is
opened as the ZIP it should be. All of it takes time in proportion to the size and reads no more than the limits say:
this runs in the request. Viruses are for clamd, which looks afterwards (`kvk2.core.scanning`).
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

import puremagic
from django.conf import settings

from kvk2.core.uploads.names import clean_name
from kvk2.core.uploads.office import require_harmless_office_file
from kvk2.core.uploads.pdf import require_harmless_pdf
from kvk2.core.uploads.pictures import require_harmless_picture
from kvk2.core.uploads.refusal import FileRefused

__all__ = [
    "ACCEPT",
    "TYPES",
    "AcceptedFile",
    "FileRefused",
    "FileType",
    "accept_file",
    "clean_name",
    "megabytes",
    "require_size",
]


class FileType(NamedTuple):
    """One accepted kind: its media type, its first bytes and, for Office files, the part it must have."""

    label: str
    content_type: str
    magic: bytes
    ooxml_part: str = ""


_OOXML = "application/vnd.openxmlformats-officedocument."
TYPES: Mapping[str, FileType] = MappingProxyType(
    {
        "pdf": FileType("PDF", "application/pdf", b"%PDF-"),
        "docx": FileType(
            "Word", f"{_OOXML}wordprocessingml.document", b"PK\x03\x04", "word/document.xml"
        ),
        "xlsx": FileType("Excel", f"{_OOXML}spreadsheetml.sheet", b"PK\x03\x04", "xl/workbook.xml"),
        "jpg": FileType("JPG", "image/jpeg", b"\xff\xd8\xff"),
        "png": FileType("PNG", "image/png", b"\x89PNG\r\n\x1a\n"),
    }
)
SAME_AS: Mapping[str, str] = MappingProxyType({"jpeg": "jpg"})
ACCEPT = ",".join(f".{extension}" for extension in (*TYPES, *SAME_AS))


class AcceptedFile(NamedTuple):
    """A file that passed: its clean name, and the media type that its content shows."""

    name: str
    content_type: str
    content: bytes


def megabytes(size: int) -> str:
    """'20 MB', for a limit."""
    return f"{size // (1024 * 1024)} MB"


def accept_file(name: str, content: bytes, *, may_carry: bool = False) -> AcceptedFile:
    """Check one upload. Refusal: `FileRefused`, with what is wrong and what is possible.

    With `may_carry` there may be other files inside a PDF; then the caller looks which these are.
    """
    clean = clean_name(name)
    extension = PurePosixPath(clean).suffix.lstrip(".").lower()
    extension = SAME_AS.get(extension, extension)
    if extension not in TYPES:
        raise FileRefused(f"‘{clean}’ is geen PDF, DOCX, XLSX, JPG of PNG.")
    if not content:
        raise FileRefused(f"‘{clean}’ is leeg.")
    require_size(clean, len(content))
    file_type = TYPES[extension]
    if not content.startswith(file_type.magic) or not _recognised(content, extension):
        raise FileRefused(f"De inhoud van ‘{clean}’ is geen {file_type.label}-bestand.")
    _require_harmless(clean, content, extension, file_type, may_carry=may_carry)
    return AcceptedFile(clean, file_type.content_type, content)


def require_size(name: str, size: int) -> None:
    """Before a file is read into memory, too. Refusal: `FileRefused`."""
    if size > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(
            f"‘{clean_name(name)}’ is groter dan {megabytes(settings.UPLOAD_MAX_BYTES)}."
        )


def _require_harmless(
    name: str, content: bytes, extension: str, file_type: FileType, *, may_carry: bool
) -> None:
    if file_type.ooxml_part:
        require_harmless_office_file(name, content, [file_type.ooxml_part], file_type.label)
    elif extension == "pdf":
        require_harmless_pdf(name, content, may_carry=may_carry)
    else:
        require_harmless_picture(name, content, extension)


def _recognised(content: bytes, extension: str) -> bool:
    """Whether the signatures in the content fit the extension."""
    try:
        found = {match.extension.lstrip(".") for match in puremagic.magic_string(content)}
    except puremagic.PureError:
        return False
    if extension in ("docx", "xlsx"):  # which Office file it is, its parts tell
        return bool(found & {"zip", "docx", "xlsx", "pptx"})
    return bool(found & {extension, "jpeg" if extension == "jpg" else extension})
