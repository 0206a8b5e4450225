"""The yearly plan of an IKC: what happened to last year's actions first, then what this year is about."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.models import Measure, ProgrammeYear
from ikc.models import Ikc
from ikc.roles import Role
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring.forms_pdca import YearPlanForm, YearPlanItemForm
from monitoring.models import Action, YearPlan
from monitoring.pdca_page import standing
from monitoring.services import year_plans


def _crumbs(*more):
    return [
        ("Monitoring", reverse("monitoring:cycle_list")),
        ("Jaarplannen", reverse("monitoring:year_plan_list") if more else None),
        *more,
    ]


def get_plan_or_404(request, pk: int) -> YearPlan:
    return get_object_or_404(YearPlan.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
def year_plan_list(request):
    require(request, "monitoring.view_actions")
    plans = YearPlan.objects.visible_to(request.user).for_list().prefetch_related("items")
    return render(
        request,
        "monitoring/year_plan_list.html",
        {
            "plans": plans.order_by("-year__index", "ikc__name", "pk"),
            "may_start": request.user.has_perm("monitoring.start_year_plan"),
            "breadcrumbs": _crumbs(),
        },
    )


@require_http_methods(["GET", "POST"])
def year_plan_create(request):
    require(request, "monitoring.start_year_plan")
    form = YearPlanForm(
        posted(request),
        ikcs=Ikc.objects.filter(pk__in=request.user.ikc_ids(Role.IKC_DIRECTOR)).order_by("name"),
        years=ProgrammeYear.objects.order_by("index", "pk"),
        back=reverse("monitoring:year_plan_list"),
    )
    if form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            plan = year_plans.start_plan(
                data["ikc"], data["year"], focus=data["focus"], by=request.user, at=timezone.now()
            )
            messages.success(request, "Het jaarplan is gemaakt. Voeg nu de onderwerpen toe.")
            return redirect(plan)
    return render_form(
        request,
        "monitoring/year_plan_form.html",
        {"heading": "Jaarplan maken", "breadcrumbs": _crumbs(("Jaarplan maken", None))},
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def year_plan_detail(request, pk):
    """Last year's actions, then the subjects of this year with the actions that have their place there."""
    plan = get_plan_or_404(request, pk)
    may_change = request.user.has_perm("monitoring.change_year_plan", plan)
    form = None
    if request.method == "POST":
        require(request, "monitoring.change_year_plan", plan)
    if may_change:
        form = YearPlanItemForm(
            posted(request), measures=_measures(plan), back=reverse("monitoring:year_plan_list")
        )
        if form.is_valid():
            with refusals_on(form):
                item = year_plans.add_item(
                    plan, **form.cleaned_data, by=request.user, at=timezone.now()
                )
                messages.success(request, f"‘{item}’ staat in het jaarplan.")
                return redirect(plan)
    of_ikc = Action.objects.filter(conclusion__of_return__agreement__ikc=plan.ikc_id).for_list()
    placed = Action.objects.select_related("owner").by_urgency()
    return render_form(
        request,
        "monitoring/year_plan_detail.html",
        {
            "plan": plan,
            "form": form,
            "earlier": standing(
                list(
                    of_ikc.filter(
                        conclusion__of_return__cycle__year__index=plan.year.index - 1,
                        conclusion__of_return__cycle__year__programme=plan.year.programme_id,
                    ).by_urgency()
                ),
                timezone.localdate(),
            ),
            "items": plan.items.select_related("measure")
            .prefetch_related(Prefetch("actions", placed))
            .order_by("pk"),
            "breadcrumbs": _crumbs((f"{plan.ikc.name}, {plan.year}", None)),
        },
        forms=[form] if form else [],
    )


def _measures(plan: YearPlan):
    return Measure.objects.filter(
        version__agreement__ikc=plan.ikc_id, version__state="in_force"
    ).order_by("result__goal__order", "result__number", "pk")
