"""The standard clauses of the programme: what they say now, what they said before, and the next wording."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.events import SENTENCES
from agreements.forms.clauses import StandardClauseForm
from agreements.models import Programme, StandardClause
from agreements.services import clauses
from agreements.states import ClauseCode
from kvk2.core.audit import events_of
from kvk2.core.timeline import entries
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

EDIT = "agreements.edit_standard_clauses"
LIST = ("Standaardbepalingen", "agreements:clause_list")
EVENTS_SHOWN = 20


def _programme_or_404() -> Programme:
    return get_object_or_404(Programme.objects.order_by("-start", "pk")[:1])


def _trail(*more):
    return [
        ("Resultaatafspraken", reverse("agreements:agreement_list")),
        (LIST[0], reverse(LIST[1]) if more else None),
        *more,
    ]


@require_safe
def clause_list(request):
    """Each clause as new agreements start with it today, with its other versions."""
    require(request, "agreements.view_standard_clauses")
    programme = _programme_or_404()
    today = timezone.localdate()
    every = StandardClause.objects.filter(programme=programme)
    now = {clause.code: clause for clause in every.on(today)}
    by_code: dict[str, list[StandardClause]] = {code: [] for code in ClauseCode}
    for clause in every.order_by("-number"):
        by_code[clause.code].append(clause)
    return render(
        request,
        "agreements/clause_list.html",
        {
            "clauses": [
                (ClauseCode(code), now.get(code), [row for row in rows if row != now.get(code)])
                for code, rows in by_code.items()
            ],
            "today": today,
            "may_edit": request.user.has_perm(EDIT),
            "events": entries(
                events_of(programme).filter(verb__startswith="clause")[:EVENTS_SHOWN], SENTENCES
            ),
            "breadcrumbs": _trail(),
        },
    )


@require_http_methods(["GET", "POST"])
def clause_edit(request, code):
    """The next wording of one clause; 'Voorbeeld bekijken' shows how it will read and keeps nothing."""
    if code not in ClauseCode:
        raise Http404
    require(request, EDIT)
    programme = _programme_or_404()
    last = StandardClause.objects.filter(programme=programme, code=code).order_by("-number").first()
    form = StandardClauseForm(
        posted(request),
        back_url=reverse(LIST[1]),
        initial={"text": last.text if last else "", "valid_from": timezone.localdate()},
    )
    preview = ""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            if not form.wants_preview:
                clause = clauses.change_clause(
                    programme, code, **form.cleaned_data, by=request.user, at=timezone.now()
                )
                messages.success(
                    request, f"‘{clause}’ is bewaard. Afspraken die er al zijn, houden hun tekst."
                )
                return redirect(LIST[1])
            clauses.require_known_fields(form.cleaned_data["text"], programme)
            preview = clauses.preview_of(form.cleaned_data["text"], programme)
    label = ClauseCode(code).label
    return render_form(
        request,
        "agreements/clause_edit.html",
        {"label": label, "preview": preview, "breadcrumbs": _trail((label, None))},
        forms=[form],
    )
