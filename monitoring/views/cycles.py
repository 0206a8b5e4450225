from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.audit import events_of
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.core.timeline import entries
from kvk2.nlds.shortcuts import render_form
from monitoring import overview, return_steps
from monitoring.events import SENTENCES
from monitoring.forms import CyclePlanForm
from monitoring.models import MonitoringCycle, Return, RuleSet
from monitoring.querysets import sees_every_ikc
from monitoring.services import cycles, measuring

LIST = ("Monitoring", "monitoring:cycle_list")


def get_cycle_or_404(request, pk: int) -> MonitoringCycle:
    return get_object_or_404(MonitoringCycle.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
def cycle_list(request):
    found = (
        MonitoringCycle.objects.visible_to(request.user).for_list().order_by("-year__index", "-pk")
    )
    returns = Return.objects.visible_to(request.user)
    return render(
        request,
        "monitoring/cycle_list.html",
        {
            "cycles": overview.with_counts(found, returns),
            "breadcrumbs": [("Monitoring", None)],
            "may_plan": request.user.has_perm("monitoring.plan_cycle"),
        },
    )


@require_http_methods(["GET", "POST"])
def cycle_plan(request):
    if not request.user.has_perm("monitoring.plan_cycle"):
        raise PermissionDenied
    form = CyclePlanForm(request.POST or None, back=reverse("monitoring:cycle_list"))
    if request.method == "POST" and form.is_valid():
        ruleset = RuleSet.objects.order_by("-valid_from", "-pk").first()
        if ruleset is None:
            form.add_error(None, "Er zijn nog geen rekenregels vastgesteld. Vraag de beheerder.")
        else:
            cycle = measuring.plan_cycle(
                form.cleaned_data["year"],
                ruleset=ruleset,
                submit_by=form.cleaned_data["submit_by"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, f"De monitoring over {cycle.year} is gepland.")
            return redirect(cycle)
    return render_form(
        request,
        "monitoring/cycle_plan.html",
        {"breadcrumbs": [(LIST[0], reverse(LIST[1])), ("Plannen", None)]},
        forms=[form],
    )


@require_safe
def cycle_detail(request, pk):
    cycle = get_cycle_or_404(request, pk)
    returns = Return.objects.visible_to(request.user).filter(cycle=cycle)
    return render(
        request,
        "monitoring/cycle_detail.html",
        {
            "cycle": cycle,
            "steps": return_steps.cycle_buttons(cycle, request.user),
            "waiting": returns.waiting_for_adoption().count()
            if request.user.has_perm("monitoring.adopt_returns", cycle)
            else 0,
            "overview": overview.of_cycle(cycle, returns, request.user),
            "reads_summary": sees_every_ikc(request.user),
            "events": entries(events_of(cycle)[:20], SENTENCES)
            if request.user.is_municipal
            else [],
            "breadcrumbs": [(LIST[0], reverse(LIST[1])), (str(cycle.year), None)],
        },
    )


@require_safe
def cycle_export(request, pk):
    """Every figure of the cycle that the user may see, one row per indicator."""
    cycle = get_cycle_or_404(request, pk)
    returns = Return.objects.visible_to(request.user).filter(cycle=cycle)
    return csv_response(
        f"monitoring-{cycle.year.label.replace('/', '-')}.csv",
        overview.EXPORT_HEADERS,
        overview.export_rows(cycle, returns, request.user),
    )


@require_http_methods(["GET", "POST"])
def cycle_open(request, pk):
    cycle = get_cycle_or_404(request, pk)
    if not request.user.has_perm("monitoring.open_cycle", cycle):
        raise PermissionDenied
    return _confirm(
        request,
        cycle,
        deed=measuring.open_cycle,
        done="De invoer is open. De onderzoeker en de directeuren kunnen cijfers invullen.",
        heading="Invoer openen?",
        text=f"Voor elk IKC met een resultaatafspraak komt er een aanlevering over {cycle.year} klaar.",
        button="Invoer openen",
    )


@require_http_methods(["GET", "POST"])
def cycle_close(request, pk):
    cycle = get_cycle_or_404(request, pk)
    if not request.user.has_perm("monitoring.close_cycle", cycle):
        raise PermissionDenied
    open_returns = cycle.returns.filter(submitted_at=None).count()
    warning = (
        f"{open_returns} {'aanlevering is' if open_returns == 1 else 'aanleveringen zijn'} nog niet ingediend: "
        "het portaal dient ze in zoals ze zijn, en wat ontbreekt krijgt de reden ‘niet aangeleverd’."
        if open_returns
        else "Alle aanleveringen zijn ingediend."
    )
    return _confirm(
        request,
        cycle,
        deed=cycles.close_cycle,
        done="De invoer is gesloten. De cijfers worden nu gecontroleerd.",
        heading="Invoer sluiten?",
        text=f"Daarna verandert een cijfer over {cycle.year} alleen nog als het onderzoeksbureau het teruggeeft. {warning}",
        button="Invoer sluiten",
    )


def _confirm(request, cycle, *, deed, done: str, heading: str, text: str, button: str):
    error = ""
    if request.method == "POST":
        try:
            deed(cycle, by=request.user, at=timezone.now())
        except DomainError as refusal:
            error = refusal.message
        else:
            messages.success(request, done)
            return redirect(cycle)
    return render(
        request,
        "monitoring/confirm.html",
        {
            "heading": heading,
            "text": text,
            "button": button,
            "back": cycle.get_absolute_url(),
            "error": error,
            "breadcrumbs": [
                (LIST[0], reverse(LIST[1])),
                (str(cycle.year), cycle.get_absolute_url()),
                (heading.rstrip("?"), None),
            ],
        },
        status=422 if error else 200,
    )
