"""Meetings of a body: agenda, minutes, decisions."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc import agenda
from ikc.filters_governance import ConsultationFilter
from ikc.forms.governance import (
    AdoptForm,
    HoldForm,
    ItemForm,
    MeetingForm,
    MinutesForm,
    ReasonForm,
)
from ikc.models import AgendaItem, Consultation
from ikc.services import governance as services
from ikc.tables_governance import ConsultationTable
from ikc.timelines import timeline_of
from ikc.views.centres import PER_PAGE
from ikc.views.governance import crumbs, get_body_or_404
from kvk2.core.csv_export import csv_response
from kvk2.nlds.forms import ConfirmForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require


def _trail(meeting, last=""):
    trail = [
        ("Overleg", reverse("ikc:body_list")),
        (str(meeting.body), meeting.body.get_absolute_url()),
    ]
    trail.append((meeting_name(meeting), meeting.get_absolute_url() if last else None))
    return [*trail, (last, None)] if last else trail


def meeting_name(meeting):
    return (
        f"{meeting.takes_place_on.day}-{meeting.takes_place_on.month}-{meeting.takes_place_on.year}"
    )


def _get_meeting_or_404(request, pk):
    visible = Consultation.objects.visible_to(request.user, timezone.localdate())
    return get_object_or_404(visible.select_related("body"), pk=pk)


def _get_item_or_404(request, pk):
    visible = AgendaItem.objects.visible_to(request.user, timezone.localdate())
    return get_object_or_404(visible.select_related("meeting__body"), pk=pk)


@require_safe
def consultation_list(request):
    require(request, "ikc.view_bodies")
    meetings = (
        Consultation.objects.visible_to(request.user, timezone.localdate())
        .select_related("body")
        .with_counts()
    )
    filter_ = ConsultationFilter(request.GET, queryset=meetings.order_by("-takes_place_on", "-pk"))
    table = ConsultationTable(filter_.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        rows = table.as_values()
        return csv_response("overleggen.csv", next(rows), rows)
    return render(
        request,
        "ikc/consultation_list.html",
        {"breadcrumbs": crumbs(last="Alle overleggen"), "table": table, "filter": filter_},
    )


@require_safe
def consultation_detail(request, pk):
    """Agenda and minutes of one meeting; what a point is about is a link for who may see that thing."""
    meeting, today = _get_meeting_or_404(request, pk), timezone.localdate()
    items = list(
        meeting.items.prefetch_related("decisions", "actions__owner").order_by("number", "pk")
    )
    subjects = agenda.visible_subjects(items, request.user)
    return render(
        request,
        "ikc/consultation_detail.html",
        {
            "breadcrumbs": _trail(meeting),
            "meeting": meeting,
            "rows": [(item, subjects.get(item.pk)) for item in items],
            "today": today,
            "may_manage": request.user.has_perm("ikc.manage_bodies"),
            "may_hold": meeting.is_planned and meeting.takes_place_on <= today,
            "to_write": sum(not item.outcome for item in items),
            "timeline": timeline_of(meeting),
        },
    )


@require_http_methods(["GET", "POST"])
def consultation_plan(request, pk):
    body = get_body_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    form = MeetingForm(posted(request), back=body.get_absolute_url(), label="Overleg plannen")
    if form.is_valid():
        with refusals_on(form):
            meeting = services.plan_meeting(
                body, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Het overleg is gepland. Zet nu de punten op de agenda.")
            return redirect(meeting)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": crumbs(body, "Overleg plannen"),
            "heading": "Overleg plannen",
            "lead": body.name,
            "note": "De leden krijgen een e-mail. Een overleg van vroeger kunt u ook invoeren; "
            "daarover gaat geen e-mail.",
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def consultation_move(request, pk):
    meeting = _get_meeting_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    initial = {
        "takes_place_on": meeting.takes_place_on,
        "starts_at": meeting.starts_at,
        "location": meeting.location,
    }
    form = MeetingForm(
        posted(request), initial=initial, back=meeting.get_absolute_url(), label="Opslaan"
    )
    if form.is_valid():
        with refusals_on(form):
            services.move_meeting(meeting, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Het overleg is gewijzigd.")
            return redirect(meeting)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": _trail(meeting, "Verplaatsen"),
            "heading": "Overleg verplaatsen",
            "lead": str(meeting),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def consultation_cancel(request, pk):
    meeting = _get_meeting_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    form = ReasonForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            services.cancel_meeting(
                meeting, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Het overleg is afgezegd.")
            return redirect(meeting)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _trail(meeting, "Afzeggen"),
            "heading": "Overleg afzeggen",
            "text": f"{meeting} gaat dan niet door. De leden krijgen een e-mail.",
            "back_url": meeting.get_absolute_url(),
            "negative": True,
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def consultation_hold(request, pk):
    meeting = _get_meeting_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    members = meeting.body.members.active_on(meeting.takes_place_on).select_related(
        "user", "organisation"
    )
    names = "\n".join(
        f"{row.user} ({row.organisation.short_name})"
        for row in members.order_by("user__last_name", "pk")
    )
    form = HoldForm(posted(request), initial={"attendance": names})
    if form.is_valid():
        with refusals_on(form):
            services.hold_meeting(meeting, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Het overleg is gehouden. U kunt het verslag schrijven.")
            return redirect(meeting)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _trail(meeting, "Afsluiten"),
            "heading": "Overleg afsluiten",
            "text": "Haal weg wie er niet waren. Daarna schrijft u per punt het verslag. "
            "De agenda blijft staan zoals hij was.",
            "back_url": meeting.get_absolute_url(),
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def consultation_adopt(request, pk):
    meeting = _get_meeting_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    form = AdoptForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            services.adopt_minutes(meeting, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Het verslag is vastgesteld.")
            return redirect(meeting)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _trail(meeting, "Verslag vaststellen"),
            "heading": "Verslag vaststellen",
            "text": "Daarna kan niemand het verslag of een besluit nog wijzigen. "
            "Een verbetering komt dan in een volgend overleg.",
            "back_url": meeting.get_absolute_url(),
        },
        forms=[form],
    )


# --- points ---


@require_http_methods(["GET", "POST"])
def item_add(request, pk):
    """A point for the agenda; `?over=` names what it is about, when the user came from there."""
    meeting = _get_meeting_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    subjects = [*agenda.choices(request.user)]
    about = request.GET.get("over", "")
    thing = agenda.find(about, request.user)
    if thing is not None and about not in {key for _, rows in subjects for key, _ in rows}:
        subjects.insert(0, ("Deze pagina", [(about, str(thing))]))
    initial = {"subject": about, "title": str(thing)} if thing is not None else {}
    form = ItemForm(
        posted(request), initial=initial, back=meeting.get_absolute_url(), subjects=subjects
    )
    if form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            services.add_item(
                meeting, title=data["title"], purpose=data["purpose"],
                explanation=data["explanation"],
                subject=agenda.find(data["subject"], request.user),
                by=request.user, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, "Het punt staat op de agenda.")
            return redirect(meeting)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": _trail(meeting, "Punt toevoegen"),
            "heading": "Punt op de agenda zetten",
            "lead": str(meeting),
        },
        forms=[form],
    )


@require_safe
def item_place(request):
    """Which meeting should discuss the thing that `?over=` names."""
    require(request, "ikc.manage_bodies")
    about = request.GET.get("over", "")
    thing = agenda.find(about, request.user)
    today = timezone.localdate()
    meetings = (
        Consultation.objects.visible_to(request.user, today)
        .planned()
        .select_related("body")
        .order_by("takes_place_on", "pk")
    )
    return render(
        request,
        "ikc/item_place.html",
        {
            "breadcrumbs": crumbs(last="Op een agenda zetten"),
            "about": about if thing else "",
            "thing": thing,
            "meetings": meetings,
        },
    )


@require_http_methods(["GET", "POST"])
def item_edit(request, pk):
    item = _get_item_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    initial = {"title": item.title, "purpose": item.purpose, "explanation": item.explanation}
    form = ItemForm(posted(request), initial=initial, back=item.get_absolute_url(), subjects=None)
    if form.is_valid():
        with refusals_on(form):
            services.change_item(item, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Het punt is gewijzigd.")
            return redirect(item)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": _trail(item.meeting, "Punt wijzigen"),
            "heading": "Agendapunt wijzigen",
            "lead": item.title,
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def item_remove(request, pk):
    item = _get_item_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    form = ConfirmForm(posted(request))
    meeting = item.meeting
    if form.is_valid():
        with refusals_on(form):
            services.remove_item(item, by=request.user, at=timezone.now())
            messages.success(request, "Het punt is van de agenda.")
            return redirect(meeting)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": _trail(meeting, "Punt weghalen"),
            "heading": "Punt van de agenda halen",
            "text": item.title,
            "back_url": meeting.get_absolute_url(),
            "negative": True,
        },
        forms=[form],
    )


@require_http_methods(["GET", "POST"])
def item_minutes(request, pk):
    item = _get_item_or_404(request, pk)
    require(request, "ikc.manage_bodies")
    form = MinutesForm(
        posted(request),
        initial={"outcome": item.outcome, "minutes": item.minutes},
        body=item.meeting.body,
        today=item.meeting.takes_place_on,
        back=item.get_absolute_url(),
    )
    if form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            action = None
            if data["action_title"]:
                action = services.NewAction(
                    data["action_title"], data["action_owner"], data["action_due_on"]
                )
            services.write_minutes(
                item, outcome=data["outcome"], minutes=data["minutes"],
                decision=data["decision"], action=action, by=request.user, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, "Het verslag van dit punt is opgeslagen.")
            return redirect(item)
    return render_form(
        request,
        "ikc/ikc_form.html",
        {
            "breadcrumbs": _trail(item.meeting, "Verslag"),
            "heading": f"Verslag van punt {item.number}",
            "lead": item.title,
        },
        forms=[form],
    )
