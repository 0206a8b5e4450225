"""The file of a round: out, back in, looked at row by row, and then read in or thrown away."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.audit import events_of
from kvk2.core.csv_export import csv_response
from kvk2.core.deadlines import local_date
from kvk2.core.nudge import nudge
from kvk2.core.spreadsheet import xlsx_response
from kvk2.core.tasks import scan_pending_files
from kvk2.core.timeline import entries
from kvk2.nlds.components import Detail, Tile
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring import tasks
from monitoring.events import SENTENCES
from monitoring.forms_imports import ConfirmFileForm, FigureFileForm
from monitoring.models import ImportBatch, ImportRow
from monitoring.services import figure_files as services
from monitoring.states_imports import FileState
from monitoring.views.cycles import get_cycle_or_404

# More rows than this are counted, not shown one by one.
SHOWN = 100
ERROR_HEADERS = ["Regel", "IKC en indicator", "Kolom", "Melding"]
Outcome = ImportRow.Outcome


def _crumbs(cycle, *more):
    return [
        ("Monitoring", reverse("monitoring:cycle_list")),
        (str(cycle.year), cycle.get_absolute_url()),
        *more,
    ]


def _files(cycle):
    return ("Cijfers uit een bestand", reverse("monitoring:import_list", args=[cycle.pk]))


def _batch_or_404(request, pk) -> ImportBatch:
    return get_object_or_404(
        ImportBatch.objects.visible_to(request.user).for_list().select_related("file"), pk=pk
    )


@require_safe
def fill_in_file(request, pk):
    """The Excel file of the round, with all that is known."""
    cycle = get_cycle_or_404(request, pk)
    require(request, "monitoring.import_figures", cycle)
    name = slugify(f"cijfers {cycle.year}".replace("/", "-"))
    return xlsx_response(f"{name}.xlsx", services.fill_in_file(cycle, at=timezone.now()))


@require_safe
def import_list(request, pk):
    """The way to fill in a file, and every file that was read, waits or was thrown away."""
    cycle = get_cycle_or_404(request, pk)
    batches = ImportBatch.objects.visible_to(request.user).filter(cycle=cycle)
    may_import = request.user.has_perm("monitoring.import_figures", cycle)
    if not may_import and not batches.exists():
        require(request, "monitoring.import_figures", cycle)
    return render(
        request,
        "monitoring/import_list.html",
        {
            "cycle": cycle,
            "batches": batches.for_list().with_counts().order_by("-uploaded_at", "-pk")[:SHOWN],
            "may_import": may_import,
            "breadcrumbs": _crumbs(cycle, (_files(cycle)[0], None)),
        },
    )


@require_http_methods(["GET", "POST"])
def import_add(request, pk):
    """Bring the file back: it is checked, and nothing changes yet."""
    cycle = get_cycle_or_404(request, pk)
    require(request, "monitoring.import_figures", cycle)
    back = _files(cycle)[1]
    form = FigureFileForm(
        posted(request), request.FILES if request.method == "POST" else None, back=back
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_on(form):
            batch = services.upload(
                cycle, file.name or "", file.read(), by=request.user, at=timezone.now()
            )
            nudge(scan_pending_files)
            _work_or_wait(batch)
            return redirect(batch)
    return render_form(
        request,
        "monitoring/import_add.html",
        {"cycle": cycle, "breadcrumbs": _crumbs(cycle, _files(cycle), ("Inlezen", None))},
        forms=[form],
    )


def _work_or_wait(batch):
    """What is small is done at once, what is large by a worker."""
    now = timezone.now()
    if not services.is_small(batch):
        nudge(tasks.work_on_figure_files)
    elif services.claim(batch.pk, at=now):
        services.work_on(batch, at=now)


@require_safe
def import_detail(request, pk):
    batch = _batch_or_404(request, pk)
    return render(
        request,
        "monitoring/import_detail.html",
        {
            **_found(request, batch),
            "facts": _facts(batch),
            "events": entries(events_of(batch)[:20], SENTENCES),
            "breadcrumbs": _crumbs(batch.cycle, _files(batch.cycle), (str(batch), None)),
        },
    )


@require_safe
def import_progress(request, pk):
    """The live part of the page (an htmx fragment); it stops asking when the work is done."""
    batch = _batch_or_404(request, pk)
    return render(request, "monitoring/_import_progress.html", _found(request, batch))


def _found(request, batch):
    rows = batch.rows.all()
    counts = ImportBatch.objects.with_counts().get(pk=batch.pk)
    wrong = rows.filter(outcome__in=[Outcome.ERROR, Outcome.REFUSED]).in_order()
    changes = rows.filter(outcome__in=[Outcome.NEW, Outcome.CHANGED, Outcome.APPLIED]).in_order()
    busy = batch.is_busy
    wrong_count = counts.error_count + counts.refused_count
    change_count = counts.new_count + counts.changed_count + counts.applied_count
    return {
        "batch": batch,
        "tiles": [] if busy else _tiles(batch, counts),
        "wrong": [] if busy else list(wrong[:SHOWN]),
        "wrong_hidden": max(wrong_count - SHOWN, 0),
        "changes": [] if busy else list(changes[:SHOWN]),
        "changes_hidden": max(change_count - SHOWN, 0),
        "has_changes": bool(counts.new_count + counts.changed_count),
        "is_open": batch.state == FileState.PREVIEW,
        "may_import": request.user.has_perm("monitoring.import_figures", batch.cycle),
    }


def _tiles(batch, counts):
    if batch.state == FileState.APPLIED:
        return [
            Tile("Ingelezen", counts.applied_count, "cijfers staan in het portaal"),
            Tile("Niet ingelezen", counts.refused_count, "konden bij nader inzien niet"),
            Tile("Weggelaten", counts.error_count, "regels met een fout"),
        ]
    return [
        Tile("Nieuw", counts.new_count, "cijfers die er nog niet waren"),
        Tile("Gewijzigd", counts.changed_count, "cijfers die anders worden"),
        Tile("Gelijk", counts.same_count, "cijfers die al zo bekend waren"),
        Tile("Leeg", batch.empty_count, "regels die blijven zoals ze zijn"),
        Tile("Fouten", counts.error_count, "regels die niet kunnen"),
    ]


def _facts(batch):
    def day(moment):
        return f"{local_date(moment):%-d-%-m-%Y}"

    facts = [
        Detail("Ronde", str(batch.cycle.year)),
        Detail("Geüpload door", f"{batch.uploaded_by.full_name}, {day(batch.uploaded_at)}"),
    ]
    if batch.confirmed_by:
        facts.append(
            Detail("Bevestigd door", f"{batch.confirmed_by.full_name}, {day(batch.confirmed_at)}")
        )
    return [*facts, Detail("SHA-256", batch.sha256)]


@require_safe
def import_errors(request, pk):
    """Every row with a mistake, to mend beside the file."""
    batch = _batch_or_404(request, pk)
    rows = batch.rows.filter(outcome__in=[Outcome.ERROR, Outcome.REFUSED]).in_order()
    return csv_response(
        f"fouten-{slugify(batch.name.removesuffix('.xlsx'))}.csv",
        ERROR_HEADERS,
        ([row.line, row.label, row.field, row.message] for row in rows.iterator()),
    )


@require_http_methods(["GET", "POST"])
def import_confirm(request, pk):
    """Confirm: the figures are kept."""
    batch = _batch_or_404(request, pk)
    require(request, "monitoring.import_figures", batch.cycle)
    if batch.state != FileState.PREVIEW:
        return redirect(batch)
    counts = ImportBatch.objects.with_counts().get(pk=batch.pk)
    form = ConfirmFileForm(posted(request), has_errors=bool(counts.error_count))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            batch = services.confirm(
                batch,
                skip_errors=form.cleaned_data.get("skip_errors", False),
                by=request.user,
                at=timezone.now(),
            )
            _work_or_wait(batch)
            return redirect(batch)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _crumbs(
                batch.cycle, (str(batch), batch.get_absolute_url()), ("Inlezen", None)
            ),
            "heading": "Cijfers inlezen",
            "text": f"U leest ‘{batch}’ in voor {batch.cycle.year}.",
            "consequences": [
                f"Er komen {counts.new_count} cijfers bij.",
                f"{counts.changed_count} cijfers worden anders. Wat er stond, blijft in de geschiedenis.",
                *(
                    [f"{counts.error_count} regels hebben een fout en blijven weg."]
                    if counts.error_count
                    else []
                ),
                "Elk cijfer wordt meteen beoordeeld. Indienen doet u daarna per IKC.",
            ],
            "action_label": "Cijfers inlezen",
            "back_url": batch.get_absolute_url(),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def import_discard(request, pk):
    """Throw the file away: nothing of it is read in."""
    batch = _batch_or_404(request, pk)
    require(request, "monitoring.import_figures", batch.cycle)
    form = ConfirmFileForm(posted(request), has_errors=False)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.discard(batch, by=request.user, at=timezone.now())
            messages.success(request, "Het bestand is weggegooid. Er is niets ingelezen.")
            return redirect(_files(batch.cycle)[1])
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _crumbs(
                batch.cycle, (str(batch), batch.get_absolute_url()), ("Weggooien", None)
            ),
            "heading": "Bestand weggooien",
            "text": f"U gooit ‘{batch}’ weg. Er wordt niets ingelezen. U kunt het bestand later opnieuw uploaden.",
            "negative": True,
            "action_label": "Weggooien",
            "back_url": batch.get_absolute_url(),
        },
        forms=[form],
    )
