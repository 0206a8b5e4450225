"""The register of interests (domain reference 6.2 and 8.1)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kvk2.core.csv_export import csv_response
from kvk2.core.spreadsheet import workbook, xlsx_response
from kvk2.nlds.shortcuts import require
from subsidies.documents_interests import InterestsContext, render_interests
from subsidies.register_page import RegisterPage
from subsidies.services.register import note_download


@require_safe
def interest_register(request):
    """Who declared what for a round, with the earlier declarations; a member sees the own ones."""
    require(request, "subsidies.view_register")
    page = RegisterPage(request.user, request.GET.get("ronde", ""), timezone.localdate())
    if page.wanted and page.round is None:
        raise Http404
    kind = request.GET.get("export")
    if kind in ("csv", "xlsx", "pdf") and page.round is not None:
        now = timezone.now()
        note_download(page.round, whole=page.whole, by=request.user, at=now)
        if kind == "pdf":
            return _document(page.document(now))
        if kind == "csv":
            return csv_response("belangenregister.csv", page.HEADERS, page.export())
        return xlsx_response("belangenregister.xlsx", workbook("Belangenregister", *page.sheet()))
    context = {
        "breadcrumbs": [
            ("Commissie", reverse("subsidies:commission_seats")),
            ("Belangenregister", None),
        ],
        "page": page,
    }
    return render(request, "subsidies/interest_register.html", context)


def _document(register: InterestsContext) -> HttpResponse:
    """L30; it holds what people said about themselves, so nobody keeps a copy on the way."""
    response = HttpResponse(render_interests(register), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{register.reference}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
