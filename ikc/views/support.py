"""Support of IKCs: pools and use, hours per IKC, the people who do it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc.forms.support import AllocationForm, EndForm, PoolForm, WorkerForm
from ikc.models import Ikc, SupportPool, SupportRequest, SupportWorker, SupportWorkerAllocation
from ikc.services import support as services
from ikc.states_support import SHORT_KINDS, SupportKind
from ikc.support_page import hours_by_ikc, hours_words, is_merged, pool_chart, pool_use
from ikc.tables_support import AllocationFilter, AllocationTable
from ikc.views.access import crumbs_to, get_ikc_or_404
from ikc.views.centres import PER_PAGE
from kvk2.core.capitals import upper_first
from kvk2.core.csv_export import csv_response
from kvk2.nlds.components import Tile
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date

YEARS = range(2021, 2100)


def crumbs(last=""):
    return crumbs_to("Ondersteuning", "ikc:support_overview", None, last)


def _year(request, today):
    """The year that `?jaar=` asks for; nonsense is this year."""
    asked = request.GET.get("jaar", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else today.year
    return year if year in YEARS else today.year


@require_safe
def support_overview(request):
    """What there is against what is used, as a picture; the IKCs of the user with their hours of today."""
    require(request, "ikc.view_support")
    today, user = timezone.localdate(), request.user
    year = _year(request, today)
    uses = pool_use(year)
    rows = hours_by_ikc(
        SupportWorkerAllocation.objects.visible_to(user)
        .active_on(today)
        .for_list()
        .prefetch_related("ikc__partners")
    )
    return render(
        request,
        "ikc/support_overview.html",
        {
            "breadcrumbs": [("Ondersteuning", None)],
            "year": year,
            "years": [year - 1, year + 1],
            "uses": uses,
            "chart": pool_chart(uses),
            "tiles": _tiles(uses),
            "rows": rows,
            "kinds": [SHORT_KINDS[kind] for kind in SupportKind],
            "requests": SupportRequest.objects.visible_to(user)
            .open()
            .select_related("ikc")
            .by_urgency()[:5],
            "may_change": user.has_perm("ikc.change_support"),
            "own_ikcs": Ikc.objects.filter(pk__in=user.ikc_ids()).order_by("name", "pk"),
        },
    )


def _tiles(uses):
    tiles = []
    for use in uses:
        if use.pool is None and not use.peak:
            continue
        note = (
            f"van {hours_words(use.available)} per week"
            if use.available is not None
            else "uur per week, geen vast aantal"
        )
        tiles.append(Tile(upper_first(SHORT_KINDS[use.kind]), hours_words(use.peak), note))
    return tiles


@require_safe
def allocation_list(request):
    require(request, "ikc.view_support")
    rows = SupportWorkerAllocation.objects.visible_to(request.user).for_list()
    filter_ = AllocationFilter(
        request.GET, queryset=rows.order_by("ikc__name", "kind", "-valid_from", "pk")
    )
    table = AllocationTable(filter_.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        lines = table.as_values()
        return csv_response("ondersteuning.csv", next(lines), lines)
    return render(
        request,
        "ikc/allocation_list.html",
        {"breadcrumbs": crumbs("Alle inzet"), "table": table, "filter": filter_},
    )


@require_safe
def support_ikc(request, pk):
    """The support of one IKC over the years, and what it asked for."""
    ikc, today = get_ikc_or_404(request, pk), timezone.localdate()
    require(request, "ikc.view_support")
    rows = list(
        SupportWorkerAllocation.objects.visible_to(request.user)
        .filter(ikc=ikc)
        .select_related("worker__employer")
        .order_by("-valid_until", "kind", "pk")
    )
    partners = list(ikc.partners.all())
    current = [row for row in rows if row.valid_from <= today <= row.valid_until]
    for row in rows:
        row.ikc = ikc
        row.is_tied = row.worker is not None and (
            row.worker.employer_id == ikc.board_id
            or row.worker.employer_id in {partner.organisation_id for partner in partners}
        )
    return render(
        request,
        "ikc/support_ikc.html",
        {
            "breadcrumbs": crumbs(ikc.name),
            "ikc": ikc,
            "rows": rows,
            "today": today,
            "merged": is_merged(current),
            "total": sum((row.hours_per_week for row in current), 0),
            "requests": SupportRequest.objects.visible_to(request.user)
            .filter(ikc=ikc)
            .select_related("ikc")
            .by_urgency(),
            "may_change": request.user.has_perm("ikc.change_support"),
            "may_request": request.user.has_perm("ikc.request_support", ikc),
        },
    )


@require_http_methods(["GET", "POST"])
def allocation_add(request, pk):
    ikc = get_ikc_or_404(request, pk)
    require(request, "ikc.change_support")
    back = reverse("ikc:support_ikc", args=[ikc.pk])
    form = AllocationForm(posted(request), back=back, today=timezone.localdate())
    if form.is_valid():
        with refusals_on(form):
            services.allocate(ikc, terms=form.terms(), by=request.user, at=timezone.now())
            messages.success(request, "De inzet is vastgelegd.")
            return redirect(back)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": crumbs("Inzet vastleggen"),
            "heading": "Inzet vastleggen",
            "lead": ikc.name,
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def allocation_end(request, pk):
    rows = SupportWorkerAllocation.objects.visible_to(request.user).for_list()
    allocation = get_object_or_404(rows, pk=pk)
    require(request, "ikc.change_support")
    form = EndForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            services.end_allocation(
                allocation, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De inzet eindigt eerder.")
            return redirect(allocation)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs("Inzet beëindigen"),
            "heading": "Inzet eerder beëindigen",
            "text": f"{allocation}: {hours_words(allocation.hours_per_week)} per week, nu tot en met "
            f"{dutch_date(allocation.valid_until)}. Andere uren? Leg daarna de nieuwe inzet vast.",
            "back_url": allocation.get_absolute_url(),
            "negative": True,
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def pool_set(request):
    require(request, "ikc.change_support")
    back = reverse("ikc:support_overview")
    pool = SupportPool.objects.filter(
        kind=request.GET.get("soort", ""), year=_year(request, timezone.localdate())
    ).first()
    initial = {"year": _year(request, timezone.localdate()), "kind": request.GET.get("soort", "")}
    if pool is not None:
        initial |= {"workers": pool.workers, "hours_each": pool.hours_each, "source": pool.source}
    form = PoolForm(posted(request), initial=initial, back=back)
    if form.is_valid():
        with refusals_on(form):
            pool = services.set_pool(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Vastgelegd hoeveel ondersteuning er is.")
            return redirect(f"{back}?jaar={pool.year}")
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": crumbs("Beschikbare uren"),
            "heading": "Hoeveel ondersteuning is er?",
            "lead": "Mensen keer hun uren per week. Bij een IKC kan nooit meer worden ingezet dan dit.",
        },
        forms=[form],
    )


@require_safe
def worker_list(request):
    """Who supports IKCs, for whom they work, and how many hours are theirs today."""
    require(request, "ikc.change_support")
    today = timezone.localdate()
    workers = list(
        SupportWorker.objects.select_related("employer").order_by("left_on", "label", "pk")
    )
    by_worker = {worker.pk: [] for worker in workers}
    running = (
        SupportWorkerAllocation.objects.active_on(today)
        .filter(worker__isnull=False)
        .select_related("ikc")
        .prefetch_related("ikc__partners")
        .order_by("ikc__name", "pk")
    )
    for row in running:
        by_worker[row.worker_id].append(row)
    return render(
        request,
        "ikc/worker_list.html",
        {
            "breadcrumbs": crumbs("Medewerkers"),
            "workers": [
                {
                    "worker": worker,
                    "rows": by_worker[worker.pk],
                    "hours": sum(row.hours_per_week for row in by_worker[worker.pk]),
                    "tied": [
                        row.ikc
                        for row in by_worker[worker.pk]
                        if not worker.is_independent_of(row.ikc)
                    ],
                }
                for worker in workers
            ],
        },
    )


@require_http_methods(["GET", "POST"])
def worker_add(request):
    require(request, "ikc.change_support")
    form = WorkerForm(posted(request), back=reverse("ikc:worker_list"))
    if form.is_valid():
        with refusals_on(form):
            services.add_worker(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De medewerker is toegevoegd.")
            return redirect("ikc:worker_list")
    return render_form(
        request,
        "ikc/ikc_form.html",
        {"breadcrumbs": crumbs("Medewerker toevoegen"), "heading": "Medewerker toevoegen"},
        forms=[form],
    )
