"""The grants: the list, and what became of one of them."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from kvk2.core import audit
from kvk2.core.csv_export import csv_response
from kvk2.nlds.shortcuts import require
from subsidies.grant_page import GrantList, GrantPage
from subsidies.models import Grant
from subsidies.tables import rows_for_export
from subsidies.tables_grants import GrantTable
from subsidies.timelines import full_timeline

TITLE = "Verleningen"


@require_safe
def grant_list(request):
    """Every grant that the reader may see, with its sums; also as CSV."""
    require(request, "subsidies.view_grants")
    page = GrantList(request.user, request.GET)
    table = GrantTable(page.found)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    if request.GET.get("export") == "csv":
        return csv_response("verleningen.csv", *rows_for_export(table))
    context = {
        "breadcrumbs": [(TITLE, None)],
        "page": page,
        "table": table,
        "filter_form": page.filter_form,
    }
    return render(request, "subsidies/grant_list.html", context)


@require_safe
def grant_detail(request, pk):
    """One grant: what was given, where it stands, and everything that was decided about it."""
    grants = Grant.objects.visible_to(request.user).for_page().prefetch_related("suspensions")
    grant = get_object_or_404(grants, pk=pk)
    page = GrantPage(grant, request.user)
    context = {
        "breadcrumbs": [
            (TITLE, reverse("subsidies:grant_list")),
            (str(page.application.ikc), None),
        ],
        "grant": grant,
        "page": page,
        "events": full_timeline(audit.events_of(grant)) if request.user.is_municipal else [],
    }
    return render(request, "subsidies/grant_detail.html", context)
