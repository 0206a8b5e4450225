"""A file with figures: handed out, taken back, checked row by row without writing a figure, and read in when confirmed.

The row of the file is the queue: a worker checks and reads in what is large, and goes on where another died.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import PurePosixPath
from typing import IO

from django.db import transaction
from django.db.models import F

from agreements.models import AgreedIndicator
from ikc.importers.tables import UnreadableFile
from ikc.models import User
from kvk2.core.audit import at_once, record
from kvk2.core.dates import in_figures
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.storage import store
from kvk2.core.uploads import FileRefused, accept_file
from monitoring.figure_words import measured, shown_target
from monitoring.figures import Figure
from monitoring.importers.figure_sheet import (
    FigureSheet,
    Fingerprint,
    OutRow,
    write_sheet,
)
from monitoring.models import ImportBatch, ImportRow, Measurement, MonitoringCycle, Return
from monitoring.personal_data import found_in_workbook
from monitoring.round_facts import TOGETHER, ReturnFacts, facts_of, in_batches
from monitoring.services import intake, measuring
from monitoring.services.figure_rows import check_rows
from monitoring.services.judging import target_of
from monitoring.states_imports import FIGURE_FILE_WORKFLOW, FileState
from monitoring.typed_figures import ASKED, FigureRefused

logger = logging.getLogger(__name__)

ROWS_TOGETHER = 2_000
# What is checked or read in at once, while its reader waits: up to two seconds of work. The rest is for a worker.
SMALL_BYTES, SMALL_ROWS = 60_000, 300
CLAIM = timedelta(minutes=3)  # longer than a task may last
Outcome = ImportRow.Outcome


class FileNotForRound(DomainError):
    """The file was made for another round, or upon agreements that have changed since."""

    code = "FILE_NOT_FOR_ROUND"


class ImportRefused(DomainError):
    """This file, or this step with it, cannot be."""

    code = "IMPORT_REFUSED"


# ---------------------------------------------------------------- out


def fill_in_file(cycle: MonitoringCycle, *, at: datetime) -> IO[bytes]:
    """The Excel file of a round with all that is known, to fill and to bring back."""
    mark = Fingerprint(
        cycle.pk, str(cycle.year), intake.agreements_digest(cycle), in_figures(local_date(at))
    )
    returns = Return.objects.filter(cycle=cycle)
    rows = (row for facts in in_batches(cycle, returns) for row in _rows_of(facts))
    reasons = [str(label) for label in Measurement.MissingReason.labels]
    return write_sheet(rows, mark, reasons=reasons, levels=_most_levels(cycle))


def _most_levels(cycle: MonitoringCycle) -> int:
    rubrics = AgreedIndicator.objects.filter(
        version__returns__cycle=cycle, definition_version__definition__type="scale"
    ).values_list("definition_version__rubric", flat=True)
    return max((len(rubric) for rubric in rubrics), default=5)


def _rows_of(facts: ReturnFacts) -> Iterator[OutRow]:
    for series, indicator in facts.indicators.items():
        definition = indicator.definition_version.definition
        target = target_of(indicator, facts.return_.cycle.year_id)
        kept = facts.now.get(series)
        yield OutRow(
            return_id=facts.return_.pk,
            series_key=series,
            told=(
                facts.return_.version.ikc_name,
                str(indicator),
                ASKED[definition.type].removeprefix("de ").removeprefix("het "),
                definition.unit,
                measured(facts.before.get(series), indicator),
                shown_target(target, indicator),
            ),
            figure=_kept_cells(kept),
        )


def _kept_cells(kept: Measurement | None) -> tuple:
    if kept is None:
        return (None,) * 9
    reason = kept.get_missing_reason_display() if kept.missing_reason else None
    return (
        kept.value, kept.numerator, kept.denominator, kept.level, kept.reached_on,
        reason, kept.reference_date, kept.source, kept.note,
    )  # fmt: skip


# ---------------------------------------------------------------- in


def upload(
    cycle: MonitoringCycle, name: str, content: bytes, *, by: User, at: datetime
) -> ImportBatch:
    """Keep a file to check. Refusals: `FileRefused`, `UnreadableFile`, `FileNotForRound`, `ImportRefused`.

    What holds personal data is refused before anything of it is kept.
    """
    accepted = accept_file(name, content)
    if PurePosixPath(accepted.name).suffix.lower() != ".xlsx":
        raise FileRefused(f"‘{accepted.name}’ is geen Excel-bestand (.xlsx).")
    if found := found_in_workbook(content):
        raise FileRefused(
            f"In ‘{accepted.name}’ staat {found}. Gegevens van personen horen niet in het portaal. "
            "Het bestand is niet bewaard."
        )
    sheet = FigureSheet(content)
    _require_this_round(cycle, sheet.fingerprint)
    sheet.close()
    return _keep(cycle, accepted.name, accepted.content_type, content, by=by, at=at)


@transaction.atomic
def _keep(
    cycle: MonitoringCycle, name: str, content_type: str, content: bytes, *, by: User, at: datetime
) -> ImportBatch:
    digest = hashlib.sha256(content).hexdigest()
    # Two people with the same file at once: the second one waits here, and sees the first.
    MonitoringCycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)
    earlier = ImportBatch.objects.exclude(state=FileState.DISCARDED).filter(sha256=digest).first()
    if earlier is not None:
        raise ImportRefused(
            f"Precies dit bestand is al geüpload, op {in_figures(local_date(earlier.uploaded_at))} als ‘{earlier.name}’."
        )
    if not cycle.takes_figures:
        raise ImportRefused(f"De invoer over {cycle.year} is niet open.")
    stored = store(
        content,
        name=name,
        content_type=content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )
    batch = ImportBatch.objects.create(
        cycle=cycle,
        file=stored,
        name=name,
        sha256=digest,
        uploaded_by=by,
        uploaded_at=at,
        due_at=at,
    )
    record(batch, "import_uploaded", actor=by, at=at, sha256=digest, name=name)
    return batch


def _require_this_round(cycle: MonitoringCycle, mark: Fingerprint) -> None:
    if mark.cycle != cycle.pk:
        raise FileNotForRound(
            f"Dit bestand is gemaakt voor {mark.year}, en u leest cijfers in over {cycle.year}. "
            f"Haal het bestand van {cycle.year} op."
        )
    if mark.agreements != intake.agreements_digest(cycle):
        raise FileNotForRound(
            f"De afspraken zijn veranderd sinds dit bestand is gemaakt ({mark.made_at}). Haal het bestand opnieuw op."
        )


def is_small(batch: ImportBatch) -> bool:
    """Whether its reader need not wait for a worker."""
    if batch.state == FileState.CHECKING:
        return batch.file.size <= SMALL_BYTES
    return batch.total_count <= SMALL_ROWS


def claim(batch_id: int, *, at: datetime) -> bool:
    """Take the work on one file for yourself; False when it is done or taken."""
    with transaction.atomic():
        batch = (
            ImportBatch.objects.due(at)
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=batch_id)
            .first()
        )
        if batch is None:
            return False
        batch.due_at = at + CLAIM
        batch.save(update_fields=["due_at"])
        return True


def work_on(batch: ImportBatch, *, at: datetime, most: int | None = None) -> bool:
    """Check a file, or read it in as far as `most` returns; whether it is finished. The caller has claimed it."""
    if batch.state == FileState.CHECKING:
        check(batch, at=at)
        return True
    return apply_some(batch, at=at, most=most)


# ---------------------------------------------------------------- checking


def check(batch: ImportBatch, *, at: datetime) -> None:
    """The dry run: what each row would change, or why it cannot be. A file that cannot be read is thrown away."""
    ImportRow.objects.filter(batch=batch).delete()  # of a worker that died half-way
    counts = {"empty": 0, "total": 0}
    try:
        sheet = _open(batch)
        seen: dict[tuple[int, str], int] = {}
        rows = sheet.rows()
        while chunk := list(islice(rows, ROWS_TOGETHER)):
            made = check_rows(batch.cycle, chunk, seen, today=local_date(at))
            ImportRow.objects.bulk_create(_with_batch(batch, made), batch_size=ROWS_TOGETHER)
            counts["total"] += len(chunk)
            counts["empty"] += len(chunk) - len(made)
            ImportBatch.objects.filter(pk=batch.pk).update(
                done_count=counts["total"], due_at=at + CLAIM
            )
        sheet.close()
    except (UnreadableFile, FileNotForRound) as refusal:
        _give_up(batch, refusal.message, at=at)
        return
    _checked(batch, counts, at=at)


def _open(batch: ImportBatch) -> FigureSheet:
    if not batch.file.file:
        raise UnreadableFile("De virusscanner gooide dit bestand weg.")
    with batch.file.file.open("rb") as stored:
        sheet = FigureSheet(stored.read())
    _require_this_round(batch.cycle, sheet.fingerprint)
    return sheet


@transaction.atomic
def _checked(batch: ImportBatch, counts: Mapping[str, int], *, at: datetime) -> None:
    batch.state = FIGURE_FILE_WORKFLOW.target("check", state=batch.state)
    batch.total_count = batch.done_count = counts["total"]
    batch.empty_count, batch.due_at = counts["empty"], None
    batch.save(update_fields=["state", "total_count", "done_count", "empty_count", "due_at"])
    record(batch, "import_checked", actor=None, at=at, rows=counts["total"])


@transaction.atomic
def _give_up(batch: ImportBatch, problem: str, *, at: datetime) -> None:
    before = batch.state
    batch.state = FIGURE_FILE_WORKFLOW.target("discard", state=before)
    batch.problem, batch.due_at, batch.finished_at = problem[:300], None, at
    batch.save(update_fields=["state", "problem", "due_at", "finished_at"])
    record(
        batch,
        "import_discarded",
        actor=None,
        at=at,
        before=before,
        after=batch.state,
        reason=problem,
    )


def _with_batch(batch: ImportBatch, rows: Sequence[ImportRow]) -> Iterator[ImportRow]:
    for row in rows:
        row.batch = batch
        yield row


# ---------------------------------------------------------------- reading in


@transaction.atomic
def confirm(batch: ImportBatch, *, skip_errors: bool, by: User, at: datetime) -> ImportBatch:
    """Have the file read in. With errors only when `skip_errors`: those rows stay out. Refusal: `ImportRefused`."""
    batch = _lock(batch)
    before, batch.state = batch.state, FIGURE_FILE_WORKFLOW.target("apply", state=batch.state)
    rows = ImportRow.objects.filter(batch=batch)
    if not skip_errors and rows.filter(outcome=Outcome.ERROR).exists():
        raise ImportRefused(
            "Het bestand heeft regels met een fout. Verbeter het bestand, of vink aan dat die regels wegblijven."
        )
    batch.total_count = rows.to_apply().count()
    if not batch.total_count:
        raise ImportRefused("Dit bestand verandert niets: er valt niets in te lezen.")
    batch.done_count, batch.due_at = 0, at
    batch.confirmed_by, batch.confirmed_at = by, at
    batch.save()
    record(
        batch,
        "import_confirmed",
        actor=by,
        at=at,
        before=before,
        after=batch.state,
        rows=batch.total_count,
    )
    return batch


def apply_some(batch: ImportBatch, *, at: datetime, most: int | None = None) -> bool:
    """Read in the figures of up to `most` returns, each all or none; whether the whole file is done.

    What is written is marked in the same transaction: after a kill the next worker goes on with the rest.
    """
    waiting = ImportRow.objects.filter(batch=batch).to_apply()
    returns = waiting.order_by("of_return").values_list("of_return", flat=True).distinct()
    ids = [pk for pk in returns[:most] if pk is not None]
    for start in range(0, len(ids), TOGETHER):
        for facts in facts_of(batch.cycle, ids[start : start + TOGETHER]):
            _apply_return(batch, facts, at=at)
    if waiting.exists():
        ImportBatch.objects.filter(pk=batch.pk).update(due_at=at)
        return False
    _finish(batch, at=at)
    return True


def _apply_return(batch: ImportBatch, facts: ReturnFacts, *, at: datetime) -> None:
    rows = list(
        ImportRow.objects.filter(batch=batch, of_return=facts.return_).to_apply().in_order()
    )
    try:
        with transaction.atomic():
            figures = [_read_again(row, facts, at) for row in rows]
            with at_once():
                measuring.enter_figures(
                    facts.return_, figures, by=_confirmer(batch), at=at, spreads=facts.spreads
                )
            _mark(rows, outcome=Outcome.APPLIED)
            _count(batch, len(rows))
    except (FigureRefused, measuring.ReturnIsClosed) as refusal:
        with transaction.atomic():
            _mark(rows, outcome=Outcome.REFUSED, message=refusal.message[:300])
            _count(batch, len(rows))


def _confirmer(batch: ImportBatch) -> User:
    if batch.confirmed_by is None:  # a constraint says that there is one
        raise ImportRefused("Dit bestand is niet bevestigd.")
    return batch.confirmed_by


def _read_again(row: ImportRow, facts: ReturnFacts, at: datetime) -> tuple[AgreedIndicator, Figure]:
    indicator = facts.indicators.get(row.series_key) if row.series_key else None
    if indicator is None:
        raise FigureRefused("Deze indicator is niet meer afgesproken.", field="Sleutel")
    figure = intake.read(
        indicator,
        row.typed,
        year=facts.return_.cycle.year,
        today=local_date(at),
        kept=facts.now.get(indicator.series_key),
        via=Measurement.Via.IMPORT,
    )
    if figure is None:
        raise FigureRefused("In deze regel is niets ingevuld.", field="Sleutel")
    return indicator, figure


def _mark(rows: Sequence[ImportRow], **changes: str) -> None:
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(**changes)


def _count(batch: ImportBatch, rows: int) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(done_count=F("done_count") + rows)


@transaction.atomic
def _finish(batch: ImportBatch, *, at: datetime) -> None:
    batch = _lock(batch)
    before, batch.state = batch.state, FIGURE_FILE_WORKFLOW.target("finish", state=batch.state)
    batch.due_at, batch.finished_at = None, at
    batch.save(update_fields=["state", "due_at", "finished_at"])
    rows = ImportRow.objects.filter(batch=batch)
    written = rows.filter(outcome=Outcome.APPLIED).count()
    refused = rows.filter(outcome=Outcome.REFUSED).count()
    for subject in (batch, batch.cycle):
        record(
            subject, "import_applied", actor=batch.confirmed_by, at=at,
            before=before, after=batch.state, sha256=batch.sha256, written=written, refused=refused,
        )  # fmt: skip


@transaction.atomic
def discard(batch: ImportBatch, *, by: User, at: datetime) -> ImportBatch:
    """Read nothing in; the same file may be uploaded again."""
    batch = _lock(batch)
    before, batch.state = batch.state, FIGURE_FILE_WORKFLOW.target("discard", state=batch.state)
    batch.due_at, batch.finished_at = None, at
    batch.save(update_fields=["state", "due_at", "finished_at"])
    record(batch, "import_discarded", actor=by, at=at, before=before, after=batch.state)
    return batch


def _lock(batch: ImportBatch) -> ImportBatch:
    return (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("file", "cycle__year", "confirmed_by")
        .get(pk=batch.pk)
    )
