"""Files with an application: how many, how they are kept, and who opened them (domain reference 7.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from kvk2.core.audit import record, record_download
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import remove, store
from kvk2.core.uploads import FileRefused, accept_file, megabytes, require_size
from subsidies.models import Application, Attachment, RemovedAttachment
from subsidies.services.applications import NoLongerDraft
from subsidies.states import ApplicationState

if TYPE_CHECKING:
    from ikc.models import User


class Upload(Protocol):
    """A file as it came in; Django's UploadedFile is one."""

    name: str | None
    size: int | None

    def read(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Added:
    """What became of several uploads: those that were kept, and why the others were not."""

    kept: list[Attachment]
    refused: list[str]


def add_attachments(
    application: Application, *, kind: str, uploads: Iterable[Upload], by: "User", at: datetime
) -> Added:
    """Keep each upload that is in order; one that is not holds up no other. Refusal: `NoLongerDraft`."""
    added = Added([], [])
    for upload in uploads:
        name = upload.name or ""
        try:
            require_size(name, upload.size or 0)
            attachment = add_attachment(
                application, kind=kind, name=name, content=upload.read(), by=by, at=at
            )
        except FileRefused as refusal:
            added.refused.append(refusal.message)
        else:
            added.kept.append(attachment)
    return added


@transaction.atomic
def add_attachment(
    application: Application, *, kind: str, name: str, content: bytes, by: "User", at: datetime
) -> Attachment:
    """Keep a file with a draft, to be scanned for viruses. Refusals: `NoLongerDraft`, `FileRefused`."""
    application = _lock_draft(application)
    accepted = accept_file(name, content)
    _require_room(application, accepted.name, len(content))
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


def _require_room(application: Application, name: str, size: int) -> None:
    """Refusal: `FileRefused`, when `size` more bytes, or one more file, are too many."""
    present = application.attachments.aggregate(total=Sum("stored__size"))["total"] or 0
    if present + size > settings.APPLICATION_MAX_BYTES:
        raise FileRefused(
            f"‘{name}’ past er niet meer bij: samen mogen de bijlagen "
            f"{megabytes(settings.APPLICATION_MAX_BYTES)} groot zijn."
        )
    if application.attachments.count() >= settings.APPLICATION_MAX_FILES:
        raise FileRefused(
            f"‘{name}’ is niet toegevoegd: u kunt hoogstens "
            f"{settings.APPLICATION_MAX_FILES} bestanden toevoegen."
        )


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by: "User", at: datetime) -> Application:
    """Take a file away from a draft; it can be put back while that is one. Refusal: `NoLongerDraft`.

    What held a virus is nothing to put back, and as many are kept as an application may have.
    """
    application = _lock_draft(attachment.application)
    kind, stored = attachment.kind, attachment.stored
    attachment.delete()
    if stored.scan_state == StoredFile.ScanState.INFECTED:
        remove(stored)
    else:
        RemovedAttachment.objects.create(
            application=application, kind=kind, stored=stored, removed_at=at, removed_by=by
        )
        _forget(application.removed_attachments.order_by("-pk")[settings.APPLICATION_MAX_FILES :])
    application.saved_at = at
    application.save(update_fields=["saved_at"])
    record(
        application, "attachment_removed", actor=by, at=at, name=stored.name, sha256=stored.sha256
    )
    return application


@transaction.atomic
def restore_attachment(removed: RemovedAttachment, *, by: "User", at: datetime) -> Attachment:
    """Put a file back with its draft. Refusals: `NoLongerDraft`, `FileRefused`, `FileInfected`."""
    application = _lock_draft(removed.application)
    stored = StoredFile.objects.get(pk=removed.stored_id)
    if stored.scan_state == StoredFile.ScanState.INFECTED:
        require_openable(stored)
    _require_room(application, stored.name, stored.size)
    kind = removed.kind
    removed.delete()
    attachment = Attachment.objects.create(application=application, kind=kind, stored=stored)
    application.saved_at = at
    application.save(update_fields=["saved_at"])
    record(
        application, "attachment_restored", actor=by, at=at, name=stored.name, sha256=stored.sha256
    )
    return attachment


def forget_removed() -> int:
    """Take away for good what was removed from applications that are no draft any more; the number taken away."""
    ended = RemovedAttachment.objects.exclude(application__state=ApplicationState.DRAFT)
    return sum(_forget_one(pk) for pk in ended.values_list("pk", flat=True))


@transaction.atomic
def _forget_one(pk: int) -> int:
    return _forget(RemovedAttachment.objects.filter(pk=pk).select_for_update(of=("self",)))


def _forget(rows: Iterable[RemovedAttachment]) -> int:
    count = 0
    for removed in rows:
        stored = removed.stored
        removed.delete()
        remove(stored)
        count += 1
    return count


@transaction.atomic
def open_attachment(
    attachment: Attachment, *, by: "User", at: datetime, original: bool = False
) -> StoredFile:
    """Hand out the file and record who took it. Refusals: `NotScannedYet`, `FileInfected`."""
    stored = attachment.stored
    require_openable(stored)
    record_download(
        attachment.application,
        "attachment_downloaded",
        stored,
        about=f"Aanvraag {attachment.application}",
        actor=by,
        at=at,
        original=original,
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
