from dataclasses import asdict, is_dataclass
from datetime import timedelta

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from kvk2.core import audit
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.nlds.forms import data_after_row_button, without_errors
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import scheme_page
from subsidies.budget import BudgetFigures
from subsidies.documents import LetterKind
from subsidies.filters_schemes import SchemeFilter
from subsidies.forms.budget_trial import BudgetTrialForm
from subsidies.forms.schemes import (
    FORMS,
    ROWS,
    InForceForm,
    NextVersionForm,
    SchemeForm,
    rows_prefix,
    table_of,
)
from subsidies.models import ROW_MODELS, SchemeVersion, SubsidyScheme
from subsidies.querysets import reads_schemes
from subsidies.scheme_examples import EXAMPLE_ROWS, EXAMPLE_SECTIONS, EXAMPLE_SOURCE
from subsidies.scheme_sections import BY_SLUG
from subsidies.services import scheme_preview
from subsidies.services import schemes as services
from subsidies.states import SchemeState
from subsidies.tables import rows_for_export
from subsidies.tables_schemes import SchemeTable
from subsidies.timelines import full_timeline

EVENTS_SHOWN = 30
SAMPLES = (
    (LetterKind.GRANT, "Verlening"),
    (LetterKind.PARTIAL_GRANT, "Gedeeltelijke verlening"),
    (LetterKind.REFUSAL, "Weigering"),
)


def _scheme_or_404(request, pk: int) -> SubsidyScheme:
    return get_object_or_404(SubsidyScheme.objects.visible_to(request.user), pk=pk)


def _version_or_404(request, pk: int) -> SchemeVersion:
    visible = SchemeVersion.objects.visible_to(request.user).select_related("scheme")
    return get_object_or_404(visible.prefetch_related(*ROW_MODELS), pk=pk)


def _crumbs(*objects, last: str = "") -> list[tuple[str, str | None]]:
    crumbs: list[tuple[str, str | None]] = [("Regelingen", reverse("subsidies:scheme_list"))]
    for thing in objects:
        label = f"Versie {thing.number}" if isinstance(thing, SchemeVersion) else thing.name
        crumbs.append((label, thing.get_absolute_url()))
    return [*crumbs, (last, None)] if last else [*crumbs[:-1], (crumbs[-1][0], None)]


def _require_list(request) -> None:
    """Who reads no scheme at all finds no list either."""
    if not reads_schemes(request.user):
        raise Http404


@require_safe
def scheme_list(request):
    _require_list(request)
    filter_ = SchemeFilter(
        request.GET,
        queryset=SubsidyScheme.objects.visible_to(request.user).for_list().order_by("name", "pk"),
    )
    table = SchemeTable(filter_.qs)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    if request.GET.get("export") == "csv":
        return csv_response("subsidieregelingen.csv", *rows_for_export(table))
    return render(
        request,
        "subsidies/scheme_list.html",
        {
            "breadcrumbs": [("Regelingen", None)],
            "table": table,
            "filter": filter_,
            "may_add": request.user.has_perm("subsidies.add_scheme"),
        },
    )


