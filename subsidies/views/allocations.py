from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, render_form, require
from subsidies.allocation import LotteryRequired
from subsidies.allocation_page import AllocationPage
from subsidies.explanation import explain
from subsidies.forms.checks import WithoutAnswerForm
from subsidies.models import AllocationRun
from subsidies.services import allocations as services
from subsidies.services.continuity import histories
from subsidies.services.partial_offers import asked_in, offers_to_make, unanswered
from subsidies.states import AllocationRunState
from subsidies.tables import rows_for_export
from subsidies.tables_assessment import ResultTable
from subsidies.views.access import get_round_or_404
from subsidies.views.commission import crumbs


def _get_run_or_404(round_, pk: int) -> AllocationRun:
    runs = round_.runs.select_related("run_by", "locked_by", "round")
    return get_object_or_404(runs, pk=pk)


@require_safe
def allocation_round(request, pk):
    """The division that counts now: the locked one, else the last draft; or the invitation to make one."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_allocation", round_)
    runs = round_.runs.exclude(state=AllocationRunState.DISCARDED).filter(hypothetical=False)
    if (run := runs.order_by("-pk").first()) is not None:
        return redirect(run)
    context = {
        "breadcrumbs": crumbs(round_, ("Verdeling", None)),
        "round": round_,
        "may_run": request.user.has_perm("subsidies.run_allocation", round_),
    }
    return render(request, "subsidies/allocation_round.html", context)


@require_POST
def allocation_run(request, pk):
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.run_allocation", round_)
    try:
        run = services.run_allocation(round_, by=request.user, at=timezone.now())
    except LotteryRequired as error:
        messages.warning(request, error.message)
        return redirect("subsidies:lottery_draw", round_.pk)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("subsidies:allocation_round", round_.pk)
    messages.success(request, "De verdeling is berekend.")
    return redirect(run)


@require_safe
def allocation_detail(request, pk, run_pk):
    """Who gets what and why, with the draws, and the proof that the sum can be done again."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_allocation", round_)
    run = _get_run_or_404(round_, run_pk)
    page = AllocationPage(run, request.GET)
    table = ResultTable(page.results, facts=page.facts, earlier=page.earlier)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    if request.GET.get("export") == "csv":
        return csv_response("verdeling.csv", *rows_for_export(table))
    context = {
        "breadcrumbs": crumbs(round_, ("Verdeling", None)),
        "round": round_,
        "run": run,
        "page": page,
        "table": table,
        "may_run": request.user.has_perm("subsidies.run_allocation", round_)
        and run.state == AllocationRunState.DRAFT
        and not run.hypothetical,
        "may_lock": request.user.has_perm("subsidies.lock_allocation", run),
        "to_be_locked": run.state == AllocationRunState.DRAFT and not run.hypothetical,
        "offers": offers_to_make(run) if run.state == AllocationRunState.DRAFT else [],
        "asked": asked_in(run) if run.state == AllocationRunState.DRAFT else [],
        "may_ask": request.user.has_perm("subsidies.ask_partial", round_),
    }
    return render(request, "subsidies/allocation_detail.html", context)


@require_safe
def allocation_explain(request, pk, run_pk, application_pk):
    """How the outcome of one application in this run came about, step by step."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_allocation", round_)
    run = _get_run_or_404(round_, run_pk)
    results = run.results.select_related("application__ikc")
    result = get_object_or_404(results, application=application_pk)
    history = histories(round_, [result.application.ikc_id])[result.application.ikc_id]
    context = {
        "breadcrumbs": crumbs(round_, ("Verdeling", run.get_absolute_url()), ("Uitleg", None)),
        "round": round_,
        "run": run,
        "application": result.application,
        "explanation": explain(
            result, AllocationPage(run, {}).facts, history.years if history.long_enough else ()
        ),
    }
    return render(request, "subsidies/allocation_explain.html", context)


@require_http_methods(["GET", "POST"])
def allocation_lock(request, pk, run_pk):
    """Locking cannot be undone, so it is asked for on a page of its own."""
    round_ = get_round_or_404(request, pk)
    run = _get_run_or_404(round_, run_pk)
    require(request, "subsidies.lock_allocation", run)
    waiting = unanswered(run)
    form = WithoutAnswerForm(posted(request)) if waiting else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.cleaned_data["without_answer"] if form else ""
        try:
            services.lock_run(run, by=request.user, at=timezone.now(), without_answer=reason)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(run)
        messages.success(
            request, "De verdeling ligt vast. De projectleider bereidt nu de besluiten voor."
        )
        return redirect(run)
    page = AllocationPage(run, {})
    context = {
        "breadcrumbs": crumbs(round_, ("Verdeling", run.get_absolute_url()), ("Vastleggen", None)),
        "heading": "Verdeling vastleggen",
        "text": page.conclusion,
        "waiting": [
            f"{application.ikc} ({application.number}) heeft nog niet geantwoord of het plan met minder geld kan."
            for application in waiting
        ],
        "consequences": [
            "Alleen deze verdeling kan tot besluiten leiden.",
            "Een vastgelegde verdeling kan niet meer veranderen en niet opnieuw worden berekend.",
            "De projectleider bereidt daarna de besluiten voor. U neemt die over alle aanvragen tegelijk.",
        ],
        "action_label": "Verdeling vastleggen",
        "back_url": reverse("subsidies:allocation_detail", args=[round_.pk, run.pk]),
    }
    forms = [form] if form else []
    return render_form(request, "subsidies/allocation_lock.html", context, forms=forms)
