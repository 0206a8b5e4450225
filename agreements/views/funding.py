from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.cover import YearCover, cover_chart, cover_of, promises_of
from agreements.forms.funding import BudgetForm, RealisedForm
from agreements.models import Contribution, Programme
from agreements.pledges import pledges_of
from agreements.services import funding
from agreements.states import AgreementState
from agreements.version_links import links_of
from agreements.views.loading import breadcrumbs, get_part_or_404, get_version_or_404
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

COVER = ("Financiële dekking", "agreements:cover")
RECORD = "agreements.record_contribution"


def _programme_or_404() -> Programme:
    return get_object_or_404(Programme.objects.order_by("-start", "pk")[:1])


def _trail(*more):
    return [
        ("Resultaatafspraken", reverse("agreements:agreement_list")),
        (COVER[0], reverse(COVER[1]) if more else None),
        *more,
    ]


@require_safe
def cover(request):
    """Per budget year and source: what is available against what was promised; `?csv=1` as a file."""
    require(request, "agreements.view_cover")
    years = cover_of(_programme_or_404())
    if request.GET.get("csv"):
        return csv_response("financiele-dekking.csv", CSV_HEADERS, _csv_rows(years))
    today = timezone.localdate()
    may_edit = request.user.has_perm("agreements.edit_funding")
    return render(
        request,
        "agreements/cover.html",
        {
            "years": [
                (year, may_edit and not year.is_closed and year.year < today.year)
                for year in years
                if year.rows
            ],
            "chart": cover_chart(years),
            "may_edit": may_edit,
            "may_see_ikcs": request.user.has_perm("agreements.view_cover_per_ikc"),
            "breadcrumbs": _trail(),
        },
    )


CSV_HEADERS = (
    "Begrotingsjaar",
    "Geldbron",
    "Beschikbaar",
    "Toegezegd in werking",
    "Toegezegd in concept",
    "Over of te weinig",
    "Volgens",
    "Afgesloten",
)


def _csv_rows(years: list[YearCover]):
    for year in years:
        for row in year.rows:
            yield (
                year.year,
                row.source,
                row.available,
                row.in_force,
                row.drafted,
                row.left,
                row.basis,
                "ja" if year.is_closed else "nee",
            )


@require_safe
def cover_year(request, year):
    """The promises behind one year, per IKC."""
    require(request, "agreements.view_cover_per_ikc")
    programme = _programme_or_404()
    rows = promises_of(programme, year)
    if not rows:
        raise Http404
    if request.GET.get("csv"):
        return csv_response(
            f"financiele-dekking-{year}.csv",
            ("IKC", "Partij", "Geldbron", "Bedrag", "Concept"),
            (
                (row.ikc, row.party, row.source, row.amount, "ja" if row.is_draft else "nee")
                for row in rows
            ),
        )
    return render(
        request,
        "agreements/cover_year.html",
        {
            "year": year,
            "rows": rows,
            "total": sum(row.amount for row in rows),
            "breadcrumbs": _trail((str(year), None)),
        },
    )


@require_http_methods(["GET", "POST"])
def budget_edit(request):
    """What a source has in a year."""
    require(request, "agreements.edit_funding")
    programme = _programme_or_404()
    form = BudgetForm(posted(request), programme=programme, back_url=reverse(COVER[1]))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            funding.enter_budget(programme, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Het bedrag is bewaard.")
            return redirect(COVER[1])
    page = {"breadcrumbs": _trail(("Beschikbaar geld", None))}
    return render_form(request, "agreements/budget_edit.html", page, forms=[form])


@require_http_methods(["GET", "POST"])
def budget_year_close(request, year):
    require(request, "agreements.edit_funding")
    programme = _programme_or_404()
    if request.method == "POST":
        try:
            funding.close_budget_year(
                programme, budget_year=year, by=request.user, at=timezone.now()
            )
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"Begrotingsjaar {year} is afgesloten.")
        return redirect(COVER[1])
    return render(
        request,
        "components/confirm_page.html",
        {
            "heading": f"Begrotingsjaar {year} afsluiten?",
            "consequences": [
                "De toezeggingen, de beschikbare bedragen en wat is gerealiseerd over dit jaar staan daarna vast.",
                "Een nieuwe versie van een afspraak verandert dit jaar niet meer.",
                "Een afgesloten jaar kan niet weer open.",
            ],
            "action_label": "Jaar afsluiten",
            "negative": True,
            "back_url": reverse(COVER[1]),
            "breadcrumbs": _trail((f"{year} afsluiten", None)),
        },
    )


@require_safe
def version_pledges(request, pk):
    """Per party what was promised, confirmed and realised."""
    version = get_version_or_404(request, pk, perm="agreements.view_contributions")
    return render(
        request,
        "agreements/version_pledges.html",
        {
            "version": version,
            "parties": [
                (
                    group,
                    version.state == AgreementState.IN_FORCE
                    and request.user.has_perm(RECORD, group.party),
                )
                for group in pledges_of(version)
            ],
            "links": links_of(version, request.user),
            "breadcrumbs": breadcrumbs(version, "Bijdragen van toezegging tot inbreng"),
        },
    )


@require_http_methods(["GET", "POST"])
def contribution_confirm(request, pk):
    contribution, version = get_part_or_404(request, Contribution, pk, perm=RECORD)
    back = reverse("agreements:version_pledges", args=[version.pk])
    if request.method == "POST":
        try:
            funding.confirm_contribution(contribution, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "De bijdrage is bevestigd.")
        return redirect(back)
    return render(
        request,
        "components/confirm_page.html",
        {
            "heading": f"Bijdrage over {contribution.budget_year} bevestigen?",
            "text": f"{contribution.party.organisation_name}: {contribution.description}.",
            "consequences": ["Dit staat daarna vast, met uw naam en de dag erbij."],
            "action_label": "Bevestigen",
            "back_url": back,
            "breadcrumbs": breadcrumbs(version, "Bijdrage bevestigen"),
        },
    )


@require_http_methods(["GET", "POST"])
def contribution_realise(request, pk):
    contribution, version = get_part_or_404(request, Contribution, pk, perm=RECORD)
    back = reverse("agreements:version_pledges", args=[version.pk])
    form = RealisedForm(
        posted(request),
        contribution=contribution,
        back_url=back,
        initial={"amount": contribution.amount},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            funding.realise_contribution(
                contribution, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Vastgelegd wat is ingebracht.")
            return redirect(back)
    return render_form(
        request,
        "agreements/contribution_realise.html",
        {
            "version": version,
            "contribution": contribution,
            "breadcrumbs": breadcrumbs(version, "Werkelijke inbreng"),
        },
        forms=[form],
    )
