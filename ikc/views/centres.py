from datetime import date

from django.contrib import messages
from django.db.models import F, Max
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc.count_page import count_days, sees_small_numbers
from ikc.filters import IkcFilter
from ikc.forms.centres import IkcForm, LastDayForm, PartnerForm, SuccessionForm
from ikc.graphs import SPARK_YEARS, pupil_chart
from ikc.ikc_sections import sections_of
from ikc.life_chart import bars_of, life_chart
from ikc.models import Ikc, IkcPartner, IkcSuccession, PupilCount, RoleAssignment
from ikc.plus import IN_FORCE, PLUS_BADGES, plus_label
from ikc.roles import Role
from ikc.services import centres as services
from ikc.services.hand_overs import open_of
from ikc.tables import IkcTable
from ikc.timelines import timeline_of
from ikc.views.access import crumbs_to, get_ikc_or_404
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import refusals_on, render_form, require

PER_PAGE = 50
# So many lines of what happened stand on the page of an IKC; the rest after a click.
MOST_EVENTS = 10


def crumbs(obj=None, last=""):
    return crumbs_to("IKC’s", "ikc:ikc_list", obj, last)


@require_safe
def ikc_list(request):
    today = timezone.localdate()
    newest_year = PupilCount.objects.aggregate(newest=Max("year"))["newest"]
    ikcs = (
        Ikc.objects.visible_to(request.user)
        .for_list()
        .with_plus(today)
        .with_plus_state()
        .with_latest_pupils()
        .with_pupil_history(since=(newest_year or 0) - SPARK_YEARS + 1)
    )
    filter_ = IkcFilter(request.GET, queryset=ikcs.order_by("name", "pk"))
    table = IkcTable(filter_.qs, newest_year=newest_year)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        rows = table.as_values()
        return csv_response("ikcs.csv", next(rows), rows)
    return render(
        request,
        "ikc/ikc_list.html",
        {
            "breadcrumbs": [("IKC’s", None)],
            "table": table,
            "filter": filter_,
            "newest_year": newest_year,
            "may_see_plus": request.user.has_perm("ikc.view_plus_list"),
            "may_see_counts": request.user.has_perm("ikc.view_child_counts"),
            "may_see_support": request.user.has_perm("ikc.view_support"),
        },
    )


@require_safe
def ikc_detail(request, pk):
    """The one place for an IKC: facts, names, mergers, figures, partners, status and what happened."""
    today = timezone.localdate()
    visible = Ikc.objects.visible_to(request.user).with_plus(today).with_plus_state()
    ikc = get_object_or_404(visible.select_related("board", "attention_area__district"), pk=pk)
    counts = list(ikc.pupil_counts.order_by("year"))
    plus = plus_label(ikc)
    names = list(ikc.names.order_by(F("valid_from").desc(nulls_last=True)))
    statuses = list(ikc.plus_statuses.order_by("-pk"))
    forms = ikc.forms.order_by("pk")
    boards = ikc.boards.select_related("organisation").order_by("pk")
    directors = list(_directors(ikc))
    partners = list(
        ikc.partners.select_related("organisation").order_by(
            F("valid_until").desc(nulls_first=True), "organisation__name", "pk"
        )
    )
    sections = sections_of(ikc, request.user, today)
    bars = bars_of(
        ikc,
        names=names,
        forms=forms,
        boards=boards,
        statuses=statuses,
        directors=directors,
        partners=partners,
    )
    for section in sections:
        bars += sorted(section.bars, key=lambda bar: bar.start or date.min)
    timeline = timeline_of(ikc)
    all_events = request.GET.get("verloop") == "alles"
    return render(
        request,
        "ikc/ikc_detail.html",
        {
            "breadcrumbs": crumbs(ikc),
            "ikc": ikc,
            "plus": plus,
            "plus_kind": PLUS_BADGES.get(plus, "neutral"),
            "plus_in_force": plus == IN_FORCE,
            "names": names,
            "life": life_chart(ikc, bars, today=today),
            "successions": ikc.successions.select_related("successor").order_by("pk"),
            "origins": ikc.origins.select_related("predecessor").order_by("pk"),
            "partners": partners,
            "sections": sections,
            "directors": _leavers(request.user, directors, today),
            "hand_over": _open_hand_over(request.user, ikc, directors),
            "statuses": statuses,
            "may_see_plus": request.user.has_perm("ikc.view_plus", ikc),
            "count_days": count_days(ikc, exact=sees_small_numbers(request.user, ikc)),
            "may_confirm_counts": request.user.has_perm("ikc.confirm_child_counts", ikc),
            "latest": counts[-1] if counts else None,
            "chart": pupil_chart(ikc, counts),
            "few": [count.year for count in counts if count.fewer_than_5],
            "timeline": timeline if all_events else timeline[:MOST_EVENTS],
            "earlier": 0 if all_events else max(0, len(timeline) - MOST_EVENTS),
            "may_change": request.user.has_perm("ikc.change_ikc", ikc),
        },
    )


