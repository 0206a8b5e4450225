"""Deeds of reporting: order the reports of a year, make one, try a failed one again."""

import logging
from collections.abc import Collection
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
from monitoring.models import AnnualReport, MonitoringCycle, ReportBatch, ReportVersion, Return
from monitoring.public_edition import public_edition
from monitoring.report_dataset import IkcReportData, ProgrammeReportData, PublicReportData
from monitoring.report_pdf import (
    render_ikc_report,
    render_programme_report,
    render_public_report,
    template_version,
)
from monitoring.services.adopting import replace_reports
from monitoring.states import (
    FIXED,
    REPORT_WORKFLOW,
    UNFINISHED,
    CycleState,
    ReportStage,
    ReportState,
)

logger = logging.getLogger(__name__)

# A claim holds as long as making one report may take; who dies meanwhile leaves the row to the next sweep.
CLAIM = timedelta(seconds=45)
MAX_ATTEMPTS = 3
BACK_OFF = timedelta(seconds=20)


class NotYet(DomainError):
    """Reports can be ordered from the moment that figures are being collected."""


class StillBusy(DomainError):
    """The previous order of this year is not finished."""


class NothingToCancel(DomainError):
    """Everything of the order is made, given up or stopped."""


@transaction.atomic
def order_reports(
    cycle: MonitoringCycle,
    *,
    note: str = "",
    only: Collection[int] | None = None,
    by: User | None,
    at: datetime,
) -> ReportBatch:
    """Order a report per IKC with a return, the summary and its public edition.

    A second order makes the next number, with its reason; `only` names the agreements of which the report is made
    again. Nobody (`by=None`) is the yearly run of the portal itself.
    """
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
    agreements = cycle.returns.order_by("agreement__ikc__name", "pk")
    if only is not None:
        agreements = agreements.filter(agreement__in=only)
    wanted: list[tuple[AnnualReport.Kind, int | None]] = [
        (AnnualReport.Kind.PROGRAMME, None),
        (AnnualReport.Kind.PUBLIC, None),
    ]
    wanted += [
        (AnnualReport.Kind.IKC, pk) for pk in agreements.values_list("agreement_id", flat=True)
    ]
    AnnualReport.objects.bulk_create(
        [
            AnnualReport(batch=batch, kind=kind, agreement_id=agreement_id, next_attempt_at=at)
            for kind, agreement_id in wanted
        ]
    )
    _replace_concepts(cycle, batch, {pk for _, pk in wanted}, by=by, at=at)
    record(batch, "reports_ordered", actor=by, at=at, reports=len(wanted))
    return batch


def order_yearly_reports(*, at: datetime) -> int:
    """The yearly run: order the reports of a year whose figures are frozen and that nobody ordered yet; how many orders."""
    waiting = (
        MonitoringCycle.objects.filter(state=CycleState.DRAFT_REPORT, batches=None)
        .order_by("year__index", "pk")
        .distinct()
    )
    for cycle in waiting:
        order_reports(cycle, by=None, at=at)
    return len(waiting)


def _replace_concepts(
    cycle: MonitoringCycle,
    batch: ReportBatch,
    agreements: set[int | None],
    *,
    by: User | None,
    at: datetime,
) -> None:
    """A concept of an earlier number goes no further; what was adopted holds until the next is adopted."""
    earlier = AnnualReport.objects.filter(
        batch__cycle=cycle, stage__in=[ReportStage.CONCEPT, ReportStage.HEARING]
    ).exclude(batch=batch)
    replace_reports(
        [report for report in earlier.order_by("pk") if report.agreement_id in agreements],
        by=by,
        at=at,
    )


@transaction.atomic
def cancel_reports(batch: ReportBatch, *, by: User, at: datetime) -> int:
    """Stop what is not made yet; what is finished stays, and a report that was stopped can be made later."""
    reports = list(
        AnnualReport.objects.select_for_update(of=("self",))
        .filter(batch=batch, state__in=UNFINISHED, stage=ReportStage.CONCEPT)
        .order_by("pk")
    )
    if not reports:
        raise NothingToCancel("Er wordt geen rapport meer gemaakt.")
    for report in reports:
        report.state = REPORT_WORKFLOW.target("cancel", state=report.state)
        report.error = ""
        report.save(update_fields=["state", "error"])
    record(batch, "reports_cancelled", actor=by, at=at, reports=len(reports))
    return len(reports)


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
    """Make one claimed report. False when it failed, or was stopped or taken over meanwhile.

    Its data are frozen and hashed first, in a transaction of their own: every next attempt renders the same. No row is
    locked while it renders, so that an order can be stopped. What was rendered before is not rendered again.
    """
    try:
        report, version = freeze(report_id, at)
        pdf = None
        if not (version.stored_id or _same(version)):
            pdf = _render(report, version)
        return finish(report, version, pdf, at)
    except Exception as error:
        logger.exception("report_failed", extra={"report": report_id})
        _put_back(report_id, error, at)
        return False


