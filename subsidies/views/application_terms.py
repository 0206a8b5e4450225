"""The terms of one application: until when, and what may be changed or told about that."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ikc.roles import Role
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import tasks
from subsidies.decision_terms import decision_term
from subsidies.documents_notices import render_term_notice
from subsidies.forms.terms import (
    PREVIEW,
    ClockResumeForm,
    ClockStopForm,
    CompletionExtensionForm,
    LaterDecisionForm,
)
from subsidies.models import Application, ClockStop
from subsidies.services import term_changes as services
from subsidies.services.completions import open_request
from subsidies.states import ApplicationState
from subsidies.term_page import TermPage
from subsidies.views.access import get_application_or_404

UNFILED = (ApplicationState.DRAFT, ApplicationState.LAPSED)


def filed_application_or_404(request: HttpRequest, pk: int) -> Application:
    """A filed application, for the municipality and the applicant's own people."""
    application = get_application_or_404(request, pk)
    reads = request.user.is_municipal or request.user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD)
    if application.state in UNFILED or not reads:
        raise Http404
    return application


def about(application: Application, last: str = "") -> dict:
    terms = reverse("subsidies:application_term", args=[application.pk])
    crumbs = [
        ("Aanvragen", reverse("subsidies:application_list")),
        (application.number, application.get_absolute_url()),
        ("Termijnen", terms if last else None),
    ]
    if last:
        crumbs.append((last, None))
    return {"breadcrumbs": crumbs, "application": application, "back_url": terms}


@require_safe
def application_term(request, pk):
    """Until when the municipality decides, how that day came about, and what was told."""
    application = filed_application_or_404(request, pk)
    prefetch_related_objects([application], "clock_stops__request")
    page = TermPage(application, request.user, today=timezone.localdate())
    context = {**about(application), "page": page, "badge": page.badge}
    return render_form(request, "subsidies/application_term.html", context, forms=[])


@require_http_methods(["GET", "POST"])
def completion_extend(request, pk):
    """More time to complete, for this applicant."""
    application = filed_application_or_404(request, pk)
    require(request, "subsidies.extend_completion", application)
    asked = open_request(application)
    if asked is None:
        raise Http404
    page = about(application, "Meer tijd geven")
    form = CompletionExtensionForm(posted(request), back_url=page["back_url"])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.extend_completion(
                application, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            nudge(tasks.render_pending_letters)
            messages.success(request, "De aanvrager heeft meer tijd en krijgt een brief.")
            return redirect("subsidies:application_term", application.pk)
    context = {**page, "asked": asked}
    return render_form(request, "subsidies/completion_extend.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def decision_later(request, pk):
    """The letter that the decision comes later (L04): to read first, and to send."""
    application = filed_application_or_404(request, pk)
    require(request, "subsidies.tell_later_decision", application)
    page = about(application, "Later besluit melden")
    form = LaterDecisionForm(posted(request), back_url=page["back_url"])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            values = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
            if PREVIEW in request.POST:
                return _preview(application, values)
            services.tell_later_decision(application, **values)
            nudge(tasks.render_pending_letters)
            messages.success(request, "De aanvrager krijgt de brief.")
            return redirect("subsidies:application_term", application.pk)
    context = {**page, "term": decision_term(application)}
    return render_form(request, "subsidies/decision_later.html", context, forms=[form])


def _preview(application: Application, values: dict) -> HttpResponse:
    """The letter as it would be today, marked as a draft. Nothing is stored."""
    letter, _ = services.later_letter(application, **values)
    return HttpResponse(
        render_term_notice(letter, draft=True),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="concept-{letter.reference}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@require_http_methods(["GET", "POST"])
def clock_stop(request, pk):
    """The term to decide stands still for another reason than a request to complete."""
    application = filed_application_or_404(request, pk)
    require(request, "subsidies.stop_clock", application)
    page = about(application, "Opschorting vastleggen")
    form = ClockStopForm(posted(request), back_url=page["back_url"])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.stop_clock(
                application, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            nudge(tasks.render_pending_letters)
            messages.success(
                request, "De opschorting is vastgelegd. De aanvrager krijgt een brief."
            )
            return redirect("subsidies:application_term", application.pk)
    context = {**page, "term": decision_term(application)}
    return render_form(request, "subsidies/clock_stop.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def clock_resume(request, pk, stop_pk):
    """The term runs again."""
    application = filed_application_or_404(request, pk)
    require(request, "subsidies.stop_clock", application)
    running = application.clock_stops.filter(resumes_on=None, reason__in=services.STOPS)
    stop: ClockStop = get_object_or_404(running, pk=stop_pk)
    page = about(application, "Einde van de opschorting")
    form = ClockResumeForm(posted(request), back_url=page["back_url"])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.resume_clock(stop, **form.cleaned_data, by=request.user, at=timezone.now())
            nudge(tasks.render_pending_letters)
            messages.success(request, "De termijn loopt weer. De aanvrager krijgt een brief.")
            return redirect("subsidies:application_term", application.pk)
    context = {**page, "stop": stop}
    return render_form(request, "subsidies/clock_resume.html", context, forms=[form])
