"""Dashboards: many small pictures of one indicator, and all pictures of one IKC; each with its table and as a file."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ikc.views.access import get_ikc_or_404
from kvk2.core.charts import Chart
from kvk2.core.charts.export import FORMS, chart_file
from kvk2.core.csv_export import csv_response
from kvk2.nlds.shortcuts import require
from monitoring import dashboards
from monitoring.filters import DashboardFilter
from monitoring.models import Return
from monitoring.shielding import shield_for, whole_shield
from monitoring.status import Status

ATTENTION = (Status.AMBER, Status.RED)


@require_safe
def dashboard(request):
    """One indicator of all IKCs that the reader may see, and how many indicators stand how in each year."""
    require(request, "monitoring.view_dashboard")
    indicators = dashboards.indicators_visible_to(request.user)
    definitions = dashboards.definitions_in(indicators)
    cycle = dashboards.latest_cycle(request.user)
    context = {
        "breadcrumbs": [("Monitoring", reverse("monitoring:cycle_list")), ("Dashboard", None)],
        "cycle": cycle,
    }
    if not definitions or cycle is None:
        return render(request, "monitoring/dashboard.html", context)
    asked = request.GET.copy()
    asked.setdefault("definition", str(definitions[0].pk))
    shield = whole_shield(request.user)
    filter_ = DashboardFilter(
        asked, queryset=indicators, definitions=definitions, cycle=cycle, shield=shield
    )
    if request.GET.get("export") == "csv":
        rows = dashboards.export_rows(filter_.qs, request.user, shield)
        return csv_response("cijfers.csv", dashboards.EXPORT_HEADERS, rows)
    page = Paginator(filter_.qs, dashboards.PER_PAGE).get_page(request.GET.get("page"))
    shown = dashboards.courses(list(page), request.user, shield, until=cycle.year.index)
    years = list(cycle.year.programme.years.in_order())
    name = next((row.name for row in definitions if str(row.pk) == asked["definition"]), "")
    charts = {
        "indicator": dashboards.panels(shown, years, until=cycle.year.index, name=name),
        "statussen": dashboards.status_counts(_returns(request, filter_), shield),
    }
    if wanted := request.GET.get("beeld"):
        return _file(charts.get(wanted), request.GET.get("vorm", ""))
    context |= {
        "filter": filter_,
        "page": page,
        "courses": shown,
        "panels": charts["indicator"],
        "counts": charts["statussen"],
        "forms": FORMS,
    }
    return render(request, "monitoring/dashboard.html", context)


def _returns(request, filter_):
    """Of the same IKCs as the pictures: not of those that the filter left out."""
    agreements = filter_.qs.order_by().values("version__agreement")
    return Return.objects.visible_to(request.user).filter(agreement__in=agreements)


@require_safe
def ikc_figures(request, pk):
    """All that was agreed with one IKC, over eight years, goal by goal."""
    ikc = get_ikc_or_404(request, pk)
    require(request, "monitoring.view_dashboard")
    indicators = list(dashboards.of_ikc(ikc, request.user))
    cycle = dashboards.latest_cycle(request.user)
    shield = shield_for(request.user, {row.definition_version.definition_id for row in indicators})
    until = cycle.year.index if cycle else 1
    shown = dashboards.courses(indicators, request.user, shield, until=until)
    if wanted := request.GET.get("beeld"):
        chart = next((row.chart for row in shown if str(row.indicator.pk) == wanted), None)
        return _file(chart, request.GET.get("vorm", ""))
    only = request.GET.get("toon") == "aandacht"
    kept = [row for row in shown if not only or (row.last and row.last.status in ATTENTION)]
    context = {
        "breadcrumbs": [
            ("IKC’s", reverse("ikc:ikc_list")),
            (ikc.name, ikc.get_absolute_url()),
            ("Cijfers", None),
        ],
        "ikc": ikc,
        "cycle": cycle,
        "goals": _by_goal(kept),
        "total": len(shown),
        "kept": len(kept),
        "only": only,
        "forms": FORMS,
    }
    return render(request, "monitoring/ikc_figures.html", context)


def _by_goal(courses):
    goals: dict = {}
    for course in courses:
        goals.setdefault(course.indicator.result.goal, []).append(course)
    return list(goals.items())


def _file(chart: Chart | None, form: str) -> HttpResponseBase:
    if chart is None or form not in FORMS:
        raise Http404
    return chart_file(chart, form)
