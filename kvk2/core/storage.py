"""Private file storage: files live outside every public folder, under a random name."""

import hashlib
import secrets
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction

if TYPE_CHECKING:
    from ikc.models import User
    from kvk2.core.models import StoredFile


def private_storage() -> Storage:
    """The storage of settings.STORAGES['private']: a folder, or an S3-compatible bucket in production."""
    return storages["private"]


def random_path(instance: "StoredFile", filename: str) -> str:
    """A path that says nothing about the content: 2 hex / 30 hex."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token[2:]}"


def store(
    content: bytes,
    *,
    name: str,
    content_type: str,
    scan_state: str,
    by: "User | None",
    at: datetime,
) -> "StoredFile":
    """Keep `content` as a private file with its SHA-256; the caller has checked type and size before."""
    from kvk2.core.models import StoredFile  # noqa: PLC0415 - the model's field needs this module first

    stored = StoredFile(
        name=name[-200:],
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        scan_state=scan_state,
        scan_due_at=at if scan_state == StoredFile.ScanState.PENDING else None,
        created_at=at,
        created_by=by,
    )
    stored.file.save(name, ContentFile(content), save=False)
    stored.save()
    return stored


def remove(stored: "StoredFile") -> None:
    """Take the row away, and its content once the transaction holds: a file cannot be rolled back."""
    forget(stored)
    stored.delete()


def forget(stored: "StoredFile") -> None:
    """Take the content away once the transaction holds; the caller takes the row."""
    for path in stored.paths:
        transaction.on_commit(partial(stored.file.storage.delete, path), robust=True)
