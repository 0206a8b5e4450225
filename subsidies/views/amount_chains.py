"""All amounts in one overview, from asked to determined."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kvk2.core.csv_export import csv_response
from kvk2.nlds.shortcuts import require
from subsidies.amount_chain_page import ChainPage


@require_safe
def amount_chain(request):
    """The chain with pictures and tables; also as CSV."""
    require(request, "subsidies.view_amounts")
    page = ChainPage(request.user, request.GET.dict())
    if request.GET.get("export") == "csv":
        return csv_response("bedragen.csv", *page.csv())
    context = {
        "breadcrumbs": [
            ("Betalingen", reverse("subsidies:payment_list")),
            ("Bedragen", None),
        ],
        "page": page,
        "filter_form": page.filter_form,
    }
    return render(request, "subsidies/amount_chain.html", context)
