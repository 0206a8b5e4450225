"""Reading figures of districts from a file: upload, name the columns, look, confirm or throw away."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc.area_page import figure_words
from ikc.forms.area_imports import ConfirmImportForm, MappingForm, UploadForm
from ikc.models import AreaImport, District, MissingFigure
from ikc.services import area_imports as services
from ikc.states_areas import IMPORT_BADGES, ImportState
from ikc.tables_imports import AreaImportFilter, AreaImportTable
from ikc.timelines import timeline_of
from ikc.views.area_analysis import area_crumbs
from kvk2.core.csv_export import csv_response
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.money import format_number
from kvk2.core.nudge import nudge
from kvk2.core.tasks import scan_pending_files
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

# More changes than this are counted, not shown one by one.
SHOWN = 200
PER_PAGE = 50
TITLE = "Ingelezen cijfers"


def _crumbs(*more):
    return area_crumbs(("Gebiedsanalyse", reverse("ikc:area_analysis")), *more)


def _import_or_404(request, pk, permission="ikc.change_areas"):
    area_import = get_object_or_404(
        AreaImport.objects.select_related("file", "uploaded_by", "closed_by"), pk=pk
    )
    require(request, permission)
    return area_import


@require_safe
def area_import_list(request):
    """Every file that was read, is waiting, or was thrown away."""
    require(request, "ikc.view_area_analysis")
    imports = AreaImport.objects.select_related("uploaded_by").order_by("-uploaded_at", "-pk")
    filter_ = AreaImportFilter(request.GET, queryset=imports)
    table = AreaImportTable(filter_.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        rows = table.as_values()
        return csv_response("ingelezen-cijfers.csv", next(rows), rows)
    return render(
        request,
        "ikc/area_import_list.html",
        {
            "breadcrumbs": _crumbs((TITLE, None)),
            "table": table,
            "filter": filter_,
            "is_searched": any(request.GET.values()),
            "may_change": request.user.has_perm("ikc.change_areas"),
        },
    )


@require_safe
def area_import_file(request, pk):
    """The file as it was uploaded; taking it is on record."""
    area_import = _import_or_404(request, pk, "ikc.open_area_import")
    try:
        stored = services.open_file(area_import, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(area_import)
    return file_response(stored, original=True)


@require_http_methods(["GET", "POST"])
def area_import_add(request):
    """Choose a file and say where it comes from."""
    require(request, "ikc.change_areas")
    years = list(District.objects.order_by("-year").values_list("year", flat=True).distinct())
    back = reverse("ikc:area_import_list")
    form = UploadForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        map_years=years,
        back_url=back,
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_on(form):
            made = services.upload(
                file.name or "",
                file.read(),
                origin=form.origin(),
                by=request.user,
                at=timezone.now(),
            )
            nudge(scan_pending_files)
            return redirect("ikc:area_import_map", made.pk)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": _crumbs((TITLE, back), ("Cijfers inlezen", None)),
            "heading": "Cijfers inlezen",
            "lead": "Stap 1 van 3: het bestand",
            "note": "Er verandert nog niets. U ziet straks eerst wat het bestand zou veranderen.",
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def area_import_map(request, pk):
    """Say which column is what, with the first rows of the file in sight."""
    area_import = _import_or_404(request, pk)
    if area_import.state != ImportState.PREVIEW:
        return redirect(area_import)
    try:
        file = services.content_of(area_import)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(area_import)
    initial = MappingForm.initial_of(services.mapping_of(area_import), file)
    form = MappingForm(
        posted(request), file=file, initial=initial, back_url=area_import.get_absolute_url()
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.map_columns(area_import, form.mapping(), by=request.user, at=timezone.now())
            return redirect(area_import)
    return render_form(
        request,
        "ikc/area_import_map.html",
        {
            "breadcrumbs": _crumbs(
                (TITLE, reverse("ikc:area_import_list")),
                (str(area_import), area_import.get_absolute_url()),
                ("Kolommen", None),
            ),
            "area_import": area_import,
            "file": file,
        },
        forms=[form],
    )


@require_safe
def area_import_detail(request, pk):
    """Where the file comes from, what it would change or changed, and every row that could not be read."""
    area_import = _import_or_404(request, pk, "ikc.view_area_analysis")
    context = {
        "breadcrumbs": _crumbs((TITLE, reverse("ikc:area_import_list")), (str(area_import), None)),
        "area_import": area_import,
        "badge": IMPORT_BADGES[ImportState(area_import.state)],
        "facts": _facts(area_import),
        "timeline": timeline_of(area_import),
        "may_change": request.user.has_perm("ikc.change_areas"),
        "may_open": request.user.has_perm("ikc.open_area_import"),
        "is_open": area_import.state == ImportState.PREVIEW,
        "preview": None,
        "problem": "",
        "tiles": [],
        "changes": [],
        "hidden": 0,
    }
    if context["is_open"] and area_import.mapping:
        try:
            context["preview"] = found = services.preview(area_import)
        except DomainError as error:
            context["problem"] = error.message
        else:
            context |= _shown(found)
    elif area_import.state == ImportState.APPLIED:
        context["tiles"] = _tiles(
            area_import.created_count,
            area_import.changed_count,
            area_import.same_count,
            area_import.error_count,
        )
    return render(request, "ikc/area_import_detail.html", context)


def _shown(found):
    changes = sorted(
        [*found.changed, *found.new], key=lambda change: (change.known is None, change.row.line)
    )
    return {
        "tiles": _tiles(len(found.new), len(found.changed), len(found.same), len(found.errors)),
        "changes": [_line(change) for change in changes[:SHOWN]],
        "hidden": max(len(changes) - SHOWN, 0),
    }


def _line(change):
    row, indicator = change.row, change.indicator
    after = (
        format_number(row.value, indicator.decimals)
        if row.value is not None
        else MissingFigure(row.missing).label
    )
    return {
        "line": row.line,
        "district": change.district,
        "indicator": indicator,
        "year": row.year,
        "before": figure_words(change.known, indicator) if change.known else "–",
        "after": after,
        "mark": "betrouwbaar" if row.mark == "B" else "indicatief",
    }


def _tiles(new, changed, same, errors):
    return [
        Tile("Nieuw", new, "cijfers die er nog niet waren"),
        Tile("Gewijzigd", changed, "cijfers die anders worden"),
        Tile("Gelijk", same, "cijfers die al zo bekend waren"),
        Tile("Fouten", errors, "regels of cellen die wegblijven"),
    ]


def _facts(area_import):
    return [
        Detail("Bron", area_import.source),
        Detail("Licentie of afspraak", area_import.licence),
        Detail("Opgehaald op", f"{area_import.retrieved_on:%-d-%-m-%Y}"),
        Detail("Wijkindeling", area_import.map_year),
        Detail("Geüpload door", area_import.uploaded_by.full_name),
        Detail("SHA-256", area_import.sha256),
    ]


@require_http_methods(["GET", "POST"])
def area_import_apply(request, pk):
    """Confirm: the figures are kept."""
    area_import = _import_or_404(request, pk)
    if area_import.state != ImportState.PREVIEW or not area_import.mapping:
        return redirect(area_import)
    try:
        found = services.preview(area_import)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(area_import)
    form = ConfirmImportForm(posted(request), has_errors=bool(found.errors))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.apply(
                area_import,
                skip_errors=form.cleaned_data.get("skip_errors", False),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De cijfers zijn ingelezen.")
            return redirect(area_import)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _crumbs(
                (str(area_import), area_import.get_absolute_url()), ("Inlezen", None)
            ),
            "heading": "Cijfers inlezen",
            "text": f"U leest ‘{area_import}’ in, met de bron: {area_import.source}.",
            "consequences": [
                f"Er komen {len(found.new)} cijfers bij.",
                f"{len(found.changed)} cijfers worden anders. Wat er stond, blijft in de geschiedenis.",
                *(
                    [f"{len(found.errors)} regels of cellen hebben een fout en blijven weg."]
                    if found.errors
                    else []
                ),
                "Dit kan niet worden teruggedraaid. Een later bestand kan cijfers wel verbeteren.",
            ],
            "action_label": "Cijfers inlezen",
            "back_url": area_import.get_absolute_url(),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def area_import_discard(request, pk):
    """Throw the file away: nothing of it is kept as a figure."""
    area_import = _import_or_404(request, pk)
    form = ConfirmImportForm(posted(request), has_errors=False)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.discard(area_import, by=request.user, at=timezone.now())
            messages.success(request, "Het bestand is weggegooid. Er is niets ingelezen.")
            return redirect("ikc:area_import_list")
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _crumbs(
                (str(area_import), area_import.get_absolute_url()), ("Weggooien", None)
            ),
            "heading": "Bestand weggooien",
            "text": f"U gooit ‘{area_import}’ weg. Er wordt niets ingelezen. U kunt het bestand later opnieuw uploaden.",
            "negative": True,
            "action_label": "Weggooien",
            "back_url": area_import.get_absolute_url(),
        },
        forms=[form],
    )
