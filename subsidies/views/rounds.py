from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from kvk2.core import audit
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import round_page
from subsidies.filters import RoundFilter
from subsidies.forms.rounds import AdoptForm, CancelForm, PublishForm
from subsidies.models import HistoricalRound, SubsidyRound
from subsidies.services import rounds as services
from subsidies.services.round_checks import missing_for_adoption
from subsidies.states import RoundState
from subsidies.tables import RoundTable, rows_for_export
from subsidies.timelines import full_timeline
from subsidies.views.access import get_round_or_404


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
    visible = visible.with_closing()
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
            "is_municipal": request.user.is_municipal,
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
            "criteria",
            "formulas__ikc",
            "tiers",
            "sub_ceilings__overflow_to",
            "budget_rules",
            "checklist",
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
            "events": full_timeline(audit.events_of(round_)[:15]) if municipal else [],
        },
    )


@require_http_methods(["GET", "POST"])
def round_adopt(request, pk):
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.adopt_round", round_)
    files = request.FILES if request.method == "POST" else None
    form = AdoptForm(posted(request), files, back_url=round_.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.adopt_round(round_, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De ronde is vastgesteld. De inhoud ligt nu vast.")
            return redirect(round_)
    context = {
        "breadcrumbs": _crumbs(round_, "Vaststellen"),
        "round": round_,
        "page": round_page.RoundPage(round_, request.user, now=timezone.now()),
        "missing": [item.text for item in missing_for_adoption(round_)],
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
    form = CancelForm(
        posted(request),
        published=round_.state == RoundState.PUBLISHED,
        back_url=round_.get_absolute_url(),
    )
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
    advised = services.has_commission(round_)
    if request.method == "POST":
        try:
            services.start_assessment(round_, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(
                request,
                "De beoordeling is gestart. De secretaris kan beoordelaars koppelen."
                if advised
                else "De aanvragen kunnen nu worden verdeeld.",
            )
        return redirect(round_)
    context = {
        "breadcrumbs": _crumbs(round_, "Beoordeling starten"),
        "heading": "Beoordeling starten",
        "text": f"{round_}: de toegelaten aanvragen gaan naar de commissie."
        if advised
        else f"{round_} heeft geen criteria. De toegelaten aanvragen gaan zonder advies naar de verdeling.",
        "consequences": [
            "De secretaris koppelt beoordelaars aan elke aanvraag."
            if advised
            else "U berekent daarna de verdeling.",
            "Er komen geen aanvragen meer bij.",
        ],
        "back_url": round_.get_absolute_url(),
        "missing": services.missing_for_assessment(round_),
    }
    return render(request, "subsidies/round_assess.html", context)
