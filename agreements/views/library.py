from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from agreements.events import SENTENCES
from agreements.forms.library import (
    DefinitionForm,
    DefinitionVersionForm,
    LibraryFilterForm,
    initial_way,
)
from agreements.models import IndicatorDefinition, ResultAgreement
from agreements.services import library
from agreements.states import AgreementState
from agreements.tables import DEFINITION_CSV_HEADERS, DefinitionTable, definition_csv_row
from kvk2.core.audit import events_of
from kvk2.core.csv_export import csv_response
from kvk2.core.timeline import entries
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

EDIT = "agreements.edit_library"
PAGE_SIZE = 50
LIST = ("Indicatoren", "agreements:definition_list")
FILTERS = ("q", "soort", "richting", "doel")


def _breadcrumbs(*more):
    return [(LIST[0], reverse(LIST[1])), *more]


def _definition_or_404(request, pk: int) -> IndicatorDefinition:
    return get_object_or_404(IndicatorDefinition.objects.visible_to(request.user), pk=pk)


@require_safe
def definition_list(request):
    """The library; `?csv=1` gives the same rows as a file."""
    visible = IndicatorDefinition.objects.visible_to(request.user).for_list()
    form = LibraryFilterForm(request.GET or None)
    table = DefinitionTable(form.matching(visible) if form.is_bound else visible)
    RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
    if request.GET.get("csv"):
        rows = (definition_csv_row(row.record) for row in table.rows)
        return csv_response("indicatoren.csv", DEFINITION_CSV_HEADERS, rows)
    return render(
        request,
        "agreements/definition_list.html",
        {
            "table": table,
            "filter_form": form,
            "is_filtered": any(request.GET.get(name) for name in FILTERS),
            "may_edit": request.user.has_perm(EDIT),
            "breadcrumbs": [(LIST[0], None)],
        },
    )


@require_safe
def definition_detail(request, pk):
    """All versions of one indicator, and the agreements that use it."""
    definition = _definition_or_404(request, pk)
    versions = definition.versions.order_by("-number")
    in_use = ~Q(versions__state=AgreementState.WITHDRAWN)
    agreements = (
        ResultAgreement.objects.visible_to(request.user)
        .filter(in_use, versions__indicators__definition_version__definition=definition)
        .annotate(uses=Count("pk"))
        .for_list()
        .order_by("ikc__name", "pk")[:PAGE_SIZE]
    )
    return render(
        request,
        "agreements/definition_detail.html",
        {
            "definition": definition,
            "versions": versions,
            "agreements": agreements,
            "may_edit": request.user.has_perm(EDIT),
            "events": entries(events_of(definition)[:20], SENTENCES),
            "breadcrumbs": _breadcrumbs((definition.name, None)),
        },
    )


@require_http_methods(["GET", "POST"])
def definition_create(request):
    require(request, EDIT)
    form = DefinitionForm(posted(request), back_url=reverse(LIST[1]))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            definition = library.add_definition(
                form.definition(), way=form.way(), by=request.user, at=timezone.now()
            )
            messages.success(request, f"‘{definition}’ staat in de bibliotheek.")
            return redirect(definition)
    return render_form(
        request,
        "agreements/definition_create.html",
        {"breadcrumbs": _breadcrumbs(("Nieuwe indicator", None))},
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def definition_version_create(request, pk):
    definition = _definition_or_404(request, pk)
    require(request, EDIT)
    form = DefinitionVersionForm(
        posted(request),
        definition=definition,
        back_url=definition.get_absolute_url(),
        initial=initial_way(definition.versions.order_by("-number")[0]),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            library.add_definition_version(
                definition,
                way=form.way(),
                break_reason=form.cleaned_data["break_reason"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(
                request, "De nieuwe versie is bewaard. Afspraken houden de versie die zij hadden."
            )
            return redirect(definition)
    return render_form(
        request,
        "agreements/definition_version_create.html",
        {
            "definition": definition,
            "breadcrumbs": _breadcrumbs(
                (definition.name, definition.get_absolute_url()), ("Nieuwe versie", None)
            ),
        },
        forms=[form],
    )
