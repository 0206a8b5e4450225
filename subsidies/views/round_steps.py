"""Writing a round: the task list, one short page for each step, and what a step comes down to while one types."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.nlds.forms import data_after_row_button, without_errors
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.forms.round_check import CheckForm
from subsidies.forms.round_division import CriteriaForm, DivisionForm
from subsidies.forms.round_money import FormulasForm, MoneyForm
from subsidies.forms.round_steps import (
    AboutForm,
    BeginForm,
    BudgetForm,
    DatesForm,
    PriorityForm,
    StepForm,
    TargetForm,
)
from subsidies.models import SubsidyRound
from subsidies.round_preview import preview
from subsidies.round_steps import RoundStep
from subsidies.round_tasks import RoundTasks
from subsidies.services.round_content import RoundContent, content_of
from subsidies.services.round_writing import begin_round, save_step

FORMS: dict[RoundStep, type[StepForm]] = {
    form.step: form
    for form in (
        AboutForm,
        DatesForm,
        TargetForm,
        MoneyForm,
        FormulasForm,
        DivisionForm,
        PriorityForm,
        CriteriaForm,
        BudgetForm,
        CheckForm,
    )
}


def _crumbs(round_: SubsidyRound | None, *last: str) -> list[tuple[str, str | None]]:
    crumbs: list[tuple[str, str | None]] = [("Rondes", reverse("subsidies:round_list"))]
    if round_ is not None:
        crumbs.append((str(round_), round_.get_absolute_url()))
    if len(last) > 1 and round_ is not None:
        crumbs.append((last[0], reverse("subsidies:round_edit", args=[round_.pk])))
    crumbs.append((last[-1], None))
    return crumbs


@require_http_methods(["GET", "POST"])
def round_create(request):
    """Four facts make a draft; its other steps wait in the task list."""
    require(request, "subsidies.add_round")
    form = BeginForm(
        posted(request),
        initial={"year": timezone.localdate().year + 1},
        back_url=reverse("subsidies:round_list"),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            round_ = begin_round(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De ronde is begonnen. Vul nu de andere stappen in.")
            return redirect("subsidies:round_edit", round_.pk)
    context = {"breadcrumbs": _crumbs(None, "Nieuwe ronde")}
    return render_form(request, "subsidies/round_create.html", context, forms=[form])


@require_safe
def round_edit(request, pk):
    """The steps of a draft as a task list, and what is still missing."""
    round_ = _round_or_404(request, pk)
    context = {
        "breadcrumbs": _crumbs(round_, "Ronde invullen"),
        "round": round_,
        "tasks": RoundTasks(round_),
    }
    return render(request, "subsidies/round_edit.html", context)


@require_http_methods(["GET", "POST"])
def round_step(request, pk, step):
    """One step; a refused save keeps everything that was typed."""
    round_, step = _draft(request, pk, step)
    content, data = content_of(round_), posted(request)
    parts = _StepParts(step, content, data)
    if parts.is_valid():
        with refusals_on(parts.form):
            save_step(round_, step, parts.changes(), by=request.user, at=timezone.now())
            messages.success(request, f"‘{step.label}’ is bewaard.")
            return _after(round_, step, to_overview="overview" in request.POST)
    tasks = RoundTasks(round_)
    context = {
        "breadcrumbs": _crumbs(round_, "Ronde invullen", step.label),
        "round": round_,
        "step": step,
        "number": list(RoundStep).index(step) + 1,
        "steps": tasks.links(current=step),
        "preview": preview(step, content),
        "missing": [item.text for item in tasks.missing if item.step == step],
    }
    return render_form(request, "subsidies/round_step.html", context, forms=parts.forms)


@require_POST
def round_step_preview(request, pk, step):
    """What stands in the form now comes down to (an htmx fragment); stores nothing."""
    round_, step = _draft(request, pk, step)
    content = content_of(round_)
    parts = _StepParts(step, content, request.POST)
    if not parts.is_valid():
        return render(request, "subsidies/_round_preview.html", {"preview": None})
    context = {"preview": preview(step, replace(content, **parts.changes()))}
    return render(request, "subsidies/_round_preview.html", context)


class _StepParts:
    """The form of a step with its formset, after 'Regel toevoegen' or 'Verwijder' as well."""

    def __init__(self, step: RoundStep, content: RoundContent, data) -> None:
        kind = FORMS[step]
        prefix = kind.formset_prefix
        changed = data_after_row_button(data, prefix) if data and kind.formset else None
        self.pressed_row_button = changed is not None
        given = changed if changed is not None else data
        self.form = kind(given, content=content)
        self.rows = None
        if kind.formset:
            initial = None if data else kind.rows_from(content)
            self.rows = kind.formset(given, initial=initial, prefix=prefix)
        if self.pressed_row_button:
            for part in self.forms:
                without_errors(part)

    @property
    def forms(self) -> list:
        return [self.form] if self.rows is None else [self.form, self.rows]

    def is_valid(self) -> bool:
        if not self.form.is_bound or self.pressed_row_button:
            return False
        judged = [part.is_valid() for part in self.forms]  # every part says what is wrong
        return all(judged)

    def changes(self) -> dict:
        return self.form.changes(self.rows)


def _round_or_404(request, pk: int) -> SubsidyRound:
    """The draft with all that it says; 403 for who may not write it."""
    rounds = SubsidyRound.objects.visible_to(request.user).with_content()
    round_ = get_object_or_404(rounds, pk=pk)
    require(request, "subsidies.change_round", round_)
    return round_


def _draft(request, pk: int, name: str) -> tuple[SubsidyRound, RoundStep]:
    round_ = _round_or_404(request, pk)
    try:
        return round_, RoundStep(name)
    except ValueError as error:
        raise Http404 from error


def _after(round_: SubsidyRound, step: RoundStep, *, to_overview: bool):
    """On to the next step, or to the task list after the last."""
    steps = list(RoundStep)
    place = steps.index(step) + 1
    if to_overview or place == len(steps):
        return redirect("subsidies:round_edit", round_.pk)
    return redirect("subsidies:round_step", round_.pk, steps[place])
