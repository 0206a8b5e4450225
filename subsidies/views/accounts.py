"""Accounts of grants: the list, one of them, and the pages on which its recipient fills it in and hands it in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from kvk2.core.csv_export import csv_response
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.core.tasks import scan_pending_files
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import tasks
from subsidies.account_list import HEADERS, ReportList, ReportTable, plain_rows
from subsidies.account_page import TITLES, URLS, AccountPage
from subsidies.forms.accounts import ActivitiesForm, FilesForm, LinesForm, SignForm
from subsidies.models import AccountabilityReport
from subsidies.services import accounts as services
from subsidies.services.accounts import DECLARATIONS, Step

TITLE = "Verantwoordingen"


def report_or_404(request: HttpRequest, pk: int) -> AccountabilityReport:
    rows = AccountabilityReport.objects.visible_to(request.user).select_related(
        "grant__application__ikc",
        "grant__application__board",
        "grant__application__round__scheme_version",
        "grant__decision",
        "accepted_by",
    )
    return get_object_or_404(rows, pk=pk)


def about(request: HttpRequest, report: AccountabilityReport, last: str = "") -> dict[str, Any]:
    """What every page of one account shows."""
    ikc = str(report.grant.application.ikc)
    crumbs: list[tuple[str, str | None]] = [(TITLE, reverse("subsidies:account_list"))]
    if last:
        crumbs += [(ikc, report.get_absolute_url()), (last, None)]
    else:
        crumbs.append((ikc, None))
    return {
        "breadcrumbs": crumbs,
        "report": report,
        "heading": last,
        "page": AccountPage(report, request.user, today=timezone.localdate()),
    }


@require_safe
def account_list(request):
    """Every account that the reader may see, the first to come in on top."""
    require(request, "subsidies.view_accounts")
    page = ReportList(request.user, request.GET)
    if request.GET.get("export") == "csv":
        return csv_response("verantwoordingen.csv", HEADERS, plain_rows(page.rows))
    table = ReportTable(page.rows)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    context = {
        "breadcrumbs": [(TITLE, None)],
        "page": page,
        "table": table,
        "filter_form": page.filter_form,
    }
    return render(request, "subsidies/account_list.html", context)


@require_safe
def account_detail(request, pk):
    """Where it stands, what went otherwise, and what can be done now."""
    report = report_or_404(request, pk)
    context = {
        **about(request, report),
        "may_fill": request.user.has_perm("subsidies.fill_account", report),
        "may_sign": request.user.has_perm("subsidies.submit_account", report),
        "may_start": request.user.has_perm("subsidies.check_account", report),
        "may_judge": request.user.has_perm("subsidies.judge_account", report),
        "may_set_term": request.user.has_perm("subsidies.set_account_term", report),
    }
    return render(request, "subsidies/account_detail.html", context)


def _step(request: HttpRequest, report: AccountabilityReport, step: Step) -> dict[str, Any]:
    context = about(request, report, TITLES[step])
    return {
        **context,
        "steps": context["page"].steps(step),
        "number": list(Step).index(step) + 1,
    }


def _after(request: HttpRequest, report: AccountabilityReport, step: Step) -> HttpResponse:
    """On to the next page, or back to this one when only saving was asked."""
    order = list(Step)
    following = order[order.index(step) + 1] if "next" in request.POST else step
    messages.success(request, "Bewaard.")
    return redirect(URLS[following], report.pk)


@require_http_methods(["GET", "POST"])
def account_activities(request, pk):
    """What became of each activity."""
    report = report_or_404(request, pk)
    require(request, "subsidies.fill_account", report)
    context = _step(request, report, Step.ACTIVITIES)
    form = ActivitiesForm(
        posted(request),
        rows=context["page"].results,
        back_url=report.get_absolute_url(),
        initial={"summary": report.summary, "version": report.version},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.save_activities(
                report,
                form.answers(),
                summary=form.cleaned_data["summary"],
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
            return _after(request, report, Step.ACTIVITIES)
    return render_form(request, "subsidies/account_step.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def account_budget(request, pk):
    """What each line of the budget came to."""
    report = report_or_404(request, pk)
    require(request, "subsidies.fill_account", report)
    context = _step(request, report, Step.BUDGET)
    form = LinesForm(
        posted(request),
        rows=context["page"].lines,
        back_url=report.get_absolute_url(),
        initial={"version": report.version},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.save_lines(
                report,
                form.answers(),
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
            return _after(request, report, Step.BUDGET)
    return render_form(request, "subsidies/account_step.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def account_files(request, pk):
    """The documents that go with it."""
    report = report_or_404(request, pk)
    require(request, "subsidies.fill_account", report)
    form = FilesForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        documents=report.documents,
        next_url=reverse(URLS[Step.SIGN], args=[report.pk]),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            kept = services.add_files(
                report,
                document=form.cleaned_data["document"],
                files=form.uploads(),
                by=request.user,
                at=timezone.now(),
            )
            nudge(scan_pending_files)
            names = ", ".join(f"‘{file}’" for file in kept)
            messages.success(request, f"Toegevoegd: {names}.")
            return redirect("subsidies:account_files", report.pk)
    context = _step(request, report, Step.FILES)
    return render_form(request, "subsidies/account_files.html", context, forms=[form])


@require_POST
def account_file_remove(request, pk, file_pk):
    """Take a document away while it is not handed in."""
    report = report_or_404(request, pk)
    require(request, "subsidies.fill_account", report)
    file = get_object_or_404(report.files.select_related("stored", "report"), pk=file_pk)
    try:
        services.remove_file(file, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Het bestand is weggehaald.")
    return redirect("subsidies:account_files", report.pk)


@require_safe
def account_file(request, pk, file_pk):
    """A document, as a download; who took it is recorded."""
    report = report_or_404(request, pk)
    files = report.files.select_related("stored", "report__grant__application")
    file = get_object_or_404(files, pk=file_pk)
    try:
        stored = services.open_file(file, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(report)
    return file_response(stored)


@require_http_methods(["GET", "POST"])
def account_sign(request, pk):
    """Everything once more; the board certifies and hands in, a director sees who has to."""
    report = report_or_404(request, pk)
    require(request, "subsidies.fill_account", report)
    context = {**_step(request, report, Step.SIGN), "declarations": DECLARATIONS}
    may_sign = request.user.has_perm("subsidies.submit_account", report)
    if request.method == "POST":
        require(request, "subsidies.submit_account", report)
    if not may_sign or (context["page"].missing and request.method != "POST"):
        return render(request, "subsidies/account_sign.html", {**context, "may_sign": may_sign})
    form = SignForm(
        posted(request),
        back_url=report.get_absolute_url(),
        initial={
            "version": report.version,
            "signed_name": request.user.full_name,
            "signed_job_title": request.user.job_title,
        },
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.submit_report(report, **form.cleaned_data, by=request.user, at=timezone.now())
            nudge(tasks.render_pending_letters)
            messages.success(
                request,
                "De verantwoording is ingediend. U krijgt een afschrift bij ‘Berichten’.",
            )
            return redirect(report)
    context["may_sign"] = True
    return render_form(request, "subsidies/account_sign.html", context, forms=[form])
