"""Grounds to refuse that somebody finds, and the view of the applicant before an adverse decision."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies import tasks
from subsidies.forms.refusals import GroundForm, ReceivedViewForm, ViewForm
from subsidies.models import Application, RefusalFinding, ViewRequest
from subsidies.services import refusals as services
from subsidies.views.access import get_application_or_404, get_decision_or_404
from subsidies.views.commission import crumbs


def _crumbs(application: Application, last: str) -> list[tuple[str, str | None]]:
    return [
        ("Aanvragen", reverse("subsidies:application_list")),
        (str(application.ikc), application.get_absolute_url()),
        (last, None),
    ]


@require_http_methods(["GET", "POST"])
def ground_add(request, pk):
    """The project leader writes down that a ground of the scheme applies."""
    application = get_application_or_404(request, pk)
    require(request, "subsidies.find_ground", application)
    form = GroundForm(
        posted(request),
        grounds=services.findable_grounds(application.round.scheme_version),
        back_url=application.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.find_ground(
                application, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De weigeringsgrond is vastgelegd.")
            return redirect(application)
    context = {
        "breadcrumbs": _crumbs(application, "Weigeringsgrond"),
        "application": application,
        "heading": "Weigeringsgrond vastleggen",
        "lead": "Geldt een grond uit de regeling om te weigeren? Dan doet de aanvraag niet mee in de verdeling, en volgt "
        "een besluit om te weigeren. De commissie adviseert er nog wel over.",
    }
    return render_form(request, "subsidies/application_question.html", context, forms=[form])


@require_POST
def ground_withdraw(request, pk):
    """The ground does not apply after all."""
    visible = Application.objects.visible_to(request.user)
    findings = RefusalFinding.objects.filter(application__in=visible)
    finding = get_object_or_404(findings.select_related("application"), pk=pk)
    require(request, "subsidies.find_ground", finding.application)
    try:
        services.withdraw_finding(finding, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "De weigeringsgrond is vervallen.")
    return redirect(finding.application)


@require_http_methods(["GET", "POST"])
def view_ask(request, pk):
    """The intention goes out with a term, so it is asked for on a page of its own."""
    decision = get_decision_or_404(request, pk)
    require(request, "subsidies.view_decisions", decision.application.round)
    require(request, "subsidies.ask_view", decision)
    if request.method == "POST":
        try:
            view = services.ask_view(decision, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            nudge(tasks.render_pending_letters)
            messages.success(
                request,
                f"Het voornemen is verstuurd. De aanvrager kan reageren tot en met {dutch_date(view.due_on)}.",
            )
        return redirect(decision)
    context = {
        "breadcrumbs": crumbs(
            decision.application.round,
            (
                "Besluiten",
                reverse("subsidies:decision_bundle", args=[decision.application.round_id]),
            ),
            (decision.reference, decision.get_absolute_url()),
            ("Voornemen", None),
        ),
        "heading": "Voornemen versturen",
        "text": f"{decision.application.ikc}, {decision.application.number}. De motivering van het concept komt in de brief.",
        "consequences": [
            "De aanvrager krijgt een brief en heeft veertien dagen om te reageren.",
            "De aanvrager kiest zelf: schriftelijk of mondeling (artikel 4:9 Awb).",
            "Het besluit kan pas verder na de reactie, of na het einde van de termijn.",
        ],
        "action_label": "Voornemen versturen",
        "back_url": decision.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)


@require_http_methods(["GET", "POST"])
def view_record(request, pk):
    """The project leader writes down what the applicant said."""
    visible = Application.objects.visible_to(request.user)
    views = ViewRequest.objects.filter(application__in=visible)
    view = get_object_or_404(views.select_related("application__ikc"), pk=pk)
    require(request, "subsidies.record_view", view)
    application = view.application
    form = ReceivedViewForm(posted(request), back_url=application.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.receive_view(view, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De zienswijze is bewaard.")
            return redirect(application)
    context = {
        "breadcrumbs": _crumbs(application, "Zienswijze"),
        "application": application,
        "heading": "Zienswijze vastleggen",
        "lead": f"De aanvrager kan reageren tot en met {dutch_date(view.due_on)}, schriftelijk of mondeling.",
    }
    return render_form(request, "subsidies/application_question.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def view_give(request, pk):
    """The applicant reads the intention and reacts; afterwards the page shows what was said."""
    application = get_application_or_404(request, pk)
    view = application.views.order_by("-pk").first()
    if view is None:
        raise Http404
    view.application = application
    require(request, "subsidies.read_view", view)
    context = {
        "breadcrumbs": _crumbs(application, "Voornemen"),
        "application": application,
        "view": view,
        "reasons": [part for part in view.reason.split("\n\n") if part.strip()],
    }
    if not request.user.has_perm("subsidies.give_view", view):
        return render(request, "subsidies/view_give.html", context)
    form = ViewForm(posted(request), back_url=application.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            now = timezone.now()
            services.receive_view(
                view,
                manner=ViewRequest.Manner.WRITTEN,
                text=form.cleaned_data["text"],
                received_on=local_date(now),
                by=request.user,
                at=now,
            )
            messages.success(request, "Uw reactie is verstuurd.")
            return redirect(application)
    return render_form(request, "subsidies/view_give.html", context, forms=[form])
