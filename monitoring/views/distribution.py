"""To whom a report was sent, what came of it, and the receipt of one reader."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring.distribution_page import (
    CSV_HEADERS,
    ChangeableRecipientTable,
    DistributionPage,
    RecipientFilterForm,
    RecipientTable,
    csv_row,
)
from monitoring.models import AnnualReport, ReportRecipient
from monitoring.services import distributing
from monitoring.states import ReportStage
from monitoring.views.report_life import crumbs_of, get_report_or_404

PAGE_SIZE = 50
TRAIL = "Verzending"


class RecipientForm(NldsForm):
    name = forms.CharField(
        label="Naam",
        max_length=160,
        error_messages={"required": "Vul de naam in van wie het rapport krijgt."},
    )
    organisation = forms.CharField(
        label="Organisatie",
        max_length=200,
        error_messages={"required": "Vul de organisatie in."},
    )
    email = forms.EmailField(
        label="E-mailadres",
        help_text="Wie het adres heeft, leest het rapport. Er gaat een link heen die na 60 dagen stopt.",
        error_messages={
            "required": "Vul het e-mailadres in.",
            "invalid": "Vul een geldig e-mailadres in, bijvoorbeeld naam@organisatie.nl.",
        },
    )


def _trail(report: AnnualReport, last: str) -> list:
    return [
        *crumbs_of(report.batch, report=report, trail=True),
        (TRAIL, reverse("monitoring:report_distribution", args=[report.pk])),
        (last, None),
    ]


@require_safe
def report_distribution(request, pk):
    """The recipients of a report with their receipts; `?csv=1` gives the same rows as a file."""
    report = get_report_or_404(request, pk)
    require(request, "monitoring.view_distribution", report)
    page = DistributionPage(report)
    form = RecipientFilterForm(request.GET or None)
    found = page.recipients
    may_add = request.user.has_perm("monitoring.add_recipient", report)
    kind = ChangeableRecipientTable if may_add else RecipientTable
    table = kind(form.matching(found) if form.is_bound else found)
    RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
    if request.GET.get("csv"):
        name = slugify(f"verzending {report.title} {report.batch.cycle.year}".replace("/", " "))
        return csv_response(f"{name}.csv", CSV_HEADERS, (csv_row(row.record) for row in table.rows))
    return render(
        request,
        "monitoring/report_distribution.html",
        {
            "report": report,
            "page": page,
            "table": table,
            "filter_form": form,
            "is_filtered": any(request.GET.get(name) for name in ("q", "stand")),
            "may_add": may_add,
            "may_resend": request.user.has_perm("monitoring.resend_report", report)
            and page.may_be_sent,
            "breadcrumbs": [*crumbs_of(report.batch, report=report, trail=True), (TRAIL, None)],
        },
    )


@require_http_methods(["GET", "POST"])
def recipient_add(request, pk):
    report = get_report_or_404(request, pk)
    require(request, "monitoring.add_recipient", report)
    form = RecipientForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = distributing.add_recipient(
                report, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            sent = "Het rapport is verstuurd" if row.sent_at else "Het rapport gaat na publicatie"
            messages.success(request, f"{sent} naar {row.email}.")
            return redirect("monitoring:report_distribution", pk)
    about = (
        "Dit rapport gaat over één IKC. Stuur het alleen aan wie het met toestemming van de partijen leest."
        if report.kind == AnnualReport.Kind.IKC
        else "De ontvanger krijgt een e-mail met een eigen link en hoeft niet in te loggen."
    )
    context = {
        "breadcrumbs": _trail(report, "Adres toevoegen"),
        "heading": "Adres toevoegen",
        "text": about,
        "action_label": "Versturen" if report.stage == ReportStage.PUBLISHED else "Toevoegen",
        "back_url": reverse("monitoring:report_distribution", args=[pk]),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def report_resend(request, pk):
    """Once more to who did not open it."""
    report = get_report_or_404(request, pk)
    require(request, "monitoring.resend_report", report)
    form = NldsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            number = distributing.resend(report, by=request.user, at=timezone.now())
            messages.success(request, f"Opnieuw verstuurd: {number}.")
            return redirect("monitoring:report_distribution", pk)
    context = {
        "breadcrumbs": _trail(report, "Opnieuw versturen"),
        "heading": "Opnieuw versturen aan wie nog niet opende?",
        "text": f"{DistributionPage(report).unopened} ontvangers openden het rapport nog niet.",
        "consequences": ["Wie een eigen link heeft, krijgt een nieuwe die weer 60 dagen werkt."],
        "action_label": "Opnieuw versturen",
        "back_url": reverse("monitoring:report_distribution", args=[pk]),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def recipient_withdraw(request, pk):
    recipient = get_object_or_404(
        ReportRecipient.objects.visible_to(request.user).filter(user=None), pk=pk
    )
    report = get_report_or_404(request, recipient.report_id)
    require(request, "monitoring.add_recipient", report)
    form = NldsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            distributing.withdraw_recipient(recipient, by=request.user, at=timezone.now())
            messages.success(request, f"De link van {recipient.name} werkt niet meer.")
            return redirect("monitoring:report_distribution", report.pk)
    context = {
        "breadcrumbs": _trail(report, "Intrekken"),
        "heading": f"Link van {recipient.name} intrekken?",
        "text": f"De link die naar {recipient.email} ging, werkt daarna niet meer.",
        "action_label": "Intrekken",
        "negative": True,
        "back_url": reverse("monitoring:report_distribution", args=[report.pk]),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_POST
def report_receipt(request, pk):
    """A user says that they have the report."""
    report = get_report_or_404(request, pk)
    require(request, "monitoring.confirm_receipt", report)
    row = distributing.own_row(report, request.user)
    try:
        if row is not None:
            distributing.confirm_receipt(row, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Dank u. De gemeente ziet dat u het rapport hebt.")
    return redirect(report)
