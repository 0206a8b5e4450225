"""Who took which file, and when: for who answers for it (domain reference 8.6)."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from ikc.filters_downloads import DownloadFilter
from ikc.tables_downloads import DownloadTable
from kvk2.core.audit import downloads
from kvk2.core.csv_export import csv_stream
from kvk2.nlds.shortcuts import require

PER_PAGE = 50


@require_safe
def download_list(request):
    require(request, "ikc.view_downloads")
    filter_ = DownloadFilter(request.GET, queryset=downloads())
    table = DownloadTable(filter_.qs, searched=bool(request.GET))
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        rows = table.as_values()
        return csv_stream("downloads.csv", next(rows), rows)
    return render(
        request,
        "ikc/download_list.html",
        {
            "breadcrumbs": [("Downloads", None)],
            "table": table,
            "filter": filter_,
            "reset_url": reverse("ikc:download_list") if request.GET else "",
        },
    )
