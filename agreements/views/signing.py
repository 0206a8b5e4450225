from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.completeness import gaps, warnings_at_agreement_time
from agreements.forms.versions import ReasonForm, SignedPaperForm, SignForm
from agreements.models import AgreementParty, AgreementVersion, Signature
from agreements.reading import AgreementPage
from agreements.services import drafting, signing
from agreements.states import AgreementState
from agreements.views.loading import breadcrumbs, get_part_or_404, get_version_or_404
from agreements.views.sections import PARTS, sections
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require


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
            "may_lay": request.user.has_perm("agreements.lay_version", version),
            "steps": sections(version, request.user, current="check", found=found),
            "breadcrumbs": breadcrumbs(version, "Is alles compleet?"),
        },
    )


@require_http_methods(["GET", "POST"])
def version_offer(request, pk):
    version = get_version_or_404(request, pk, perm="agreements.offer_version")
    back = version.get_absolute_url()
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
def version_reopen(request, pk):
    version = get_version_or_404(request, pk, perm="agreements.reopen_version")
    form = ReasonForm(
        posted(request),
        button="Terugzetten naar overleg",
        back_url=version.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            voided = signing.reopen(
                version, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, _returned(voided))
            return redirect("agreements:version_check", version.pk)
    return render_form(
        request,
        "agreements/version_reopen.html",
        {
            "version": version,
            "signed": [party for party in version.parties.all() if hasattr(party, "signature")],
            "consents": [party for party in version.parties.all() if hasattr(party, "consent")],
            "breadcrumbs": breadcrumbs(version, "Terug naar overleg"),
        },
        forms=[form],
    )


def _returned(voided: list[str]) -> str:
    if not voided:
        return "De afspraak is weer in overleg. De akkoorden zijn vervallen."
    return f"De afspraak is weer in overleg. Vervallen: de handtekening van {', '.join(voided)}."


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
    if request.method == "GET" and hasattr(party, "signature"):
        messages.info(request, f"{party.organisation_name} heeft al getekend.")
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


@require_http_methods(["GET", "POST"])
def party_paper(request, pk):
    """A signature on paper: the signed PDF with who signed, when and on what power."""
    party, version = get_part_or_404(request, AgreementParty, pk, perm="agreements.upload_signed")
    form = SignedPaperForm(
        posted(request),
        request.FILES or None,
        back_url=version.get_absolute_url(),
        initial={
            "name": party.signatory_name,
            "function": party.signatory_function,
            "mandate": party.mandate_reference,
        },
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        with refusals_on(form):
            signing.record_signed_document(
                party,
                paper=form.paper(),
                file_name=upload.name,
                content=upload.read(),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(
                request, f"De handtekening namens {party.organisation_name} is vastgelegd."
            )
            return redirect(version)
    return render_form(
        request,
        "agreements/party_paper.html",
        {
            "version": version,
            "party": party,
            "breadcrumbs": breadcrumbs(version, "Ondertekend document"),
        },
        forms=[form],
    )


@require_safe
def signed_document(request, pk):
    party, version = get_part_or_404(request, AgreementParty, pk, perm="")
    require(request, "agreements.print_version", version)
    signature = get_object_or_404(
        Signature.objects.select_related("document", "party__version"), party=party
    )
    try:
        stored = signing.open_signed_document(signature, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(version)
    return file_response(stored)


@require_http_methods(["GET", "POST"])
def party_refuse(request, pk):
    """Not to sign, with reasons; what follows stands first."""
    party, version = get_part_or_404(request, AgreementParty, pk, perm="agreements.refuse_party")
    form = ReasonForm(
        posted(request), button="Weigeren te tekenen", back_url=version.get_absolute_url()
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            signing.refuse(
                party, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, f"U weigerde namens {party.organisation_name}.")
            return redirect(version)
    return render_form(
        request,
        "agreements/party_refuse.html",
        {
            "version": version,
            "party": party,
            "in_force": AgreementVersion.objects.filter(agreement=version.agreement_id)
            .in_force()
            .first(),
            "breadcrumbs": breadcrumbs(version, "Weigeren"),
        },
        forms=[form],
    )
