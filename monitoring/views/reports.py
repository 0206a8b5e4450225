import io
import zipfile

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core.audit import record_download
from kvk2.core.downloads import file_response, made_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import render_form
from monitoring import tasks
from monitoring.forms import OrderForm
from monitoring.models import AnnualReport, ReportBatch, ReportVersion
from monitoring.services import reports
from monitoring.services.distributing import note_opened
from monitoring.states import UNFINISHED, ReportStage, ReportState
from monitoring.views.cycles import get_cycle_or_404


def get_batch_or_404(request, pk: int) -> ReportBatch:
    return get_object_or_404(
        ReportBatch.objects.visible_to(request.user).select_related("cycle__year", "ordered_by"),
        pk=pk,
    )


def visible_reports(request, batch: ReportBatch):
    return AnnualReport.objects.visible_to(request.user).filter(batch=batch).for_list()


@require_safe
def report_list(request):
    """The yearly reports, the newest year on top; each year with the reports that the user may read."""
    batches = (
        ReportBatch.objects.visible_to(request.user)
        .select_related("cycle__year", "ordered_by")
        .order_by("-cycle__year__index", "-number", "-pk")
    )
    by_batch: dict[int, list[AnnualReport]] = {batch.pk: [] for batch in batches}
    for report in AnnualReport.objects.visible_to(request.user).for_list():
        by_batch.setdefault(report.batch_id, []).append(report)
    return render(
        request,
        "monitoring/report_list.html",
        {
            "batches": [_progress(batch, by_batch[batch.pk]) for batch in batches],
            "may_order": request.user.has_perm("monitoring.plan_cycle"),
            "breadcrumbs": [("Rapporten", None)],
        },
    )


def _progress(batch: ReportBatch, rows: list[AnnualReport]) -> dict:
    done = sum(report.state == ReportState.DONE for report in rows)
    failed = sum(report.state == ReportState.FAILED for report in rows)
    return {
        "batch": batch,
        "reports": rows,
        "total": len(rows),
        "done": done,
        "failed": failed,
        "is_busy": any(report.state in UNFINISHED for report in rows),
        "stages": _stages(rows),
    }


def _stages(rows: list[AnnualReport]) -> dict[str, bool]:
    """What can be done next with these reports, apart from who may."""
    finished = [row for row in rows if row.state == ReportState.DONE]
    return {
        "can_hear": any(
            row.kind == AnnualReport.Kind.IKC and row.stage == ReportStage.CONCEPT
            for row in finished
        ),
        "can_adopt": any(
            row.stage == ReportStage.HEARING
            or (row.stage == ReportStage.CONCEPT and row.kind != AnnualReport.Kind.IKC)
            for row in finished
        ),
        "can_publish": any(row.stage == ReportStage.ADOPTED for row in finished),
        "can_cancel": any(
            row.state in UNFINISHED and row.stage == ReportStage.CONCEPT for row in rows
        ),
    }


@require_safe
def batch_detail(request, pk):
    batch = get_batch_or_404(request, pk)
    return render(
        request,
        "monitoring/batch_detail.html",
        {
            **_progress(batch, list(visible_reports(request, batch))),
            "may_retry": request.user.has_perm("monitoring.plan_cycle"),
            "may_adopt": request.user.has_perm("monitoring.adopt_reports", batch),
            "breadcrumbs": [
                ("Rapporten", reverse("monitoring:report_list")),
                (f"{batch.cycle.year}, nummer {batch.number}", None),
            ],
        },
    )


@require_safe
def batch_progress(request, pk):
    """The live part of the page (an htmx fragment); it stops asking when everything is done."""
    batch = get_batch_or_404(request, pk)
    return render(
        request,
        "monitoring/_batch_progress.html",
        {
            **_progress(batch, list(visible_reports(request, batch))),
            "may_retry": request.user.has_perm("monitoring.plan_cycle"),
        },
    )


