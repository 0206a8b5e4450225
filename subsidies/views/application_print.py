"""An application on paper: everything that is filled in, one part after the other."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime
from subsidies.application_page import ApplicationPage
from subsidies.models import Application
from subsidies.states import ApplicationState
from subsidies.views.access import get_application_or_404


@require_safe
def application_print(request, pk):
    """Whoever sees the application reads it here from beginning to end; a draft says on top that it is one."""
    application = get_application_or_404(request, pk)
    page = ApplicationPage(application, now=timezone.now())
    context = {
        "breadcrumbs": [
            ("Aanvragen", reverse("subsidies:application_list")),
            (str(application.ikc), application.get_absolute_url()),
            ("Afdrukken", None),
        ],
        "application": application,
        "page": page,
        "rows": _facts(application),
        "sections": page.sections(),
        "is_draft": application.state == ApplicationState.DRAFT,
        "printed_at": timezone.now(),
    }
    return render(request, "subsidies/application_print.html", context)


def _facts(application: Application) -> list[Detail]:
    """What filing added; nothing for a draft."""
    signed = f"{application.signed_name}, {application.signed_job_title}"
    facts = (
        ("Aanvraagnummer", application.number),
        ("Ontvangen", dutch_datetime(application.received_at)),
        ("Volledig op", dutch_date(application.complete_at)),
        ("Ondertekend door", signed if application.signed_name else ""),
    )
    return [Detail(term, text) for term, text in facts if text]
