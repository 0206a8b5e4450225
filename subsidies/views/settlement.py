"""Determining a subsidy and claiming back what was paid too much."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies import tasks
from subsidies.forms.assessment import ReasonForm
from subsidies.forms.settlement import DeferForm, DeterminationForm, EndForm, ReceiptForm
from subsidies.models import Decision, Grant, Recovery
from subsidies.services import determinations, recoveries
from subsidies.settlement_page import (
    RECOVERY_HEADERS,
    DeterminationFacts,
    RecoveryList,
    RecoveryPage,
    recovery_rows,
)

TITLE = "Terugvorderingen"


def _grant_or_404(request: HttpRequest, pk: int) -> Grant:
    return get_object_or_404(Grant.objects.visible_to(request.user).for_page(), pk=pk)


@require_http_methods(["GET", "POST"])
def determination_draft(request, pk):
    """A project leader prepares the decision, from what the account came to."""
    grant = _grant_or_404(request, pk)
    require(request, "subsidies.draft_determination", grant)
    back = grant.get_absolute_url()
    facts = DeterminationFacts(grant)
    form = DeterminationForm(
        posted(request), subsidy_type=grant.subsidy_type, back_url=back, initial=facts.initial
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            decision = determinations.draft_determination(
                grant, form.proposal(), by=request.user, at=timezone.now()
            )
            messages.success(request, "Het concept van de vaststelling staat klaar.")
            return redirect(decision)
    context = {
        "breadcrumbs": _grant_crumbs(grant, "Subsidie vaststellen"),
        "heading": "Subsidie vaststellen",
        "application": grant.application,
        "rows": facts.rows,
        "warnings": facts.warnings,
    }
    return render_form(request, "subsidies/determination_draft.html", context, forms=[form])


def _grant_crumbs(grant: Grant, last: str) -> list[tuple[str, str | None]]:
    return [
        ("Verleningen", reverse("subsidies:grant_list")),
        (str(grant.application.ikc), grant.get_absolute_url()),
        (last, None),
    ]


@require_http_methods(["GET", "POST"])
def lowering_announce(request, pk):
    """The intention goes out with a term, so it is asked for on a page of its own."""
    rows = Decision.objects.visible_to(request.user).filter(kind=Decision.Kind.DETERMINATION)
    decision = get_object_or_404(rows.select_related("grant__application__ikc"), pk=pk)
    require(request, "subsidies.announce_lowering", decision)
    if request.method == "POST":
        try:
            view = determinations.announce_intention(decision, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            nudge(tasks.render_pending_letters)
            until = dutch_date(view.due_on)
            messages.success(
                request,
                f"Het voornemen is verstuurd. De ontvanger kan reageren tot en met {until}.",
            )
        return redirect(decision)
    context = {
        "breadcrumbs": _grant_crumbs(decision.grant, "Voornemen"),
        "heading": "Voornemen versturen",
        "text": f"{decision.grant.application.ikc}: lagere vaststelling. De motivering van het concept komt in de brief.",
        "consequences": [
            "De ontvanger krijgt een brief en heeft veertien dagen om te reageren.",
            "De ontvanger kiest zelf: schriftelijk of mondeling (artikel 4:9 Awb).",
            "Het besluit kan pas verder na de reactie, of na het einde van de termijn.",
        ],
        "action_label": "Voornemen versturen",
        "back_url": decision.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)


# ------------------------------------------------------------ recoveries


def _recovery_or_404(request: HttpRequest, pk: int) -> Recovery:
    rows = Recovery.objects.visible_to(request.user).select_related(
        "grant__application__ikc", "grant__application__round", "determination", "decision"
    )
    return get_object_or_404(rows, pk=pk)


def _about(recovery: Recovery, last: str = "") -> dict[str, Any]:
    ikc = str(recovery.grant.application.ikc)
    crumbs: list[tuple[str, str | None]] = [(TITLE, reverse("subsidies:recovery_list"))]
    crumbs += [(ikc, recovery.get_absolute_url()), (last, None)] if last else [(ikc, None)]
    return {
        "breadcrumbs": crumbs,
        "heading": last,
        "recovery": recovery,
        "application": recovery.grant.application,
        "page": RecoveryPage(recovery),
    }


@require_safe
def recovery_list(request):
    """Every claim that the reader may see."""
    require(request, "subsidies.view_recoveries")
    page = RecoveryList(request.user, request.GET)
    if request.GET.get("export") == "csv":
        return csv_response("terugvorderingen.csv", RECOVERY_HEADERS, recovery_rows(page.found))
    context = {"breadcrumbs": [(TITLE, None)], "page": page, "filter_form": page.filter_form}
    return render(request, "subsidies/recovery_list.html", context)


@require_safe
def recovery_detail(request, pk):
    """What is claimed, what came in, and what can be done now."""
    recovery = _recovery_or_404(request, pk)
    context = _about(recovery)
    context["deeds"] = [
        {"label": label, "url": reverse(f"subsidies:{name}", args=[recovery.pk])}
        for permission, name, label in DEEDS
        if request.user.has_perm(f"subsidies.{permission}", recovery)
        and not (name == "recovery_draft" and context["page"].draft)
    ]
    return render(request, "subsidies/recovery_detail.html", context)


DEEDS = (
    ("draft_recovery", "recovery_draft", "Besluit voorbereiden"),
    ("record_receipt", "recovery_receipt", "Ontvangst vastleggen"),
    ("remind_recovery", "recovery_remind", "Aanmanen"),
    ("enforce_recovery", "recovery_enforce", "Dwangbevel vastleggen"),
    ("defer_recovery", "recovery_defer", "Uitstel geven"),
    ("end_recovery", "recovery_end", "Verrekenen of kwijtschelden"),
)


@require_http_methods(["GET", "POST"])
def recovery_draft(request, pk):
    """A project leader prepares the decision to claim it."""
    recovery = _recovery_or_404(request, pk)
    require(request, "subsidies.draft_recovery", recovery)
    form = ReasonForm(
        posted(request),
        label="Motivering",
        help_text="Waarom u terugvordert. Dit komt in de brief.",
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            decision = recoveries.draft_recovery(
                recovery,
                motivation=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
            return redirect(decision)
    context = {
        **_about(recovery, "Terugvordering voorbereiden"),
        "action_label": "Concept maken",
        "back_url": recovery.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def recovery_receipt(request, pk):
    """Money came in."""
    recovery = _recovery_or_404(request, pk)
    require(request, "subsidies.record_receipt", recovery)
    form = ReceiptForm(
        posted(request),
        left=recoveries.open_amount(recovery),
        back_url=recovery.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            recoveries.record_receipt(
                recovery, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De ontvangst is vastgelegd.")
            return redirect(recovery)
    context = {
        **_about(recovery, "Ontvangst vastleggen"),
        "lead": "Wat kwam er binnen, en wanneer?",
    }
    return render_form(request, "subsidies/application_question.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def recovery_remind(request, pk):
    """The reminder goes out with a fee, so it is asked for first."""
    recovery = _recovery_or_404(request, pk)
    require(request, "subsidies.remind_recovery", recovery)
    if request.method == "POST":
        return _done(request, recovery, recoveries.remind, "De aanmaning is verstuurd.")
    context = {
        **_about(recovery, "Aanmanen"),
        "consequences": [
            "De ontvanger krijgt een brief en betaalt een vergoeding (artikel 4:113 Awb).",
            "De termijn is twee weken (artikel 4:112 Awb). Daarna kan een dwangbevel volgen.",
        ],
        "action_label": "Aanmaning versturen",
        "back_url": recovery.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)


@require_http_methods(["GET", "POST"])
def recovery_enforce(request, pk):
    """A writ went out."""
    recovery = _recovery_or_404(request, pk)
    require(request, "subsidies.enforce_recovery", recovery)
    if request.method == "POST":
        return _done(request, recovery, recoveries.enforce, "Het dwangbevel is vastgelegd.")
    context = {
        **_about(recovery, "Dwangbevel vastleggen"),
        "consequences": ["Een dwangbevel kan na het einde van de termijn van de aanmaning."],
        "action_label": "Dwangbevel vastleggen",
        "negative": True,
        "back_url": recovery.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)


def _done(
    request: HttpRequest, recovery: Recovery, deed: Callable[..., Recovery], sentence: str
) -> HttpResponse:
    try:
        deed(recovery, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        nudge(tasks.render_pending_letters)
        messages.success(request, sentence)
    return redirect(recovery)


@require_http_methods(["GET", "POST"])
def recovery_defer(request, pk):
    """More time to pay."""
    recovery = _recovery_or_404(request, pk)
    require(request, "subsidies.defer_recovery", recovery)
    form = DeferForm(posted(request), back_url=recovery.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            until, reason = form.given()
            recoveries.defer(
                recovery, until=until, reason=reason, by=request.user, at=timezone.now()
            )
            messages.success(request, "Het uitstel is vastgelegd.")
            return redirect(recovery)
    context = {
        **_about(recovery, "Uitstel geven"),
        "lead": "De ontvanger krijgt meer tijd om te betalen (artikel 4:94 Awb).",
    }
    return render_form(request, "subsidies/application_question.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def recovery_end(request, pk):
    """It ends without payment: set off, or let go."""
    recovery = _recovery_or_404(request, pk)
    require(request, "subsidies.end_recovery", recovery)
    form = EndForm(posted(request), back_url=recovery.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            recoveries.let_go(recovery, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De terugvordering is beëindigd.")
            return redirect(recovery)
    context = {
        **_about(recovery, "Verrekenen of kwijtschelden"),
        "lead": "Dit kan niet worden teruggedraaid.",
    }
    return render_form(request, "subsidies/application_question.html", context, forms=[form])
