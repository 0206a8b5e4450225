"""Scenarios: divisions by other rules than the published ones, beside the real one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.core.spreadsheet import workbook, xlsx_response
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.forms.allocations import WhatIfForm, chosen_runs
from subsidies.models import AllocationRun, SubsidyRound
from subsidies.scenario_page import MOST_BESIDE, ScenarioPage
from subsidies.services import allocations as services
from subsidies.states import AllocationRunState
from subsidies.views.access import get_round_or_404
from subsidies.views.commission import crumbs

LINES_PER_PAGE = 50


def _runs(round_: SubsidyRound) -> list[AllocationRun]:
    """The division by the published rules first, then the scenarios, newest first."""
    return list(
        round_.runs.exclude(state=AllocationRunState.DISCARDED)
        .select_related("round")
        .defer("input", "output")
        .order_by("hypothetical", "-pk")
    )


@require_safe
def scenario_list(request, pk):
    """Up to four divisions side by side, and the scenarios that were put aside."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_allocation", round_)
    runs = _runs(round_)
    wanted = chosen_runs(request.GET.getlist("run"))
    real = [run for run in runs if not run.hypothetical][:1]
    scenarios = [run for run in runs if run.hypothetical]
    chosen = [run for run in scenarios if run.pk in wanted] if wanted else scenarios
    page = ScenarioPage([*real, *chosen][:MOST_BESIDE])
    if request.GET.get("export") == "csv":
        return csv_response("scenario-vergelijking.csv", *page.export())
    if request.GET.get("export") == "xlsx":
        return xlsx_response("scenario-vergelijking.xlsx", workbook("Scenario's", *page.sheet()))
    context = {
        "breadcrumbs": crumbs(round_, ("Scenario’s", None)),
        "round": round_,
        "page": page,
        "scenarios": scenarios,
        "shown": {run.pk for run in page.runs},
        "lines": Paginator(page.lines, LINES_PER_PAGE).get_page(request.GET.get("page")),
        "discarded": round_.runs.filter(hypothetical=True, state=AllocationRunState.DISCARDED)
        .defer("input", "output")
        .order_by("-pk")[:20],
        "may_try": request.user.has_perm("subsidies.try_scenarios", round_),
    }
    return render(request, "subsidies/scenario_list.html", context)


@require_http_methods(["GET", "POST"])
def scenario_new(request, pk):
    """Other rules to try; the page starts with the published ones."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.try_scenarios", round_)
    back_url = reverse("subsidies:scenario_list", args=[round_.pk])
    form = WhatIfForm(posted(request), initial=WhatIfForm.published(round_), back_url=back_url)
    if form.is_valid():
        with refusals_on(form):
            run = services.run_scenario(round_, form.what_if(), by=request.user, at=timezone.now())
            messages.success(request, f"Scenario ‘{run.name}’ is berekend.")
            return redirect(back_url)
    context = {
        "breadcrumbs": crumbs(round_, ("Scenario’s", back_url), ("Nieuw", None)),
        "round": round_,
    }
    return render_form(request, "subsidies/scenario_new.html", context, forms=[form])


@require_POST
def scenario_discard(request, pk, run_pk):
    round_ = get_round_or_404(request, pk)
    run = get_object_or_404(round_.runs, pk=run_pk)
    require(request, "subsidies.discard_scenario", run)
    return _moved(
        request, round_, run, services.discard_run, "is vervallen. U kunt het hieronder terughalen"
    )


@require_POST
def scenario_restore(request, pk, run_pk):
    round_ = get_round_or_404(request, pk)
    run = get_object_or_404(round_.runs, pk=run_pk)
    require(request, "subsidies.restore_scenario", run)
    return _moved(request, round_, run, services.restore_run, "is teruggehaald")


def _moved(request, round_, run, deed, what: str):
    try:
        deed(run, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Scenario ‘{run.name}’ {what}.")
    return redirect("subsidies:scenario_list", round_.pk)
