"""The ranking of a round, with how much it means."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kvk2.core.csv_export import csv_response
from kvk2.core.spreadsheet import workbook, xlsx_response
from kvk2.nlds.shortcuts import require
from subsidies.ranking_page import RankingPage
from subsidies.rules.assessment import is_free_in_round, is_secretary
from subsidies.services.rankings import rounds_with_rules
from subsidies.views.commission import crumbs


@require_safe
def round_ranking(request, pk):
    """All applications in order, what belongs together, and what one member changes."""
    round_ = get_object_or_404(rounds_with_rules(request.user), pk=pk)
    if is_secretary(request.user) and not is_free_in_round(request.user, round_):
        # C2: to who has an interest in one of the applications, this page does not exist.
        raise Http404
    require(request, "subsidies.view_ranking", round_)
    page = RankingPage(round_, request.user)
    match request.GET.get("export"):
        case "csv":
            return csv_response("rangschikking.csv", *page.export())
        case "xlsx":
            return xlsx_response("rangschikking.xlsx", workbook("Rangschikking", *page.sheet()))
    context = {
        "breadcrumbs": crumbs(round_, ("Rangschikking", None)),
        "round": round_,
        "page": page,
    }
    return render(request, "subsidies/round_ranking.html", context)
