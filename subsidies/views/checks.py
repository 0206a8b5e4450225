"""Two questions about one application: is it state aid, and can the plan be done with less money."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.middleware import arrival
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies.forms.checks import PartialAnswerForm, StateAidForm
from subsidies.models import Application, StateAidAssessment
from subsidies.services import partial_offers, state_aid
from subsidies.state_aid_page import declared_total, known_here, limits, statement_of, told
from subsidies.views.access import get_application_or_404, get_round_or_404
from subsidies.views.commission import crumbs

FOUND = ("outcome", "motivation", "undertaking", "aid_amount", "received_before", "statement_on")


def _crumbs(application: Application, last: str) -> list[tuple[str, str | None]]:
    return [
        ("Aanvragen", reverse("subsidies:application_list")),
        (str(application.ikc), application.get_absolute_url()),
        (last, None),
    ]


@require_http_methods(["GET", "POST"])
def state_aid_edit(request, pk):
    """The project leader writes down whether the subsidy is state aid, and why it may be given."""
    application = get_application_or_404(request, pk)
    require(request, "subsidies.assess_state_aid", application)
    present = StateAidAssessment.objects.filter(application=application).first()
    today = timezone.localdate()
    form = StateAidForm(
        posted(request),
        initial=_found_before(application, present),
        back_url=application.get_absolute_url(),
    )
    if form.is_valid():
        with refusals_on(form):
            state_aid.assess_state_aid(
                application, form.found(), by=request.user, at=timezone.now()
            )
            messages.success(request, "De beoordeling van staatssteun is bewaard.")
            return redirect(application)
    context = {
        "breadcrumbs": _crumbs(application, "Staatssteun"),
        "application": application,
        "told": told(application),
        "known_here": known_here(application, str(form["undertaking"].value() or ""), day=today),
        "limits": limits(today),
    }
    return render_form(request, "subsidies/state_aid_edit.html", context, forms=[form])


def _found_before(application: Application, present: StateAidAssessment | None) -> dict:
    """What stands, else what the applicant says as a start."""
    if present:
        return {name: getattr(present, name) for name in FOUND}
    statement = statement_of(application)
    if statement is None or not statement.reaches_undertaking:
        return {}
    return {
        "undertaking": statement.undertaking,
        "received_before": declared_total(application),
        "statement_on": local_date(application.received_at) if application.received_at else None,
    }


@require_http_methods(["GET", "POST"])
def partial_offer(request, pk):
    """The applicant reads what is left and answers."""
    application = get_application_or_404(request, pk)
    offer = application.partial_offers.order_by("-pk").first()
    if offer is None:
        raise Http404
    if not request.user.has_perm("subsidies.answer_partial", offer):
        require(request, "subsidies.read_partial", offer)
        return render(
            request,
            "subsidies/partial_offer.html",
            {
                "breadcrumbs": _crumbs(application, "Lager bedrag"),
                "application": application,
                "offer": offer,
            },
        )
    form = PartialAnswerForm(posted(request), back_url=application.get_absolute_url())
    if form.is_valid():
        with refusals_on(form):
            partial_offers.answer_partial(
                offer, **form.cleaned_data, by=request.user, at=arrival(request)
            )
            messages.success(request, "Uw antwoord is verstuurd.")
            return redirect(application)
    context = {
        "breadcrumbs": _crumbs(application, "Lager bedrag"),
        "application": application,
        "heading": "Kan uw plan met minder geld?",
        "lead": f"U vroeg {euro(application.requested_amount)}. Er is nog {euro(offer.offered)} over voor uw aanvraag. "
        f"Antwoord uiterlijk {dutch_date(offer.answer_until)}. Zegt u nee of antwoordt u niet, dan gaat het bedrag "
        "naar de volgende aanvraag. Dit is nog geen besluit.",
    }
    return render_form(request, "subsidies/application_question.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def partial_ask(request, pk, run_pk, application_pk):
    """The question goes out with a term, so it is asked for on a page of its own."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.ask_partial", round_)
    run = get_object_or_404(round_.runs.select_related("round"), pk=run_pk)
    application = get_application_or_404(request, application_pk)
    if request.method == "POST":
        try:
            partial_offers.ask_partial(run, application, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "De vraag is gesteld. De aanvrager heeft veertien dagen.")
        return redirect(run)
    context = {
        "breadcrumbs": crumbs(round_, ("Verdeling", run.get_absolute_url()), ("Vragen", None)),
        "heading": "Vragen of het plan met minder geld kan",
        "text": f"{application.ikc}, {application.number}",
        "consequences": [
            "De aanvrager krijgt een bericht en heeft veertien dagen om te antwoorden.",
            "Zegt de aanvrager nee of komt er geen antwoord, dan gaat het bedrag naar de volgende.",
            "Bereken na het antwoord de verdeling opnieuw.",
        ],
        "action_label": "Vraag versturen",
        "back_url": run.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)
