"""Deeds of reporting: order the reports of a year, make one, try a failed one again."""

import logging
from datetime import datetime, timedelta
from pathlib import PurePath

from django.db import transaction
from django.utils.text import slugify

from ikc.models import User
from kvk2.core.audit import record
from kvk2.core.documents import Frozen
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.storage import store
from monitoring import datasets
from monitoring.models import AnnualReport, MonitoringCycle, ReportBatch, Return
from monitoring.public_edition import public_edition
from monitoring.report_pdf import (
    render_ikc_report,
    render_programme_report,
    render_public_report,
)
from monitoring.states import REPORT_WORKFLOW, UNFINISHED, CycleState, ReportState

logger = logging.getLogger(__name__)

# A claim holds as long as making one report may take; who dies meanwhile leaves the row to the next sweep.
CLAIM = timedelta(seconds=45)
MAX_ATTEMPTS = 3
BACK_OFF = timedelta(seconds=20)


class NotYet(DomainError):
    """Reports can be ordered from the moment that figures are being collected."""


class StillBusy(DomainError):
    """The previous order of this year is not finished."""


@transaction.atomic
def order_reports(cycle: MonitoringCycle, *, note: str = "", by: User, at: datetime) -> ReportBatch:
    """Order a report per IKC with a return, the summary and its public edition; a second order makes the next number, with its reason."""
    cycle = MonitoringCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if cycle.state == CycleState.PLANNED:
        raise NotYet("Er zijn nog geen metingen: open eerst de invoer.")
    last = cycle.batches.order_by("-number").first()
    if last and last.reports.filter(state__in=UNFINISHED).exists():
        raise StillBusy(
            "De vorige bestelling is nog niet klaar. Wacht tot alle rapporten klaar zijn."
        )
    if last and not note.strip():
        raise StillBusy("Schrijf op wat er anders is dan in het vorige nummer.")
    batch = ReportBatch.objects.create(
        cycle=cycle,
        number=last.number + 1 if last else 1,
        note=note.strip(),
        ordered_at=at,
        ordered_by=by,
    )
    agreements = cycle.returns.order_by("agreement__ikc__name", "pk").values_list(
        "agreement_id", flat=True
    )
    AnnualReport.objects.bulk_create(
        [
            AnnualReport(batch=batch, kind=AnnualReport.Kind.PROGRAMME, next_attempt_at=at),
            AnnualReport(batch=batch, kind=AnnualReport.Kind.PUBLIC, next_attempt_at=at),
            *(
                AnnualReport(
                    batch=batch,
                    kind=AnnualReport.Kind.IKC,
                    agreement_id=agreement_id,
                    next_attempt_at=at,
                )
                for agreement_id in agreements
            ),
        ]
    )
    record(batch, "reports_ordered", actor=by, at=at, reports=len(agreements) + 2)
    return batch


def claim_report(report_id: int, *, at: datetime) -> bool:
    """Take one report for yourself; False when it is done, given up or taken.

    The attempt is counted before the work: a report that kills its worker is given up after MAX_ATTEMPTS too.
    """
    with transaction.atomic():
        report = (
            AnnualReport.objects.due(at)
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=report_id)
            .first()
        )
        if report is None:
            return False
        if report.attempts >= MAX_ATTEMPTS:
            report.state = REPORT_WORKFLOW.target("fail", state=report.state)
            report.error = report.error or "Het maken is telkens afgebroken."
            report.save(update_fields=["state", "error"])
            return False
        report.state = REPORT_WORKFLOW.target("claim", state=report.state)
        report.attempts += 1
        report.next_attempt_at = at + CLAIM
        report.save(update_fields=["state", "attempts", "next_attempt_at"])
        return True


def make_report(report_id: int, *, at: datetime) -> bool:
    """Make one claimed report: freeze its data, render, keep the file, all or nothing. False when it failed."""
    try:
        with transaction.atomic():
            report = (
                AnnualReport.objects.select_for_update(of=("self",))
                .select_related(
                    "batch__cycle__year__programme", "batch__cycle__ruleset", "agreement__ikc"
                )
                .get(pk=report_id, state=ReportState.RENDERING)
            )
            frozen, pdf = _render(report, at)
            report.stored = store(
                pdf,
                name=file_name(report),
                content_type="application/pdf",
                scan_state=StoredFile.ScanState.OWN,
                by=None,
                at=at,
            )
            report.dataset, report.dataset_sha256 = frozen.as_dict(), frozen.digest()
            report.state = REPORT_WORKFLOW.target("finish", state=report.state)
            report.error, report.finished_at = "", at
            report.save()
            record(
                report,
                "report_made",
                actor=None,
                at=at,
                dataset_sha256=report.dataset_sha256,
                pdf_sha256=report.stored.sha256,
            )
    except Exception as error:
        logger.exception("report_failed", extra={"report": report_id})
        _put_back(report_id, error, at)
        return False
    return True


def _render(report: AnnualReport, at: datetime) -> tuple[Frozen, bytes]:
    if report.kind == AnnualReport.Kind.PROGRAMME:
        summary = datasets.programme_report(report.batch, at=at)
        return summary, render_programme_report(summary)
    if report.kind == AnnualReport.Kind.PUBLIC:
        edition = public_edition(datasets.programme_report(report.batch, at=at))
        return edition, render_public_report(edition)
    return_ = Return.objects.select_related(
        "agreement__ikc__board",
        "agreement__ikc__attention_area__district",
        "version__agreement",
        "cycle__year__programme",
        "cycle__ruleset",
    ).get(cycle=report.batch.cycle_id, agreement=report.agreement_id)
    frozen = datasets.ikc_report(report.batch, return_, at=at)
    return frozen, render_ikc_report(frozen)


def _put_back(report_id: int, error: Exception, at: datetime) -> None:
    """Keep what went wrong on the row, and let it wait longer each time; after the last attempt give it up."""
    with transaction.atomic():
        report = AnnualReport.objects.select_for_update(of=("self",)).get(pk=report_id)
        if report.state != ReportState.RENDERING:
            return
        step = "fail" if report.attempts >= MAX_ATTEMPTS else "wait"
        report.state = REPORT_WORKFLOW.target(step, state=report.state)
        report.next_attempt_at = at + BACK_OFF * 2 ** (report.attempts - 1)
        message = error.message if isinstance(error, DomainError) else type(error).__name__
        report.error = message[:300]
        report.save(update_fields=["state", "next_attempt_at", "error"])


@transaction.atomic
def retry_report(report: AnnualReport, *, by: User, at: datetime) -> AnnualReport:
    """Let a report that was given up be made once more."""
    report = AnnualReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    report.state = REPORT_WORKFLOW.target("retry", state=report.state)
    report.attempts, report.next_attempt_at, report.error = 0, at, ""
    report.save(update_fields=["state", "attempts", "next_attempt_at", "error"])
    record(report, "report_retried", actor=by, at=at)
    return report


def file_name(report: AnnualReport) -> str:
    """'jaarrapport-2024-25-ikc-het-palet.pdf': safe in every file system and in a ZIP."""
    year = slugify(str(report.batch.cycle.year).replace("/", "-"))
    suffix = "" if report.batch.number == 1 else f"-nummer-{report.batch.number}"
    return PurePath(f"jaarrapport-{year}-{slugify(report.title)}{suffix}.pdf").name
