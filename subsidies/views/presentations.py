"""The conversation with the commission as the applicant sees it: when, where, and the questions to answer."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.icalendar import Event, calendar_text
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.forms.meetings import TextForm
from subsidies.models import AgendaItem
from subsidies.services.presentations import answer_questions
from subsidies.states_meetings import MeetingState


def _slot_or_404(request: HttpRequest, pk: int) -> AgendaItem:
    items = AgendaItem.objects.of_applicant(request.user).select_related(
        "meeting", "application__ikc", "application__round", "answered_by"
    )
    return get_object_or_404(items, pk=pk)


@require_http_methods(["GET", "POST"])
def presentation(request, pk):
    """The invitation, the questions, and one form to answer them."""
    item = _slot_or_404(request, pk)
    require(request, "subsidies.view_presentation", item)
    may_answer = request.user.has_perm("subsidies.answer_questions", item)
    form = None
    if may_answer or request.method == "POST":
        require(request, "subsidies.answer_questions", item)
        form = TextForm(
            posted(request),
            label="Uw antwoord",
            missing="Schrijf uw antwoord op.",
            help_text="U antwoordt één keer. De leden van de commissie lezen uw antwoord voor het gesprek.",
        )
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                answer_questions(item, **form.cleaned_data, by=request.user, at=timezone.now())
                messages.success(
                    request, "Uw antwoord is verstuurd. De commissie leest het vooraf."
                )
                return redirect("subsidies:presentation", item.pk)
    context = {
        "breadcrumbs": [
            (item.application.number, item.application.get_absolute_url()),
            ("Gesprek met de commissie", None),
        ],
        "item": item,
        "application": item.application,
        "late": timezone.now() > (item.meeting.answers_until or item.meeting.starts_at),
        "off": item.meeting.state == MeetingState.CANCELLED,
        "form": form,
    }
    return render_form(
        request, "subsidies/presentation.html", context, forms=[form] if form else []
    )


@require_safe
def presentation_ics(request, pk):
    """The conversation for the applicant's own calendar: moved under the same UID, or taken out of it."""
    item = _slot_or_404(request, pk)
    require(request, "subsidies.view_presentation", item)
    meeting = item.meeting
    off = meeting.state == MeetingState.CANCELLED
    host = settings.SITE_URL.partition("//")[2]
    url = f"{settings.SITE_URL}{reverse('subsidies:presentation', args=[item.pk])}"
    event = Event(
        uid=f"{hashlib.sha256(f'gesprek{item.pk}'.encode()).hexdigest()[:24]}@{host}",
        title=f"Gesprek met de IKC-commissie over {item.application.ikc}",
        begins=item.starts_at,
        url=url,
        description="\n".join(part for part in (meeting.place, meeting.video_url) if part),
        minutes=item.minutes,
        sequence=item.sequence,
        organizer=settings.MUNICIPALITY["email"],
        cancelled=off,
    )
    method = "CANCEL" if off else "PUBLISH"
    return HttpResponse(
        calendar_text(
            "Gesprek met de IKC-commissie", [event], made_at=timezone.now(), method=method
        ),
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="gesprek-{item.pk}.ics"',
            "Cache-Control": "private, no-store",
        },
    )