@require_http_methods(["GET", "POST"])
def scheme_create(request):
    _require_list(request)
    require(request, "subsidies.add_scheme")
    form = SchemeForm(posted(request), back_url=reverse("subsidies:scheme_list"))
    if request.method == "POST" and form.is_valid():
        sources = [
            {"section": slug, "source": EXAMPLE_SOURCE, "to_verify": True}
            for slug in EXAMPLE_SECTIONS
        ]
        with refusals_on(form):
            version = services.create_scheme(
                **form.cleaned_data,
                rows={**EXAMPLE_ROWS, "sources": sources},
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De regeling is gemaakt. Vul nu de onderdelen in.")
            return redirect(version)
    context = {
        "breadcrumbs": _crumbs(last="Nieuwe regeling"),
        "heading": "Nieuwe regeling",
        "text": "U begint met een concept. Een deel is al gevuld met voorbeelden; die controleert u per onderdeel.",
    }
    return render_form(request, "subsidies/scheme_form.html", context, forms=[form])


@require_safe
def scheme_detail(request, pk):
    """One scheme: its versions in time, and which rounds stand on which."""
    scheme = _scheme_or_404(request, pk)
    versions = list(
        scheme.versions.annotate(round_count=Count("rounds"))
        .prefetch_related("rounds")
        .order_by("-number")
    )
    return render(
        request,
        "subsidies/scheme_detail.html",
        {
            "breadcrumbs": _crumbs(last=scheme.name),
            "scheme": scheme,
            "versions": scheme_page.versions_of(versions),
            "milestones": scheme_page.milestones_of(versions, timezone.localdate()),
            "may_add": not any(version.is_draft for version in versions)
            and request.user.has_perm("subsidies.add_scheme_version"),
            "events": full_timeline(audit.events_of(scheme, *versions)[:EVENTS_SHOWN]),
        },
    )


@require_http_methods(["GET", "POST"])
def scheme_version_create(request, pk):
    """The next version starts as a copy; the one in force stays as it is."""
    scheme = _scheme_or_404(request, pk)
    require(request, "subsidies.add_scheme_version")
    last = scheme.versions.order_by("-number").first()
    first_day = timezone.localdate() + timedelta(days=1)
    form = NextVersionForm(
        posted(request), initial={"valid_from": first_day}, back_url=scheme.get_absolute_url()
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            version = services.create_version(
                scheme, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, f"Versie {version.number} is een kopie in concept.")
            return redirect(version)
    context = {
        "breadcrumbs": _crumbs(scheme, last="Nieuwe versie"),
        "heading": "Nieuwe versie",
        "text": f"De nieuwe versie begint als kopie van versie {last.number if last else 0}. Wat nu geldt, verandert niet.",
    }
    return render_form(request, "subsidies/scheme_form.html", context, forms=[form])


@require_safe
def scheme_version_detail(request, pk):
    """A draft as a task list of sections; a version in force as the text it is."""
    version = _version_or_404(request, pk)
    others = version.scheme.versions.exclude(pk=version.pk).order_by("-number")
    may_edit = request.user.has_perm("subsidies.change_scheme_version", version)
    return render(
        request,
        "subsidies/scheme_version_detail.html",
        {
            "breadcrumbs": _crumbs(version.scheme, version),
            "version": version,
            "tasks": scheme_page.tasks_of(version, lambda section: _section_url(version, section))
            if may_edit
            else [],
            "sections": scheme_page.sections_of(version),
            "missing": services.missing_for_force(version) if version.is_draft else [],
            "to_verify": scheme_page.to_verify(version),
            "rounds": version.rounds.order_by("-year", "-pk"),
            "others": others,
            "samples": SAMPLES,
            "may_edit": may_edit,
            "may_put_in_force": request.user.has_perm("subsidies.put_scheme_in_force", version),
            "may_discard": request.user.has_perm("subsidies.discard_scheme_version", version)
            and not version.rounds.exists(),
            "events": full_timeline(audit.events_of(version)[:EVENTS_SHOWN]),
        },
    )


def _section_url(version: SchemeVersion, section) -> str:
    return reverse("subsidies:scheme_section_edit", args=[version.pk, section.slug])


@require_http_methods(["GET", "POST"])
def scheme_section_edit(request, pk, slug):
    version = _version_or_404(request, pk)
    if slug not in BY_SLUG:
        raise Http404
    require(request, "subsidies.change_scheme_version", version)
    form, rows = _section_forms(request, version, slug)
    valid = form.is_bound and form.is_valid() & (rows is None or rows.is_valid())
    if request.method == "POST" and valid and not _row_button(request, slug):
        with refusals_on(form):
            services.save_section(
                version,
                slug,
                columns=form.columns(),
                rows=_content(form, rows),
                source=form.cleaned_data["source"],
                to_verify=form.cleaned_data["to_verify"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, f"‘{BY_SLUG[slug].title}’ is bewaard.")
            return redirect(version)
    context = {
        "breadcrumbs": _crumbs(version.scheme, version, last=BY_SLUG[slug].title),
        "heading": BY_SLUG[slug].title,
        "text": BY_SLUG[slug].hint + ".",
        "version": version,
    }
    parts = [form] if rows is None else [form, rows]
    return render_form(request, "subsidies/scheme_form.html", context, forms=parts)


def _row_button(request, slug: str):
    data = posted(request)
    return (
        data_after_row_button(data, rows_prefix(slug))
        if data is not None and slug in ROWS
        else None
    )


def _section_forms(request, version: SchemeVersion, slug: str):
    """The form of a section and the formset of its rows, if it has them; unjudged after 'toevoegen' or 'verwijder'."""
    pressed = _row_button(request, slug)
    data = pressed or posted(request)
    source = next((row for row in version.sources.all() if row.section == slug), None)
    initial = {name: getattr(version, name) for name in BY_SLUG[slug].columns}
    initial |= {row.code: row.text for row in services.rows_of(version, "letter_texts")}
    initial |= {
        "source": source.source if source else "",
        "to_verify": bool(source and source.to_verify),
    }
    form = FORMS[slug](
        data, initial=initial, back_url=version.get_absolute_url(), table=table_of(slug)
    )
    rows = None
    if slug in ROWS:
        stored = [row.content() for row in services.rows_of(version, BY_SLUG[slug].rows)]
        rows = ROWS[slug][0](data, initial=None if data else stored, prefix=rows_prefix(slug))
    if pressed:
        without_errors(form)
        without_errors(rows)
    return form, rows


def _content(form, rows) -> list[dict] | None:
    if rows is None:
        return form.rows() if hasattr(form, "rows") else None
    return [asdict(row) if is_dataclass(row) else row for row in rows.content()]


@require_safe
def scheme_version_compare(request, pk, other):
    """Two versions of one scheme side by side: only what differs."""
    version, earlier = _version_or_404(request, pk), _version_or_404(request, other)
    if version.scheme_id != earlier.scheme_id:
        raise Http404
    old, new = sorted([earlier, version], key=lambda part: part.number)
    return render(
        request,
        "subsidies/scheme_version_compare.html",
        {
            "breadcrumbs": _crumbs(
                version.scheme, version, last=f"Verschil met versie {earlier.number}"
            ),
            "old": old,
            "new": new,
            "sections": scheme_page.differences(old, new),
        },
    )


@require_safe
def scheme_sample_letter(request, pk, kind):
    """A decision on invented facts with the words of this version; nothing is stored."""
    version = _version_or_404(request, pk)
    known = {letter.lower(): letter for letter, _ in SAMPLES}
    if kind not in known:
        raise Http404
    try:
        content = scheme_preview.sample_letter(version, known[kind], today=timezone.localdate())
    except (DomainError, KeyError) as error:
        why = error.message if isinstance(error, DomainError) else "een onderdeel ontbreekt."
        messages.error(request, f"De voorbeeldbrief kan nog niet: {why}")
        return redirect(version)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="voorbeeld-{kind}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
def scheme_budget_trial(request, pk):
    """Try the limits of this version on figures of one's own; nothing is stored."""
    version = _version_or_404(request, pk)
    tried = bool(request.GET)
    form = BudgetTrialForm(request.GET if tried else None, back_url=version.get_absolute_url())
    problems = None
    if tried and form.is_valid():
        problems = scheme_preview.try_budget(version, _figures(form.cleaned_data))
    context = {
        "breadcrumbs": _crumbs(version.scheme, version, last="Proefbegroting"),
        "version": version,
        "limits": scheme_page.limit_details(version.budget_rules.all()),
        "problems": problems,
        "tried": problems is not None,
    }
    return render_form(request, "subsidies/scheme_budget_trial.html", context, forms=[form])


def _figures(typed: dict) -> BudgetFigures:
    return BudgetFigures(
        hourly_rates=[typed["hourly_rate"]] if typed["hourly_rate"] is not None else [],
        professional_hours=typed["professional_hours"],
        preparation_hours=typed["preparation_hours"],
        overhead=typed["overhead"],
        grant_total=typed["requested"],
    )


@require_http_methods(["GET", "POST"])
def scheme_version_in_force(request, pk):
    """Confirm what the college decided: from here on the content is fixed."""
    version = _version_or_404(request, pk)
    require(request, "subsidies.put_scheme_in_force", version)
    form = InForceForm(posted(request), back_url=version.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.put_in_force(version, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De versie is in werking. De inhoud ligt nu vast.")
            return redirect(version)
    current = version.scheme.versions.filter(state=SchemeState.IN_FORCE).first()
    context = {
        "breadcrumbs": _crumbs(version.scheme, version, last="In werking"),
        "version": version,
        "current": current,
        "missing": services.missing_for_force(version),
        "to_verify": scheme_page.to_verify(version),
    }
    return render_form(request, "subsidies/scheme_in_force.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def scheme_version_discard(request, pk):
    version = _version_or_404(request, pk)
    require(request, "subsidies.discard_scheme_version", version)
    if request.method == "POST":
        try:
            services.discard_draft(version, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(version)
        messages.success(request, "Het concept is weggegooid.")
        left = SubsidyScheme.objects.filter(pk=version.scheme_id).first()
        return redirect(left or "subsidies:scheme_list")
    context = {
        "breadcrumbs": _crumbs(version.scheme, version, last="Weggooien"),
        "heading": "Concept weggooien",
        "text": f"{version} gaat weg. Dit kunt u niet terugdraaien.",
        "action_label": "Concept weggooien",
        "negative": True,
        "back_url": version.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)
