"""Files with an application: the step in which they are added, and handing them out."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.core.tasks import scan_pending_files
from kvk2.core.uploads import megabytes
from kvk2.nlds.shortcuts import posted, render_form, require
from kvk2.nlds.templatetags.nlds import file_size
from subsidies.application_page import TITLES, ApplicationPage
from subsidies.attachment_page import is_waiting
from subsidies.forms.attachments import AttachmentForm
from subsidies.services.applications import Step
from subsidies.services.attachments import (
    add_attachments,
    open_attachment,
    remove_attachment,
    restore_attachment,
)
from subsidies.services.financial_years import kinds_for
from subsidies.views.access import get_attachment_or_404, get_removed_or_404
from subsidies.views.steps import crumbs, draft_or_redirect


@require_http_methods(["GET", "POST"])
def application_attachments(request, pk):
    """The step of the files: add several at once; each that is in order is kept at once."""
    application, elsewhere = draft_or_redirect(request, pk)
    if elsewhere:
        return elsewhere
    form = AttachmentForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        kinds=kinds_for(application.round),
    )
    if request.method == "POST" and form.is_valid() and _add(request, application, form):
        return redirect("subsidies:application_attachments", application.pk)
    page = ApplicationPage(application, now=timezone.now())
    context = {
        "breadcrumbs": crumbs(application, TITLES[Step.ATTACHMENTS]),
        "page": page,
        "steps": page.steps(Step.ATTACHMENTS),
        "heading": TITLES[Step.ATTACHMENTS],
        "number": page.step_number(Step.ATTACHMENTS),
        "next_url": page.next_url(Step.ATTACHMENTS),
        "back_url": reverse("subsidies:application_steps", args=[application.pk]),
        **_files(application, page),
    }
    return render_form(request, "subsidies/application_attachments.html", context, forms=[form])


def _add(request, application, form):
    """Keep what is in order and say so; False when something was not, which then stands on the form."""
    try:
        added = add_attachments(
            application,
            kind=form.cleaned_data["kind"],
            uploads=form.cleaned_data["file"],
            by=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    if added.kept:
        nudge(scan_pending_files)
        names = ", ".join(f"‘{attachment}’" for attachment in added.kept)
        verb = "is" if len(added.kept) == 1 else "zijn"
        messages.success(request, f"{names} {verb} toegevoegd.")
    for sentence in added.refused:
        form.add_error("file", sentence)
    return not added.refused


def _files(application, page):
    used = sum(attachment.stored.size for attachment in page.attachments)
    return {
        "application": application,
        "files": page.files,
        "is_waiting": is_waiting(page.attachments),
        "removed": application.removed_attachments.select_related("stored").order_by("-pk"),
        "used": (
            f"{len(page.attachments)} van {settings.APPLICATION_MAX_FILES} bestanden, samen "
            f"{file_size(used)} van {megabytes(settings.APPLICATION_MAX_BYTES)}."
        ),
    }


@require_safe
def application_files(request, pk):
    """The live part of that page (an htmx fragment); it stops asking when all files are checked."""
    application, elsewhere = draft_or_redirect(request, pk)
    if elsewhere:
        return HttpResponse(status=204, headers={"HX-Redirect": application.get_absolute_url()})
    page = ApplicationPage(application, now=timezone.now())
    return render(request, "subsidies/_attachment_progress.html", _files(application, page))


@require_safe
def attachment_download(request, pk):
    """The file, as a download and never shown in the page; who took it is recorded."""
    attachment = get_attachment_or_404(request, pk)
    original = "origineel" in request.GET
    if original:
        require(request, "subsidies.open_original_attachment", attachment)
    try:
        stored = open_attachment(attachment, by=request.user, at=timezone.now(), original=original)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(attachment.application)
    return file_response(stored, original=original)


@require_http_methods(["GET", "POST"])
def attachment_remove(request, pk):
    """Asks first; what is taken away can be put back while the application is a draft."""
    attachment = get_attachment_or_404(request, pk)
    require(request, "subsidies.remove_attachment", attachment)
    back = reverse("subsidies:application_attachments", args=[attachment.application_id])
    if request.method == "POST":
        name = attachment.stored.name
        try:
            remove_attachment(attachment, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(attachment.application)
        messages.success(request, f"‘{name}’ is verwijderd.")
        return redirect(back)
    context = {
        "breadcrumbs": crumbs(attachment.application, "Bijlage verwijderen"),
        "heading": "Bijlage verwijderen",
        "text": f"U haalt ‘{attachment.stored.name}’ weg bij uw aanvraag. U kunt het terugzetten totdat u de aanvraag indient.",
        "action_label": "Verwijderen",
        "negative": True,
        "back_url": back,
    }
    return render(request, "components/confirm_page.html", context)


@require_POST
def attachment_restore(request, pk):
    """Put a file back that was taken away from the draft."""
    removed = get_removed_or_404(request, pk)
    require(request, "subsidies.restore_attachment", removed)
    application = removed.application
    try:
        attachment = restore_attachment(removed, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"‘{attachment}’ is teruggezet.")
    return redirect("subsidies:application_attachments", application.pk)
