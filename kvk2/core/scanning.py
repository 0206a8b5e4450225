"""From 'wordt nog gecontroleerd' to a verdict. The row is the queue; only the scanner's own word makes a file clean."""

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.db import transaction
from django.dispatch import Signal

from kvk2.core import antivirus
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.storage import random_path
from kvk2.core.stripping import strip

logger = logging.getLogger(__name__)

# Sent inside the transaction of the verdict, with `stored` and `at`: who owns the file writes it in his own trail.
file_infected = Signal()

# Longer than settings.CLAMD_SECONDS: a file of a worker that was killed half-way waits for so long.
LEASE = timedelta(minutes=2)
FIRST_RETRY = timedelta(seconds=15)
LAST_RETRY = timedelta(minutes=5)


class NoVerdict(Exception):
    """The scanner or the storage let this file down; it waits, and the error stands in its row."""


class NotScannedYet(DomainError):
    """Nobody opens a file before the virus scanner did."""

    code = "NOT_SCANNED_YET"


class FileInfected(DomainError):
    """There is nothing left to open: what held a virus is not kept."""

    code = "FILE_INFECTED"


def require_openable(stored: StoredFile) -> None:
    """Refusals: `NotScannedYet`, `FileInfected`."""
    if stored.scan_state == StoredFile.ScanState.PENDING:
        raise NotScannedYet(
            f"‘{stored.name}’ wordt nog gecontroleerd op virussen. Probeer het over een paar minuten opnieuw."
        )
    if stored.scan_state == StoredFile.ScanState.INFECTED:
        raise FileInfected(f"‘{stored.name}’ is niet te openen. {why_refused(stored)}")


def why_refused(stored: StoredFile) -> str:
    """What was found in an infected file, for the person who uploaded it."""
    if stored.signature.startswith("Heuristics."):
        return f"De virusscanner vertrouwt het niet: {stored.signature}."
    return f"Er zit een virus in: {stored.signature}."


def scan_file(pk: int, *, at: datetime) -> bool:
    """Have one waiting file judged; False when it was not waiting, or when somebody else has it.

    Claimed by moving its turn, not by a lock: a scan takes up to a minute, and whoever uploaded the file may take it
    away in the meantime. Refusal: `NoVerdict`, after the error and the next turn were written.
    """
    stored = _claim(pk, at)
    if stored is None:
        return False
    try:
        verdict = antivirus.scan(_checked_chunks(stored))
    except (antivirus.ScannerDown, OSError) as error:
        _write_error(stored, error, at)
        raise NoVerdict(str(error)) from error
    copy = _copy_without_metadata(stored) if verdict.is_clean else _Copy()
    return _write_verdict(stored, verdict, copy, at)


@transaction.atomic
def _claim(pk: int, at: datetime) -> StoredFile | None:
    waiting = StoredFile.objects.filter(
        pk=pk, scan_state=StoredFile.ScanState.PENDING, scan_due_at__lte=at
    )
    stored = waiting.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
    if stored is None:
        return None
    stored.scan_due_at = at + LEASE
    stored.scan_attempts = min(stored.scan_attempts + 1, 32_000)
    stored.save(update_fields=["scan_due_at", "scan_attempts"])
    return stored


def _checked_chunks(stored: StoredFile) -> Iterator[bytes]:
    """The content, in pieces; a refusal at its end when it is not what was uploaded."""
    digest = hashlib.sha256()
    with stored.file.open("rb") as file:
        for chunk in file.chunks():
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != stored.sha256:
        raise antivirus.ScannerDown("de inhoud in de opslag is niet die van de upload")


class _Copy(NamedTuple):
    """The copy without metadata: where it stands, or why there is none. All empty: none was needed."""

    path: str = ""
    sha256: str = ""
    error: str = ""


def _copy_without_metadata(stored: StoredFile) -> _Copy:
    """A file that cannot be stripped is still a file: its readers get the original, and the error is kept."""
    try:
        with stored.file.open("rb") as file:
            content = file.read()
        without = strip(content, stored.content_type)
        if without == content:
            return _Copy()
        path = stored.stripped.storage.save(random_path(stored, stored.name), ContentFile(without))
    except Exception as error:  # a library that reads what strangers made raises anything
        logger.warning("file_not_stripped", extra={"file": stored.pk, "error": repr(error)[:300]})
        return _Copy(error=f"metagegevens niet verwijderd: {error!r}"[:300])
    return _Copy(path, hashlib.sha256(without).hexdigest())


def _write_error(stored: StoredFile, error: Exception, at: datetime) -> None:
    wait = min(FIRST_RETRY * 2 ** min(stored.scan_attempts - 1, 10), LAST_RETRY)
    still_waiting = StoredFile.objects.filter(
        pk=stored.pk, scan_state=StoredFile.ScanState.PENDING, scan_attempts=stored.scan_attempts
    )
    still_waiting.update(scan_error=str(error)[:300], scan_due_at=at + wait)
    logger.warning("file_not_scanned", extra={"file": stored.pk, "error": str(error)[:300]})


@transaction.atomic
def _write_verdict(
    claimed: StoredFile, verdict: antivirus.Verdict, copy: _Copy, at: datetime
) -> bool:
    """False when the file was taken away meanwhile, or got its verdict from somebody else."""
    pending = StoredFile.objects.filter(pk=claimed.pk, scan_state=StoredFile.ScanState.PENDING)
    stored = pending.select_for_update(of=("self",), no_key=True).first()
    if stored is None:
        return False
    stored.scanned_at, stored.scan_due_at, stored.scan_error = at, None, copy.error
    stored.stripped.name, stored.stripped_sha256 = copy.path, copy.sha256
    stored.signature = verdict.signature[:200]
    stored.scan_state = StoredFile.ScanState.CLEAN
    if not verdict.is_clean:
        stored.scan_state = StoredFile.ScanState.INFECTED
        _throw_away(stored)
    stored.save(
        update_fields=[
            "scan_state",
            "signature",
            "scanned_at",
            "scan_due_at",
            "scan_error",
            "stripped",
            "stripped_sha256",
            "file",
        ]
    )
    record(
        stored,
        "file_scanned",
        actor=None,
        at=at,
        after=stored.scan_state,
        name=stored.name,
        sha256=stored.sha256,
        signature=stored.signature,
    )
    if stored.scan_state == StoredFile.ScanState.INFECTED:
        file_infected.send(StoredFile, stored=stored, at=at)
    return True


def _throw_away(stored: StoredFile) -> None:
    """Off the disk once the verdict stands; the name, the hash and what was found stay."""
    storage, path = stored.file.storage, stored.file.name or ""
    stored.file = ""  # how Django spells "no file"
    transaction.on_commit(lambda: storage.delete(path), robust=True)
