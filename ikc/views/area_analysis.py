"""The area analysis: all districts ranked, one district with its figures, and the indicators."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ikc.area_page import MARKS, DistrictPage, area_today
from ikc.forms.areas import IndicatorForm, YearForm
from ikc.models import AreaIndicator, AttentionArea, District, Ikc
from ikc.services import area_indicators as services
from ikc.services.area_analysis import Analysis, latest_map
from kvk2.core.csv_export import csv_response
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

AREAS = "Aandachtsgebieden"


def area_crumbs(*more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The way to a page under the attention areas."""
    return [
        ("IKC’s", reverse("ikc:ikc_list")),
        (AREAS, reverse("ikc:area_map")),
        *more,
    ]


@require_safe
def area_analysis(request):
    """All districts of the latest map by score, with the figures up to a year of choice."""
    require(request, "ikc.view_area_analysis")
    analysis = Analysis(latest_map() or 0)
    form = YearForm(request.GET or None, years=analysis.years)
    if form.is_valid() and form.cleaned_data["year"]:
        analysis.until = form.cleaned_data["year"]
    form = YearForm(initial={"year": analysis.year}, years=analysis.years)
    areas = dict(
        AttentionArea.objects.active_on(timezone.localdate()).values_list("district", "name")
    )
    rows = [(row, row.district.pk in areas, MARKS[row.reliability]) for row in analysis.standings]
    if request.GET.get("export") == "csv":
        return _export(analysis, rows)
    return render(
        request,
        "ikc/area_analysis.html",
        {
            "breadcrumbs": area_crumbs(("Gebiedsanalyse", None)),
            "analysis": analysis,
            "rows": rows,
            "year_form": form,
            "counted": [one for one in analysis.indicators if one.counts],
            "may_change": request.user.has_perm("ikc.change_areas"),
        },
    )


def _export(analysis, rows):
    codes = [one.code for one in analysis.measures]
    headers = [
        "Wijkcode",
        "Indeling",
        "Wijk",
        "Aandachtsgebied",
        "Rang",
        "Score",
        "Betrouwbaarheid",
        "Trend",
    ]

    def cells(row, is_area):
        parts = {part.measure: part for part in row.result.parts}
        own = [parts.get(code) for code in codes]
        yield from (row.district.code, row.district.year, row.district.name, is_area)
        yield from (row.rank, row.score, row.reliability.value, row.trend)
        for part in own:
            yield from (part.value, part.rank) if part else (None, None)

    return csv_response(
        f"gebiedsanalyse-{analysis.year or 'leeg'}.csv",
        headers + [name for code in codes for name in (code, f"{code} rang")],
        (cells(row, is_area) for row, is_area, _ in rows),
    )


@require_safe
def district_detail(request, pk):
    """One district: rank, trend, figures over the years with their origin, and the IKCs in it."""
    district = get_object_or_404(District, pk=pk)
    require(request, "ikc.view_area_analysis")
    page = DistrictPage(district)
    if request.GET.get("export") == "csv":
        return _figures(district, page)
    ikcs = Ikc.objects.visible_to(request.user).in_district(district)
    return render(
        request,
        "ikc/district_detail.html",
        {
            "breadcrumbs": area_crumbs((district.name, None)),
            "district": district,
            "page": page,
            "area": area_today(district, timezone.localdate()),
            "designations": district.designations.select_related("recalibration").order_by(
                "-recalibration__year"
            ),
            "ikcs": ikcs.with_plus(timezone.localdate())
            .select_related("board")
            .order_by("name", "pk"),
            "marks": MARKS,
        },
    )


def _figures(district, page):
    headers = [
        "Indicator",
        "Jaar",
        "Cijfer",
        "Eenheid",
        "Ontbreekt",
        "Betrouwbaarheid",
        "Bron",
        "Opgehaald op",
        "Import",
    ]
    return csv_response(
        f"wijkcijfers-{district.code}.csv",
        headers,
        (
            [
                row.indicator.name,
                figure.year,
                figure.value,
                row.indicator.unit,
                figure.get_missing_reason_display() if figure.value is None else "",
                figure.reliability,
                figure.source,
                figure.retrieved_on,
                figure.area_import_id,
            ]
            for row in page.rows
            for figure in row.figures
        ),
    )


@require_safe
def area_indicator_list(request):
    """What is counted, which way and how heavily."""
    require(request, "ikc.view_area_analysis")
    return render(
        request,
        "ikc/area_indicator_list.html",
        {
            "breadcrumbs": area_crumbs(
                ("Gebiedsanalyse", reverse("ikc:area_analysis")), ("Indicatoren", None)
            ),
            "indicators": AreaIndicator.objects.prefetch_related("bands").order_by(
                "-weight", "family", "code"
            ),
            "may_change": request.user.has_perm("ikc.change_areas"),
        },
    )


@require_http_methods(["GET", "POST"])
def area_indicator_add(request):
    require(request, "ikc.change_areas")
    form = IndicatorForm(posted(request), back_url=reverse("ikc:area_indicator_list"))
    return _indicator_page(request, form, "Indicator toevoegen")


@require_http_methods(["GET", "POST"])
def area_indicator_edit(request, pk):
    indicator = get_object_or_404(AreaIndicator, pk=pk)
    require(request, "ikc.change_areas")
    form = IndicatorForm(
        posted(request), indicator=indicator, back_url=reverse("ikc:area_indicator_list")
    )
    return _indicator_page(request, form, "Indicator wijzigen", indicator)


def _indicator_page(request, form, heading, indicator=None):
    deed = {"by": request.user, "at": timezone.now()}
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            if indicator is None:
                services.add_indicator(form.cleaned_data["code"], form.facts(), **deed)
            else:
                services.change_indicator(indicator, form.facts(), **deed)
            messages.success(request, "De indicator is opgeslagen.")
            return redirect("ikc:area_indicator_list")
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": area_crumbs(
                ("Indicatoren", reverse("ikc:area_indicator_list")), (heading, None)
            ),
            "heading": heading,
            "lead": indicator.name if indicator else "",
            "note": "Een herijking die is vastgelegd, houdt de analyse van haar eigen tijd."
            if indicator
            else "",
        },
        forms=[form],
    )
