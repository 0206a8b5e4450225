"""Leaving one application unprocessed: written, checked by a second person, and taken by the signer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ikc.rules import is_municipal
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.components import Detail
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime
from subsidies import tasks
from subsidies.forms.completions import NotProcessingForm
from subsidies.models import Application, Decision
from subsidies.objection_card import objection_card
from subsidies.services import not_processing as services
from subsidies.services.completions import last_request
from subsidies.tables_assessment import DECISION_BADGES
from subsidies.views.access import get_application_or_404


def _application_or_404(request: HttpRequest, pk: int) -> Application:
    """For municipal eyes only: the applicant reads the letter."""
    application = get_application_or_404(request, pk)
    if not is_municipal(request.user):
        raise Http404
    return application


def _decision_or_404(application: Application) -> Decision:
    decision = services.standing_decision(application)
    if decision is None or decision.kind != Decision.Kind.NOT_PROCESSED:
        raise Http404
    decision.application = application
    return decision


@require_safe
def not_processing(request, pk):
    """How the decision stands, and what this person may do now."""
    application = _application_or_404(request, pk)
    decision = services.standing_decision(application)
    if decision is None:
        return redirect("subsidies:not_processing_draft", application.pk)
    user = request.user
    context = {
        **_about(application),
        "decision": decision,
        "badge": DECISION_BADGES[decision.state],
        "rows": [
            Detail(
                "Opgesteld door", f"{decision.drafted_by}, {dutch_datetime(decision.drafted_at)}"
            ),
            Detail("Getoetst door", _who(decision.checked_by, decision.checked_at)),
            Detail("Genomen door", _who(decision.taken_by, decision.taken_at)),
            Detail("Verzonden", dutch_datetime(decision.announced_at) or "Nog niet"),
        ],
        "objections": objection_card(decision, user, today=timezone.localdate()),
        "may_approve": user.has_perm("subsidies.approve_decision", decision),
        "may_take": user.has_perm("subsidies.take_not_processing", decision),
    }
    return render_form(request, "subsidies/not_processing.html", context, forms=[])


def _who(user, at) -> str:
    return f"{user}, {dutch_datetime(at)}" if user else "Nog niemand"


def _about(application: Application) -> dict:
    last = last_request(application)
    return {
        "breadcrumbs": [
            ("Aanvragen", reverse("subsidies:application_list")),
            (application.number, application.get_absolute_url()),
            ("Niet behandelen", None),
        ],
        "application": application,
        "leave_until": services.leave_until(last) if last and last.closed_at else None,
        "facts": [
            Detail("Gevraagd op", dutch_date(last.requested_at)),
            Detail("Termijn om aan te vullen", f"Tot en met {dutch_date(last.due_on)}"),
            Detail("Wat wij misten", "\n".join(item.text for item in last.asked)),
        ]
        if last
        else [],
    }


@require_http_methods(["GET", "POST"])
def not_processing_draft(request, pk):
    """The project leader writes why."""
    application = _application_or_404(request, pk)
    require(request, "subsidies.draft_not_processing", application)
    form = NotProcessingForm(posted(request), back_url=application.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.draft_not_processing(
                application, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Een andere projectleider toetst nu het concept.")
            return redirect("subsidies:not_processing", application.pk)
    context = {**_about(application), "why_not": services.why_not(application, at=timezone.now())}
    return render_form(request, "subsidies/not_processing_draft.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def not_processing_approve(request, pk):
    """A second project leader finds it in order, after reading it once more."""
    application = _application_or_404(request, pk)
    decision = _decision_or_404(application)
    require(request, "subsidies.approve_decision", decision)
    if request.method == "POST":
        return _do(request, services.approve_not_processing, decision, "Het besluit is getoetst.")
    return _confirm(
        request,
        application,
        decision,
        heading="Is dit besluit in orde?",
        consequences=["Daarna kan de ondertekenaar het besluit nemen."],
        action_label="Toets akkoord",
    )


@require_http_methods(["GET", "POST"])
def not_processing_take(request, pk):
    """The signer takes the decision, after reading it once more; the letter goes out."""
    application = _application_or_404(request, pk)
    decision = _decision_or_404(application)
    require(request, "subsidies.take_not_processing", decision)
    if request.method == "POST":
        response = _do(
            request,
            services.take_not_processing,
            decision,
            "Het besluit is genomen. De aanvrager krijgt de brief.",
        )
        nudge(tasks.render_pending_letters)
        return response
    return _confirm(
        request,
        application,
        decision,
        heading="Neemt u het besluit om de aanvraag niet te behandelen?",
        consequences=[
            "De aanvrager krijgt het besluit en kan bezwaar maken.",
            "Dit kan niet worden teruggedraaid.",
        ],
        action_label="Besluit nemen",
    )


def _confirm(
    request: HttpRequest,
    application: Application,
    decision: Decision,
    *,
    heading: str,
    consequences: list[str],
    action_label: str,
) -> HttpResponse:
    context = {
        **_about(application),
        "decision": decision,
        "heading": heading,
        "text": f"{decision.reference} · {application.ikc}",
        "consequences": consequences,
        "action_label": action_label,
        "back_url": reverse("subsidies:not_processing", args=[application.pk]),
    }
    return render_form(request, "subsidies/not_processing_confirm.html", context, forms=[])


def _do(request: HttpRequest, deed, decision: Decision, done: str) -> HttpResponse:
    try:
        deed(decision, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("subsidies:not_processing", decision.application_id)
