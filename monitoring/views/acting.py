"""Actions: agree on them, follow them, and judge what came of them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from kvk2.core.audit import events_of
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.core.timeline import entries
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring.events import SENTENCES
from monitoring.forms_pdca import (
    ActionFilterForm,
    ActionForm,
    CloseActionForm,
    EffectForm,
    PlaceForm,
)
from monitoring.models import Action, Practice
from monitoring.services import acting
from monitoring.states_pdca import ACTION_WORKFLOW
from monitoring.tables_pdca import ActionTable
from monitoring.views.pdca import (
    breadcrumbs,
    get_result_or_404,
    get_return_or_404,
    goal_url,
)

PAGE_SIZE = 25
LIST = ("Acties", "monitoring:action_list")
# Steps that ask for nothing: the button does them.
AT_ONCE = {
    "accept": "U hebt de actie overgenomen.",
    "start": "De actie loopt.",
    "reopen": "De actie is weer open.",
}


def get_action_or_404(request, pk: int) -> Action:
    visible = Action.objects.visible_to(request.user)
    return get_object_or_404(
        visible.for_list()
        .select_related("plan_item__plan__year")
        .prefetch_related("conclusion__of_return__version__parties"),
        pk=pk,
    )


def crumbs(action: Action | None = None, last: str | None = None):
    trail = [
        ("Monitoring", reverse("monitoring:cycle_list")),
        (LIST[0], reverse(LIST[1]) if action else None),
    ]
    if action:
        trail.append((action.title, action.get_absolute_url() if last else None))
    return [*trail, (last, None)] if last else trail


@require_safe
def action_list(request):
    """The actions that the user may see; `?csv=1` gives the same rows as a file."""
    require(request, "monitoring.view_actions")
    today, user = timezone.localdate(), request.user
    visible = Action.objects.visible_to(user)
    form = ActionFilterForm(request.GET or None)
    found = form.matching(visible, user=user, today=today) if form.is_bound else visible
    table = ActionTable(found.for_list().by_urgency(), today=today)
    RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
    if request.GET.get("csv"):
        rows = table.as_values()
        return csv_response("verbeteracties.csv", next(rows), rows)
    return render(
        request,
        "monitoring/action_list.html",
        {
            "table": table,
            "filter_form": form,
            "is_filtered": any(request.GET.get(name) for name in form.fields),
            "breadcrumbs": crumbs(),
        },
    )


@require_http_methods(["GET", "POST"])
def action_create(request, pk, result_pk):
    """Agree on an action for one result; of the bureau it is a proposal."""
    return_, user = get_return_or_404(request, pk), request.user
    as_proposal = not user.has_perm("monitoring.agree_action", return_)
    if as_proposal:
        require(request, "monitoring.propose_action", return_)
    result = get_result_or_404(return_, result_pk)
    back = f"{goal_url(return_, result.goal_id)}#resultaat-{result.pk}"
    form = ActionForm(
        posted(request),
        owners=acting.possible_owners(return_, day=timezone.localdate()),
        ikc=return_.agreement.ikc,
        as_proposal=as_proposal,
        back=back,
    )
    if form.is_valid():
        with refusals_on(form):
            acting.add_action(
                return_, result, form.plan(),
                as_proposal=as_proposal, by=user, at=timezone.now(),
            )  # fmt: skip
            messages.success(
                request, "De actie is voorgesteld." if as_proposal else "De actie is afgesproken."
            )
            return redirect(back)
    return render_form(
        request,
        "monitoring/result_form.html",
        {
            "return_": return_,
            "result": result,
            "heading": "Actie voorstellen" if as_proposal else "Actie afspreken",
            "lead": "",
            "breadcrumbs": breadcrumbs(
                return_, (result.goal.title, goal_url(return_, result.goal_id)), ("Actie", None)
            ),
        },
        forms=[form],
    )


@require_safe
def action_detail(request, pk):
    action, user, today = get_action_or_404(request, pk), request.user, timezone.localdate()
    moves = user.has_perm("monitoring.move_action", action)
    return render(
        request,
        "monitoring/action_detail.html",
        {
            "action": action,
            "return_": action.conclusion.of_return,
            "is_late": action.is_late(today),
            "steps": [
                step
                for step in ACTION_WORKFLOW.available_from(action.state)
                if _may_step(user, action, step.name, moves=moves)
            ],
            "at_once": AT_ONCE,
            "may_judge": user.has_perm("monitoring.judge_effect", action),
            "card": Practice.objects.visible_to(user).filter(action=action).first(),
            "may_share": user.has_perm("monitoring.write_practice", action),
            "may_place": user.has_perm("monitoring.place_action", action),
            "events": entries(events_of(action)[:20], SENTENCES),
            "breadcrumbs": crumbs(action),
        },
    )


def _may_step(user, action: Action, step: str, *, moves: bool) -> bool:
    if step == "accept":
        return user.has_perm("monitoring.accept_action", action)
    return moves and not (step == "reopen" and action.effect)


@require_POST
def action_step(request, pk, step):
    """A step that needs no words: take over, begin, open again."""
    action = get_action_or_404(request, pk)
    require(request, f"monitoring.{'accept' if step == 'accept' else 'move'}_action", action)
    try:
        acting.move_action(action, step, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, AT_ONCE[step])
    return redirect(action)


@require_http_methods(["GET", "POST"])
def action_close(request, pk, step):
    """Finish or drop: what was done, or why not."""
    action = get_action_or_404(request, pk)
    require(request, "monitoring.move_action", action)
    form = CloseActionForm(posted(request), drops=step == "drop", back=action.get_absolute_url())
    if form.is_valid():
        with refusals_on(form):
            acting.move_action(
                action, step, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(
                request, "De actie is vervallen." if step == "drop" else "De actie is afgerond."
            )
            return redirect(action)
    heading = "Actie laten vervallen" if step == "drop" else "Actie afronden"
    return _form_page(request, action, form, heading)


@require_http_methods(["GET", "POST"])
def action_effect(request, pk):
    """Somebody other than the owner looks whether it works."""
    action = get_action_or_404(request, pk)
    require(request, "monitoring.judge_effect", action)
    form = EffectForm(posted(request), back=action.get_absolute_url())
    if form.is_valid():
        with refusals_on(form):
            acting.judge_effect(action, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Uw oordeel over het effect is bewaard.")
            return redirect(action)
    return _form_page(request, action, form, "Effect bekijken")


@require_http_methods(["GET", "POST"])
def action_place(request, pk):
    action = get_action_or_404(request, pk)
    require(request, "monitoring.place_action", action)
    form = PlaceForm(posted(request), action=action, back=action.get_absolute_url())
    if form.is_valid():
        with refusals_on(form):
            acting.place_in_plan(
                action, form.cleaned_data["plan_item"], by=request.user, at=timezone.now()
            )
            messages.success(request, "De plek in het jaarplan is bewaard.")
            return redirect(action)
    return _form_page(request, action, form, "Plek in het jaarplan")


def _form_page(request, action: Action, form, heading: str):
    return render_form(
        request,
        "monitoring/action_form.html",
        {"action": action, "heading": heading, "breadcrumbs": crumbs(action, heading)},
        forms=[form],
    )
