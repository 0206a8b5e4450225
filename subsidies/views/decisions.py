from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from kvk2.core import audit
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import tasks
from subsidies.bundle_progress import BundleProgress
from subsidies.continuity_page import card_of
from subsidies.decision_page import BundlePage, DecisionPage
from subsidies.forms.assessment import ReasonForm
from subsidies.forms.decisions import ChecklistForm, MotivationForm, SigningForm
from subsidies.hearing_page import hearing_of
from subsidies.objection_card import objection_card
from subsidies.services import bundles, letters
from subsidies.services import decisions as services
from subsidies.services.bundles import Deed
from subsidies.tables import rows_for_export
from subsidies.tables_assessment import DecisionTable
from subsidies.timelines import full_timeline
from subsidies.views.access import get_decision_or_404, get_round_or_404
from subsidies.views.commission import crumbs


def _bundle_url(round_) -> str:
    return reverse("subsidies:decision_bundle", args=[round_.pk])


@require_safe
def decision_bundle(request, pk):
    """All decisions of a round: totals against the ceiling, each decision, and the next deed."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_decisions", round_)
    page = BundlePage(round_, request.user, request.GET)
    table = DecisionTable(page.rows)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    if request.GET.get("export") == "csv":
        return csv_response("besluiten.csv", *rows_for_export(table))
    context = {
        "breadcrumbs": crumbs(round_, ("Besluiten", None)),
        "round": round_,
        "page": page,
        "progress": BundleProgress(round_),
        "table": table,
    }
    return render(request, "subsidies/decision_bundle.html", context)


@require_safe
def decision_progress(request, pk):
    """How far the deed on a large round is, or the making of its letters: the part of the page that refreshes."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_decisions", round_)
    progress = BundleProgress(round_)
    if not progress.is_busy:
        # the buttons of the page are other ones now
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(
        request, "subsidies/_bundle_progress.html", {"round": round_, "progress": progress}
    )


def _do(request, round_, deed: str, done: str, **wishes) -> None:
    """One deed on the bundle, and what came of it as a message. Raises what the deed refuses."""
    decisions = bundles.do(round_, deed, by=request.user, at=timezone.now(), **wishes)
    if decisions is None:
        nudge(tasks.carry_out_bundle_deeds)
        messages.info(request, "Het zijn veel besluiten. Het portaal is ermee bezig.")
    else:
        messages.success(request, done.format(count=len(decisions)))


def _deed(request, round_, deed: str, done: str):
    """One deed without questions; back to the bundle either way."""
    try:
        _do(request, round_, deed, done)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(_bundle_url(round_))


@require_POST
def decision_draft(request, pk):
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.draft_decisions", round_)
    return _deed(request, round_, Deed.DRAFT, "{count} conceptbesluiten zijn gemaakt.")


@require_POST
def decision_check(request, pk):
    """Hand the drafts to the second project leader."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.check_decisions", round_)
    done = "{count} besluiten liggen klaar voor de juridische toets."
    return _deed(request, round_, Deed.CHECK, done)


@require_http_methods(["GET", "POST"])
def decision_approve(request, pk):
    """The legal check by the second project leader, point by point."""
    round_ = get_round_or_404(request, pk)
    page = BundlePage(round_, request.user, {})
    require(request, "subsidies.approve_decision", page.first_in_check)
    form = ChecklistForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            done = "{count} besluiten zijn klaar voor de ondertekenaar."
            _do(request, round_, Deed.APPROVE, done, checklist=form.checked())
            return redirect(_bundle_url(round_))
    context = {
        "breadcrumbs": crumbs(
            round_, ("Besluiten", _bundle_url(round_)), ("Juridische toets", None)
        ),
        "round": round_,
        "page": page,
        "back_url": _bundle_url(round_),
    }
    return render_form(request, "subsidies/decision_approve.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def decision_take(request, pk):
    """The signer decides on the whole round at once, after seeing all of it."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.take_decisions", round_)
    form = SigningForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            _do(
                request,
                round_,
                Deed.TAKE,
                "{count} besluiten zijn genomen. De brieven worden gemaakt en gaan dan tegelijk uit.",
            )
            nudge(tasks.render_pending_letters)
            return redirect(_bundle_url(round_))
    page = BundlePage(round_, request.user, {})
    context = {
        "breadcrumbs": crumbs(
            round_, ("Besluiten", _bundle_url(round_)), ("Besluiten nemen", None)
        ),
        "round": round_,
        "page": page,
        "back_url": _bundle_url(round_),
    }
    return render_form(request, "subsidies/decision_take.html", context, forms=[form])


