from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.comparing import difference_of, proposed_pair, texts_to_compare
from agreements.differences import compare
from agreements.documents import agreement_text
from agreements.forms.negotiation import AgreeForm, CompareForm, LayForm
from agreements.models import AgreementParty, Comment
from agreements.reading import AgreementPage
from agreements.services import negotiation
from agreements.states import AgreementState
from agreements.views.loading import breadcrumbs, get_part_or_404, get_version_or_404
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require


@require_http_methods(["GET", "POST"])
def version_lay(request, pk):
    """Lay the text before the parties; what changed since the last time stands on the page."""
    version = get_version_or_404(request, pk, perm="agreements.lay_version")
    form = LayForm(posted(request), back_url=version.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            revision = negotiation.lay_before_parties(
                version, note=form.cleaned_data["note"], by=request.user, at=timezone.now()
            )
            messages.success(
                request,
                f"Herziening {revision.number} ligt bij de partijen. Zij krijgen een e-mail.",
            )
            return redirect(version)
    last = negotiation.last_revision(version)
    return render_form(
        request,
        "agreements/version_lay.html",
        {
            "version": version,
            "last": last,
            "difference": compare(negotiation.text_of(last), agreement_text(version))
            if last
            else None,
            "consents": [party for party in version.parties.all() if hasattr(party, "consent")],
            "breadcrumbs": breadcrumbs(version, "Voorleggen aan de partijen"),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def party_agree(request, pk):
    """The whole text with what is said about it, and the button under it."""
    party, version = get_part_or_404(request, AgreementParty, pk, perm="agreements.sign_party")
    if version.state != AgreementState.NEGOTIATION:
        messages.info(request, "Over deze versie is nu geen overleg.")
        return redirect(version)
    form = AgreeForm(
        posted(request),
        organisation=party.organisation_name,
        back_url=version.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            negotiation.agree(party, by=request.user, at=timezone.now())
            messages.success(request, f"U ging akkoord namens {party.organisation_name}.")
            return redirect(version)
    return render_form(
        request,
        "agreements/party_agree.html",
        {
            "version": version,
            "party": party,
            "revision": negotiation.last_revision(version),
            "open_comments": Comment.objects.filter(version=version).open().count(),
            "page": AgreementPage.of(version, request.user),
            "breadcrumbs": breadcrumbs(version, "Akkoord gaan"),
        },
        forms=[form],
    )


@require_safe
def version_differences(request, pk):
    """What changed between two texts of this agreement, and which texts there were."""
    version = get_version_or_404(request, pk)
    require(request, "agreements.view_negotiation", version)
    proposed = dict(zip(("van", "tot"), proposed_pair(version, request.user), strict=True))
    chosen = {name: request.GET.get(name) or proposed[name] for name in proposed}
    texts = texts_to_compare(version)
    form = CompareForm(chosen, choices=[(row.key, row.label) for row in texts])
    revisions = list(version.revisions.select_related("laid_by").order_by("-number"))
    return render_form(
        request,
        "agreements/version_differences.html",
        {
            "version": version,
            "difference": difference_of(texts, chosen["van"], chosen["tot"])
            if form.is_valid()
            else None,
            "revisions": revisions,
            "read": version.readings.filter(user=request.user).select_related("revision").first(),
            "breadcrumbs": breadcrumbs(version, "Wat is er veranderd?"),
        },
        forms=[form],
    )


@require_POST
def version_read(request, pk):
    """Remember that the reader has seen the newest revision."""
    version = get_version_or_404(request, pk)
    require(request, "agreements.view_negotiation", version)
    revision = negotiation.last_revision(version)
    if revision is not None:
        negotiation.mark_read(revision, by=request.user, at=timezone.now())
        messages.success(
            request, f"U las tot en met herziening {revision.number}. Wat later komt, is nieuw."
        )
    return redirect("agreements:version_differences", version.pk)
