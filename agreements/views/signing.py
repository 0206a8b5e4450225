from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.completeness import gaps, warnings_at_agreement_time
from agreements.forms.versions import ReasonForm, SignForm
from agreements.models import AgreementParty
from agreements.reading import AgreementPage
from agreements.services import drafting, signing
from agreements.states import AgreementState
from agreements.views.loading import breadcrumbs, get_part_or_404, get_version_or_404
from agreements.views.sections import PARTS, sections
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form


@require_safe
def version_check(request, pk):
    """'Is alles compleet?': what stands in the way of signing, and what to think about."""
    version = get_version_or_404(request, pk)
    found = gaps(version)
    urls = {key: reverse(view, args=[version.pk]) for key, _, view, _ in PARTS}
    return render(
        request,
        "agreements/version_check.html",
        {
            "version": version,
            "gaps": [(gap.text, urls[gap.page]) for gap in found],
            "warnings": warnings_at_agreement_time(version),
            "may_edit": request.user.has_perm("agreements.edit_version", version),
            "may_offer": version.is_draft
            and request.user.has_perm("agreements.offer_version", version),
            "steps": sections(version, request.user, current="check"),
            "breadcrumbs": breadcrumbs(version, "Is alles compleet?"),
        },
    )


@require_http_methods(["GET", "POST"])
def version_offer(request, pk):
    version = get_version_or_404(request, pk, perm="agreements.offer_version")
    back = reverse("agreements:version_check", args=[version.pk])
    if request.method == "POST":
        try:
            signing.offer_for_signing(version, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(back)
        messages.success(
            request, "De afspraak ligt klaar om te tekenen. De partijen krijgen een e-mail."
        )
        return redirect(version)
    return render(
        request,
        "components/confirm_page.html",
        {
            "heading": f"Afspraak van {version.ikc_name} aanbieden om te tekenen?",
            "consequences": [
                "De tekst staat daarna vast. Wie iets wil wijzigen, zet de afspraak terug naar concept; dan vervallen alle handtekeningen.",
                "Iedereen die namens een partij mag tekenen, krijgt een e-mail.",
                "De afspraak treedt in werking zodra de laatste partij heeft getekend.",
            ],
            "action_label": "Aanbieden om te tekenen",
            "back_url": back,
            "breadcrumbs": breadcrumbs(version, "Aanbieden"),
        },
    )


@require_http_methods(["GET", "POST"])
def version_return(request, pk):
    version = get_version_or_404(request, pk, perm="agreements.return_version")
    form = ReasonForm(
        posted(request),
        button="Terugzetten naar concept",
        back_url=version.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            voided = signing.return_to_draft(
                version, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, _returned(voided))
            return redirect("agreements:version_check", version.pk)
    return render_form(
        request,
        "agreements/version_return.html",
        {
            "version": version,
            "signed": [party for party in version.parties.all() if hasattr(party, "signature")],
            "breadcrumbs": breadcrumbs(version, "Terug naar concept"),
        },
        forms=[form],
    )


def _returned(voided: list[str]) -> str:
    if not voided:
        return "De afspraak is weer een concept."
    return f"De afspraak is weer een concept. Vervallen: de handtekening van {', '.join(voided)}."


@require_http_methods(["GET", "POST"])
def version_withdraw(request, pk):
    version = get_version_or_404(request, pk, perm="agreements.withdraw_version")
    form = ReasonForm(
        posted(request), button="Concept intrekken", back_url=version.get_absolute_url()
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            drafting.withdraw(
                version, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, "Het concept is ingetrokken.")
            return redirect(version)
    return render_form(
        request,
        "agreements/version_withdraw.html",
        {"version": version, "breadcrumbs": breadcrumbs(version, "Intrekken")},
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def party_sign(request, pk):
    """The whole text once more, and the button under it."""
    party, version = get_part_or_404(request, AgreementParty, pk, perm="agreements.sign_party")
    if version.state != AgreementState.SIGNING:
        messages.info(request, "Deze versie ligt nu niet ter ondertekening.")
        return redirect(version)
    form = SignForm(
        posted(request),
        organisation=party.organisation_name,
        back_url=version.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            signing.sign_version(party, by=request.user, at=timezone.now())
            messages.success(request, f"U hebt getekend namens {party.organisation_name}.")
            return redirect(version)
    return render_form(
        request,
        "agreements/party_sign.html",
        {
            "version": version,
            "party": party,
            "page": AgreementPage.of(version, request.user),
            "breadcrumbs": breadcrumbs(version, "Ondertekenen"),
        },
        forms=[form],
    )
