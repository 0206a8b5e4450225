from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agreements.forms.versions import ClausesForm, FrameForm, TopicsForm
from agreements.services import drafting, editing
from agreements.views.loading import breadcrumbs, get_version_or_404
from agreements.views.sections import sections
from kvk2.nlds.shortcuts import posted, refusals_on, render_form


@require_http_methods(["GET", "POST"])
def version_frame(request, pk):
    version = get_version_or_404(request, pk, perm="agreements.edit_version")
    form = FrameForm(
        posted(request),
        programme=version.agreement.programme,
        back_url=version.get_absolute_url(),
        initial={
            "period_start": version.period_start,
            "period_end": version.period_end,
            "effective_year": version.effective_year,
            "notice_months": version.notice_months,
        },
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            drafting.change_frame(version, frame=form.frame(), by=request.user, at=timezone.now())
            messages.success(request, "De looptijd is bewaard.")
            return redirect("agreements:version_parties", version.pk)
    return render_form(
        request,
        "agreements/version_frame.html",
        {
            "version": version,
            "steps": sections(version, request.user, current="frame"),
            "breadcrumbs": breadcrumbs(version, "Looptijd"),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def version_topics(request, pk):
    version = get_version_or_404(request, pk, perm="agreements.edit_version")
    form = TopicsForm(
        posted(request),
        back_url=reverse("agreements:version_check", args=[version.pk]),
        initial={topic.code: topic.text for topic in version.topics.all()},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            editing.write_topics(version, texts=form.texts(), by=request.user, at=timezone.now())
            messages.success(request, "De onderwerpen zijn bewaard.")
            return redirect("agreements:version_check", version.pk)
    return render_form(
        request,
        "agreements/version_topics.html",
        {
            "version": version,
            "steps": sections(version, request.user, current="topics"),
            "breadcrumbs": breadcrumbs(version, "Onderwerpen"),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def version_clauses(request, pk):
    """The standing clauses, as they read in this version."""
    version = get_version_or_404(request, pk, perm="agreements.edit_version")
    form = ClausesForm(
        posted(request),
        clauses=version.clauses.all(),
        back_url=reverse("agreements:version_check", args=[version.pk]),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            editing.write_clauses(version, texts=form.texts(), by=request.user, at=timezone.now())
            messages.success(request, "De bepalingen zijn bewaard.")
            return redirect("agreements:version_check", version.pk)
    return render_form(
        request,
        "agreements/version_clauses.html",
        {
            "version": version,
            "steps": sections(version, request.user, current="clauses"),
            "breadcrumbs": breadcrumbs(version, "Bepalingen"),
        },
        forms=[form],
    )
