"""Every running term that somebody may know of, on one page and as a file."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from kvk2.core.csv_export import csv_response
from kvk2.core.spreadsheet import workbook, xlsx_response
from kvk2.nlds.templatetags.nlds import dutch_datetime
from subsidies.term_kinds import Term
from subsidies.term_list import HEADINGS, TermFilter, TermTable, plain_rows
from subsidies.terms import upcoming_terms


@require_safe
def term_list(request):
    """The terms, the first to end on top; what is late says so in words."""
    today = timezone.localdate()
    terms = upcoming_terms(request.user, today=today)
    filter_form = TermFilter(request.GET, terms=terms)
    chosen = filter_form.chosen(terms, today)
    if kind := request.GET.get("export"):
        return _export(request, chosen, filter_form, kind)
    table = TermTable(chosen, today=today)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    context = {
        "breadcrumbs": [("Termijnen", None)],
        "table": table,
        "filter_form": filter_form,
        "late": sum(1 for term in terms if term.days_left(today) < 0),
    }
    return render(request, "subsidies/term_list.html", context)


def _export(
    request: HttpRequest, terms: list[Term], filter_form: TermFilter, kind: str
) -> HttpResponseBase:
    now = timezone.now()
    rows = plain_rows(terms, timezone.localdate(now))
    if kind == "csv":
        return csv_response("termijnen.csv", [heading.label for heading in HEADINGS], rows)
    about = (
        ("Lijst", "Termijnen"),
        ("Filters", filter_form.words),
        ("Gemaakt door", request.user.full_name),
        ("Gemaakt op", dutch_datetime(now)),
    )
    return xlsx_response("termijnen.xlsx", workbook("Termijnen", HEADINGS, rows, about))
