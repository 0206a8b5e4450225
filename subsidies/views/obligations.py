"""The efforts that grants ask for: the list, one of them, its evidence and its verdict."""

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.core.tasks import scan_pending_files
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.forms.assessment import ReasonForm
from subsidies.forms.obligations import EvidenceForm, VerdictForm
from subsidies.models import Obligation
from subsidies.obligation_page import ObligationList, ObligationPage
from subsidies.services import obligations as services

TITLE = "Inspanningsverplichtingen"


def _get_or_404(request: HttpRequest, pk: int) -> Obligation:
    rows = Obligation.objects.visible_to(request.user).select_related(
        "decision__application__ikc",
        "decision__application__board",
        "decision__application__round",
        "evidence_by",
        "judged_by",
    )
    return get_object_or_404(rows, pk=pk)


def _about(request: HttpRequest, obligation: Obligation, last: str) -> dict:
    crumbs: list[tuple[str, str | None]] = [(TITLE, reverse("subsidies:obligation_list"))]
    ikc = str(obligation.decision.application.ikc)
    if last:
        crumbs += [(ikc, obligation.get_absolute_url()), (last, None)]
    else:
        crumbs.append((ikc, None))
    return {
        "breadcrumbs": crumbs,
        "obligation": obligation,
        "heading": last or "Inspanningsverplichting",
        "page": ObligationPage(obligation, today=timezone.localdate()),
    }


@require_safe
def obligation_list(request):
    """Every effort that the reader may see, the earliest day first."""
    require(request, "subsidies.view_obligations")
    page = ObligationList(request.user, request.GET, today=timezone.localdate())
    context = {"breadcrumbs": [(TITLE, None)], "page": page, "filter_form": page.filter_form}
    return render(request, "subsidies/obligation_list.html", context)


@require_safe
def obligation_detail(request, pk):
    """What was asked, what was shown, what was found, and what may follow."""
    obligation = _get_or_404(request, pk)
    context = {
        **_about(request, obligation, ""),
        "may_submit": request.user.has_perm("subsidies.submit_evidence", obligation),
        "may_judge": request.user.has_perm("subsidies.judge_obligation", obligation),
        "may_waive": request.user.has_perm("subsidies.waive_obligation", obligation),
    }
    return render(request, "subsidies/obligation_detail.html", context)


@require_http_methods(["GET", "POST"])
def obligation_evidence(request, pk):
    """The applicant says and shows what was done."""
    obligation = _get_or_404(request, pk)
    require(request, "subsidies.submit_evidence", obligation)
    form = EvidenceForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        back_url=obligation.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.submit_evidence(
                obligation,
                evidence=form.cleaned_data["evidence"],
                files=form.uploads(),
                by=request.user,
                at=timezone.now(),
            )
            nudge(scan_pending_files)
            messages.success(request, "Het bewijs is ingediend. De gemeente beoordeelt het.")
            return redirect(obligation)
    context = _about(request, obligation, "Bewijs indienen")
    return render_form(request, "subsidies/obligation_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def obligation_verdict(request, pk):
    """The project leader judges what was shown."""
    obligation = _get_or_404(request, pk)
    require(request, "subsidies.judge_obligation", obligation)
    form = VerdictForm(posted(request), back_url=obligation.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.judge_obligation(
                obligation, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Het oordeel is vastgelegd.")
            return redirect(obligation)
    context = _about(request, obligation, "Oordeel geven")
    return render_form(request, "subsidies/obligation_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def obligation_waive(request, pk):
    """The project leader asks for it no longer."""
    obligation = _get_or_404(request, pk)
    require(request, "subsidies.waive_obligation", obligation)
    form = ReasonForm(
        posted(request),
        label="Waarom vervalt de verplichting?",
        help_text="De aanvrager leest de reden.",
    )
    back = obligation.get_absolute_url()
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.waive_obligation(
                obligation, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, "De verplichting is vervallen.")
            return redirect(back)
    context = {
        "breadcrumbs": _about(request, obligation, "Laten vervallen")["breadcrumbs"],
        "heading": "De verplichting laten vervallen",
        "text": obligation.text,
        "consequences": [
            "De aanvrager hoeft hiervoor niets meer te laten zien.",
            "Dit kan niet worden teruggedraaid.",
        ],
        "action_label": "Verplichting laten vervallen",
        "negative": True,
        "back_url": back,
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_safe
def obligation_file(request, pk, file_pk):
    """A piece of evidence, as a download; who took it is recorded."""
    obligation = _get_or_404(request, pk)
    file = get_object_or_404(
        obligation.files.select_related("stored", "obligation__decision__application"), pk=file_pk
    )
    try:
        stored = services.open_evidence(file, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(obligation)
    return file_response(stored)
