"""The meetings of the commission: planned, their agenda, who was there, and the minutes."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core import audit
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime
from subsidies import tasks
from subsidies.forms.meetings import AgendaForm, AttendanceForm, PlanForm, TextForm
from subsidies.meeting_page import MeetingPage
from subsidies.models import AgendaItem, CommissionMeeting
from subsidies.services import meetings as services
from subsidies.services.minutes import adopt_and_order, file_for, order_for, preview
from subsidies.services.presentations import invite
from subsidies.states_meetings import MeetingState
from subsidies.timelines import full_timeline
from subsidies.views.access import get_round_or_404
from subsidies.views.commission import crumbs

DEEDS = (
    "change_agenda",
    "record_attendance",
    "hold_meeting",
    "cancel_meeting",
    "adopt_minutes",
    "read_minutes",
)


def get_meeting_or_404(request: HttpRequest, pk: int) -> CommissionMeeting:
    rows = CommissionMeeting.objects.visible_to(request.user).select_related("round", "adopted_by")
    return get_object_or_404(rows, pk=pk)


def meeting_crumbs(
    meeting: CommissionMeeting, *last: tuple[str, str | None]
) -> list[tuple[str, str | None]]:
    overview = reverse("subsidies:meeting_list", args=[meeting.round_id])
    own = meeting.get_absolute_url() if last else None
    return crumbs(
        meeting.round,
        ("Vergaderingen", overview),
        (dutch_date(meeting.starts_at), own),
        *last,
    )


@require_safe
def meeting_list(request, pk):
    """All meetings of a round, the latest first."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_meetings", round_)
    visible = AgendaItem.objects.visible_to(request.user)
    rows = (
        CommissionMeeting.objects.visible_to(request.user)
        .filter(round=round_)
        .prefetch_related(Prefetch("items", visible, to_attr="seen"))
        .order_by("-starts_at", "-pk")
    )
    context = {
        "breadcrumbs": crumbs(round_, ("Vergaderingen", None)),
        "round": round_,
        "pages": [(row, MeetingPage(row, request.user).badge) for row in rows],
        "may_plan": request.user.has_perm("subsidies.plan_meeting", round_),
    }
    return render(request, "subsidies/meeting_list.html", context)


@require_http_methods(["GET", "POST"])
def meeting_plan(request, pk):
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.plan_meeting", round_)
    back = reverse("subsidies:meeting_list", args=[round_.pk])
    form = PlanForm(posted(request), back_url=back)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            meeting = services.plan_meeting(round_, form.plan(), by=request.user, at=timezone.now())
            messages.success(request, "De vergadering is gepland. Maak nu de agenda.")
            return redirect(meeting)
    context = {
        "breadcrumbs": crumbs(round_, ("Vergaderingen", back), ("Vergadering plannen", None)),
        "round": round_,
    }
    return render_form(request, "subsidies/meeting_plan.html", context, forms=[form])


@require_safe
def meeting_detail(request, pk):
    """One meeting with what the reader may see of its agenda."""
    meeting = get_meeting_or_404(request, pk)
    require(request, "subsidies.view_meetings", meeting.round)
    may = {deed: request.user.has_perm(f"subsidies.{deed}", meeting) for deed in DEEDS}
    context = {
        "breadcrumbs": meeting_crumbs(meeting),
        "meeting": meeting,
        "page": MeetingPage(meeting, request.user),
        "file": file_for(meeting, request.user) if may["read_minutes"] else None,
        "may": may,
        "in_commission": request.user.has_perm("subsidies.view_item"),
        "events": full_timeline(audit.events_of(meeting)),
    }
    return render(request, "subsidies/meeting_detail.html", context)


