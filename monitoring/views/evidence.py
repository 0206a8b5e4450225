"""Files that prove a figure: add one, take one away, open one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.core.tasks import scan_pending_files
from kvk2.nlds.forms import ConfirmForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring.forms import EvidenceForm
from monitoring.models import Evidence, Return
from monitoring.querysets import sees_small_groups
from monitoring.services import evidence as services
from monitoring.views.returns import breadcrumbs, get_return_or_404, indicator_or_404


@require_http_methods(["GET", "POST"])
def evidence_add(request, pk, indicator_pk):
    return_ = get_return_or_404(request, pk)
    indicator = indicator_or_404(return_, indicator_pk)
    require(request, "monitoring.enter_figure", return_)
    back = reverse("monitoring:figure_edit", args=[return_.pk, indicator.pk])
    form = EvidenceForm(
        posted(request), request.FILES if request.method == "POST" else None, back=back
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.add_evidence(
                return_, indicator, form.evidence(), by=request.user, at=timezone.now()
            )
            nudge(scan_pending_files)
            messages.success(request, "Het bewijs is toegevoegd.")
            return redirect(back)
    return render_form(
        request,
        "monitoring/evidence_add.html",
        {
            "return_": return_,
            "indicator": indicator,
            "breadcrumbs": breadcrumbs(return_, (str(indicator), back), ("Bewijs", None)),
        },
        forms=[form],
    )


def _evidence_or_404(request, pk: int) -> Evidence:
    """Seen by who sees the return; what is confidential only by who sees its small groups."""
    evidence = get_object_or_404(
        Evidence.objects.filter(
            measurement__of_return__in=Return.objects.visible_to(request.user)
        ).select_related(
            "stored", "measurement__of_return__version", "measurement__of_return__cycle__year"
        ),
        pk=pk,
    )
    is_confidential = evidence.confidentiality == Evidence.Confidentiality.CONFIDENTIAL
    if is_confidential and not sees_small_groups(request.user):
        raise Http404
    return evidence


@require_safe
def evidence_file(request, pk):
    evidence = _evidence_or_404(request, pk)
    try:
        stored = services.open_evidence(evidence, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect(evidence.measurement.of_return)
    return file_response(stored)


@require_http_methods(["GET", "POST"])
def evidence_remove(request, pk):
    evidence = _evidence_or_404(request, pk)
    return_ = get_return_or_404(request, evidence.measurement.of_return_id)
    require(request, "monitoring.enter_figure", return_)
    indicator = return_.version.indicators.select_related("definition_version__definition").get(
        series_key=evidence.measurement.series_key
    )
    back = reverse("monitoring:figure_edit", args=[return_.pk, indicator.pk])
    form = ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.remove_evidence(evidence, indicator, by=request.user, at=timezone.now())
            messages.success(request, "Het bewijs is verwijderd.")
            return redirect(back)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "heading": f"Bewijs ‘{evidence.title}’ verwijderen?",
            "text": "Het bestand wordt weggegooid.",
            "action_label": "Verwijderen",
            "negative": True,
            "back_url": back,
            "breadcrumbs": breadcrumbs(return_, (str(indicator), back), ("Bewijs", None)),
        },
        forms=[form],
    )
