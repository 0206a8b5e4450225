"""One later decision: its page, and the way from draft to signature."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core import audit
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import tasks
from subsidies.act_kinds import act_of, later_kinds
from subsidies.act_page import ActPage
from subsidies.forms.acts import ActChecklistForm, ActMotivationForm, ActSigningForm
from subsidies.forms.assessment import ReasonForm
from subsidies.models import Decision
from subsidies.objection_card import objection_card
from subsidies.services import acts as services
from subsidies.services.standard_letters import preview_standard_letter
from subsidies.timelines import full_timeline


def get_act_or_404(request: HttpRequest, pk: int) -> Decision:
    """A later decision that the reader may see."""
    rows = Decision.objects.visible_to(request.user).filter(kind__in=later_kinds())
    return get_object_or_404(
        rows.select_related(
            "application__ikc",
            "application__board",
            "application__round__scheme_version",
            "grant",
            "drafted_by",
            "checked_by",
            "taken_by",
            "signing_mandate",
        ),
        pk=pk,
    )


def _crumbs(decision: Decision, last: str = "") -> list[tuple[str, str | None]]:
    ikc = str(decision.application.ikc)
    if decision.grant:
        crumbs: list[tuple[str, str | None]] = [
            ("Verleningen", reverse("subsidies:grant_list")),
            (ikc, decision.grant.get_absolute_url()),
        ]
    else:
        crumbs = [(ikc, decision.application.get_absolute_url())]
    if last:
        return [*crumbs, (decision.reference, decision.get_absolute_url()), (last, None)]
    return [*crumbs, (decision.reference, None)]


@require_safe
def act_detail(request, pk):
    """One later decision: what it says and why, its letter, and the next deed."""
    decision = get_act_or_404(request, pk)
    context = {
        "breadcrumbs": _crumbs(decision),
        "decision": decision,
        "page": ActPage(decision, request.user),
        "municipal": request.user.is_municipal,
        "objections": objection_card(decision, request.user, today=timezone.localdate()),
        "events": full_timeline(audit.events_of(decision)) if request.user.is_municipal else [],
    }
    return render(request, "subsidies/act_detail.html", context)


@require_safe
def act_preview(request, pk):
    """The letter as it would be today, marked as a draft. Nothing is stored."""
    decision = get_act_or_404(request, pk)
    require(request, "subsidies.preview_act", decision)
    act, at = act_of(decision.kind), timezone.now()
    try:
        content = preview_standard_letter(
            act.letter(decision),
            decision.application,
            act.values(decision, at),
            decision=decision,
            at=at,
        )
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


@require_POST
def act_check(request, pk):
    """Hand the draft to the second project leader."""
    decision = get_act_or_404(request, pk)
    require(request, "subsidies.change_act", decision)
    try:
        services.send_act_to_check(decision, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Het besluit ligt klaar voor de juridische toets.")
    return redirect(decision)


@require_http_methods(["GET", "POST"])
def act_edit(request, pk):
    """The project leader words the reasons of a draft."""
    decision = get_act_or_404(request, pk)
    require(request, "subsidies.change_act", decision)
    form = ActMotivationForm(posted(request), initial={"motivation": decision.motivation})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.edit_act(
                decision,
                motivation=form.cleaned_data["motivation"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De motivering is bewaard.")
            return redirect(decision)
    context = {
        "breadcrumbs": _crumbs(decision, "Motivering"),
        "heading": f"Motivering van {decision.reference}",
        "text": f"Het besluit over {decision.application.ikc}.",
        "action_label": "Motivering bewaren",
        "back_url": decision.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def act_approve(request, pk):
    """The legal check by the second project leader, point by point."""
    decision = get_act_or_404(request, pk)
    require(request, "subsidies.approve_act", decision)
    form = ActChecklistForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.approve_act(
                decision, checklist=form.checked(), by=request.user, at=timezone.now()
            )
            messages.success(request, "Het besluit is klaar voor de ondertekenaar.")
            return redirect(decision)
    context = {
        "breadcrumbs": _crumbs(decision, "Juridische toets"),
        "heading": f"{decision.reference} juridisch toetsen",
        "text": "Bekijk eerst het besluit en het voorbeeld van de brief. Vink daarna aan wat u hebt gecontroleerd.",
        "action_label": "Toets akkoord",
        "back_url": decision.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def act_take(request, pk):
    """The signer decides in the college's name."""
    decision = get_act_or_404(request, pk)
    require(request, "subsidies.take_act", decision)
    form = ActSigningForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.take_act(decision, by=request.user, at=timezone.now())
            nudge(tasks.render_pending_letters)
            messages.success(
                request, "Het besluit is genomen. De brief wordt nu gemaakt en verstuurd."
            )
            return redirect(decision)
    context = {
        "breadcrumbs": _crumbs(decision, "Besluit nemen"),
        "heading": f"{decision.get_kind_display().capitalize()} voor {decision.application.ikc}",
        "text": "U neemt dit besluit namens het college. Het is daarna niet meer te veranderen: een correctie is een nieuw besluit.",
        "action_label": "Besluit nemen",
        "back_url": decision.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def act_discard(request, pk):
    """Give up a decision that was not taken."""
    decision = get_act_or_404(request, pk)
    require(request, "subsidies.discard_act", decision)
    form = ReasonForm(posted(request), label="Waarom vervalt dit conceptbesluit?")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.discard_act(
                decision, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, "Het conceptbesluit is vervallen.")
            return redirect(decision.grant or decision.application)
    context = {
        "breadcrumbs": _crumbs(decision, "Laten vervallen"),
        "heading": f"Conceptbesluit {decision.reference} laten vervallen",
        "text": "De aanvrager merkt hier niets van. U kunt daarna een nieuw concept maken.",
        "action_label": "Laten vervallen",
        "negative": True,
        "back_url": decision.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])
