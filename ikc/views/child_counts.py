"""Counts of children: the list for the municipality, and what it and the school board say about a count."""

from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc.count_page import count_days, count_history, duo_origin
from ikc.filters_counts import CountFilter
from ikc.forms.child_counts import ConfirmCountsForm, CountsForm, DisputeForm, ResolutionForm
from ikc.models import ChildCount, Ikc, PupilCount
from ikc.services import child_counts as services
from ikc.tables_counts import CountTable
from ikc.views.access import Crumbs, crumbs_to, get_ikc_or_404
from kvk2.core.csv_export import csv_response
from kvk2.core.spreadsheet import Heading, workbook, xlsx_response
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime

PER_PAGE = 50
# What the file holds beside the columns of the page.
ONLY_IN_FILES = ("confirmed", "dispute")


@require_safe
def child_count_list(request):
    """All IKCs on one reference date: how many children, who says so, and what still has to be done."""
    require(request, "ikc.view_child_counts")
    days = _days()
    day = _chosen(request.GET.get("day", ""), days)
    ikcs = Ikc.objects.visible_to(request.user).open_on(day).for_list().with_child_counts(day)
    filter_ = CountFilter(request.GET, queryset=ikcs.order_by("name", "pk"), day=day, days=days)
    acts = request.user.has_perm("ikc.change_child_counts")
    table = CountTable(filter_.qs, day=day, acts=acts)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") in ("csv", "xlsx"):
        return _export(request, table, day)
    return render(
        request,
        "ikc/child_count_list.html",
        {
            "breadcrumbs": [*crumbs_to("IKC’s", "ikc:ikc_list")[:1], ("Kindertellingen", None)],
            "table": table,
            "filter": filter_,
            "day": day,
            "duo_origin": next(
                (told for row in table.paginated_rows if (told := duo_origin(row.record.counted))),
                "",
            ),
            "reset_url": reverse("ikc:child_count_list") if request.GET else "",
            "may_prefill": acts and services.is_duo_day(day),
            "is_duo_day": services.is_duo_day(day),
        },
    )


def _days() -> list[date]:
    """The reference dates that somebody counted on, and the last day of DUO; the newest first."""
    days = set(ChildCount.objects.in_force().values_list("reference_date", flat=True).distinct())
    newest = PupilCount.objects.order_by("-year").values_list("year", flat=True).first()
    if newest is not None:
        days.add(date(newest, 10, 1))
    return sorted(days, reverse=True) or [timezone.localdate()]


def _chosen(text: str, days: list[date]) -> date:
    """The day that was asked for, when it is one to choose; else the last that people counted on."""
    asked = next((day for day in days if day.isoformat() == text), None)
    if asked is not None:
        return asked
    counted = ChildCount.objects.in_force().order_by("-reference_date")
    return counted.values_list("reference_date", flat=True).first() or days[0]


def _export(request, table: CountTable, day: date):
    """The rows of the page, all pages of it, with who confirmed and what is disputed."""
    for name in ONLY_IN_FILES:
        table.columns.show(name)
    rows = table.as_values()
    headers = next(rows)
    if request.GET["export"] == "csv":
        return csv_response(f"kindertellingen-{day}.csv", headers, rows)
    about = (
        ("Lijst", f"Kindertellingen op {dutch_date(day)}"),
        ("Gemaakt door", request.user.full_name),
        ("Gemaakt op", dutch_datetime(timezone.now())),
    )
    file = workbook("Kindertellingen", [Heading(name, width=22) for name in headers], rows, about)
    return xlsx_response(f"kindertellingen-{day}.xlsx", file)


@require_http_methods(["GET", "POST"])
def child_count_prefill(request, day):
    """Fill in from DUO what nobody counted yet, for all IKCs at once."""
    require(request, "ikc.change_child_counts")
    day = day_or_404(day)
    if request.method == "POST":
        ikcs = Ikc.objects.visible_to(request.user).open_on(day)
        made = services.prefill_from_duo(list(ikcs), day, by=request.user, at=timezone.now())
        told = "1 aantal is" if len(made) == 1 else f"{len(made)} aantallen zijn"
        messages.success(request, f"{told} voorgevuld uit DUO.")
        return redirect(list_url(day))
    return render(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs("Voorvullen uit DUO"),
            "heading": "Voorvullen uit DUO",
            "text": f"Wij vullen voor {dutch_date(day)} het aantal leerlingen van 4 tot en met 12 jaar in dat DUO telde.",
            "consequences": [
                "Wat al is ingevuld, blijft staan.",
                "Kinderen van 0 tot en met 3 jaar telt DUO niet.",
                "Het schoolbestuur bevestigt de aantallen nog.",
            ],
            "back_url": list_url(day),
        },
    )