@require_http_methods(["GET", "POST"])
def meeting_agenda(request, pk):
    """One click puts what waits in slots, one after another."""
    meeting = get_meeting_or_404(request, pk)
    require(request, "subsidies.change_agenda", meeting)
    page = MeetingPage(meeting, request.user)
    form = AgendaForm(posted(request), meeting=meeting)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            count = services.propose_agenda(
                meeting, page.to_plan, **form.slots(), by=request.user, at=timezone.now()
            )
            rest = len(page.to_plan) - count
            later = f" Voor {rest} was geen plaats: plan nog een vergadering." if rest else ""
            messages.success(request, f"Op de agenda gezet: {count} aanvragen.{later}")
            return redirect(meeting)
    context = {
        "breadcrumbs": meeting_crumbs(meeting, ("Agenda voorstellen", None)),
        "heading": "Agenda voorstellen",
        "text": f"{len(page.to_plan)} aanvragen in beoordeling staan nog op geen agenda. Het portaal zet ze achter elkaar, op volgorde van nummer. Wat er niet meer bij past, wacht op een volgende vergadering. Daarna kunt u elk gesprek verplaatsen.",
        "action_label": "Agenda voorstellen",
        "back_url": meeting.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def meeting_invite(request, pk):
    """The letter L05 to everybody on the agenda who has none."""
    meeting = get_meeting_or_404(request, pk)
    require(request, "subsidies.change_agenda", meeting)
    waiting = MeetingPage(meeting, request.user).to_invite
    if request.method == "POST":
        try:
            count = invite(meeting, waiting, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            nudge(tasks.render_pending_letters)
            messages.success(request, f"Uitgenodigd: {count}. De brieven worden nu gemaakt.")
        return redirect(meeting)
    context = {
        "breadcrumbs": meeting_crumbs(meeting, ("Aanvragers uitnodigen", None)),
        "heading": f"Aanvragers uitnodigen ({len(waiting)})",
        "text": "Elke aanvrager krijgt een brief met de dag, de tijd en de plaats van het gesprek.",
        "consequences": [
            "De brief staat bij ‘Berichten’; de aanvrager krijgt een e-mail dat er een bericht is.",
            "Het gesprek staat daarna in de agenda van de aanvrager in het portaal.",
            "Verplaatst u het gesprek later? Dan gaat er vanzelf een nieuwe brief.",
        ],
        "action_label": "Uitnodigingen versturen",
        "back_url": meeting.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)


@require_http_methods(["GET", "POST"])
def meeting_attendance(request, pk):
    """Who is there; with it is minuted who leaves at which item."""
    meeting = get_meeting_or_404(request, pk)
    require(request, "subsidies.record_attendance", meeting)
    form = AttendanceForm(posted(request), members=services.seats_of(meeting), meeting=meeting)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.record_attendance(
                meeting, form.cleaned_data["present"], by=request.user, at=timezone.now()
            )
            messages.success(request, "Vastgelegd wie er waren, en wie bij een punt weggaat.")
            return redirect(meeting)
    context = {
        "breadcrumbs": meeting_crumbs(meeting, ("Aanwezigheid", None)),
        "heading": "Aanwezigheid vastleggen",
        "text": "Het portaal noteert zelf bij welk punt een lid de vergadering verlaat, omdat het een belang heeft. Dat lid praat en stemt daar niet mee.",
        "action_label": "Aanwezigheid bewaren",
        "back_url": meeting.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


def _confirmed(request, meeting, *, deed, done, context):
    """Ask first; then do `deed` with the meeting and say `done`."""
    if request.method == "POST":
        try:
            deed(meeting, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            nudge(tasks.render_pending_minutes)
            messages.success(request, done)
        return redirect(meeting)
    page = {
        "breadcrumbs": meeting_crumbs(meeting, (context["heading"], None)),
        "action_label": context["heading"],
        "back_url": meeting.get_absolute_url(),
        **context,
    }
    return render(request, "components/confirm_page.html", page)


@require_http_methods(["GET", "POST"])
def meeting_cancel(request, pk):
    """The meeting is off, with a reason that the applicants read."""
    meeting = get_meeting_or_404(request, pk)
    require(request, "subsidies.cancel_meeting", meeting)
    form = TextForm(
        posted(request),
        label="Waarom gaat de vergadering niet door?",
        missing="Schrijf op waarom de vergadering niet doorgaat.",
        help_text="De aanvragers en de leden lezen dit. Noem geen gegevens over iemands gezondheid.",
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.cancel_meeting(
                meeting, reason=form.cleaned_data["text"], by=request.user, at=timezone.now()
            )
            nudge(tasks.render_pending_letters)
            messages.success(request, "De vergadering is afgezegd. De brieven worden nu gemaakt.")
            return redirect(meeting)
    context = {
        "breadcrumbs": meeting_crumbs(meeting, ("Vergadering afzeggen", None)),
        "heading": "Vergadering afzeggen",
        "text": f"De vergadering van {dutch_datetime(meeting.starts_at)} gaat niet door. Dit kan niet ongedaan worden gemaakt.",
        "consequences": [
            "Wie was uitgenodigd, krijgt een brief en een e-mail dat er een bericht is.",
            "De leden krijgen een e-mail.",
            "De aanvragen kunnen daarna op de agenda van een andere vergadering.",
        ],
        "action_label": "Vergadering afzeggen",
        "negative": True,
        "back_url": meeting.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def meeting_hold(request, pk):
    meeting = get_meeting_or_404(request, pk)
    require(request, "subsidies.hold_meeting", meeting)
    context = {
        "heading": "Vergadering afsluiten",
        "text": "De vergadering is gehouden. De agenda kan dan niet meer veranderen. Stemmen en scores vastleggen kan nog tot het verslag is vastgesteld.",
    }
    return _confirmed(
        request,
        meeting,
        deed=services.hold_meeting,
        done="De vergadering is afgesloten.",
        context=context,
    )


@require_http_methods(["GET", "POST"])
def meeting_adopt(request, pk):
    meeting = get_meeting_or_404(request, pk)
    require(request, "subsidies.adopt_minutes", meeting)
    context = {
        "heading": "Verslag vaststellen",
        "text": "Het verslag klopt en wordt voor altijd bewaard. Dit kan niet ongedaan worden gemaakt.",
        "consequences": [
            "Aanwezigheid, onthoudingen en stemmen kunnen niet meer veranderen.",
            "De projectleider en de auditor kunnen het verslag daarna lezen.",
        ],
    }
    return _confirmed(
        request,
        meeting,
        deed=adopt_and_order,
        done="Het verslag is vastgesteld.",
        context=context,
    )


@require_http_methods(["GET", "POST"])
def meeting_minutes(request, pk):
    """The minutes as a PDF, without what the reader may not see; POST orders the ones that were never made."""
    meeting = get_meeting_or_404(request, pk)
    require(request, "subsidies.read_minutes", meeting)
    if meeting.state != MeetingState.ADOPTED:
        return _draft(preview(meeting, reader=request.user, at=timezone.now()), meeting)
    made = file_for(meeting, request.user)
    if made is not None and made.stored is not None:
        return file_response(made.stored)
    if request.method == "POST":
        order_for(meeting, [request.user], at=timezone.now())
        nudge(tasks.render_pending_minutes)
    messages.info(request, "Het verslag wordt gemaakt. Dat duurt ongeveer een minuut.")
    return redirect(meeting)


def _draft(content, meeting):
    response = HttpResponse(content, content_type="application/pdf")
    name = f"verslag-concept-{timezone.localdate(meeting.starts_at)}-{meeting.pk}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
