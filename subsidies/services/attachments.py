"""Files with an application: what may come in, how it is kept, and who opened it (domain reference 7.5).

Nothing of what the browser says is believed: the type follows from the content, the name is cleaned, an
Office file is opened as the ZIP it should be, with a limit on what it may unpack to.
"""

import re
import unicodedata
import zipfile
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import puremagic
from django.db import transaction
from django.db.models import Sum

from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import store
from subsidies.models import Application, Attachment
from subsidies.services.applications import NoLongerDraft
from subsidies.states import ApplicationState

if TYPE_CHECKING:
    from ikc.models import User

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_APPLICATION_BYTES = 100 * 1024 * 1024
MAX_FILES = 25
# An Office file that unpacks to more, or shrinks more, is a bomb and not a document.
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 200
MAX_ENTRIES = 5000
LONGEST_NAME = 120


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


class FileRefused(DomainError):
    """Not a file that the portal keeps; the message says why."""

    code = "FILE_REFUSED"


class AcceptedFile(NamedTuple):
    """A file that passed: its clean name, and the media type that its content shows."""

    name: str
    content_type: str
    content: bytes


def accept_file(name: str, content: bytes) -> AcceptedFile:
    """Check one upload. Refusal: `FileRefused`, with what is wrong and what is possible."""
    clean = clean_name(name)
    extension = PurePosixPath(clean).suffix.lstrip(".").lower()
    extension = SAME_AS.get(extension, extension)
    if extension not in TYPES:
        raise FileRefused(f"‘{clean}’ is geen PDF, DOCX, XLSX, JPG of PNG.")
    if not content:
        raise FileRefused(f"‘{clean}’ is leeg.")
    if len(content) > MAX_FILE_BYTES:
        raise FileRefused(f"‘{clean}’ is groter dan 20 MB.")
    file_type = TYPES[extension]
    if not content.startswith(file_type.magic) or not _recognised(content, extension):
        raise FileRefused(f"De inhoud van ‘{clean}’ is geen {file_type.label}-bestand.")
    if file_type.ooxml_part:
        _require_office_file(clean, content, file_type)
    return AcceptedFile(clean, file_type.content_type, content)


def clean_name(name: str) -> str:
    """The last part of `name` without control characters, quotes and leading dots; never empty."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(
        character
        for character in text
        if unicodedata.category(character)[0] not in "CZ" or character == " "
    )
    text = re.sub(r"[\"'<>:;|?*%&$`]", "_", text)
    text = re.sub(r"\s+", " ", text).strip(" .")
    stem, dot, extension = text.rpartition(".")
    if not dot:
        stem, extension = text, ""
    stem = (stem.strip(" .") or "bestand")[:LONGEST_NAME]
    return f"{stem}.{extension[:10].lower()}" if extension else stem


def _recognised(content: bytes, extension: str) -> bool:
    """Whether the signatures in the content fit the extension."""
    try:
        found = {match.extension.lstrip(".") for match in puremagic.magic_string(content)}
    except puremagic.PureError:
        return False
    if extension in ("docx", "xlsx"):  # which Office file it is, its parts tell
        return bool(found & {"zip", "docx", "xlsx", "pptx"})
    return bool(found & {extension, "jpeg" if extension == "jpg" else extension})


def _require_office_file(name: str, content: bytes, file_type: FileType) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            unpacked = sum(entry.file_size for entry in entries)
            too_much = (
                len(entries) > MAX_ENTRIES
                or unpacked > MAX_UNPACKED_BYTES
                or unpacked > MAX_RATIO * len(content)
            )
            if not too_much and {"[Content_Types].xml", file_type.ooxml_part} <= names:
                too_much = _lies_about_size(archive, entries)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileRefused(f"‘{name}’ is beschadigd of beveiligd met een wachtwoord.") from error
    if too_much:
        raise FileRefused(f"‘{name}’ wordt te groot als het wordt uitgepakt.")
    if not {"[Content_Types].xml", file_type.ooxml_part} <= names:
        raise FileRefused(f"De inhoud van ‘{name}’ is geen {file_type.label}-bestand.")
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise FileRefused(f"‘{name}’ bevat macro’s. Bewaar het zonder macro’s.")


def _lies_about_size(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bool:
    """Unpack in small pieces, for the sizes in a ZIP's directory are only what it claims."""
    left = MAX_UNPACKED_BYTES
    for entry in entries:
        with archive.open(entry) as part:
            while piece := part.read(1024 * 1024):
                left -= len(piece)
                if left < 0:
                    return True
    return False


@transaction.atomic
def add_attachment(
    application: Application, *, kind: str, name: str, content: bytes, by: "User", at: datetime
) -> Attachment:
    """Keep a file with a draft, to be scanned for viruses. Refusals: `NoLongerDraft`, `FileRefused`."""
    application = _lock_draft(application)
    accepted = accept_file(name, content)
    present = application.attachments.aggregate(total=Sum("stored__size"))["total"] or 0
    if present + len(content) > MAX_APPLICATION_BYTES:
        raise FileRefused("De bijlagen zijn samen groter dan 100 MB. Verwijder eerst een bestand.")
    if application.attachments.count() >= MAX_FILES:
        raise FileRefused(f"U kunt hoogstens {MAX_FILES} bestanden toevoegen.")
    stored = store(
        accepted.content,
        name=accepted.name,
        content_type=accepted.content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )
    attachment = Attachment.objects.create(application=application, kind=kind, stored=stored)
    application.saved_at = at
    application.save(update_fields=["saved_at"])
    record(application, "attachment_added", actor=by, at=at, name=stored.name, sha256=stored.sha256)
    return attachment


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by: "User", at: datetime) -> Application:
    """Take a file away from a draft, and off the disk. Refusal: `NoLongerDraft`."""
    application = _lock_draft(attachment.application)
    stored = attachment.stored
    path = stored.file.name or ""
    attachment.delete()
    stored.delete()
    # Only when the transaction holds: a file cannot be rolled back.
    if path:  # else the virus scanner took it away
        transaction.on_commit(lambda: stored.file.storage.delete(path))
    application.saved_at = at
    application.save(update_fields=["saved_at"])
    record(
        application, "attachment_removed", actor=by, at=at, name=stored.name, sha256=stored.sha256
    )
    return application


@transaction.atomic
def open_attachment(attachment: Attachment, *, by: "User", at: datetime) -> StoredFile:
    """Hand out the file and record who took it. Refusals: `NotScannedYet`, `FileInfected`."""
    stored = attachment.stored
    require_openable(stored)
    record(
        attachment.application,
        "attachment_downloaded",
        actor=by,
        at=at,
        name=stored.name,
        sha256=stored.sha256,
    )
    return stored


def _lock_draft(application: Application) -> Application:
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if application.state != ApplicationState.DRAFT:
        raise NoLongerDraft("Deze aanvraag is geen concept meer en kan niet worden gewijzigd.")
    return application


def note_virus(stored: StoredFile, *, at: datetime, **_signal: object) -> bool:
    """Receiver of `file_infected`: write in the trail of the application that its file was refused; False when it is of no application."""
    attachment = Attachment.objects.select_related("application").filter(stored=stored).first()
    if attachment is None:
        return False
    record(
        attachment.application,
        "attachment_infected",
        actor=None,
        at=at,
        name=stored.name,
        sha256=stored.sha256,
        signature=stored.signature,
    )
    return True
