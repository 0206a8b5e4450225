from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from agreements.agreement_pdf import render_agreement
from agreements.comparing import is_unread
from agreements.events import SENTENCES
from agreements.models import AgreementVersion, ResultAgreement, Termination
from agreements.origins import origins_of
from agreements.reading import AgreementPage, contribution_table, hang_original
from agreements.services import negotiation, printing
from agreements.states import AgreementState
from agreements.summary import summary_of
from agreements.talk import hang_talk
from agreements.version_links import links_of
from agreements.views.loading import breadcrumbs, get_version_or_404
from ikc import agenda
from kvk2.core.audit import events_of
from kvk2.core.timeline import entries

EVENTS_SHOWN = 30
# After these a next version may be drafted.
MAY_BE_FOLLOWED = (AgreementState.IN_FORCE, AgreementState.WITHDRAWN, AgreementState.REFUSED)


@require_safe
def agreement_detail(request, pk):
    """The version of an agreement to look at first; its summary for who reads no more than that."""
    agreement = get_object_or_404(ResultAgreement.objects.visible_to(request.user), pk=pk)
    versions = AgreementVersion.objects.filter(agreement=agreement).by_relevance()
    version = versions.visible_to(request.user).first()
    if version is not None:
        return redirect(version)
    return redirect("agreements:version_summary", versions.summarised_to(request.user)[0].pk)


@require_safe
def version_summary(request, pk):
    """What an agreement in force comes down to: goals, indicators, baselines and targets."""
    version = get_object_or_404(
        AgreementVersion.objects.summarised_to(request.user).concluded().with_summary(), pk=pk
    )
    others = (
        AgreementVersion.objects.filter(agreement=version.agreement_id)
        .concluded()
        .order_by("-number")
    )
    return render(
        request,
        "agreements/version_summary.html",
        {
            "version": version,
            "goals": summary_of(version),
            "contributions": contribution_table(version),
            "versions": others,
            "reads_text": AgreementVersion.objects.visible_to(request.user)
            .filter(pk=version.pk)
            .exists(),
            "breadcrumbs": [*breadcrumbs(version)[:1], (version.ikc_name, None)],
        },
    )


@require_safe
def version_detail(request, pk):
    version = get_version_or_404(request, pk)
    hang_original(version)
    page = AgreementPage.of(version, request.user)
    revision = negotiation.last_revision(version)
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
            "talk": hang_talk(version, request.user),
            "about": agenda.key_of(version.agreement),
            "evaluations": version.agreement.evaluations.order_by("-year"),
            "notice": Termination.objects.filter(version=version).select_related("party").first(),
            "ends_for": [
                party
                for party in version.parties.all()
                if version.state == AgreementState.IN_FORCE
                and request.user.has_perm("agreements.give_notice", party)
            ],
            "origins": origins_of(version, request.user),
            "links": links_of(version, request.user),
            "revision": revision,
            "unread": is_unread(revision, request.user),
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
    state = AgreementState(version.state)
    return {
        "template": user.has_perm("agreements.manage_templates"),
        "place": user.has_perm("ikc.manage_bodies"),
        "areas": user.has_perm("ikc.view_area_analysis"),
        "print": user.has_perm("agreements.print_version", version),
        "edit": user.has_perm("agreements.edit_version", version),
        "edit_goals": user.has_perm("agreements.edit_goals", version),
        "lay": user.has_perm("agreements.lay_version", version),
        "talk": user.has_perm("agreements.view_negotiation", version),
        "comment": user.has_perm("agreements.comment_version", version),
        "offer": state == AgreementState.AGREED
        and user.has_perm("agreements.offer_version", version),
        "withdraw": version.is_editable and user.has_perm("agreements.withdraw_version", version),
        "reopen": state in (AgreementState.AGREED, AgreementState.SIGNING)
        and user.has_perm("agreements.reopen_version", version),
        "evaluate": user.has_perm("agreements.evaluate_version", version),
        "amend": state in MAY_BE_FOLLOWED
        and user.has_perm("agreements.amend_agreement", version.agreement),
    }
