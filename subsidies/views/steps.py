"""Filling in an application: the task list, and the steps in any order. Whatever was typed is kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.forms import BaseForm, BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ikc.services.child_counts import MANY_CHILDREN, duo_words
from kvk2.core import interrupted
from kvk2.core.errors import DomainError
from kvk2.core.money import format_amount
from kvk2.nlds.forms import data_after_row_button, without_errors
from kvk2.nlds.shortcuts import render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies import presence
from subsidies.application_page import TITLES, VIEWS, ApplicationPage
from subsidies.forms.applications import (
    BudgetForm,
    CostFormSet,
    DetailsForm,
    IncomeFormSet,
    PlanForm,
    line_initial,
    new_page,
)
from subsidies.forms.fields import personal_numbers
from subsidies.models import Application
from subsidies.saved_step import CHOICE, chosen, differences
from subsidies.services import applications as services
from subsidies.services.applications import (
    NewerVersionSaved,
    Step,
    is_newer,
    unparsed_of,
    version_of,
)
from subsidies.services.child_statements import FIELDS as STATEMENT
from subsidies.services.copies import earlier_applications
from subsidies.services.hand_overs import last_hand_over, mandate_of
from subsidies.states import ApplicationState
from subsidies.views.access import get_application_or_404

COSTS, INCOME = "costs", "income"
MANY = "Dit zijn meer dan 1.500 kinderen. Klopt dat?"
PLAN_FIELDS = (
    "summary",
    "analysis",
    "integrated_offer",
    "parent_involvement",
    "support",
)
Forms = list[BaseForm | BaseFormSet]


def crumbs(application: Application, last: str) -> list[tuple[str, str | None]]:
    return [
        ("Aanvragen", reverse("subsidies:application_list")),
        (application.ikc.name, reverse("subsidies:application_steps", args=[application.pk])),
        (last, None),
    ]


def draft_or_redirect(
    request: HttpRequest,
    pk: int,
    permission: str = "subsidies.change_application",
    *,
    application: Application | None = None,
) -> tuple[Application, HttpResponse | None]:
    """The draft, or where to go instead: a filed application is read on its own page."""
    application = application or get_application_or_404(request, pk)
    if application.state == ApplicationState.DRAFT:
        require(request, permission, application)
        return application, None
    if interrupted.wants_data(request):
        return application, _problem("deze aanvraag is geen concept meer.")
    messages.info(request, "Deze aanvraag is geen concept meer. U kunt haar niet meer wijzigen.")
    return application, redirect(application)


@require_safe
def application_steps(request, pk):
    """The steps as a task list; the start of everybody who fills in."""
    application, elsewhere = draft_or_redirect(request, pk)
    if elsewhere:
        return elsewhere
    context = {
        "breadcrumbs": [*crumbs(application, "")[:1], (application.ikc.name, None)],
        "application": application,
        "page": ApplicationPage(application, now=timezone.now()),
        "mandate": mandate_of(request.user, application.ikc, timezone.localdate()),
        "handed_over": last_hand_over(application),
        "earlier": earlier_applications([application.ikc_id], application.round),
    }
    return render(request, "subsidies/application_steps.html", context)


@require_http_methods(["GET", "POST"])
def application_details(request, pk):
    return fill_step(request, pk, DETAILS)


@require_http_methods(["GET", "POST"])
def application_plan(request, pk):
    return fill_step(request, pk, PLAN)


@require_http_methods(["GET", "POST"])
def application_budget(request, pk):
    return fill_step(request, pk, BUDGET)


@dataclass(frozen=True, slots=True)
class StepView:
    """How one step makes its forms (of the draft, or of what was posted) and how it is kept."""

    step: Step
    build: Callable[[ApplicationPage, QueryDict | None], Forms]
    save: Callable[[Application, Forms], Application]
    template: str
    row_prefixes: tuple[str, ...] = ()
    # What each save shows anew: the id of an element of the page, and the template that makes it.
    live: tuple[tuple[str, str], ...] = ()


EDITORS = ("ook-open", "subsidies/_editors.html")
NUMBERS = ("burgerservicenummers", "subsidies/_numbers.html")


@never_cache
def fill_step(request: HttpRequest, pk: int, view: StepView) -> HttpResponse:
    application, elsewhere = draft_or_redirect(request, pk)
    if elsewhere:
        return elsewhere
    page = ApplicationPage(application, now=timezone.now())
    if request.method == "GET":
        return _open(request, page, view)
    if changed := _row_button(request.POST, view.row_prefixes):
        forms = [without_errors(form) for form in view.build(page, changed)]
        return _show(request, page, view, forms)
    return _save(request, page, view)


def _open(request: HttpRequest, page: ApplicationPage, view: StepView) -> HttpResponse:
    """The step as it is saved; or with what its reader posted when the session had ended."""
    if "bewaard" in request.GET:
        interrupted.forget(request)
        return redirect(request.path)
    waiting = interrupted.kept(request)
    forms = view.build(page, waiting)
    if waiting is None:
        return _show(request, page, view, forms)
    return _show(request, page, view, [without_errors(form) for form in forms], waiting=True)


@require_safe
def application_presence(request, pk, step):
    """What an open page asks every half minute: who else has this step open, and whether it was saved since."""
    if step not in VIEWS:
        raise Http404
    application, elsewhere = draft_or_redirect(request, pk)
    if elsewhere:
        return elsewhere
    opened = request.GET.get("version", "")
    newer = opened.isdecimal() and is_newer(
        application, step, version=int(opened), page=request.GET.get("page", "")
    )
    context = {
        **_editors(request, application, step),
        "newer": reverse(f"subsidies:{VIEWS[step]}", args=[pk]) if newer else "",
    }
    return JsonResponse({"parts": _parts([EDITORS], context)})


def _editors(request: HttpRequest, application: Application, step: str) -> dict[str, Any]:
    others = presence.others_in(application, step, user=request.user, at=timezone.now())
    return {"others": presence.sentence(others), "newer": ""}


def _parts(parts: Iterable[tuple[str, str]], context: dict[str, Any]) -> dict[str, str]:
    return {place: render_to_string(template, context) for place, template in parts}


def _problem(text: str) -> JsonResponse:
    """Why a script of ours did not get what it asked; trying again does not help."""
    return JsonResponse({"problem": text}, status=409)


def _row_button(data: QueryDict, prefixes: tuple[str, ...]) -> QueryDict | None:
    """The posted data after a button for a row was pressed in a page without JavaScript."""
    for prefix in prefixes:
        if (changed := data_after_row_button(data, prefix)) is not None:
            return changed
    return None


def _save(request: HttpRequest, page: ApplicationPage, view: StepView) -> HttpResponse:
    """Keep what was posted; then on to the next page, or back to this one with what is wrong."""
    forms = view.build(page, chosen(request.POST, lambda: view.build(page, None)))
    invalid = [form for form in forms if not form.is_valid()]  # every form, also after the first
    try:
        application = view.save(page.application, forms)
    except NewerVersionSaved as error:
        return _conflict(request, page, view, forms, error)
    except DomainError as error:
        return _refused(request, page.application, error)
    interrupted.forget(request)
    saved = ApplicationPage(application, now=timezone.now())
    if interrupted.wants_data(request):
        return _kept(request, view, saved, forms)
    if "later" in request.POST:
        messages.success(request, "Wij hebben bewaard wat u invulde.")
        return redirect("subsidies:application_steps", application.pk)
    if invalid:
        return _show(request, saved, view, forms)
    return redirect(saved.next_url(view.step))


def _show(
    request: HttpRequest, page: ApplicationPage, view: StepView, forms: Forms, **extra: Any
) -> HttpResponse:
    application = page.application
    context = {
        "breadcrumbs": crumbs(application, TITLES[view.step]),
        "application": application,
        "page": page,
        "steps": page.steps(view.step),
        "heading": TITLES[view.step],
        "number": page.step_number(view.step),
        "unparsed": unparsed_of(application, view.step),
        "budget": page.budget if view.step == Step.BUDGET else None,
        "saved_at": application.saved_at,
        "typed_by": interrupted.seal(request.user.pk),
        "ask_url": reverse("subsidies:application_presence", args=[application.pk, view.step]),
        **_editors(request, application, view.step),
        "numbers": personal_numbers(forms),
        **extra,
    }
    return render_form(request, view.template, context, forms=forms)


def _kept(
    request: HttpRequest, view: StepView, saved: ApplicationPage, forms: Forms
) -> JsonResponse:
    """The answer to saving on the way: when it was kept, and the parts of the page that follow from it."""
    context = {
        **_editors(request, saved.application, view.step),
        "numbers": personal_numbers(forms),
        "page": saved,
        "application": saved.application,
        "budget": saved.budget if view.step == Step.BUDGET else None,
    }
    at = timezone.localtime(saved.application.saved_at)
    return JsonResponse(
        {"saved": f"{at:%H.%M}", "parts": _parts([EDITORS, NUMBERS, *view.live], context)}
    )


def _refused(request: HttpRequest, application: Application, error: DomainError) -> HttpResponse:
    if interrupted.wants_data(request):
        return _problem(error.message)
    messages.error(request, error.message)
    return redirect(application)


def _conflict(
    request: HttpRequest,
    page: ApplicationPage,
    view: StepView,
    forms: Forms,
    error: NewerVersionSaved,
) -> HttpResponse:
    """Nothing is lost: both versions on one page, with a choice per question."""
    if interrupted.wants_data(request):
        return _problem(f"{error.message} Kies ‘Opslaan en verder’ om beide versies te zien.")
    newest = ApplicationPage(
        get_application_or_404(request, page.application.pk), now=timezone.now()
    )
    saved = view.build(newest, None)
    both = differences(saved, forms)
    if not both:
        return redirect(newest.next_url(view.step))
    typed = request.POST.copy()
    typed["version"], typed["page"] = str(version_of(newest.application, view.step)), new_page()
    context = {
        "breadcrumbs": crumbs(page.application, TITLES[view.step]),
        "application": newest.application,
        "heading": TITLES[view.step],
        "conflict": error.message,
        "differences": both,
        "typed": _posted_again(typed),
        "here": request.path,
    }
    return render(request, "subsidies/application_conflict.html", context, status=409)


def _posted_again(typed: QueryDict) -> list[tuple[str, str]]:
    """What was posted, to post once more with the choices; the token is made anew."""
    left_out = ("csrfmiddlewaretoken", "later", "next")
    return [
        (name, value)
        for name, values in typed.lists()
        if name not in left_out and not name.startswith(CHOICE)
        for value in values
    ]


def travelling(application: Application, step: Step) -> dict[str, Any]:
    return {"version": version_of(application, step), "page": new_page()}


def steps_url(application: Application) -> str:
    return reverse("subsidies:application_steps", args=[application.pk])


def _details_forms(page: ApplicationPage, data: QueryDict | None) -> Forms:
    application = page.application
    statement, day = page.content.children, application.round.reference_date
    names = [name for name in DetailsForm.base_fields if hasattr(application, name)]
    said = {name: getattr(statement, name) for name in STATEMENT} if statement else {}
    initial = {
        **{name: getattr(application, name) for name in names},
        **said,
        **unparsed_of(application, Step.DETAILS),
        **travelling(application, Step.DETAILS),
    }
    return [
        DetailsForm(
            data,
            initial=initial,
            reference_date=dutch_date(day),
            back_url=steps_url(application),
            duo=duo_words(application.ikc, day),
            warning=MANY if (application.children_counted or 0) > MANY_CHILDREN else "",
            disputable=page.content.duo is not None and page.content.duo.pupils is not None,
        )
    ]


def _plan_forms(page: ApplicationPage, data: QueryDict | None) -> Forms:
    application = page.application
    initial = {
        "title": application.title,
        **{name: getattr(application.plan, name) for name in PLAN_FIELDS},
        **unparsed_of(application, Step.PLAN),
        **travelling(application, Step.PLAN),
    }
    return [PlanForm(data, initial=initial, back_url=steps_url(application))]


def _budget_forms(page: ApplicationPage, data: QueryDict | None) -> Forms:
    application = page.application
    unparsed = unparsed_of(application, Step.BUDGET)
    elsewhere = {None: None, True: "true", False: "false"}[application.applied_elsewhere]
    initial = {
        "requested_amount": application.requested_amount,
        "applied_elsewhere": elsewhere,
        "applied_elsewhere_note": application.applied_elsewhere_note,
        **{name: value for name, value in unparsed.items() if name not in (COSTS, INCOME)},
        **travelling(application, Step.BUDGET),
    }
    form = BudgetForm(
        data, initial=initial, back_url=steps_url(application), maximum=_maximum(page)
    )
    if data is not None:
        return [
            form,
            CostFormSet(data, prefix=COSTS, form_kwargs=_activities(page)),
            IncomeFormSet(data, prefix=INCOME),
        ]
    return [
        form,
        CostFormSet(
            initial=line_initial(page.costs, unparsed.get(COSTS, ())),
            prefix=COSTS,
            form_kwargs=_activities(page),
        ),
        IncomeFormSet(initial=line_initial(page.income, unparsed.get(INCOME, ())), prefix=INCOME),
    ]


def _activities(page: ApplicationPage) -> dict[str, Any]:
    """The activities that a cost may belong to."""
    rows = enumerate(page.content.activities, 1)
    return {"activities": [(str(row.pk), f"{number}. {row}") for number, row in rows]}


def _maximum(page: ApplicationPage) -> str:
    """The most that may be asked, with its sum."""
    maximum = page.budget.maximum
    if maximum is None:
        return "Vul eerst bij ‘IKC en machtiging’ de aantallen kinderen in. Dan ziet u hoeveel u kunt vragen."
    told = (
        f"U kunt hoogstens {format_amount(maximum.maximum)} vragen. "
        f"Aantal kinderen van 2 jaar en ouder: {maximum.children_counted}. De som: {maximum.explanation}."
    )
    return f"{told} {MANY}" if maximum.warnings else told


def _save_details(application: Application, forms: Forms) -> Application:
    return services.save_details(application, forms[0].typed(), at=timezone.now())


def _save_plan(application: Application, forms: Forms) -> Application:
    return services.save_plan(application, forms[0].typed(), at=timezone.now())


def _save_budget(application: Application, forms: Forms) -> Application:
    form, costs, income = forms
    typed = form.typed()
    rows = {COSTS: costs.unparsed(), INCOME: income.unparsed()}
    unparsed = {**typed.unparsed, **{name: kept for name, kept in rows.items() if kept}}
    typed = replace(typed, unparsed=unparsed)
    lines = [*costs.contents(), *income.contents()]
    return services.save_budget(application, typed, lines, at=timezone.now())


DETAILS = StepView(
    Step.DETAILS, _details_forms, _save_details, "subsidies/application_details.html"
)
PLAN = StepView(Step.PLAN, _plan_forms, _save_plan, "subsidies/application_plan.html")
BUDGET = StepView(
    Step.BUDGET,
    _budget_forms,
    _save_budget,
    "subsidies/application_budget.html",
    row_prefixes=(COSTS, INCOME),
    live=(("begrotingscontrole", "subsidies/_budget_check.html"),),
)
