from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from kvk2.core.csv_export import csv_response
from kvk2.nlds.forms import NldsForm
from monitoring.models import Return
from monitoring.states import ReturnState
from monitoring.tables import CSV_HEADERS, ReturnTable, csv_row
from monitoring.views.cycles import LIST, get_cycle_or_404

PAGE_SIZE = 50


class ReturnFilterForm(NldsForm):
    q = forms.CharField(label="Zoek op IKC, bestuur of kenmerk", required=False)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Alle statussen"), *ReturnState.choices]
    )

    def matching(self, returns):
        """Those of `returns` that fit what was typed."""
        if not self.is_valid():
            return returns
        for word in self.cleaned_data["q"].split():
            returns = returns.search(word)
        if state := self.cleaned_data["status"]:
            returns = returns.filter(state=state)
        return returns


@require_safe
def return_list(request, pk):
    """The returns of one year that the user may see, with how far they are; `?csv=1` gives the same rows as a file."""
    cycle = get_cycle_or_404(request, pk)
    visible = (
        Return.objects.visible_to(request.user)
        .filter(cycle=cycle)
        .for_list()
        .select_related("submitted_by")
        .with_completeness()
        .with_questions()
    )
    form = ReturnFilterForm(request.GET or None)
    table = ReturnTable(form.matching(visible) if form.is_bound else visible)
    RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
    if request.GET.get("csv"):
        return csv_response(
            f"aanleveringen-{cycle.year.label.replace('/', '-')}.csv",
            CSV_HEADERS,
            (csv_row(row.record) for row in table.rows),
        )
    return render(
        request,
        "monitoring/return_list.html",
        {
            "cycle": cycle,
            "table": table,
            "filter_form": form,
            "is_filtered": any(request.GET.get(name) for name in ("q", "status")),
            "breadcrumbs": [
                (LIST[0], reverse(LIST[1])),
                (str(cycle.year), cycle.get_absolute_url()),
                ("Aanleveringen", None),
            ],
        },
    )
