from django.db.models import Count, Max
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ikc.graphs import area_chart
from ikc.models import AttentionArea, District, Ikc
from kvk2.core.csv_export import csv_response
from kvk2.nlds.components import Tile
from kvk2.nlds.shortcuts import require
from kvk2.nlds.templatetags.nlds import decimal, percentage


@require_safe
def area_map(request):
    """The attention areas of today among all districts of the latest map."""
    require(request, "ikc.view_area")
    today = timezone.localdate()
    areas = list(
        AttentionArea.objects.active_on(today)
        .select_related("district")
        .annotate(ikc_count=Count("ikcs"))
        .order_by("district__code")
    )
    year = District.objects.aggregate(latest=Max("year"))["latest"]
    districts = list(District.objects.filter(year=year).order_by("code"))
    by_district = {area.district_id: area for area in areas}
    rows = [(district, by_district.get(district.pk)) for district in districts]
    if request.GET.get("export") == "csv":
        return _export(rows)
    return render(
        request,
        "ikc/area_map.html",
        {
            "breadcrumbs": [("IKC’s", reverse("ikc:ikc_list")), ("Aandachtsgebieden", None)],
            "areas": areas,
            "rows": rows,
            # by the numbers on the map
            "numbered": [(number, area) for number, (_, area) in enumerate(rows, 1) if area],
            "year": year,
            "may_analyse": request.user.has_perm("ikc.view_area_analysis"),
            "tiles": _tiles(districts, areas),
            "chart": area_chart(districts, areas),
            "unplaced": Ikc.objects.open_on(today)
            .filter(form=Ikc.Form.AREA, attention_area=None)
            .select_related("board")
            .order_by("name", "pk"),
        },
    )


def _tiles(districts, areas):
    """How many areas, and how many people live there; CBS rounds each figure to 5."""
    total = sum(district.inhabitants or 0 for district in districts)
    inside = sum(area.district.inhabitants or 0 for area in areas)
    dwellings = sum(area.district.dwellings or 0 for area in areas)
    share = percentage(100 * inside / total) if total else ""
    return [
        Tile("Aandachtsgebieden", len(areas), f"van {len(districts)} wijken"),
        Tile("Inwoners", decimal(inside, 0), f"{share} van de gemeente" if share else ""),
        Tile("Woningen", decimal(dwellings, 0), "in de aandachtsgebieden"),
        Tile(
            "IKC’s",
            sum(area.ikc_count for area in areas),
            "met een vastgelegd gebied",
        ),
    ]


def _export(rows):
    headers = ["Wijkcode", "Jaar", "Wijk", "Aandachtsgebied", "Inwoners", "Woningen", "Hectare"]
    return csv_response(
        "wijken.csv",
        headers,
        (
            [
                district.code,
                district.year,
                district.name,
                area is not None,
                district.inhabitants,
                district.dwellings,
                district.area_hectares,
            ]
            for district, area in rows
        ),
    )
