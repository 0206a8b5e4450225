"""The consent of the childcare partner: the director asks, the partner reads and answers."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ikc.models import Organisation
from ikc.roles import Role
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.application_page import TITLES, ApplicationPage
from subsidies.forms.content_steps import PartnerAnswerForm
from subsidies.partner_page import partner_lines
from subsidies.services import partners as services
from subsidies.services.applications import Step
from subsidies.views.access import get_application_or_404
from subsidies.views.steps import crumbs, draft_or_redirect


@require_http_methods(["GET", "POST"])
def application_partner(request, pk):
    """The step of the director: how the partners stand, and the button that asks them."""
    application, elsewhere = draft_or_redirect(request, pk)
    if elsewhere:
        return elsewhere
    if request.method == "POST":
        try:
            services.ask_partners(application, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "De vraag staat klaar bij de kinderopvang.")
        return redirect("subsidies:application_partner", application.pk)
    page = ApplicationPage(application, now=timezone.now())
    lines = partner_lines(page.content, page.content_hash)
    context = {
        "breadcrumbs": crumbs(application, TITLES[Step.PARTNER]),
        "application": application,
        "page": page,
        "steps": page.steps(Step.PARTNER),
        "heading": TITLES[Step.PARTNER],
        "number": page.step_number(Step.PARTNER),
        "lines": lines,
        "may_ask": any(line.may_ask for line in lines),
        "next_url": page.next_url(Step.PARTNER),
        "back_url": reverse("subsidies:application_steps", args=[application.pk]),
    }
    return render_form(request, "subsidies/application_partner.html", context, forms=[])


@require_http_methods(["GET", "POST"])
def application_confirm(request, pk):
    """The page of the partner: the plan as it is now, and the answer."""
    application = get_application_or_404(request, pk)
    require(request, "subsidies.confirm_application", application)
    page = ApplicationPage(application, now=timezone.now())
    form = PartnerAnswerForm(
        posted(request),
        initial={"read_hash": page.content_hash},
        back_url=application.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.answer_partner(
                application,
                _asked(request, page),
                **form.cleaned_data,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "Uw antwoord is verstuurd. De directeur kan het lezen.")
            return redirect(application)
    context = {
        "breadcrumbs": [
            ("Aanvragen", reverse("subsidies:application_list")),
            (str(application.ikc), application.get_absolute_url()),
            ("Akkoord met het plan", None),
        ],
        "application": application,
        "page": page,
        "sections": page.sections(),
    }
    return render_form(request, "subsidies/application_confirm.html", context, forms=[form])


def _asked(request, page: ApplicationPage) -> Organisation:
    """The organisation of the user that was asked; the permission says that there is one."""
    own = request.user.organisation_ids(Role.CHILDCARE_BOARD)
    asked = {partner.organisation_id for partner in page.content.partners}
    return Organisation.objects.order_by("pk").get(pk=min(own & asked))