@require_safe
def decision_detail(request, pk):
    """One decision: what was decided, why, what goes with it, and its letter."""
    decision = get_decision_or_404(request, pk)
    page = DecisionPage(decision, request.user)
    municipal = request.user.is_municipal
    context = {
        "breadcrumbs": (
            crumbs(
                decision.application.round,
                ("Besluiten", _bundle_url(decision.application.round)),
                (decision.reference, None),
            )
            if municipal
            else [
                (str(decision.application.ikc), decision.application.get_absolute_url()),
                (decision.reference, None),
            ]
        ),
        "decision": decision,
        "application": decision.application,
        "page": page,
        "municipal": municipal,
        "card": card_of(getattr(decision, "continuity", None)) if municipal else None,
        "judge_url": (
            reverse("subsidies:continuity_edit", args=[decision.pk])
            if request.user.has_perm("subsidies.judge_continuity", decision)
            else ""
        ),
        "hearing": hearing_of(decision) if municipal else None,
        "may_ask_view": request.user.has_perm("subsidies.ask_view", decision),
        "may_change": request.user.has_perm("subsidies.change_decision", decision),
        "may_discard": request.user.has_perm("subsidies.discard_decision", decision),
        "objections": objection_card(decision, request.user, today=timezone.localdate()),
        "events": full_timeline(audit.events_of(decision)) if municipal else [],
    }
    return render(request, "subsidies/decision_detail.html", context)


@require_safe
def decision_preview(request, pk):
    """The letter as it would be today, marked as a draft. Nothing is stored."""
    decision = get_decision_or_404(request, pk)
    require(request, "subsidies.view_decisions", decision.application.round)
    try:
        content = letters.preview(services.preview_context(decision, at=timezone.now()))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(decision)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="concept-{decision.reference}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@require_http_methods(["GET", "POST"])
def decision_edit(request, pk):
    """The project leader words the reasons of a draft."""
    decision = get_decision_or_404(request, pk)
    require(request, "subsidies.change_decision", decision)
    form = MotivationForm(posted(request), initial={"motivation": decision.motivation})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.edit_motivation(
                decision,
                motivation=form.cleaned_data["motivation"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De motivering is bewaard.")
            return redirect(decision)
    context = {
        "breadcrumbs": crumbs(
            decision.application.round,
            ("Besluiten", _bundle_url(decision.application.round)),
            (decision.reference, decision.get_absolute_url()),
            ("Motivering", None),
        ),
        "heading": f"Motivering van {decision.reference}",
        "text": f"Het besluit over {decision.application.ikc}. Het bedrag en de grond volgen uit de vastgelegde verdeling.",
        "action_label": "Motivering bewaren",
        "back_url": decision.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def decision_discard(request, pk):
    """Give up a draft, so that a new one can be made."""
    decision = get_decision_or_404(request, pk)
    require(request, "subsidies.discard_decision", decision)
    round_ = decision.application.round
    form = ReasonForm(posted(request), label="Waarom vervalt dit conceptbesluit?")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.discard_decision(
                decision, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(
                request, "Het conceptbesluit is vervallen. U kunt een nieuw concept maken."
            )
            return redirect(_bundle_url(round_))
    context = {
        "breadcrumbs": crumbs(
            round_,
            ("Besluiten", _bundle_url(round_)),
            (decision.reference, decision.get_absolute_url()),
            ("Laten vervallen", None),
        ),
        "heading": f"Conceptbesluit {decision.reference} laten vervallen",
        "text": f"Over de aanvraag van {decision.application.ikc} is dan nog geen besluit voorbereid.",
        "action_label": "Laten vervallen",
        "negative": True,
        "back_url": decision.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])
