"""The subsidy register for anybody, without logging in (Woo 3.3a). Nothing else of the portal is reachable from here."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from kvk2.core.csv_export import csv_response
from kvk2.core.documents import Municipality
from kvk2.core.middleware import client_address
from kvk2.core.rate import is_too_often
from subsidies.documents_subsidy_register import OverviewContext, OverviewRow, render_overview
from subsidies.models import RegisterEntry
from subsidies.services.subsidy_register import facts_of
from subsidies.subsidy_register_page import (
    FIELDS,
    GRANTING,
    LICENCE,
    LICENCE_URL,
    PER_PAGE,
    PublicRegister,
    amount_of,
    public_facts,
    standing,
)
from subsidies.tables_subsidy_register import PublicRegisterTable

TITLE = "Subsidieregister"
MOST_PER_MINUTE = 300
SECONDS_FRESH = 300


def open_to_all(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page without login: not asked too often by one address, and kept by caches for some minutes."""

    @login_not_required
    @require_safe
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = f"register:{client_address(request)}"
        if is_too_often(key, most=MOST_PER_MINUTE, seconds=60):
            return HttpResponse(
                "U vraagt te veel pagina’s achter elkaar. Probeer het over een minuut opnieuw.",
                status=429,
                content_type="text/plain; charset=utf-8",
                headers={"Retry-After": "60"},
            )
        response = view(request, *args, **kwargs)
        if request.user.is_authenticated:  # the menu of the page is theirs
            response["Cache-Control"] = "private, no-store"
        else:
            response.headers.pop("Cache-Control", None)
            patch_cache_control(response, public=True, max_age=SECONDS_FRESH)
        return response

    return wrapper


@open_to_all
def public_register(request):
    """The list with search, filters, totals and pictures."""
    page = PublicRegister(request.GET)
    table = PublicRegisterTable(page.found, searched=page.filtered)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return render(
        request,
        "subsidies/public_register.html",
        {
            "breadcrumbs": [(TITLE, None)],
            "page": page,
            "table": table,
            "fields": FIELDS.items(),
            "licence": LICENCE,
            "licence_url": LICENCE_URL,
        },
    )


@open_to_all
def public_register_entry(request, code):
    """One public decision; what was withdrawn, or never public, is not found."""
    entry = get_object_or_404(RegisterEntry.objects.public(), code=code)
    others = RegisterEntry.objects.public().filter(case=entry.case).exclude(pk=entry.pk)
    return render(
        request,
        "subsidies/public_register_entry.html",
        {
            "breadcrumbs": [(TITLE, reverse("subsidies:public_register")), (entry.code, None)],
            "entry": entry,
            "rows": public_facts(entry),
            "others": others.order_by("decided_on", "pk"),
        },
    )


@open_to_all
def public_register_csv(request):
    """Everything that is public, or what the same filters find, as CSV."""
    rows = _facts(PublicRegister(request.GET).found)
    return csv_response("subsidieregister.csv", list(FIELDS), (row.values() for row in rows))


@open_to_all
def public_register_json(request):
    """The same as JSON, with what each field means."""
    page = PublicRegister(request.GET)
    return JsonResponse(
        {
            "publisher": settings.MUNICIPALITY["name"],
            "licence": LICENCE,
            "licence_url": LICENCE_URL,
            "updated_at": page.updated_at,
            "fields": dict(FIELDS),
            "entries": _facts(page.found),
        },
        json_dumps_params={"ensure_ascii": False},
    )


@open_to_all
def public_register_overview(request, year):
    """L32, the overview of one year as PDF."""
    entries = list(RegisterEntry.objects.public().filter(year=year).order_by("decided_on", "pk"))
    if not entries:
        raise Http404
    last = standing(entries)
    overview = OverviewContext(
        municipality=Municipality.from_settings(),
        year=year,
        updated_at=PublicRegister({}).updated_at or timezone.now(),
        granted=amount_of(row for row in last if row.kind in GRANTING),
        determined=amount_of(row for row in last if row.kind not in GRANTING),
        rows=tuple(_row(entry) for entry in entries),
        demo=settings.DEMO,
    )
    return HttpResponse(
        render_overview(overview),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="subsidieoverzicht-{year}.pdf"'},
    )


def _facts(entries: Iterable[RegisterEntry]) -> list[dict[str, Any]]:
    rows = map(facts_of, entries)
    return [{name: row[name] for name in FIELDS} for row in rows]


def _row(entry: RegisterEntry) -> OverviewRow:
    return OverviewRow(
        code=entry.code,
        kind=entry.get_kind_display(),
        decided_on=entry.decided_on,
        recipient=entry.recipient,
        ikc=entry.ikc,
        area=entry.area,
        amount=entry.amount,
    )
