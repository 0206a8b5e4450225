"""'Uren per functie': what was delivered of the staffing of an agreement, and the form to record it.

Here and not in `agreements`, because the status engine judges the hours and says why (monitoring reference 4).
"""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.forms.staffing import HoursForm
from agreements.models import StaffingCommitment
from agreements.services.staffing import record_hours
from agreements.staffing import hours_of
from agreements.states import AgreementState
from agreements.views.loading import breadcrumbs, get_part_or_404, get_version_or_404
from kvk2.core.csv_export import csv_response
from kvk2.nlds.shortcuts import posted, refusals_on, render_form
from monitoring.staffing import (
    EXPORT_HEADERS,
    chart_of,
    export_row,
    in_hours,
    judged_hours,
    per_week,
    rules_by_year,
    tiles_of,
)

RECORD = "agreements.record_staffing"
TITLE = "Uren per functie"


@require_safe
def version_hours(request, pk):
    """Per function what was agreed and delivered in one year, and who recorded what; `?csv=1` gives all years."""
    version = get_version_or_404(request, pk, perm="agreements.view_contributions")
    today = timezone.localdate()
    years = list(version.agreement.programme.years.all())
    functions = judged_hours(hours_of([version], years), rules_by_year(years), today)
    if request.GET.get("csv"):
        name = f"uren-per-functie-{version.agreement.reference}.csv"
        return csv_response(name, EXPORT_HEADERS, map(export_row, functions))
    years = [year for year in years if any(row.own.year == year for row in functions)]
    chosen = _chosen(request, years, today)
    rows = [row for row in functions if row.own.year == chosen]
    return render(
        request,
        "monitoring/version_hours.html",
        {
            "version": version,
            "years": years,
            "year": chosen,
            "rows": rows,
            "tiles": tiles_of([row.own for row in rows]),
            "chart": chart_of([row.own for row in rows]),
            "history": _history(rows),
            "may_record": chosen is not None
            and chosen.start <= today
            and version.state == AgreementState.IN_FORCE
            and request.user.has_perm(RECORD, version),
            "breadcrumbs": breadcrumbs(version, TITLE),
        },
    )


def _chosen(request, years, today):
    """The year that was asked for; else the newest that is over, because that is the one to record."""
    if asked := request.GET.get("jaar"):
        found = next((year for year in years if str(year.index) == asked), None)
        if found is None:
            raise Http404
        return found
    over = [year for year in years if year.end < today]
    return over[-1] if over else next(iter(years), None)


def _history(rows):
    """Every recording of the year, the newest first."""
    recorded = [(row.own.commitment, entry) for row in rows for entry in row.own.rows]
    return sorted(recorded, key=lambda pair: (pair[1].recorded_at, pair[1].pk), reverse=True)


@require_http_methods(["GET", "POST"])
def hours_record(request, pk):
    """Record the hours of one function in one year."""
    function, version = get_part_or_404(request, StaffingCommitment, pk, perm=RECORD)
    today = timezone.localdate()
    back = reverse("monitoring:version_hours", args=[version.pk])
    own = hours_of([version], version.agreement.programme.years.all())
    begun = [one for one in own if one.commitment.pk == pk and one.has_begun(today)]
    asked = next((one for one in begun if str(one.year.index) == request.GET.get("jaar")), None)
    form = HoursForm(
        posted(request),
        functions=begun,
        today=today,
        back_url=f"{back}?jaar={asked.year.index}" if asked else back,
        initial={"year": str(asked.year.pk)} if asked else None,
    )
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        year = typed.pop("year").year
        with refusals_on(form):
            record_hours(function, year=year, **typed, by=request.user, at=timezone.now())
            messages.success(request, "De uren zijn vastgelegd.")
            return redirect(f"{back}?jaar={year.index}")
    return render_form(
        request,
        "monitoring/hours_record.html",
        {
            "version": version,
            "function": function,
            "asked": asked,
            "per_week": per_week(function),
            "per_year": in_hours(function.hours_per_year),
            "recorded": in_hours(asked.delivered) if asked and asked.rows else "",
            "breadcrumbs": breadcrumbs(version, "Uren vastleggen"),
        },
        forms=[form],
    )
