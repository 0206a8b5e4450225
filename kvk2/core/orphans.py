"""Files in the private storage that no row knows of: written by a transaction that was rolled back, or by a process
that was killed before it could commit. Young ones are left alone, for their row may be on its way."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.core.files.storage import Storage
from django.db.models import Q

from kvk2.core.models import StoredFile
from kvk2.core.storage import private_storage

logger = logging.getLogger(__name__)

# Much longer than any request or task lasts.
OLD = timedelta(hours=24)
_AT_ONCE = 500


def orphans(*, at: datetime, age: timedelta = OLD) -> Iterator[str]:
    """The paths of files that are older than `age` and belong to no row."""
    storage = private_storage()
    for paths in _portions(_paths(storage)):
        known = _known(paths)
        for path in paths:
            if path not in known and _is_older(storage, path, at - age):
                yield path


def remove_orphans(*, at: datetime, age: timedelta = OLD) -> int:
    """Delete them; the number deleted."""
    storage = private_storage()
    count = 0
    for path in orphans(at=at, age=age):
        storage.delete(path)
        logger.info("orphan_removed", extra={"path": path})
        count += 1
    return count


def _paths(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    yield from (f"{folder}/{name}" if folder else name for name in files)
    for name in folders:
        yield from _paths(storage, f"{folder}/{name}" if folder else name)


def _portions(paths: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(paths)
    while portion := list(islice(rest, _AT_ONCE)):
        yield portion


def _known(paths: list[str]) -> set[str]:
    rows = StoredFile.objects.filter(Q(file__in=paths) | Q(stripped__in=paths)).order_by()
    return {path for pair in rows.values_list("file", "stripped") for path in pair}


def _is_older(storage: Storage, path: str, moment: datetime) -> bool:
    try:
        return storage.get_modified_time(path) < moment
    except FileNotFoundError:  # taken away meanwhile
        return False