def _directors(ikc):
    """Who directs or directed the IKC, by time."""
    return (
        RoleAssignment.objects.of_role(Role.IKC_DIRECTOR)
        .filter(ikc=ikc)
        .select_related("user")
        .order_by("valid_from", "pk")
    )


def _leavers(user, directors, today):
    """The directors of today, each with whether `user` may hand over for them."""
    rows = [row for row in directors if row.is_active_on(today)]
    for row in rows:
        row.may_leave = user.has_perm("ikc.prepare_hand_over", row)
    return rows


def _open_hand_over(user, ikc, directors):
    """What was prepared, for who prepares or completes it."""
    if not any(user.has_perm("ikc.prepare_hand_over", row) for row in directors):
        return None
    return open_of(ikc).select_related("leaving", "successor").first()


@require_http_methods(["GET", "POST"])
def ikc_edit(request, pk):
    ikc = get_ikc_or_404(request, pk)
    require(request, "ikc.change_ikc", ikc)
    form = IkcForm(request.POST or None, ikc=ikc, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            services.change_ikc(ikc, facts=form.facts(), by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error("attention_area", error.message)
        else:
            messages.success(request, "De gegevens van het IKC zijn opgeslagen.")
            return redirect(ikc)
    return render_form(
        request,
        "ikc/ikc_edit.html",
        {"breadcrumbs": crumbs(ikc, "Wijzigen"), "ikc": ikc},
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def partner_add(request, pk):
    ikc = get_ikc_or_404(request, pk)
    require(request, "ikc.change_ikc", ikc)
    form = PartnerForm(request.POST or None, ikc=ikc)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.add_partner(ikc, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De partner is toegevoegd.")
            return redirect(ikc)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": crumbs(ikc, "Partner toevoegen"),
            "heading": "Partner kinderopvang toevoegen",
            "lead": ikc.name,
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def partner_end(request, pk):
    partner = get_object_or_404(
        IkcPartner.objects.filter(ikc__in=Ikc.objects.visible_to(request.user)).select_related(
            "ikc", "organisation"
        ),
        pk=pk,
    )
    require(request, "ikc.change_ikc", partner.ikc)
    form = LastDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_partner(partner, **form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error("last_day", error.message)
        else:
            messages.success(request, "De samenwerking heeft een einddatum.")
            return redirect(partner.ikc)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs(partner.ikc, "Samenwerking beëindigen"),
            "heading": "Samenwerking beëindigen",
            "text": f"{partner.organisation} werkt dan niet meer in {partner.ikc}. "
            "Medewerkers van de organisatie zien de aanvragen van dit IKC daarna niet meer.",
            "back_url": partner.ikc.get_absolute_url(),
            "negative": True,
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def succession_confirm(request, pk):
    """What only figures suggested becomes a fact, with its day and its source."""
    succession = get_object_or_404(
        IkcSuccession.objects.select_related("predecessor", "successor"),
        pk=pk,
        predecessor__in=Ikc.objects.visible_to(request.user),
    )
    require(request, "ikc.change_ikc", succession.predecessor)
    form = SuccessionForm(request.POST or None, succession=succession)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.confirm_succession(
                succession, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De samenvoeging is bevestigd.")
            return redirect(succession.successor)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": crumbs(succession.predecessor, "Samenvoeging bevestigen"),
            "heading": "Samenvoeging bevestigen",
            "lead": f"{succession.predecessor} is opgegaan in {succession.successor}.",
            "note": succession.source,
        },
        forms=[form],
    )
