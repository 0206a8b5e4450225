from datetime import date

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from agreements.forms.versions import DraftForm, NewVersionForm
from agreements.models import Programme, ResultAgreement
from agreements.services import drafting, templates
from agreements.states import AgreementState
from agreements.tables import CSV_HEADERS, AgreementTable, csv_row
from ikc.models import Ikc
from kvk2.core.csv_export import csv_response
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

PAGE_SIZE = 50


class AgreementFilterForm(NldsForm):
    q = forms.CharField(label="Zoek op IKC, bestuur of kenmerk", required=False)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Alle statussen"), *AgreementState.choices]
    )

    def matching(self, agreements, user):
        """Those of `agreements` that fit what was typed, by the version that `user` looks at first."""
        if not self.is_valid():
            return agreements
        for word in self.cleaned_data["q"].split():
            agreements = agreements.filter(
                Q(ikc__name__icontains=word)
                | Q(ikc__board__name__icontains=word)
                | Q(ikc__board__short_name__icontains=word)
                | Q(reference__icontains=word)
            )
        if status := self.cleaned_data["status"]:
            agreements = agreements.currently(status, user)
        return agreements


@require_safe
def agreement_list(request):
    """The agreements that the user may see; `?csv=1` gives the same rows as a file."""
    user = request.user
    visible = ResultAgreement.objects.visible_to(user).with_current_version(user).for_list()
    form = AgreementFilterForm(request.GET or None)
    found = form.matching(visible, user) if form.is_bound else visible
    table = AgreementTable(found)
    RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
    if request.GET.get("csv"):
        return csv_response(
            "resultaatafspraken.csv",
            CSV_HEADERS,
            (csv_row(row.record) for row in table.rows),
        )
    may_draft = request.user.has_perm("agreements.draft_agreement")
    return render(
        request,
        "agreements/agreement_list.html",
        {
            "table": table,
            "filter_form": form,
            "is_filtered": any(request.GET.get(name) for name in ("q", "status")),
            "without": (
                plus_without_agreement(timezone.localdate()).order_by("name", "pk")
                if may_draft
                else ()
            ),
            "may_draft": may_draft,
            "may_see_clauses": request.user.has_perm("agreements.view_standard_clauses"),
            "may_see_cover": request.user.has_perm("agreements.view_cover"),
            "breadcrumbs": [("Resultaatafspraken", None)],
        },
    )


def plus_without_agreement(day: date):
    """Plus IKCs for which nobody has drafted an agreement yet."""
    agreements = ResultAgreement.objects.filter(ikc=OuterRef("pk"))
    return (
        Ikc.objects.open_on(day)
        .with_plus(day)
        .filter(~Exists(agreements), Q(is_plus=True) | Q(plus_candidate=True))
    )


@require_http_methods(["GET", "POST"])
def agreement_create(request):
    require(request, "agreements.draft_agreement")
    programme = get_object_or_404(Programme.objects.order_by("-start", "pk")[:1])
    today = timezone.localdate()
    form = DraftForm(
        posted(request),
        programme=programme,
        ikcs=plus_without_agreement(today).order_by("name", "pk"),
        back_url=reverse("agreements:agreement_list"),
        initial=_proposed(programme, today) | {"ikc": request.GET.get("ikc")},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            version = _drafted(form, programme, by=request.user, at=timezone.now())
            messages.success(request, "Het concept is gemaakt. Vul nu de onderdelen in.")
            return redirect("agreements:version_goals", version.pk)
    return render_form(
        request,
        "agreements/agreement_create.html",
        {
            "breadcrumbs": [
                ("Resultaatafspraken", reverse("agreements:agreement_list")),
                ("Nieuwe afspraak", None),
            ]
        },
        forms=[form],
    )


def _drafted(form: DraftForm, programme: Programme, **deed):
    """The first version, empty or with the words of the chosen template."""
    ikc, template = form.cleaned_data["ikc"], form.cleaned_data["template"]
    if template is None:
        return drafting.draft_agreement(ikc, programme=programme, frame=form.frame(), **deed)
    return templates.draft_from_template(
        ikc, template=template, programme=programme, frame=form.frame(), **deed
    )


def _proposed(programme: Programme, today: date) -> dict:
    """From today (or the start of the programme) to its end, and the year that runs now."""
    years = programme.years.in_order()
    running = years.filter(end__gte=today).first() or years.last()
    return {
        "period_start": max(programme.start, today),
        "period_end": programme.end,
        "effective_year": running,
        "notice_months": 6,
    }


@require_http_methods(["GET", "POST"])
def version_create(request, pk):
    """The next version of an agreement that is in force, or whose draft was withdrawn."""
    agreement = get_object_or_404(
        ResultAgreement.objects.visible_to(request.user).select_related("ikc", "programme"), pk=pk
    )
    require(request, "agreements.amend_agreement", agreement)
    form = NewVersionForm(
        posted(request),
        programme=agreement.programme,
        back_url=agreement.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            version = drafting.draft_new_version(
                agreement,
                kind=form.cleaned_data["kind"],
                reason=form.cleaned_data["reason"],
                recalibration=form.cleaned_data["recalibration"],
                effective_year=form.cleaned_data["effective_year"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(
                request, f"Versie {version.number} is gemaakt. Wijzig wat anders moet."
            )
            return redirect("agreements:version_goals", version.pk)
    return render_form(
        request,
        "agreements/version_create.html",
        {
            "agreement": agreement,
            "breadcrumbs": [
                ("Resultaatafspraken", reverse("agreements:agreement_list")),
                (agreement.ikc.name, agreement.get_absolute_url()),
                ("Nieuwe versie", None),
            ],
        },
        forms=[form],
    )
