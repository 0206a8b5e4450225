from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.models import AgreedIndicator
from kvk2.core.audit import events_of
from kvk2.core.errors import DomainError
from kvk2.core.timeline import entries
from kvk2.nlds.shortcuts import posted, render_form
from monitoring import entry, return_steps
from monitoring.beside import district_facts
from monitoring.events import SENTENCES
from monitoring.forms import FigureForm
from monitoring.models import Return
from monitoring.services import checking, concluding, judging, measuring


def get_return_or_404(request, pk: int) -> Return:
    return get_object_or_404(Return.objects.visible_to(request.user).for_list(), pk=pk)


def breadcrumbs(return_: Return, *more):
    return [
        ("Monitoring", reverse("monitoring:cycle_list")),
        (str(return_.cycle.year), return_.cycle.get_absolute_url()),
        (return_.version.ikc_name, return_.get_absolute_url() if more else None),
        *more,
    ]


@require_safe
def return_detail(request, pk):
    return_ = get_return_or_404(request, pk)
    may_enter = request.user.has_perm("monitoring.enter_figure", return_)
    indicators = judging.indicators_of(return_)
    measurements = judging.measurements_by_series(return_)
    missing = (
        measuring.missing_for_submission(return_, indicators, measurements) if may_enter else []
    )
    return render(
        request,
        "monitoring/return_detail.html",
        {
            "return_": return_,
            "goals": entry.goals_of(return_, request.user, indicators, measurements),
            "district": district_facts(return_, request.user),
            "may_enter": may_enter,
            "steps": return_steps.buttons(return_, request.user),
            "exception": return_.exceptions.running(timezone.localdate()).first(),
            "missing": missing,
            "follow_up": concluding.without_follow_up(return_, indicators) if may_enter else [],
            "events": entries(events_of(return_)[:20], SENTENCES),
            "breadcrumbs": breadcrumbs(return_),
        },
    )


@require_http_methods(["GET", "POST"])
def figure_edit(request, pk, indicator_pk):
    """Enter one figure; beside it what was agreed, last year's figure and the judgement as one types."""
    return_ = get_return_or_404(request, pk)
    indicator = indicator_or_404(return_, indicator_pk)
    if not request.user.has_perm("monitoring.enter_figure", return_):
        raise PermissionDenied
    page = entry.entry_page(return_, indicator)
    form = FigureForm(
        posted(request), indicator=indicator, categories=page.categories, initial=page.initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            measuring.enter_figure(
                return_, indicator, form.figure(), by=request.user, at=timezone.now()
            )
        except checking.FigureRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"Het cijfer bij ‘{indicator}’ is bewaard.")
            if "save_next" in request.POST and page.next_url:
                return redirect(page.next_url)
            return redirect(return_)
    return render_form(
        request,
        "monitoring/figure_edit.html",
        {
            "return_": return_,
            "page": page,
            "judgement": entry.preview(return_, indicator, form, kept=page.measurement),
            "breadcrumbs": breadcrumbs(return_, (str(indicator), None)),
        },
        forms=[form],
    )


@require_POST
def figure_judge(request, pk, indicator_pk):
    """The judgement of what stands in the form now; stores nothing (an htmx fragment)."""
    return_ = get_return_or_404(request, pk)
    indicator = indicator_or_404(return_, indicator_pk)
    if not request.user.has_perm("monitoring.enter_figure", return_):
        raise PermissionDenied
    categories = checking.categories_for([indicator.definition_version.definition_id])
    form = FigureForm(request.POST, indicator=indicator, categories=categories)
    kept = entry.figure_of(return_, indicator)
    judgement = entry.preview(return_, indicator, form, kept=kept)
    return render(request, "monitoring/_judgement.html", {"judgement": judgement})


def indicator_or_404(return_: Return, pk: int) -> AgreedIndicator:
    return get_object_or_404(
        return_.version.indicators.select_related(
            "result__goal", "definition_version__definition"
        ).prefetch_related("targets__year"),
        pk=pk,
    )
