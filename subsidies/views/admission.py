from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.application_page import ApplicationPage
from subsidies.check_page import automatic_answers
from subsidies.completion_page import CompletionPanel
from subsidies.forms.admission import CheckForm
from subsidies.services.admission import (
    CheckNotFinished,
    admit_application,
    checklist_of,
    save_check,
)
from subsidies.services.not_processing import why_not
from subsidies.views.access import get_application_or_404


@require_http_methods(["GET", "POST"])
def application_check(request, pk):
    """The application beside the checklist of the project leader; it may be kept half-way, and all in order admits."""
    application = get_application_or_404(request, pk)
    require(request, "subsidies.check_application", application)
    page = ApplicationPage(application, now=timezone.now())
    form = CheckForm(
        posted(request),
        questions=checklist_of(application.round),
        given={row.code: row for row in application.check_answers.all()},
        automatic=automatic_answers(page),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            if "save" in request.POST:
                save_check(application, form.answers(), by=request.user, at=timezone.now())
                messages.success(request, "De controlelijst is bewaard.")
                return redirect("subsidies:application_check", application.pk)
            try:
                admit_application(
                    application,
                    answers=form.answers(),
                    note=form.cleaned_data["note"],
                    by=request.user,
                    at=timezone.now(),
                )
            except CheckNotFinished:
                form.point_at_what_is_open()
                raise
            messages.success(
                request, f"Aanvraag {application.number} is toegelaten tot de beoordeling."
            )
            return redirect(
                f"{reverse('subsidies:application_list')}?round={application.round_id}&state=to_check"
            )
    panel = CompletionPanel(application)
    context = {
        "breadcrumbs": [
            ("Aanvragen", reverse("subsidies:application_list")),
            (application.number, application.get_absolute_url()),
            ("Controle", None),
        ],
        "application": application,
        "page": page,
        "sections": page.sections(),
        "facts": page.admission_facts(),
        "term": panel.term,
        "requests": panel.requests(),
        "may_leave": not why_not(application, at=timezone.now()),
    }
    return render_form(request, "subsidies/application_check.html", context, forms=[form])
