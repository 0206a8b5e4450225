"""The decision of the college with which a round was adopted, as a file: kept, and handed out (Awb 4:25)."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import store
from kvk2.core.uploads import accept_file
from subsidies.models import SubsidyRound

if TYPE_CHECKING:
    from ikc.models import User


class NoDecisionDocument(DomainError):
    """The round was adopted before the portal kept the decision, or was not adopted."""

    code = "NO_DOCUMENT"


class NewFile(NamedTuple):
    """A file as it was uploaded."""

    name: str
    content: bytes


def keep_decision(file: NewFile, *, by: "User | None", at: datetime) -> StoredFile:
    """Keep the file, to be scanned for viruses. Refusal: `FileRefused`."""
    accepted = accept_file(file.name, file.content)
    return store(
        accepted.content,
        name=accepted.name,
        content_type=accepted.content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )


@transaction.atomic
def open_decision(round_: SubsidyRound, *, by: "User", at: datetime) -> StoredFile:
    """Hand out the decision and record who took it. Refusals: `NoDecisionDocument`, `FileRefused`."""
    stored = round_.decision_document
    if stored is None:
        raise NoDecisionDocument("Bij deze ronde is geen collegebesluit bewaard.")
    require_openable(stored)
    record(round_, "round_decision_opened", actor=by, at=at, name=stored.name, sha256=stored.sha256)
    return stored
