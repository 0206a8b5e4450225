"""Files that prove a figure: a milestone counts as reached only with one (monitoring reference 4)."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from agreements.models import AgreedIndicator
from ikc.models import User
from kvk2.core.audit import record, record_download
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import store
from kvk2.core.uploads import accept_file
from monitoring.models import Evidence, Measurement, Return
from monitoring.services import judging, measuring
from monitoring.services.moving import locked_return

# Enough to prove one figure; more belongs in one file.
MOST_FILES = 10


class EvidenceRefused(DomainError):
    """There is no figure to prove, or it has enough files."""

    code = "EVIDENCE_REFUSED"


class NewEvidence(NamedTuple):
    """A file as it was uploaded, with what it is and who may see it (`Evidence.Confidentiality`)."""

    name: str
    content: bytes
    title: str
    confidentiality: str = Evidence.Confidentiality.INTERNAL


@transaction.atomic
def add_evidence(
    return_: Return, indicator: AgreedIndicator, file: NewEvidence, *, by: User, at: datetime
) -> Evidence:
    """Keep a file with the figure and judge that anew. Refusals: `ReturnIsClosed`, `EvidenceRefused`, `FileRefused`."""
    return_ = _open_return(return_, at)
    measurement = _figure(return_, indicator)
    if measurement.evidence.count() >= MOST_FILES:
        raise EvidenceRefused(f"Bij een cijfer passen hoogstens {MOST_FILES} bestanden.")
    accepted = accept_file(file.name, file.content)
    stored = store(
        accepted.content,
        name=accepted.name,
        content_type=accepted.content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )
    evidence = Evidence.objects.create(
        measurement=measurement,
        stored=stored,
        title=file.title.strip() or accepted.name,
        confidentiality=file.confidentiality,
        added_by=by,
        added_at=at,
    )
    _judge_again(return_, indicator, by=by, at=at)
    record(
        return_,
        "evidence_added",
        actor=by,
        at=at,
        indicator=str(indicator),
        name=stored.name,
        sha256=stored.sha256,
    )
    return evidence


@transaction.atomic
def remove_evidence(
    evidence: Evidence, indicator: AgreedIndicator, *, by: User, at: datetime
) -> None:
    """Take a file away as long as the figures were never filed. Refusals: `ReturnIsClosed`, `EvidenceRefused`."""
    return_ = _open_return(evidence.measurement.of_return, at)
    if return_.was_filed:
        raise EvidenceRefused("Dit bewijs is al eens ingediend. Het blijft bij het cijfer bewaard.")
    stored = evidence.stored
    evidence.delete()
    stored.delete()
    _judge_again(return_, indicator, by=by, at=at)
    record(return_, "evidence_removed", actor=by, at=at, indicator=str(indicator), name=stored.name)


@transaction.atomic
def open_evidence(evidence: Evidence, *, by: User, at: datetime) -> StoredFile:
    """Hand out the file and write down who took it. Refusal: `NotScannedYet`, `FileInfected`."""
    require_openable(evidence.stored)
    record_download(
        evidence.measurement.of_return,
        "evidence_opened",
        evidence.stored,
        about=evidence.title,
        actor=by,
        at=at,
    )
    return evidence.stored


def _open_return(return_: Return, at: datetime) -> Return:
    return_ = locked_return(return_)
    if not return_.is_editable_on(local_date(at)):
        raise measuring.ReturnIsClosed(
            "U kunt hier niets meer wijzigen: de aanlevering is ingediend of de invoer is gesloten."
        )
    return return_


def _figure(return_: Return, indicator: AgreedIndicator) -> Measurement:
    measurement = return_.measurements.filter(series_key=indicator.series_key).first()
    if measurement is None or measurement.missing_reason:
        raise EvidenceRefused("Vul eerst het cijfer in. Voeg daarna het bewijs toe.")
    return measurement


def _judge_again(return_: Return, indicator: AgreedIndicator, *, by: User, at: datetime) -> None:
    measuring.ask_questions(return_, [indicator], by=by)
    judging.store_judgements(
        return_,
        rules=return_.cycle.ruleset.rules(),
        at=at,
        day=local_date(at),
        indicators=[indicator],
    )
