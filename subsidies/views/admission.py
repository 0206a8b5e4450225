from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.application_page import ApplicationPage
from subsidies.forms.admission import CheckForm
from subsidies.services.admission import admit_application
from subsidies.views.access import get_application_or_404


@require_http_methods(["GET", "POST"])
def application_check(request, pk):
    """The application beside the checklist of the project leader; all answers yes admits it."""
    application = get_application_or_404(request, pk)
    require(request, "subsidies.check_application", application)
    form = CheckForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            admit_application(application, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(
                request, f"Aanvraag {application.number} is toegelaten tot de beoordeling."
            )
            return redirect(
                f"{reverse('subsidies:application_list')}?round={application.round_id}&state=to_check"
            )
    page = ApplicationPage(application, now=timezone.now())
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
    }
    return render_form(request, "subsidies/application_check.html", context, forms=[form])
