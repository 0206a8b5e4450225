"""Files with an application: the step in which they are added, and handing them out."""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.core.tasks import scan_pending_files
from kvk2.nlds.shortcuts import posted, render_form, require
from subsidies.application_page import TITLES, ApplicationPage
from subsidies.forms.attachments import AttachmentForm
from subsidies.services.applications import Step
from subsidies.services.attachments import add_attachment, open_attachment, remove_attachment
from subsidies.views.access import get_attachment_or_404
from subsidies.views.steps import crumbs, draft_or_redirect


@require_http_methods(["GET", "POST"])
def application_attachments(request, pk):
    """Step 4: add files one by one; each is kept at once."""
    application, elsewhere = draft_or_redirect(request, pk)
    if elsewhere:
        return elsewhere
    form = AttachmentForm(posted(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            attachment = add_attachment(
                application,
                kind=form.cleaned_data["kind"],
                name=upload.name,
                content=upload.read(),
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error("file", error.message)
        else:
            nudge(scan_pending_files)
            messages.success(request, f"‘{attachment}’ is toegevoegd.")
            return redirect("subsidies:application_attachments", application.pk)
    page = ApplicationPage(application, now=timezone.now())
    context = {
        "breadcrumbs": crumbs(application, TITLES[Step.ATTACHMENTS]),
        "application": application,
        "page": page,
        "steps": page.steps(Step.ATTACHMENTS),
        "heading": TITLES[Step.ATTACHMENTS],
        "number": list(Step).index(Step.ATTACHMENTS) + 1,
        "files": page.files(),
        "next_url": page.next_url(Step.ATTACHMENTS),
        "back_url": reverse("subsidies:application_steps", args=[application.pk]),
    }
    return render_form(request, "subsidies/application_attachments.html", context, forms=[form])


@require_safe
def attachment_download(request, pk):
    """The file, as a download and never shown in the page; who took it is recorded."""
    attachment = get_attachment_or_404(request, pk)
    try:
        stored = open_attachment(attachment, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(attachment.application)
    response = FileResponse(
        stored.file.open("rb"),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def attachment_remove(request, pk):
    attachment = get_attachment_or_404(request, pk)
    require(request, "subsidies.remove_attachment", attachment)
    try:
        application = remove_attachment(attachment, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(attachment.application)
    messages.success(request, f"‘{attachment.stored.name}’ is verwijderd.")
    return redirect("subsidies:application_attachments", application.pk)
