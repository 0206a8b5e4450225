from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core import audit
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import tasks
from subsidies.advice_overview import RoundAdvice
from subsidies.advice_page import AdvicePage
from subsidies.facts import known
from subsidies.forms.assessment import AdviceForm, MeetingForm
from subsidies.models import Application
from subsidies.services import advice as services
from subsidies.services.meeting_facts import NOT_ON_AN_AGENDA
from subsidies.services.reviews import criteria_of
from subsidies.timelines import full_timeline
from subsidies.views.access import get_application_or_404, get_round_or_404
from subsidies.views.commission import crumbs


def _advice_crumbs(application: Application, *last: str) -> list[tuple[str, str | None]]:
    overview = reverse("subsidies:advice_round", args=[application.round_id])
    own = reverse("subsidies:advice_detail", args=[application.pk])
    path: list[tuple[str, str | None]] = [("Adviezen", overview)]
    path.append((f"{application.number} {application.ikc}", own if last else None))
    path += [(label, None) for label in last]
    return crumbs(application.round, *path)


@require_safe
def advice_round(request, pk):
    """How far the commission is with each application of a round."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_advices", round_)
    page = RoundAdvice(round_, request.user, request.GET)
    if request.GET.get("export") == "csv":
        return csv_response("adviezen.csv", *page.export())
    context = {
        "breadcrumbs": crumbs(round_, ("Adviezen", None)),
        "round": round_,
        "page": page,
        "may_send": request.user.has_perm("subsidies.send_advices", round_),
        "may_finish": request.user.has_perm("subsidies.finish_advice", round_),
    }
    return render(request, "subsidies/advice_round.html", context)


@require_safe
def advice_detail(request, pk):
    """One application before the commission: the scores side by side, and the advice."""
    application = get_application_or_404(request, pk)
    require(request, "subsidies.view_advices", application.round)
    page = AdvicePage(application, request.user)
    advice = page.advice
    context = {
        "breadcrumbs": _advice_crumbs(application),
        "application": application,
        "page": page,
        "advice": advice,
        "may_draft": advice is None
        and request.user.has_perm("subsidies.draft_advice", application),
        "may_change": request.user.has_perm("subsidies.change_advice", advice),
        "may_discuss": request.user.has_perm("subsidies.discuss_advice", advice)
        and page.item is None
        and NOT_ON_AN_AGENDA not in page.missing,
        "may_adopt": request.user.has_perm("subsidies.adopt_advice", advice),
        "events": full_timeline(audit.events_of(advice)) if advice and page.sees_scores else [],
    }
    return render(request, "subsidies/advice_detail.html", context)


@require_POST
def advice_draft(request, pk):
    application = get_application_or_404(request, pk)
    require(request, "subsidies.draft_advice", application)
    if why := AdvicePage(application, request.user).why_closed:
        messages.error(request, why)
        return redirect("subsidies:advice_detail", application.pk)
    try:
        services.draft_advice(application, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("subsidies:advice_detail", application.pk)
    return redirect("subsidies:advice_edit", application.pk)


@require_http_methods(["GET", "POST"])
def advice_edit(request, pk):
    application = get_application_or_404(request, pk)
    page = AdvicePage(application, request.user)
    require(request, "subsidies.change_advice", page.advice)
    back = reverse("subsidies:advice_detail", args=[application.pk])
    if page.why_closed:
        messages.error(request, page.why_closed)
        return redirect(back)
    form = AdviceForm(
        posted(request), advice=known(page.advice), criteria=criteria_of(application), back_url=back
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.edit_advice(
                known(page.advice), form.content(), by=request.user, at=timezone.now()
            )
            messages.success(request, "Het advies is bewaard.")
            return redirect(back)
    context = {
        "breadcrumbs": _advice_crumbs(application, "Advies schrijven"),
        "application": application,
        "page": page,
    }
    return render_form(request, "subsidies/advice_edit.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def advice_discuss(request, pk):
    """The secretary records the meeting in which the commission discussed the application."""
    application = get_application_or_404(request, pk)
    advice = AdvicePage(application, request.user).advice
    require(request, "subsidies.discuss_advice", advice)
    form = MeetingForm(posted(request))
    back = reverse("subsidies:advice_detail", args=[application.pk])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.discuss_advice(
                known(advice), **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De bespreking is vastgelegd.")
            return redirect(back)
    context = {
        "breadcrumbs": _advice_crumbs(application, "Bespreking vastleggen"),
        "heading": "Bespreking vastleggen",
        "text": f"De commissie heeft de aanvraag van {application.ikc} besproken. Leden met een belang deden niet mee.",
        "action_label": "Bespreking vastleggen",
        "back_url": back,
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def advice_adopt(request, pk):
    """Adoption cannot be undone, so it is asked for on a page of its own."""
    application = get_application_or_404(request, pk)
    page = AdvicePage(application, request.user)
    require(request, "subsidies.adopt_advice", page.advice)
    back = reverse("subsidies:advice_detail", args=[application.pk])
    if request.method == "POST":
        try:
            services.adopt_advice(known(page.advice), by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"Het advies over {application.ikc} is vastgesteld.")
        return redirect(back)
    context = {
        "breadcrumbs": _advice_crumbs(application, "Advies vaststellen"),
        "application": application,
        "page": page,
        "advice": page.advice,
        "heading": f"Advies over {application.ikc} vaststellen",
        "text": "De commissie stelt het advies vast. Dit kan niet ongedaan worden gemaakt.",
        "action_label": "Advies vaststellen",
        "back_url": back,
    }
    return render(request, "subsidies/advice_adopt.html", context)


@require_http_methods(["GET", "POST"])
def advice_send(request, pk):
    """Send what was adopted: to the college and, by letter, to each applicant."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.send_advices", round_)
    page = RoundAdvice(round_, request.user, {})
    back = reverse("subsidies:advice_round", args=[round_.pk])
    if request.method == "POST":
        visible = list(page.applications.values_list("pk", flat=True))
        try:
            sent = services.send_adopted(round_, visible, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            nudge(tasks.render_pending_letters)
            messages.success(
                request, f"{sent} adviezen zijn verstuurd. De brieven worden nu gemaakt."
            )
        return redirect(back)
    context = {
        "breadcrumbs": crumbs(round_, ("Adviezen", back), ("Adviezen versturen", None)),
        "heading": f"{page.adopted} adviezen versturen",
        "text": "De adviezen gaan naar het college en naar de aanvragers.",
        "consequences": [
            "Elke aanvrager krijgt een brief met het advies bij ‘Berichten’, en een e-mail dat er een bericht is.",
            "Een verstuurd advies kan niet meer veranderen.",
        ],
        "action_label": "Adviezen versturen",
        "back_url": back,
    }
    return render(request, "components/confirm_page.html", context)


@require_http_methods(["GET", "POST"])
def advice_finish(request, pk):
    """The commission is done with the round."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.finish_advice", round_)
    back = reverse("subsidies:advice_round", args=[round_.pk])
    if request.method == "POST":
        try:
            services.finish_advice(round_, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(
                request, "De advisering is afgerond. De projectleider kan nu verdelen."
            )
        return redirect(back)
    context = {
        "breadcrumbs": crumbs(round_, ("Adviezen", back), ("Advisering afronden", None)),
        "heading": "Advisering afronden",
        "text": f"De commissie is klaar met {round_}. Hierna berekent de projectleider de verdeling.",
        "consequences": ["De scores en de adviezen kunnen niet meer veranderen."],
        "action_label": "Advisering afronden",
        "back_url": back,
    }
    return render(request, "components/confirm_page.html", context)
