"""The reports as a page, and their data beside it: for who may see the report, and the public edition for anybody."""

from io import BytesIO

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.downloads import HEADERS, file_response, made_response
from monitoring.editions import edition_of
from monitoring.editions.blocks import FileLink
from monitoring.method import method_of
from monitoring.models import AnnualReport
from monitoring.report_dataset import ReportData, frozen_data
from monitoring.report_pdf import figures_csv, render_method
from monitoring.services.distributing import note_opened
from monitoring.services.reports import file_name
from monitoring.views.cycles import get_cycle_or_404
from subsidies.views.public_register import open_to_all

KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def _report_or_404(reports, pk: int) -> AnnualReport:
    return get_object_or_404(
        reports.filter(current__isnull=False).select_related(
            "agreement__ikc", "batch__cycle__year", "current__stored"
        ),
        pk=pk,
    )


def _data(report: AnnualReport) -> ReportData:
    return frozen_data(report.kind, report.current.dataset if report.current else {})


@require_safe
def report_read(request, pk):
    """The accessible edition: what the PDF says, as a page."""
    report = _report_or_404(AnnualReport.objects.visible_to(request.user), pk)
    note_opened([report], by=request.user, at=timezone.now())
    return _page(
        request,
        report,
        names=("report_download", "report_data"),
        breadcrumbs=[
            ("Rapporten", reverse("monitoring:report_list")),
            (report.title, report.get_absolute_url()),
            ("Lezen", None),
        ],
        back_url=report.get_absolute_url(),
    )


@require_safe
def report_data(request, pk, form):
    """The figures as CSV, or the whole frozen dataset as JSON: the same bytes as inside the PDF."""
    report = _report_or_404(AnnualReport.objects.visible_to(request.user), pk)
    note_opened([report], by=request.user, at=timezone.now())
    record(report, "report_data_taken", actor=request.user, at=timezone.now(), form=form)
    return _file(report, form)


@open_to_all
def public_report_list(request):
    """The public editions that were published, the newest year on top."""
    reports = (
        AnnualReport.objects.public()
        .select_related("batch__cycle__year__programme", "current__stored")
        .defer("current__dataset")
        .order_by("-batch__cycle__year__index", "-batch__number")
    )
    return render(
        request,
        "monitoring/public_report_list.html",
        {"reports": reports, "breadcrumbs": [("Jaarrapporten", None)]},
    )


@open_to_all
def public_report(request, pk):
    report = _report_or_404(AnnualReport.objects.public(), pk)
    return _page(
        request,
        report,
        names=("public_report_pdf", "public_report_data"),
        breadcrumbs=[
            ("Jaarrapporten", reverse("monitoring:public_report_list")),
            (str(report.batch.cycle.year), None),
        ],
        back_url="",
    )


@open_to_all
def public_report_data(request, pk, form):
    return _file(_report_or_404(AnnualReport.objects.public(), pk), form)


@open_to_all
def public_report_pdf(request, pk):
    return file_response(_report_or_404(AnnualReport.objects.public(), pk).stored)


@require_safe
def method(request, pk):
    """The method description of a year, out of the configuration."""
    cycle = get_cycle_or_404(request, pk)
    found = method_of(cycle, day=local_date(timezone.now()), demo=settings.DEMO)
    return render(
        request,
        "monitoring/method.html",
        {
            "method": found,
            "sections": found.sections,
            "cycle": cycle,
            "breadcrumbs": [
                ("Monitoring", reverse("monitoring:cycle_list")),
                (str(cycle.year), cycle.get_absolute_url()),
                ("Methodebeschrijving", None),
            ],
        },
    )


@require_safe
def method_pdf(request, pk):
    cycle = get_cycle_or_404(request, pk)
    found = method_of(cycle, day=local_date(timezone.now()), demo=settings.DEMO)
    name = f"methodebeschrijving-{slugify(found.rules.code)}.pdf"
    return made_response(BytesIO(render_method(found)), name=name, content_type="application/pdf")


def _page(request, report: AnnualReport, *, names: tuple[str, str], breadcrumbs, back_url: str):
    pdf, data = names
    return render(
        request,
        "monitoring/edition.html",
        {
            "breadcrumbs": breadcrumbs,
            "edition": edition_of(_data(report)),
            "replaced": report.is_replaced,
            "back_url": back_url,
            "files": [
                FileLink(
                    "PDF",
                    reverse(f"monitoring:{pdf}", args=[report.pk]),
                    "toegankelijk en duurzaam",
                ),
                FileLink(
                    "Cijfers (CSV)",
                    reverse(f"monitoring:{data}", args=[report.pk, "csv"]),
                    "voor een rekenblad",
                ),
                FileLink(
                    "Alle gegevens (JSON)",
                    reverse(f"monitoring:{data}", args=[report.pk, "json"]),
                    "met controlegetal",
                ),
            ],
        },
    )


def _file(report: AnnualReport, form: str) -> HttpResponse:
    data = _data(report)
    content = figures_csv(data) if form == "csv" else data.canonical()
    name = file_name(report).removesuffix(".pdf")
    return HttpResponse(
        content,
        content_type=KINDS[form],
        headers=HEADERS | {"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )
