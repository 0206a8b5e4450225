from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.forms.parties import (
    ContributionForm,
    PartyForm,
    SignatoryForm,
    initial_signatory,
)
from agreements.models import AgreementParty, Contribution
from agreements.reading import contribution_table
from agreements.services import editing
from agreements.talk import hang_talk
from agreements.views.loading import breadcrumbs, get_part_or_404, get_version_or_404
from agreements.views.sections import sections
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require


def _page(request, version, current, *labels, **context):
    parent = {"parties": "Partijen", "contributions": "Bijdragen"}[current]
    url = reverse(f"agreements:version_{current}", args=[version.pk]) if labels else None
    return {
        "version": version,
        "steps": sections(version, request.user, current=current),
        "breadcrumbs": [
            *breadcrumbs(version),
            (parent, url),
            *((label, None) for label in labels),
        ],
        **context,
    }


@require_safe
def version_parties(request, pk):
    version = get_version_or_404(request, pk, perm="agreements.edit_version")
    return render(request, "agreements/version_parties.html", _page(request, version, "parties"))


@require_http_methods(["GET", "POST"])
def party_create(request, pk):
    version = get_version_or_404(request, pk, perm="agreements.edit_version")
    back = reverse("agreements:version_parties", args=[version.pk])
    form = PartyForm(posted(request), back_url=back)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            editing.add_party(version, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De partij is toegevoegd.")
            return redirect(back)
    page = _page(request, version, "parties", "Partij toevoegen")
    return render_form(request, "agreements/party_create.html", page, forms=[form])


@require_http_methods(["GET", "POST"])
def party_edit(request, pk):
    party, version = get_part_or_404(request, AgreementParty, pk, perm="agreements.edit_party")
    back = reverse("agreements:version_parties", args=[version.pk])
    form = SignatoryForm(posted(request), back_url=back, initial=initial_signatory(party))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            editing.change_party(party, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De partij is bewaard.")
            return redirect(back)
    page = _page(request, version, "parties", party.organisation_name, party=party)
    return render_form(request, "agreements/party_edit.html", page, forms=[form])


@require_http_methods(["GET", "POST"])
def party_delete(request, pk):
    party, version = get_part_or_404(request, AgreementParty, pk, perm="agreements.edit_party")
    back = reverse("agreements:version_parties", args=[version.pk])
    name = party.organisation_name
    if request.method == "POST":
        try:
            editing.remove_party(party, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"{name} is geen partij meer.")
        return redirect(back)
    return render(
        request,
        "components/confirm_page.html",
        {
            "heading": f"{name} verwijderen als partij?",
            "consequences": ["De bijdragen van deze partij gaan mee weg."],
            "action_label": "Partij verwijderen",
            "negative": True,
            "back_url": back,
            "breadcrumbs": breadcrumbs(version, "Partij verwijderen"),
        },
    )


@require_safe
def version_contributions(request, pk):
    """What each party puts in; a board may add to its own, the project leader to all."""
    version = get_version_or_404(request, pk)
    require(request, "agreements.view_contributions", version)
    hang_talk(version, request.user)
    parties = [
        (party, request.user.has_perm("agreements.edit_contributions", party))
        for party in version.parties.all()
    ]
    return render(
        request,
        "agreements/version_contributions.html",
        _page(
            request,
            version,
            "contributions",
            parties=parties,
            contributions=contribution_table(version),
        ),
    )


@require_http_methods(["GET", "POST"])
def contribution_create(request, pk):
    party, version = get_part_or_404(
        request, AgreementParty, pk, perm="agreements.edit_contributions"
    )
    back = reverse("agreements:version_contributions", args=[version.pk])
    form = ContributionForm(posted(request), version=version, back_url=back)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on(form):
            editing.add_contributions(
                party,
                kind=data["kind"],
                amount=data["amount"],
                description=data["description"],
                budget_years=form.budget_years(),
                source=data["source"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De bijdrage is toegevoegd.")
            return redirect(back)
    page = _page(request, version, "contributions", "Bijdrage toevoegen", party=party)
    return render_form(request, "agreements/contribution_create.html", page, forms=[form])


@require_http_methods(["GET", "POST"])
def contribution_delete(request, pk):
    contribution, version = get_part_or_404(
        request, Contribution, pk, perm="agreements.edit_contributions"
    )
    back = reverse("agreements:version_contributions", args=[version.pk])
    if request.method == "POST":
        try:
            editing.remove_contribution(contribution, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "De bijdrage is verwijderd.")
        return redirect(back)
    return render(
        request,
        "components/confirm_page.html",
        {
            "heading": "Bijdrage verwijderen?",
            "text": f"{contribution.party.organisation_name}, {contribution.budget_year}: {contribution.description}.",
            "action_label": "Bijdrage verwijderen",
            "negative": True,
            "back_url": back,
            "breadcrumbs": breadcrumbs(version, "Bijdrage verwijderen"),
        },
    )
