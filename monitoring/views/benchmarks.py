"""Figures of elsewhere: the list, and a form to add or correct one."""

from crispy_forms.layout import Layout
from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from agreements.models import IndicatorDefinitionVersion
from kvk2.core.csv_export import csv_response
from kvk2.nlds.forms import NldsForm, NldsModelForm
from kvk2.nlds.layout import Actions, Button, Fieldset, LinkButton, NldsHelper
from kvk2.nlds.shortcuts import posted, render_form, require
from monitoring.models import Benchmark, MonitoringCycle
from monitoring.services.benchmarks import keep_benchmark
from monitoring.tables import BENCHMARK_CSV_HEADERS, BenchmarkTable, benchmark_csv_row
from monitoring.views.cycles import LIST

PAGE_SIZE = 50


class BenchmarkFilterForm(NldsForm):
    q = forms.CharField(label="Zoek op indicator, gebied of bron", required=False)
    geography = forms.ChoiceField(
        label="Soort gebied",
        required=False,
        choices=[("", "Alle gebieden"), *Benchmark.Geography.choices],
    )

    def matching(self, benchmarks):
        """Those of `benchmarks` that fit what was typed."""
        if not self.is_valid():
            return benchmarks
        for word in self.cleaned_data["q"].split():
            benchmarks = benchmarks.filter(
                Q(definition_version__definition__name__unaccent__icontains=word)
                | Q(place__unaccent__icontains=word)
                | Q(source__unaccent__icontains=word)
            )
        if geography := self.cleaned_data["geography"]:
            benchmarks = benchmarks.filter(geography=geography)
        return benchmarks


class BenchmarkForm(NldsModelForm):
    """One figure with all that it needs to be believed."""

    class Meta:
        model = Benchmark
        fields = (
            "definition_version",
            "geography",
            "place",
            "year",
            "value",
            "n",
            "source",
            "retrieved_on",
            "licence",
        )
        error_messages = {
            "definition_version": {"required": "Kies de indicator."},
            "geography": {"required": "Kies het soort gebied."},
            "place": {"required": "Vul het gebied in, bijvoorbeeld de naam van de gemeente."},
            "year": {
                "required": "Vul het jaar in, bijvoorbeeld 2024.",
                "invalid": "Vul het jaar in, bijvoorbeeld 2024.",
            },
            "value": {
                "required": "Vul het cijfer in, bijvoorbeeld 12,5.",
                "invalid": "Vul het cijfer in, bijvoorbeeld 12,5.",
            },
            "n": {"invalid": "Vul een heel aantal in, bijvoorbeeld 240."},
            "source": {"required": "Vul de bron in."},
            "retrieved_on": {
                "required": "Vul in wanneer het cijfer is opgehaald.",
                "invalid": "Vul een geldige datum in, bijvoorbeeld 1-2-2025.",
            },
            "licence": {"required": "Vul de licentie in, bijvoorbeeld CC BY 4.0."},
        }
        localized_fields = ("value",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["definition_version"].queryset = (
            IndicatorDefinitionVersion.objects.filter(
                definition__type__in=["number", "percentage", "amount"]
            )
            .select_related("definition")
            .order_by("definition__name", "-number")
        )
        self.fields["definition_version"].empty_label = "Kies een indicator"
        self.helper = NldsHelper(form_id="form")
        self.helper.layout = Layout(
            Fieldset(
                "Het cijfer", "definition_version", "geography", "place", "year", "value", "n"
            ),
            Fieldset("Herkomst", "source", "retrieved_on", "licence"),
            Actions(
                Button("save", "Bewaren"),
                LinkButton(reverse("monitoring:benchmark_list"), "Annuleren"),
            ),
        )


def _visible(request):
    """For everybody who sees a year of monitoring: they stand beside its figures."""
    if not MonitoringCycle.objects.visible_to(request.user).exists():
        raise Http404
    return Benchmark.objects.select_related("definition_version__definition")


@require_safe
def benchmark_list(request):
    """Figures of elsewhere; `?csv=1` gives the same rows as a file."""
    form = BenchmarkFilterForm(request.GET or None)
    found = _visible(request)
    table = BenchmarkTable(form.matching(found) if form.is_bound else found)
    table.may_edit = request.user.has_perm("monitoring.keep_benchmark")
    RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
    if request.GET.get("csv"):
        return csv_response(
            "vergelijkingscijfers.csv",
            BENCHMARK_CSV_HEADERS,
            (benchmark_csv_row(row.record) for row in table.rows),
        )
    return render(
        request,
        "monitoring/benchmark_list.html",
        {
            "table": table,
            "filter_form": form,
            "is_filtered": any(request.GET.get(name) for name in ("q", "geography")),
            "may_add": table.may_edit,
            "breadcrumbs": [(LIST[0], reverse(LIST[1])), ("Vergelijkingscijfers", None)],
        },
    )


@require_http_methods(["GET", "POST"])
def benchmark_create(request):
    require(request, "monitoring.keep_benchmark")
    return _form(request, Benchmark(), "Vergelijkingscijfer toevoegen")


@require_http_methods(["GET", "POST"])
def benchmark_edit(request, pk):
    benchmark = get_object_or_404(_visible(request), pk=pk)
    require(request, "monitoring.keep_benchmark")
    return _form(request, benchmark, "Vergelijkingscijfer wijzigen")


def _form(request, benchmark: Benchmark, heading: str):
    form = BenchmarkForm(posted(request), instance=benchmark)
    if request.method == "POST" and form.is_valid():
        keep_benchmark(form.instance, by=request.user, at=timezone.now())
        messages.success(request, "Het vergelijkingscijfer is bewaard.")
        return redirect("monitoring:benchmark_list")
    return render_form(
        request,
        "monitoring/benchmark_form.html",
        {
            "heading": heading,
            "breadcrumbs": [
                (LIST[0], reverse(LIST[1])),
                ("Vergelijkingscijfers", reverse("monitoring:benchmark_list")),
                (heading, None),
            ],
        },
        forms=[form],
    )
