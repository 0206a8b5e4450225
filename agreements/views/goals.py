from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.forms.goals import ResultForm
from agreements.forms.indicators import IndicatorForm, initial_terms
from agreements.models import AgreedIndicator, AgreedResult, IndicatorDefinitionVersion
from agreements.reading import goal_tree
from agreements.services import editing
from agreements.views.loading import breadcrumbs, get_part_or_404, get_version_or_404
from agreements.views.sections import sections
from kvk2.core.errors import DomainError
from kvk2.nlds.forms import without_errors
from kvk2.nlds.shortcuts import posted, refusals_on, render_form

EDIT = "agreements.edit_goals"


def _back(version) -> str:
    return reverse("agreements:version_goals", args=[version.pk])


def _page(request, version, *labels, **context):
    return {
        "version": version,
        "steps": sections(version, request.user, current="goals"),
        "breadcrumbs": [
            *breadcrumbs(version),
            ("Doelen en resultaten", _back(version) if labels else None),
            *((label, None) for label in labels),
        ],
        **context,
    }


@require_safe
def version_goals(request, pk):
    version = get_version_or_404(request, pk, perm=EDIT)
    return render(
        request, "agreements/version_goals.html", _page(request, version, goals=goal_tree(version))
    )


@require_http_methods(["GET", "POST"])
def result_create(request, pk, goal_pk):
    version = get_version_or_404(request, pk, perm=EDIT)
    goal = get_object_or_404(version.agreement.programme.goals, pk=goal_pk)
    form = ResultForm(posted(request), back_url=_back(version))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            result = editing.add_result(
                version, goal=goal, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(
                request, f"Resultaat {result.label} is toegevoegd. Kies nu een indicator."
            )
            return redirect("agreements:indicator_choose", result.pk)
    page = _page(request, version, "Resultaat toevoegen", goal=goal)
    return render_form(request, "agreements/result_create.html", page, forms=[form])


@require_http_methods(["GET", "POST"])
def result_edit(request, pk):
    result, version = get_part_or_404(request, AgreedResult, pk, perm=EDIT)
    form = ResultForm(
        posted(request),
        back_url=_back(version),
        initial={
            "text": result.text,
            "target_group": result.target_group,
            "change_kind": result.change_kind,
        },
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            editing.change_result(result, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, f"Resultaat {result.label} is bewaard.")
            return redirect(_back(version))
    page = _page(request, version, f"Resultaat {result.label}", result=result, goal=result.goal)
    return render_form(request, "agreements/result_edit.html", page, forms=[form])


@require_http_methods(["GET", "POST"])
def result_delete(request, pk):
    result, version = get_part_or_404(request, AgreedResult, pk, perm=EDIT)
    label = result.label
    if request.method == "POST":
        try:
            editing.delete_result(result, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"Resultaat {label} is verwijderd.")
        return redirect(_back(version))
    return render(
        request,
        "components/confirm_page.html",
        {
            "heading": f"Resultaat {label} verwijderen?",
            "text": result.text,
            "consequences": [
                "De maatregelen, indicatoren en streefwaarden van dit resultaat gaan mee weg."
            ],
            "action_label": "Resultaat verwijderen",
            "negative": True,
            "back_url": _back(version),
            "breadcrumbs": breadcrumbs(version, f"Resultaat {label} verwijderen"),
        },
    )


@require_safe
def indicator_choose(request, pk):
    """The library: which indicator shows that this result is coming closer."""
    result, version = get_part_or_404(request, AgreedResult, pk, perm=EDIT)
    definitions = IndicatorDefinitionVersion.objects.current().order_by("definition__name", "pk")
    return render(
        request,
        "agreements/indicator_choose.html",
        _page(
            request,
            version,
            f"Indicator bij resultaat {result.label}",
            result=result,
            definitions=definitions,
        ),
    )


@require_http_methods(["GET", "POST"])
def indicator_create(request, pk, definition_pk):
    result, version = get_part_or_404(request, AgreedResult, pk, perm=EDIT)
    definition_version = get_object_or_404(
        IndicatorDefinitionVersion.objects.current(), pk=definition_pk
    )
    form = _indicator_form(request, version, definition_version, {"tolerance": 0})
    if request.method == "POST" and "fill" not in request.POST and form.is_valid():
        with refusals_on(form):
            editing.add_indicator(
                result,
                definition_version=definition_version,
                terms=form.terms(),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, f"‘{definition_version.definition}’ is toegevoegd.")
            return redirect(_back(version))
    page = _page(
        request,
        version,
        "Indicator toevoegen",
        result=result,
        definition_version=definition_version,
    )
    return render_form(request, "agreements/indicator_create.html", page, forms=[form])


@require_http_methods(["GET", "POST"])
def indicator_edit(request, pk):
    indicator, version = get_part_or_404(request, AgreedIndicator, pk, perm=EDIT)
    initial = initial_terms(
        AgreedIndicator.objects.prefetch_related("targets__year")
        .select_related("definition_version__definition", "baseline_planned_year")
        .get(pk=indicator.pk)
    )
    form = _indicator_form(request, version, indicator.definition_version, initial)
    if request.method == "POST" and "fill" not in request.POST and form.is_valid():
        with refusals_on(form):
            editing.change_indicator(
                indicator, terms=form.terms(), by=request.user, at=timezone.now()
            )
            messages.success(request, f"‘{indicator.definition}’ is bewaard.")
            return redirect(_back(version))
    page = _page(
        request,
        version,
        "Indicator wijzigen",
        result=indicator.result,
        indicator=indicator,
        definition_version=indicator.definition_version,
    )
    return render_form(request, "agreements/indicator_edit.html", page, forms=[form])


def _indicator_form(request, version, definition_version, initial) -> IndicatorForm:
    """The form as posted; with 'Vul de jaren ertussen in' pressed, with those years filled in."""
    settings = {
        "version": version,
        "definition_version": definition_version,
        "back_url": _back(version),
        "initial": initial,
    }
    if request.method != "POST":
        return IndicatorForm(**settings)
    form = IndicatorForm(request.POST, **settings)
    if "fill" not in request.POST:
        return form
    form.is_valid()
    filled = form.filled_in()
    if filled is None:
        form = without_errors(form)
        form.add_error(
            "baseline_value", "Vul eerst de nulmeting en de streefwaarde van het laatste jaar in."
        )
        return form
    return without_errors(IndicatorForm({**request.POST.dict(), **filled}, **settings))


@require_http_methods(["GET", "POST"])
def indicator_delete(request, pk):
    indicator, version = get_part_or_404(request, AgreedIndicator, pk, perm=EDIT)
    name = indicator.definition.name
    if request.method == "POST":
        try:
            editing.delete_indicator(indicator, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"‘{name}’ is verwijderd.")
        return redirect(_back(version))
    return render(
        request,
        "components/confirm_page.html",
        {
            "heading": f"‘{name}’ verwijderen?",
            "text": f"De nulmeting en de streefwaarden van deze indicator bij resultaat {indicator.result.label} gaan weg.",
            "action_label": "Indicator verwijderen",
            "negative": True,
            "back_url": _back(version),
            "breadcrumbs": breadcrumbs(version, "Indicator verwijderen"),
        },
    )
