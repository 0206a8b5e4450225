"""Trainings and meetings around what works: the list, one of them, planning, signing up."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from monitoring.forms_learning import CancelForm, MeetingForm
from monitoring.models import LearningMeeting, Practice
from monitoring.services import learning_meetings
from monitoring.views.learning import crumbs


def _trail(*more):
    url = reverse("monitoring:meeting_list") if more else None
    return crumbs(("Trainingen en bijeenkomsten", url), *more)


def get_meeting_or_404(request, pk: int) -> LearningMeeting:
    require(request, "monitoring.view_practices")
    return get_object_or_404(LearningMeeting.objects.with_counts(), pk=pk)


@require_safe
def meeting_list(request):
    require(request, "monitoring.view_practices")
    today = timezone.localdate()
    meetings = LearningMeeting.objects.with_counts()
    return render(
        request,
        "monitoring/meeting_list.html",
        {
            "coming": meetings.coming(today).order_by("takes_place_on", "starts_at", "pk"),
            "past": meetings.filter(takes_place_on__lt=today).order_by("-takes_place_on", "-pk")[
                :12
            ],
            "may_plan": request.user.has_perm("monitoring.plan_learning_meeting"),
            "breadcrumbs": _trail(),
        },
    )


@require_safe
def meeting_detail(request, pk):
    meeting, user = get_meeting_or_404(request, pk), request.user
    signups = list(meeting.signups.select_related("user").order_by("signed_up_at", "pk"))
    may_plan = user.has_perm("monitoring.plan_learning_meeting")
    is_open = not meeting.is_cancelled and meeting.takes_place_on >= timezone.localdate()
    return render(
        request,
        "monitoring/meeting_detail.html",
        {
            "meeting": meeting,
            "signups": signups if may_plan else [],
            "free": max(0, meeting.places - len(signups)),
            "is_open": is_open,
            "comes": any(row.user_id == user.pk for row in signups),
            "practices": Practice.objects.visible_to(user)
            .filter(meetings=meeting)
            .order_by("title", "pk"),
            "may_plan": may_plan,
            "breadcrumbs": _trail((meeting.title, None)),
        },
    )


@require_http_methods(["GET", "POST"])
def meeting_create(request):
    require(request, "monitoring.plan_learning_meeting")
    form = MeetingForm(posted(request), back=reverse("monitoring:meeting_list"))
    if form.is_valid():
        with refusals_on(form):
            meeting = learning_meetings.plan_meeting(
                form.meeting(),
                practices=form.cleaned_data["practices"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De bijeenkomst staat in de agenda.")
            return redirect(meeting)
    return _form_page(request, form, "Bijeenkomst plannen", "", _trail(("Plannen", None)))


@require_http_methods(["GET", "POST"])
def meeting_cancel(request, pk):
    meeting = get_meeting_or_404(request, pk)
    require(request, "monitoring.plan_learning_meeting")
    form = CancelForm(posted(request), back=meeting.get_absolute_url())
    if form.is_valid():
        with refusals_on(form):
            learning_meetings.cancel_meeting(
                meeting, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De bijeenkomst is afgezegd.")
            return redirect(meeting)
    trail = _trail((meeting.title, meeting.get_absolute_url()), ("Afzeggen", None))
    return _form_page(request, form, "Bijeenkomst afzeggen", meeting.title, trail)


def _form_page(request, form, heading: str, lead: str, trail: list):
    return render_form(
        request,
        "monitoring/learning_form.html",
        {"heading": heading, "lead": lead, "breadcrumbs": trail},
        forms=[form],
    )


@require_POST
def meeting_signup(request, pk):
    """Take a place, or give it back when one has it."""
    meeting = get_meeting_or_404(request, pk)
    comes = meeting.signups.filter(user=request.user).exists()
    deed = learning_meetings.sign_off if comes else learning_meetings.sign_up
    try:
        deed(meeting, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "U bent afgemeld." if comes else "U bent aangemeld.")
    return redirect(meeting)
