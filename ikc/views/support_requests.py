"""Requests of IKCs: advice on call, and a process coach."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc.forms.support import AnswerForm, OutcomeForm, SupportRequestForm
from ikc.models import SupportRequest
from ikc.services import support as services
from ikc.states_support import SUPPORT_REQUEST_WORKFLOW, SupportRequestKind
from ikc.tables_support import SupportRequestFilter, SupportRequestTable
from ikc.timelines import timeline_of
from ikc.views.access import get_ikc_or_404
from ikc.views.centres import PER_PAGE
from ikc.views.support import crumbs
from kvk2.core.csv_export import csv_response
from kvk2.nlds.forms import ConfirmForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require


def _get_request_or_404(request, pk):
    visible = SupportRequest.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("ikc__board", "requested_by", "answered_by"), pk=pk
    )


@require_safe
def support_request_list(request):
    require(request, "ikc.view_support")
    rows = SupportRequest.objects.visible_to(request.user).select_related("ikc")
    filter_ = SupportRequestFilter(request.GET, queryset=rows.by_urgency())
    table = SupportRequestTable(filter_.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        lines = table.as_values()
        return csv_response("verzoeken.csv", next(lines), lines)
    return render(
        request,
        "ikc/support_request_list.html",
        {"breadcrumbs": crumbs("Verzoeken"), "table": table, "filter": filter_},
    )


@require_safe
def support_request_detail(request, pk):
    asked = _get_request_or_404(request, pk)
    may_answer = request.user.has_perm("ikc.answer_support_request")
    steps = {step.name for step in SUPPORT_REQUEST_WORKFLOW.available_from(asked.state)}
    return render(
        request,
        "ikc/support_request_detail.html",
        {
            "breadcrumbs": crumbs(str(asked)),
            "asked": asked,
            "may": {
                "accept": may_answer and "accept" in steps,
                "finish": may_answer and "finish" in steps,
                # a coach comes for some hours a week
                "allocate": may_answer and asked.kind == SupportRequestKind.PROCESS_COACH,
                "withdraw": "withdraw" in steps
                and request.user.has_perm("ikc.withdraw_support_request", asked),
            },
            "timeline": timeline_of(asked),
        },
    )


@require_http_methods(["GET", "POST"])
def support_request_create(request, pk):
    ikc = get_ikc_or_404(request, pk)
    require(request, "ikc.request_support", ikc)
    form = SupportRequestForm(
        posted(request), ikc=ikc, back=reverse("ikc:support_ikc", args=[ikc.pk])
    )
    if form.is_valid():
        with refusals_on(form):
            data = {"both_motivated": False, **form.cleaned_data}
            asked = services.request_support(ikc, **data, by=request.user, at=timezone.now())
            messages.success(request, "Uw verzoek is verstuurd. U krijgt antwoord in het portaal.")
            return redirect(asked)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": crumbs("Ondersteuning vragen"),
            "heading": "Ondersteuning vragen",
            "lead": ikc.name,
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def support_request_accept(request, pk):
    return _answer(request, pk, "accept", "Verzoek oppakken")


@require_http_methods(["GET", "POST"])
def support_request_decline(request, pk):
    return _answer(request, pk, "decline", "Verzoek afwijzen")


def _answer(request, pk, step, heading):
    asked = _get_request_or_404(request, pk)
    require(request, "ikc.answer_support_request")
    form = AnswerForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            services.answer_request(
                asked, step=step, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Het IKC kan uw antwoord lezen.")
            return redirect(asked)
    return _confirm(request, asked, form, heading, asked.question, negative=step == "decline")


@require_http_methods(["GET", "POST"])
def support_request_finish(request, pk):
    asked = _get_request_or_404(request, pk)
    require(request, "ikc.answer_support_request")
    form = OutcomeForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            services.finish_request(asked, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Het verzoek is afgerond.")
            return redirect(asked)
    return _confirm(request, asked, form, "Verzoek afronden", asked.question)


@require_http_methods(["GET", "POST"])
def support_request_withdraw(request, pk):
    asked = _get_request_or_404(request, pk)
    require(request, "ikc.withdraw_support_request", asked)
    form = ConfirmForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            services.withdraw_request(asked, by=request.user, at=timezone.now())
            messages.success(request, "Uw verzoek is ingetrokken.")
            return redirect(asked)
    return _confirm(request, asked, form, "Verzoek intrekken", asked.question, negative=True)


def _confirm(request, asked, form, heading, text, *, negative=False):
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs(heading),
            "heading": heading,
            "text": text,
            "back_url": asked.get_absolute_url(),
            "negative": negative,
        },
        forms=[form],
    )