@transaction.atomic
def freeze(report_id: int, at: datetime) -> tuple[AnnualReport, ReportVersion]:
    """A claimed report and the version to print, its data frozen and hashed."""
    report = (
        AnnualReport.objects.select_for_update(of=("self",))
        .select_related("batch__cycle__year__programme", "batch__cycle__ruleset", "agreement__ikc")
        .get(pk=report_id, state=ReportState.RENDERING)
    )
    last = report.versions.order_by("-number").first()
    is_kept = last is not None and last.stored_id is None and report.attempts > 1
    if last is not None and (is_kept or report.stage in FIXED):
        return report, last
    frozen = _dataset(report, at)
    digest = frozen.digest()
    if last is not None and (last.dataset_sha256, last.template_version) == (
        digest,
        template_version(),
    ):
        return report, last
    version = ReportVersion.objects.create(
        report=report,
        number=last.number + 1 if last else 1,
        dataset=frozen.as_dict(),
        dataset_sha256=digest,
        template_version=template_version(),
        frozen_at=at,
    )
    return report, version


def _dataset(report: AnnualReport, at: datetime) -> Frozen:
    if report.kind == AnnualReport.Kind.PROGRAMME:
        return datasets.programme_report(report.batch, at=at)
    if report.kind == AnnualReport.Kind.PUBLIC:
        return public_edition(datasets.programme_report(report.batch, at=at))
    return_ = Return.objects.select_related(
        "agreement__ikc__board",
        "agreement__ikc__attention_area__district",
        "version__agreement",
        "cycle__year__programme",
        "cycle__ruleset",
    ).get(cycle=report.batch.cycle_id, agreement=report.agreement_id)
    return datasets.ikc_report(report.batch, return_, at=at)


def _same(version: ReportVersion) -> StoredFile | None:
    """The file that was made of the same data with the same template, whichever report it was for."""
    found = (
        ReportVersion.objects.filter(
            dataset_sha256=version.dataset_sha256,
            template_version=template_version(),
            stored__isnull=False,
        )
        .select_related("stored")
        .defer("dataset")
        .order_by("pk")
        .first()
    )
    return found.stored if found else None


def _render(report: AnnualReport, version: ReportVersion) -> bytes:
    """The PDF, out of the frozen data alone."""
    if report.kind == AnnualReport.Kind.PROGRAMME:
        return render_programme_report(ProgrammeReportData.from_dict(version.dataset))
    if report.kind == AnnualReport.Kind.PUBLIC:
        return render_public_report(PublicReportData.from_dict(version.dataset))
    return render_ikc_report(IkcReportData.from_dict(version.dataset))


@transaction.atomic
def finish(report: AnnualReport, version: ReportVersion, pdf: bytes | None, at: datetime) -> bool:
    """Keep the file and let the report show it, together or not at all."""
    claimed = (
        AnnualReport.objects.select_for_update(of=("self",))
        .select_related("batch__cycle__year", "agreement__ikc")
        .get(pk=report.pk)
    )
    if claimed.state != ReportState.RENDERING or claimed.attempts != report.attempts:
        return False  # stopped, or given to somebody else because it took too long
    if version.stored_id is None:
        version.stored = _same(version) or store(
            pdf or b"",
            name=file_name(claimed),
            content_type="application/pdf",
            scan_state=StoredFile.ScanState.OWN,
            by=None,
            at=at,
        )
        version.template_version, version.made_at = template_version(), at
        version.save(update_fields=["stored", "template_version", "made_at"])
    claimed.current = version
    claimed.state = REPORT_WORKFLOW.target("finish", state=claimed.state)
    claimed.error, claimed.finished_at = "", at
    claimed.save(update_fields=["current", "state", "error", "finished_at"])
    record(
        claimed,
        "report_made",
        actor=None,
        at=at,
        version=version.number,
        dataset_sha256=version.dataset_sha256,
        pdf_sha256=version.stored.sha256 if version.stored else "",
    )
    return True


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
    """Let a report that was given up, or stopped, be made once more."""
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
    if report.stage not in FIXED:
        suffix += "-concept"
    return PurePath(f"jaarrapport-{year}-{slugify(report.title)}{suffix}.pdf").name