@require_http_methods(["GET", "POST"])
def child_count_enter(request, pk, day):
    """The project leader records what an IKC told outside the portal."""
    ikc, day = get_ikc_or_404(request, pk), day_or_404(day)
    require(request, "ikc.change_child_counts", ikc)
    counts = services.counts_by_band(ikc, day)
    form = CountsForm(posted(request), counts=counts, back_url=list_url(day))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            entered = services.enter_counts(
                ikc, day, figures=form.figures(), by=request.user, at=timezone.now()
            )
            _tell(request, entered)
            return redirect(list_url(day))
    return render_form(
        request,
        "ikc/child_count_enter.html",
        {
            "breadcrumbs": crumbs("Invullen"),
            "heading": f"Kinderen op {dutch_date(day)}",
            "lead": ikc.name,
            "note": services.duo_words(ikc, day),
            "disputed": next((count for count in counts.values() if count.is_disputed), None),
            "history": count_history(ikc, day),
        },
        forms=[form],
    )


def _tell(request, entered: list[ChildCount]) -> None:
    if not entered:
        messages.info(request, "Deze aantallen stonden er al. Er is niets veranderd.")
        return
    messages.success(request, "De aantallen zijn opgeslagen. Het schoolbestuur bevestigt ze nog.")
    if sum(count.children for count in entered) > services.MANY_CHILDREN:
        messages.warning(request, "Dit zijn meer dan 1.500 kinderen. Klopt dat?")


@require_http_methods(["GET", "POST"])
def child_count_confirm(request, pk, day):
    """The school board says that the count of a day is right."""
    ikc, day = get_ikc_or_404(request, pk), day_or_404(day)
    require(request, "ikc.confirm_child_counts", ikc)
    counts = next((each for each in count_days(ikc, exact=True) if each.day == day), None)
    if counts is None:
        raise Http404
    form = ConfirmCountsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.confirm_counts(ikc, day, by=request.user, at=timezone.now())
            messages.success(request, "De telling is bevestigd.")
            return redirect(ikc)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs_to("IKC’s", "ikc:ikc_list", ikc, "Telling bevestigen"),
            "heading": "Telling bevestigen",
            "text": f"U bevestigt namens {ikc.board} hoeveel kinderen op {dutch_date(day)} naar {ikc} kwamen. Een bevestigd aantal kunt u niet meer betwisten.",
            "consequences": [
                f"{count.get_band_display()}: {count.children} kinderen. Bron: {count.origin}."
                for count in counts.counts
            ],
            "back_url": ikc.get_absolute_url(),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def child_count_dispute(request, pk):
    """The school board says that a figure is wrong."""
    count = _count_or_404(request, pk)
    require(request, "ikc.confirm_child_counts", count.ikc)
    form = DisputeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.dispute_count(count, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(
                request, "De gemeente ziet dat u dit aantal betwist en beslist erover."
            )
            return redirect(count.ikc)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs_to("IKC’s", "ikc:ikc_list", count.ikc, "Aantal betwisten"),
            "heading": "Aantal betwisten",
            "text": f"{count.ikc} had op {dutch_date(count.reference_date)} {count.children} kinderen van {count.get_band_display()}, volgens {count.origin}.",
            "back_url": count.ikc.get_absolute_url(),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def child_count_resolve(request, pk):
    """The project leader decides which figure holds, with the reason."""
    count = _count_or_404(request, pk)
    require(request, "ikc.change_child_counts", count.ikc)
    if not count.is_disputed or count.replaced_at is not None:
        messages.info(request, "Over dit aantal is al beslist.")
        return redirect(list_url(count.reference_date))
    form = ResolutionForm(posted(request), count=count)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.resolve_dispute(
                count,
                follow_board=form.cleaned_data["outcome"] == "board",
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "Uw beslissing is vastgelegd.")
            return redirect(list_url(count.reference_date))
    who = f"{count.disputed_by} op {dutch_date(count.disputed_at)}"
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs("Beslissen"),
            "heading": "Beslissen over een betwist aantal",
            "text": f"{count.ikc}, kinderen van {count.get_band_display()} op {dutch_date(count.reference_date)}.",
            "consequences": [
                f"Er staat {count.children}, volgens {count.origin}.",
                f"Volgens {who} zijn het er {count.claimed}. Reden: {count.dispute_note}",
                "Een aanvraag die al is ingediend, houdt haar eigen aantallen. Vraag zo nodig een aanvulling.",
            ],
            "action_label": "Beslissing vastleggen",
            "back_url": list_url(count.reference_date),
        },
        forms=[form],
    )


def day_or_404(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def list_url(day: date) -> str:
    return f"{reverse('ikc:child_count_list')}?day={day}"


def crumbs(last: str) -> Crumbs:
    return [
        ("IKC’s", reverse("ikc:ikc_list")),
        ("Kindertellingen", reverse("ikc:child_count_list")),
        (last, None),
    ]


def _count_or_404(request, pk) -> ChildCount:
    visible = ChildCount.objects.filter(ikc__in=Ikc.objects.visible_to(request.user))
    return get_object_or_404(visible.select_related("ikc__board", "disputed_by"), pk=pk)
