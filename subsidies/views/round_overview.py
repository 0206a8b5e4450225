"""The overview of a round in pictures, and each picture to take along."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kvk2.core.charts.chart import WIDE
from kvk2.core.csv_export import csv_response
from kvk2.nlds.shortcuts import require
from subsidies.models import SubsidyRound
from subsidies.round_overview import RoundOverview


def _overview(request, pk: int) -> RoundOverview:
    rounds = SubsidyRound.objects.visible_to(request.user).select_related("scheme_version")
    round_ = get_object_or_404(rounds, pk=pk)
    require(request, "subsidies.view_round_overview", round_)
    return RoundOverview(round_, request.user, now=timezone.now())


@require_safe
def round_overview(request, pk):
    """Where the money, the applications and the days of a round are."""
    page = _overview(request, pk)
    context = {
        "breadcrumbs": [
            ("Rondes", reverse("subsidies:round_list")),
            (str(page.round), page.round.get_absolute_url()),
            ("Overzicht", None),
        ],
        "round": page.round,
        "page": page,
    }
    return render(request, "subsidies/round_overview.html", context)


@require_safe
def round_picture(request, pk, name, kind):
    """One picture as SVG, or its figures as CSV."""
    chart = _overview(request, pk).charts.get(name)
    if chart is None or kind not in ("svg", "csv"):
        raise Http404
    if kind == "csv":
        return csv_response(f"ronde-{pk}-{name}.csv", chart.headers, chart.rows)
    return HttpResponse(
        chart.at(WIDE),
        content_type="image/svg+xml; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="ronde-{pk}-{name}.svg"',
            "Cache-Control": "private, no-store",
        },
    )
