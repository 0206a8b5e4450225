"""The status Plus: the list, the page of one IKC, and its conditions with their evidence."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc.filters_plus import PlusFilter
from ikc.forms.plus import AssessForm, EvidenceForm, ExceptionForm, SettlementForm
from ikc.models import Ikc, PlusCondition, PlusEvidence, PlusLapse, PlusStatus
from ikc.plus_page import PlusPage
from ikc.services import plus as services
from ikc.services import plus_life
from ikc.states import PLUS_UNDECIDED, PlusState
from ikc.tables_plus import PlusTable
from ikc.timelines import plus_timeline_of
from ikc.views.access import get_ikc_or_404
from kvk2.core.csv_export import csv_response
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.core.tasks import scan_pending_files
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require, require_sight

PER_PAGE = 50


def plus_crumbs(ikc: Ikc, *last: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    page = reverse("ikc:plus_detail", args=[ikc.pk])
    return [
        ("IKC’s", reverse("ikc:ikc_list")),
        (ikc.name, ikc.get_absolute_url()),
        ("Predicaat Plus", page if last else None),
        *last,
    ]


@require_safe
def plus_list(request):
    """Every status Plus that the reader may see: where it stands, how far its conditions are, until when it runs."""
    require(request, "ikc.view_plus_list")
    statuses = (
        PlusStatus.objects.visible_to(request.user)
        .with_progress()
        .select_related("ikc__board", "ikc__attention_area")
    )
    filter_ = PlusFilter(
        request.GET, queryset=statuses.order_by("ikc__name", "-pk"), today=timezone.localdate()
    )
    table = PlusTable(filter_.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        rows = table.as_values()
        return csv_response("predicaten-plus.csv", next(rows), rows)
    context = {
        "breadcrumbs": [("IKC’s", reverse("ikc:ikc_list")), ("Predicaten Plus", None)],
        "table": table,
        "filter": filter_,
    }
    return render(request, "ikc/plus_list.html", context)


@require_safe
def plus_detail(request, pk):
    """How far the IKC is with Plus: its way, its conditions, what is missing, its reviews and its history."""
    ikc = get_ikc_or_404(request, pk)
    require(request, "ikc.view_plus", ikc)
    page = PlusPage(ikc, request.user, today=timezone.localdate())
    context = {
        "breadcrumbs": plus_crumbs(ikc),
        "ikc": ikc,
        "page": page,
        "may_see_letters": request.user.has_perm("subsidies.view_plus_letters", ikc),
        "may_settle": request.user.has_perm("ikc.assess_plus"),
        "timeline": plus_timeline_of(ikc),
    }
    return render(request, "ikc/plus_detail.html", context)


def _condition_or_404(request, pk: int) -> PlusCondition:
    rows = PlusCondition.objects.filter(status__ikc__in=Ikc.objects.visible_to(request.user))
    condition = get_object_or_404(
        rows.select_related(
            "status__ikc__board", "status__ikc__attention_area", "assessed_by", "exception_by"
        ),
        pk=pk,
    )
    require_sight(request, "ikc.view_plus", condition.status.ikc)
    return condition


def _crumbs(condition: PlusCondition, last: str = "") -> list[tuple[str, str | None]]:
    own = (condition.code, condition.get_absolute_url() if last else None)
    return plus_crumbs(condition.status.ikc, own, *([(last, None)] if last else []))


@require_safe
def plus_condition(request, pk):
    """One condition: its text, the evidence, what was found, and what the reader can do."""
    condition = _condition_or_404(request, pk)
    status, may = condition.status, request.user.has_perm
    is_checked = status.state == PlusState.CONDITIONS_CHECK and condition.code != "P00"
    is_open = status.state in PLUS_UNDECIDED
    context = {
        "breadcrumbs": _crumbs(condition),
        "condition": condition,
        "evidence": condition.evidence.select_related("stored", "supplied_by").order_by("-pk"),
        "may_supply": is_checked and may("ikc.supply_plus_evidence", status.ikc),
        "may_assess": is_checked and may("ikc.assess_plus"),
        "may_except": is_open and condition.outcome == "partly" and may("ikc.decide_plus"),
    }
    return render(request, "ikc/plus_condition.html", context)


@require_http_methods(["GET", "POST"])
def plus_evidence_add(request, pk):
    condition = _condition_or_404(request, pk)
    require(request, "ikc.supply_plus_evidence", condition.status.ikc)
    form = EvidenceForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        back_url=condition.get_absolute_url(),
    )
    if form.is_valid():
        with refusals_on(form):
            services.supply_evidence(
                condition,
                text=form.cleaned_data["text"],
                file=form.upload(),
                by=request.user,
                at=timezone.now(),
            )
            nudge(scan_pending_files)
            messages.success(request, "Het bewijs is aangeleverd.")
            return redirect(condition)
    return _form_page(request, condition, "Bewijs aanleveren", form)


@require_http_methods(["GET", "POST"])
def plus_condition_assess(request, pk):
    condition = _condition_or_404(request, pk)
    require(request, "ikc.assess_plus")
    form = AssessForm(posted(request), condition=condition)
    if form.is_valid():
        with refusals_on(form):
            services.assess(condition, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, f"Uw oordeel over {condition.code} is opgeslagen.")
            return redirect("ikc:plus_detail", condition.status.ikc_id)
    return _form_page(request, condition, "Voorwaarde beoordelen", form)


@require_http_methods(["GET", "POST"])
def plus_exception(request, pk):
    """The college lets what is partly met be enough."""
    condition = _condition_or_404(request, pk)
    require(request, "ikc.decide_plus", condition.status.ikc)
    form = ExceptionForm(posted(request), condition=condition)
    if form.is_valid():
        with refusals_on(form):
            services.make_exception(
                condition, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De uitzondering is vastgelegd.")
            return redirect(condition)
    return _form_page(request, condition, "Uitzondering van het college", form)


def _form_page(request, condition: PlusCondition, heading: str, form):
    context = {
        "breadcrumbs": _crumbs(condition, heading),
        "heading": heading,
        "lead": f"{condition.code} {condition.get_code_display()}",
        "note": f"Het IKC {condition.words.text}",
    }
    return render_form(request, "ikc/ikc_form.html", context, forms=[form])


@require_safe
def plus_evidence_file(request, pk):
    """The file, as a download; who took it is recorded."""
    evidence = get_object_or_404(
        PlusEvidence.objects.filter(
            condition__status__ikc__in=Ikc.objects.visible_to(request.user)
        ).select_related("condition__status__ikc", "stored"),
        pk=pk,
    )
    require_sight(request, "ikc.view_plus", evidence.condition.status.ikc)
    try:
        stored = services.open_evidence(evidence, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(evidence.condition)
    return file_response(stored)


@require_http_methods(["GET", "POST"])
def plus_lapse_settle(request, pk):
    """Say what it means that a condition is met no longer."""
    lapse = get_object_or_404(PlusLapse.objects.select_related("status__ikc"), pk=pk)
    require_sight(request, "ikc.view_plus", lapse.status.ikc)
    require(request, "ikc.assess_plus")
    ikc = lapse.status.ikc
    form = SettlementForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            plus_life.settle_lapse(lapse, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Uw beslissing is vastgelegd.")
            return redirect("ikc:plus_detail", ikc.pk)
    context = {
        "breadcrumbs": plus_crumbs(ikc, ("Vervallen voorwaarde", None)),
        "heading": "Beslissen over een vervallen voorwaarde",
        "text": f"{lapse.code} {lapse.get_code_display()}. {lapse.note}",
        "consequences": [
            "Het predicaat blijft zoals het is. Moet het predicaat veranderen? Neem het dan in herijking."
        ],
        "action_label": "Beslissing vastleggen",
        "back_url": reverse("ikc:plus_detail", args=[ikc.pk]),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])
