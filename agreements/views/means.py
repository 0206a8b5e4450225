"""How the results are reached: one page for a draft, and the same three forms for each of its four parts."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.forms.means import FORMS, AnalysisFileForm, initial_means
from agreements.models import DataAnalysis, Measure, StaffingCommitment, SteeringArrangement
from agreements.services import analysis_files, means
from agreements.views.loading import breadcrumbs, get_part_or_404, get_version_or_404
from agreements.views.sections import sections
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.core.tasks import scan_pending_files
from kvk2.nlds.shortcuts import posted, refusals_on, render_form

EDIT = "agreements.edit_goals"


class Kind(NamedTuple):
    """One of the four parts: its model and its words."""

    model: Any
    one: str
    added: str


KINDS = {
    "analyse": Kind(DataAnalysis, "Analyse", "De analyse is bewaard."),
    "maatregel": Kind(Measure, "Maatregel", "De maatregel is bewaard."),
    "functie": Kind(StaffingCommitment, "Functie", "De functie is bewaard."),
    "overleg": Kind(SteeringArrangement, "Overleg", "Het overleg is bewaard."),
}


def _kind_or_404(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _page(request: Any, version: Any, *labels: str, **context: Any) -> dict[str, Any]:
    back = reverse("agreements:version_means", args=[version.pk])
    return {
        "version": version,
        "steps": sections(version, request.user, current="means"),
        "breadcrumbs": [
            *breadcrumbs(version),
            ("Maatregelen en inzet", back if labels else None),
            *((label, None) for label in labels),
        ],
        **context,
    }


@require_safe
def version_means(request, pk):
    """Analyses, measures, functions and steering of a draft."""
    version = get_version_or_404(request, pk, perm=EDIT)
    return render(request, "agreements/version_means.html", _page(request, version))


@require_http_methods(["GET", "POST"])
def means_create(request, pk, kind):
    version = get_version_or_404(request, pk, perm=EDIT)
    chosen = _kind_or_404(kind)
    back = reverse("agreements:version_means", args=[version.pk])
    initial = {"planned_from": version.period_start, "result": request.GET.get("resultaat")}
    form = FORMS[chosen.model](posted(request), version=version, back_url=back, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            means.add_means(
                version,
                chosen.model,
                values=form.cleaned_data,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, chosen.added)
            return redirect(back)
    page = _page(request, version, f"{chosen.one} toevoegen", heading=f"{chosen.one} toevoegen")
    return render_form(request, "agreements/means_create.html", page, forms=[form])


@require_http_methods(["GET", "POST"])
def means_edit(request, kind, pk):
    chosen = _kind_or_404(kind)
    part, version = get_part_or_404(request, chosen.model, pk, perm=EDIT)
    back = reverse("agreements:version_means", args=[version.pk])
    form = FORMS[chosen.model](
        posted(request), version=version, back_url=back, initial=initial_means(part)
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            means.change_means(part, values=form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, chosen.added)
            return redirect(back)
    page = _page(request, version, str(part), heading=f"{chosen.one} wijzigen")
    return render_form(request, "agreements/means_edit.html", page, forms=[form])


@require_http_methods(["GET", "POST"])
def analysis_file_add(request, pk):
    """Put the analysis itself beside what it found."""
    analysis, version = get_part_or_404(request, DataAnalysis, pk, perm=EDIT)
    back = reverse("agreements:version_means", args=[version.pk])
    form = AnalysisFileForm(posted(request), request.FILES or None, back_url=back)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        with refusals_on(form):
            analysis_files.keep_analysis_file(
                analysis,
                name=upload.name,
                content=upload.read(),
                by=request.user,
                at=timezone.now(),
            )
            nudge(scan_pending_files)
            messages.success(request, "Het bestand is bewaard en wordt gecontroleerd op virussen.")
            return redirect(back)
    page = _page(request, version, str(analysis), heading=f"Bestand bij ‘{analysis}’")
    return render_form(request, "agreements/means_edit.html", page, forms=[form])


@require_safe
def analysis_file(request, pk):
    """The file, as a download, for who reads the text; who took it is recorded."""
    analysis, version = get_part_or_404(request, DataAnalysis, pk, perm="")
    try:
        stored = analysis_files.open_analysis_file(analysis, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(version)
    return file_response(stored)


@require_http_methods(["GET", "POST"])
def means_delete(request, kind, pk):
    chosen = _kind_or_404(kind)
    part, version = get_part_or_404(request, chosen.model, pk, perm=EDIT)
    back = reverse("agreements:version_means", args=[version.pk])
    if request.method == "POST":
        try:
            means.remove_means(part, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "Het onderdeel is verwijderd.")
        return redirect(back)
    return render(
        request,
        "components/confirm_page.html",
        {
            "heading": f"{chosen.one} verwijderen?",
            "text": str(part),
            "action_label": "Verwijderen",
            "negative": True,
            "back_url": back,
            "breadcrumbs": breadcrumbs(version, f"{chosen.one} verwijderen"),
        },
    )
