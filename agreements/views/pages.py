from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from agreements.agreement_pdf import render_agreement
from agreements.events import SENTENCES
from agreements.models import AgreementVersion, ResultAgreement
from agreements.reading import AgreementPage
from agreements.services import printing
from agreements.states import AgreementState
from agreements.views.loading import breadcrumbs, get_version_or_404
from kvk2.core.audit import events_of
from kvk2.core.timeline import entries

EVENTS_SHOWN = 30


@require_safe
def agreement_detail(request, pk):
    """The version of an agreement to look at first: the open one, else the one in force."""
    agreement = get_object_or_404(ResultAgreement.objects.visible_to(request.user), pk=pk)
    newest = AgreementVersion.objects.filter(agreement=agreement).by_relevance().first()
    return redirect(get_object_or_404(AgreementVersion, pk=newest.pk if newest else None))


@require_safe
def version_detail(request, pk):
    version = get_version_or_404(request, pk)
    page = AgreementPage.of(version, request.user)
    return render(
        request,
        "agreements/version_detail.html",
        {
            "version": version,
            "page": page,
            "versions": AgreementVersion.objects.filter(agreement=version.agreement_id).order_by(
                "-number"
            ),
            "events": entries(events_of(version)[:EVENTS_SHOWN], SENTENCES),
            "may": _deeds(request.user, version),
            "breadcrumbs": [*breadcrumbs(version)[:1], (version.ikc_name, None)],
        },
    )


@require_safe
def version_document(request, pk):
    """The agreement as a PDF (L26), or what changed it (L27)."""
    version = get_version_or_404(request, pk, perm="agreements.print_version")
    content = render_agreement(printing.agreement_document(version))
    name = f"{version.agreement.reference}-versie-{version.number}.pdf"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _deeds(user, version) -> dict[str, bool]:
    """Which buttons there are: the state allows it and the person may."""
    draft, signing = version.is_draft, version.state == AgreementState.SIGNING
    return {
        "template": user.has_perm("agreements.manage_templates"),
        "print": user.has_perm("agreements.print_version", version),
        "edit": user.has_perm("agreements.edit_version", version),
        "edit_goals": user.has_perm("agreements.edit_goals", version),
        "offer": draft and user.has_perm("agreements.offer_version", version),
        "withdraw": draft and user.has_perm("agreements.withdraw_version", version),
        "return": signing and user.has_perm("agreements.return_version", version),
        "amend": (version.state in (AgreementState.IN_FORCE, AgreementState.WITHDRAWN))
        and user.has_perm("agreements.amend_agreement", version.agreement),
    }
