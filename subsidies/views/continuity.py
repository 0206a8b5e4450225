"""The judgement on earlier subsidy in a row, with a draft decision."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.continuity_page import card_of
from subsidies.forms.continuity import ContinuityForm
from subsidies.models import ContinuityAssessment
from subsidies.services.continuity import judge_continuity
from subsidies.views.access import get_decision_or_404
from subsidies.views.commission import crumbs

NAMES = ("motivation", "announced_on", "term_until", "continued_amount")


@require_http_methods(["GET", "POST"])
def continuity_edit(request, pk):
    """The drafter reads the years and writes down whether a reasonable term is due, and which."""
    decision = get_decision_or_404(request, pk)
    require(request, "subsidies.view_decisions", decision.application.round)
    present = getattr(decision, "continuity", None)
    if present is None:
        raise Http404
    require(request, "subsidies.judge_continuity", decision)
    form = ContinuityForm(
        posted(request),
        initial=_initial(_judged_before(present)),
        back_url=decision.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            judge_continuity(decision, form.judgement(), by=request.user, at=timezone.now())
            messages.success(request, "Het oordeel over eerdere subsidie is bewaard.")
            return redirect(decision)
    context = {
        "breadcrumbs": crumbs(
            decision.application.round,
            (
                "Besluiten",
                reverse("subsidies:decision_bundle", args=[decision.application.round_id]),
            ),
            (decision.reference, decision.get_absolute_url()),
            ("Eerdere subsidie", None),
        ),
        "decision": decision,
        "card": card_of(present),
    }
    return render_form(request, "subsidies/continuity_edit.html", context, forms=[form])


def _judged_before(present: ContinuityAssessment) -> ContinuityAssessment:
    """The text of a draft that was discarded is a start for the next one."""
    if not present.is_open:
        return present
    earlier = ContinuityAssessment.objects.filter(
        decision__application=present.decision.application_id, applies__isnull=False
    )
    return earlier.order_by("-pk").first() or present


def _initial(row: ContinuityAssessment) -> dict:
    if row.is_open:
        return {}
    return {"applies": "yes" if row.applies else "no"} | {
        name: getattr(row, name) for name in NAMES
    }