@require_http_methods(["GET", "POST"])
def batch_order(request, pk):
    cycle = get_cycle_or_404(request, pk)
    if not request.user.has_perm("monitoring.order_reports", cycle):
        raise PermissionDenied
    previous = cycle.batches.order_by("-number").first()
    form = OrderForm(
        request.POST if request.method == "POST" else None,
        back=cycle.get_absolute_url(),
        is_first=previous is None,
        agreements=[]
        if previous is None
        else list(
            cycle.returns.order_by("version__ikc_name", "pk").values_list(
                "agreement_id", "version__ikc_name"
            )
        ),
    )
    if request.method == "POST" and form.is_valid():
        try:
            batch = reports.order_reports(
                cycle,
                note=form.cleaned_data.get("note", ""),
                only=form.chosen(),
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            nudge(tasks.render_pending_reports)
            messages.success(request, "De rapporten zijn besteld. U ziet hier hoe ver ze zijn.")
            return redirect(batch)
    return render_form(
        request,
        "monitoring/batch_order.html",
        {
            "cycle": cycle,
            "previous": previous,
            "returns": cycle.returns.count(),
            "open_returns": cycle.returns.filter(submitted_at=None).count(),
            "breadcrumbs": [
                ("Monitoring", reverse("monitoring:cycle_list")),
                (str(cycle.year), cycle.get_absolute_url()),
                ("Rapporten bestellen", None),
            ],
        },
        forms=[form],
    )


@require_POST
def report_retry(request, pk):
    report = get_object_or_404(AnnualReport.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm("monitoring.retry_report", report):
        raise PermissionDenied
    try:
        reports.retry_report(report, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        nudge(tasks.render_pending_reports)
        messages.success(request, f"Het rapport ‘{report.title}’ wordt opnieuw gemaakt.")
    return redirect(report.batch)


@require_safe
def report_download(request, pk):
    report = get_object_or_404(
        AnnualReport.objects.visible_to(request.user).filter(current__isnull=False).for_list(),
        pk=pk,
    )
    note_opened([report], by=request.user, at=timezone.now())
    _record(request, [report])
    return file_response(report.stored)


@require_safe
def report_version(request, pk, number):
    """An earlier version: the concept that the parties read stays beside what was adopted."""
    version = get_object_or_404(
        ReportVersion.objects.filter(
            report__in=AnnualReport.objects.visible_to(request.user), stored__isnull=False
        )
        .select_related("stored", "report__agreement__ikc")
        .defer("dataset"),
        report=pk,
        number=number,
    )
    note_opened([version.report], by=request.user, at=timezone.now())
    record_download(
        version.report,
        "report_downloaded",
        version.stored,
        about=f"{version.report.title}, versie {version.number}",
        actor=request.user,
        at=timezone.now(),
    )
    return file_response(version.stored)


def _record(request, rows):
    """Who took which reports; a ZIP is as many downloads as it holds."""
    for report in rows:
        record_download(
            report,
            "report_downloaded",
            report.stored,
            about=report.title,
            actor=request.user,
            at=timezone.now(),
        )


@require_safe
def batch_download(request, pk):
    """All reports of an order that the user may read, as one ZIP (PDFs are compressed already: stored as they are)."""
    batch = get_batch_or_404(request, pk)
    rows = [row for row in visible_reports(request, batch) if row.current_id]
    if not rows:
        raise Http404
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for report in rows:
            info = zipfile.ZipInfo(
                report.stored.name,
                date_time=timezone.localtime(report.finished_at).timetuple()[:6],
            )
            with report.stored.file.open("rb") as file:
                archive.writestr(info, file.read())
    note_opened(rows, by=request.user, at=timezone.now())
    _record(request, rows)
    name = slugify(f"jaarrapporten {batch.cycle.year} nummer {batch.number}".replace("/", " "))
    return made_response(buffer, name=f"{name}.zip", content_type="application/zip")
