from django.contrib import messages
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
from subsidies import round_page
from subsidies.filters import RoundFilter
from subsidies.forms.budget_rules import (
    BUDGET_RULES,
    BudgetRuleFormSet,
    budget_rule_initial,
)
from subsidies.forms.rounds import (
    AdoptForm,
    CancelForm,
    CriterionFormSet,
    PublishForm,
    RoundForm,
    criterion_initial,
    round_initial,
)
from subsidies.models import HistoricalRound, SubsidyRound
from subsidies.services import round_content
from subsidies.services import rounds as services
from subsidies.tables import RoundTable, rows_for_export
from subsidies.timelines import full_timeline
from subsidies.views.access import get_round_or_404

CRITERIA = "criteria"
NEW_ROUND = {
    "eligible_forms": ["area", "regular", "village"],
    "founding_allowed": True,
    "marginal_policy": SubsidyRound.MarginalPolicy.PARTIAL,
    "min_reviews": 3,
    "spread_limit": 25,
}


def _crumbs(round_: SubsidyRound | None = None, last: str = "") -> list[tuple[str, str | None]]:
    crumbs: list[tuple[str, str | None]] = [("Rondes", reverse("subsidies:round_list"))]
    if round_ is not None:
        crumbs.append((str(round_), round_.get_absolute_url()))
    if last:
        crumbs.append((last, None))
    return crumbs


@require_safe
def round_list(request):
    """The rounds somebody may see, and those from before the portal."""
    municipal = request.user.has_perm("subsidies.view_round_figures")
    visible = SubsidyRound.objects.visible_to(request.user).select_related("scheme_version")
    if municipal:
        visible = visible.with_figures()
    filter_ = RoundFilter(request.GET, queryset=visible.order_by("-year", "-pk"))
    table = RoundTable(filter_.qs, municipal=municipal)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    if request.GET.get("export") == "csv":
        return csv_response("subsidierondes.csv", *rows_for_export(table))
    return render(
        request,
        "subsidies/round_list.html",
        {
            "breadcrumbs": [("Rondes", None)],
            "table": table,
            "filter": filter_,
            "history": HistoricalRound.objects.order_by("-year"),
            "may_add": request.user.has_perm("subsidies.add_round"),
        },
    )


@require_safe
def round_detail(request, pk):
    """One round as a picture: where it stands, what it has cost, who can do what next."""
    municipal = request.user.has_perm("subsidies.view_round_figures")
    rounds = SubsidyRound.objects.visible_to(request.user).select_related("scheme_version")
    if municipal:
        rounds = rounds.with_figures()
    round_ = get_object_or_404(
        rounds.prefetch_related(
            "criteria", "formulas__ikc", "tiers", "sub_ceilings__overflow_to", "budget_rules"
        ),
        pk=pk,
    )
    return render(
        request,
        "subsidies/round_detail.html",
        {
            "breadcrumbs": _crumbs(last=str(round_)),
            "round": round_,
            "page": round_page.RoundPage(round_, request.user, now=timezone.now()),
            "municipal": municipal,
            "events": full_timeline(audit.events_of(round_)[:30]) if municipal else [],
        },
    )


@require_http_methods(["GET", "POST"])
def round_create(request):
    require(request, "subsidies.add_round")
    return _round_form(request, None)


@require_http_methods(["GET", "POST"])
def round_edit(request, pk):
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.change_round", round_)
    return _round_form(request, round_)


def _round_form(request, round_: SubsidyRound | None):
    """The form of a new round or of a draft; a refused save keeps everything that was typed."""
    back = round_.get_absolute_url() if round_ else reverse("subsidies:round_list")
    data = posted(request)
    pressed_row_button = data is not None and (
        data_after_row_button(data, CRITERIA) or data_after_row_button(data, BUDGET_RULES)
    )
    initial = round_initial(round_) if round_ else NEW_ROUND
    rows = criterion_initial(round_) if round_ else [{}]
    form = RoundForm(pressed_row_button or data, initial=initial, back_url=back)
    criteria = CriterionFormSet(
        pressed_row_button or data, initial=None if data else rows, prefix=CRITERIA
    )
    limits = budget_rule_initial(round_.budget_rules.all()) if round_ else []
    rules = BudgetRuleFormSet(
        pressed_row_button or data, initial=None if data else limits, prefix=BUDGET_RULES
    )
    if pressed_row_button:
        for part in (form, criteria, rules):
            without_errors(part)
    elif data and form.is_valid() & criteria.is_valid() & rules.is_valid():
        with refusals_on(form):
            saved = _save_round(round_, form.content(criteria, rules), request.user)
            messages.success(request, "De ronde is bewaard.")
            return redirect(saved)
    title = "Ronde wijzigen" if round_ else "Nieuwe ronde"
    context = {"breadcrumbs": _crumbs(round_, title), "heading": title, "round": round_}
    return render_form(request, "subsidies/round_form.html", context, forms=[form, criteria, rules])


def _save_round(round_: SubsidyRound | None, content: round_content.RoundContent, user):
    now = timezone.now()
    if round_ is None:
        return round_content.create_round(content, by=user, at=now)
    return round_content.update_round(round_, content, by=user, at=now)


@require_http_methods(["GET", "POST"])
def round_adopt(request, pk):
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.adopt_round", round_)
    form = AdoptForm(posted(request), back_url=round_.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.adopt_round(round_, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De ronde is vastgesteld. De inhoud ligt nu vast.")
            return redirect(round_)
    context = {
        "breadcrumbs": _crumbs(round_, "Vaststellen"),
        "round": round_,
        "page": round_page.RoundPage(round_, request.user, now=timezone.now()),
        "missing": round_content.missing_for_adoption(round_),
    }
    return render_form(request, "subsidies/round_adopt.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def round_publish(request, pk):
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.publish_round", round_)
    form = PublishForm(posted(request), back_url=round_.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.publish_round(round_, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De publicatie is vastgelegd. De ronde opent vanzelf.")
            return redirect(round_)
    context = {
        "breadcrumbs": _crumbs(round_, "Publiceren"),
        "round": round_,
        "page": round_page.RoundPage(round_, request.user, now=timezone.now()),
    }
    return render_form(request, "subsidies/round_publish.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def round_cancel(request, pk):
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.cancel_round", round_)
    form = CancelForm(posted(request), back_url=round_.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.cancel_round(round_, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De ronde is geannuleerd.")
            return redirect(round_)
    context = {"breadcrumbs": _crumbs(round_, "Annuleren"), "round": round_}
    return render_form(request, "subsidies/round_cancel.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def round_assess(request, pk):
    """Confirm that the assessment starts; the reasons why it cannot stand on the page."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.assess_round", round_)
    if request.method == "POST":
        try:
            services.start_assessment(round_, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(
                request, "De beoordeling is gestart. De secretaris kan beoordelaars koppelen."
            )
        return redirect(round_)
    context = {
        "breadcrumbs": _crumbs(round_, "Beoordeling starten"),
        "heading": "Beoordeling starten",
        "text": f"{round_}: de toegelaten aanvragen gaan naar de commissie.",
        "consequences": [
            "De secretaris koppelt beoordelaars aan elke aanvraag.",
            "Er komen geen aanvragen meer bij.",
        ],
        "back_url": round_.get_absolute_url(),
        "missing": services.missing_for_assessment(round_),
    }
    return render(request, "subsidies/round_assess.html", context)
