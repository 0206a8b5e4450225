"""Figures for the analysis, what differs from an earlier application, and handing a draft over."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.nlds.shortcuts import posted, refusals_on, render_form
from subsidies.application_page import ApplicationPage
from subsidies.differences import amount_changes, changed_answers
from subsidies.forms.origins import FiguresForm, HandOverForm
from subsidies.services.copies import earlier_applications
from subsidies.services.figures import available_figures, take_figures
from subsidies.services.hand_overs import colleagues, hand_over
from subsidies.views.access import applications_of, get_application_or_404
from subsidies.views.steps import crumbs, draft_or_redirect


@require_http_methods(["GET", "POST"])
def application_figures(request, pk):
    """Choose the figures that go into the analysis; they are frozen as they are now."""
    application, elsewhere = draft_or_redirect(request, pk)
    if elsewhere:
        return elsewhere
    plan = reverse("subsidies:application_plan", args=[application.pk])
    figures = available_figures(application.ikc)
    taken = list(application.figures.values_list("code", flat=True))
    form = FiguresForm(posted(request), initial={"codes": taken}, figures=figures, back_url=plan)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            take_figures(
                application, form.cleaned_data["codes"], by=request.user, at=timezone.now()
            )
            messages.success(request, "De cijfers staan bij uw analyse.")
            return redirect(plan)
    context = {
        "breadcrumbs": crumbs(application, "Cijfers bij de analyse"),
        "application": application,
        "figures": figures,
        "plan_url": plan,
    }
    return render_form(request, "subsidies/application_figures.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def application_hand_over(request, pk):
    """Give the draft to a colleague, who sees it in the task list and goes on."""
    application, elsewhere = draft_or_redirect(request, pk)
    if elsewhere:
        return elsewhere
    steps = reverse("subsidies:application_steps", args=[application.pk])
    others = colleagues(application.ikc, timezone.localdate(), but=request.user)
    form = HandOverForm(posted(request), colleagues=others, back_url=steps)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = hand_over(application, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, f"{given.given_to} gaat verder met de aanvraag.")
            return redirect("subsidies:application_steps", application.pk)
    context = {
        "breadcrumbs": crumbs(application, "Overdragen"),
        "application": application,
        "has_colleagues": others.exists(),
    }
    return render_form(request, "subsidies/application_hand_over.html", context, forms=[form])


@require_safe
def application_differences(request, pk):
    """What is different from the last application of the same IKC, for who may read both."""
    application = get_application_or_404(request, pk)
    earlier = earlier_applications([application.ikc_id], application.round).get(application.ikc_id)
    if earlier is None:
        raise Http404
    earlier = get_object_or_404(applications_of(request), pk=earlier.pk)
    now = timezone.now()
    page, before = ApplicationPage(application, now=now), ApplicationPage(earlier, now=now)
    context = {
        "breadcrumbs": [
            ("Aanvragen", reverse("subsidies:application_list")),
            (application.ikc.name, application.get_absolute_url()),
            ("Verschil met de vorige aanvraag", None),
        ],
        "application": application,
        "earlier": earlier,
        "answers": changed_answers((earlier, before.content), (application, page.content)),
        "amounts": amount_changes(before.lines, page.lines),
    }
    return render(request, "subsidies/application_differences.html", context)
