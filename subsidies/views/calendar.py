"""The terms in somebody's own calendar: a secret address that a calendar program reads, and single dates."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ikc.models import User
from kvk2.core.icalendar import Event, calendar_text
from kvk2.core.rate import is_too_often
from subsidies.closing import closing_moment
from subsidies.models import CalendarFeed
from subsidies.services.calendars import fingerprint, renew_feed, revoke_feed
from subsidies.term_kinds import Term
from subsidies.terms import upcoming_terms
from subsidies.views.access import get_round_or_404

CONTENT_TYPE = "text/calendar; charset=utf-8"
# A calendar program asks every few hours, a person now and then.
MOST_PER_HOUR, HOUR = 60, 3600
LONGEST_TOKEN = 100


@require_http_methods(["GET", "POST"])
def calendar(request):
    """Make, renew or revoke the secret address; a new one is shown once."""
    address = ""
    if request.method == "POST":
        if "revoke" in request.POST:
            revoke_feed(by=request.user, at=timezone.now())
            messages.success(request, "Het adres van uw agenda werkt niet meer.")
            return redirect("subsidies:calendar")
        token = renew_feed(by=request.user, at=timezone.now())
        address = f"{settings.SITE_URL}{reverse('subsidies:calendar_feed', args=[token])}"
    context = {
        "breadcrumbs": [("Uw agenda", None)],
        "feed": CalendarFeed.objects.filter(user=request.user).first(),
        "address": address,
        "terms": upcoming_terms(request.user)[:20],
    }
    response = render(request, "subsidies/calendar.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@login_not_required
@require_safe
def calendar_feed(request, token):
    """The terms of who holds the secret; 404 when the secret, the account or the last role is gone."""
    if len(token) > LONGEST_TOKEN:
        raise Http404
    key = fingerprint(token)
    feed = CalendarFeed.objects.filter(fingerprint=key).select_related("user").first()
    if feed is None or not _may_look(feed.user):
        raise Http404
    if is_too_often(f"calendar:{key}", most=MOST_PER_HOUR, seconds=HOUR):
        return HttpResponse(status=429, headers={"Retry-After": str(HOUR)})
    events = [_event(term) for term in upcoming_terms(feed.user)]
    text = calendar_text(
        f"Termijnen {settings.MUNICIPALITY['product']}", events, made_at=feed.created_at
    )
    mark = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {"Cache-Control": "private, max-age=3600", "ETag": mark}
    if mark in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(text, content_type=CONTENT_TYPE, headers=headers)


def _may_look(user: User) -> bool:
    """Who may not log in reads no calendar either; accounts of the demonstration exist in a demo only."""
    return user.is_active and bool(user.active_roles) and (settings.DEMO or not user.is_demo)


def _event(term: Term) -> Event:
    host = settings.SITE_URL.partition("//")[2]
    return Event(
        uid=f"{hashlib.sha256(f'{term.kind}{term.url}{term.title}'.encode()).hexdigest()[:24]}@{host}",
        title=term.title,
        begins=term.begins_at or term.due_on,
        minutes=term.minutes,
        url=f"{settings.SITE_URL}{term.url}",
    )


@require_safe
def round_dates(request, pk):
    """The opening and the closing of one round, for a calendar, once."""
    round_ = get_round_or_404(request, pk)
    host = settings.SITE_URL.partition("//")[2]
    url = f"{settings.SITE_URL}{round_.get_absolute_url()}"
    events = [
        Event(f"ronde-{round_.pk}-opent@{host}", f"{round_} gaat open", round_.opens_at, url),
        Event(f"ronde-{round_.pk}-sluit@{host}", f"{round_} sluit", closing_moment(round_), url),
    ]
    return HttpResponse(
        calendar_text(str(round_), events, made_at=timezone.now()),
        content_type=CONTENT_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="ronde-{round_.pk}.ics"',
            "Cache-Control": "private, no-store",
        },
    )
