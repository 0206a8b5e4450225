"""The file of a data analysis: kept with the draft, scanned, and handed out to who reads the text."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from agreements.models import DataAnalysis
from agreements.services.locking import lock_draft
from kvk2.core.audit import record, record_download
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import store
from kvk2.core.uploads import accept_file

if TYPE_CHECKING:
    from ikc.models import User


class NoFile(DomainError):
    """There is no file with this analysis."""


@transaction.atomic
def keep_analysis_file(
    analysis: DataAnalysis, *, name: str, content: bytes, by: "User", at: datetime
) -> StoredFile:
    """Put a file with the analysis, in the place of one that was there. Refusals: `FileRefused`, `NotADraft`."""
    version = lock_draft(analysis.version)
    accepted = accept_file(name, content)
    analysis.stored = store(
        accepted.content,
        name=accepted.name,
        content_type=accepted.content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )
    analysis.save(update_fields=["stored"])
    record(
        version,
        "agreement.analysis_file_added",
        actor=by,
        at=at,
        what=str(analysis),
        sha256=analysis.stored.sha256,
    )
    return analysis.stored


@transaction.atomic
def open_analysis_file(analysis: DataAnalysis, *, by: "User", at: datetime) -> StoredFile:
    """Hand out the file and write down who took it. Refusals: `NoFile`, `NotScannedYet`, `FileInfected`."""
    stored = analysis.stored
    if stored is None:
        raise NoFile("Bij deze analyse is geen bestand bewaard.")
    require_openable(stored)
    record_download(
        analysis.version,
        "agreement.analysis_file_opened",
        stored,
        about=f"Data-analyse ‘{analysis}’ bij {analysis.version}",
        actor=by,
        at=at,
    )
    return stored
