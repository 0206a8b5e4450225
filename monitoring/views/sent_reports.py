"""The report that was sent to somebody outside the portal: on a signed link that ends, and nothing else behind it."""

from collections.abc import Callable
from functools import wraps
from typing import TypeAlias

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.audit import record_download
from kvk2.core.downloads import file_response
from kvk2.core.middleware import client_address
from kvk2.core.rate import is_too_often
from monitoring.editions import edition_of
from monitoring.editions.blocks import FileLink
from monitoring.models import ReportRecipient
from monitoring.report_dataset import frozen_data
from monitoring.services import distributing
from monitoring.states import ReportStage

MOST_PER_MINUTE = 60
LONGEST_TOKEN = 120
ENDED = (
    "Deze link is verlopen. Vraag de gemeente om het rapport opnieuw te sturen.",
    "Dit rapport is vervangen door een volgend nummer. Vraag de gemeente om het nieuwe rapport.",
)


LinkView: TypeAlias = Callable[[HttpRequest, ReportRecipient, str], HttpResponseBase]


def by_link(view: LinkView) -> Callable[..., HttpResponseBase]:
    """A page for who holds a link: 404 when it is not ours or withdrawn, 410 with the reason when it has ended."""

    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest, token: str) -> HttpResponseBase:
        if is_too_often(f"sent_report:{client_address(request)}", most=MOST_PER_MINUTE, seconds=60):
            return HttpResponse(status=429, headers={"Retry-After": "60"})
        if len(token) > LONGEST_TOKEN:
            raise Http404
        response = _answer(view, request, token)
        # whoever has the address may read: it goes to no other site, no cache and no search engine
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapper


def _answer(view: LinkView, request: HttpRequest, token: str) -> HttpResponseBase:
    try:
        recipient = distributing.recipient_of(token)
    except signing.SignatureExpired:
        return _ended(request, ENDED[0])
    if recipient is None:
        raise Http404
    if recipient.report.stage != ReportStage.PUBLISHED:
        return _ended(request, ENDED[1])
    return view(request, recipient, token)


def _ended(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(
        request,
        "monitoring/sent_report_ended.html",
        {"sentence": sentence, "breadcrumbs": [("Jaarrapport", None)]},
        status=410,
    )


@require_http_methods(["GET", "POST"])
@by_link
def sent_report(request, recipient, token):
    """What was sent, to read or take, and a button that says that it arrived.

    Opening this page is no receipt: programs that look through e-mail open links as well.
    """
    if request.method == "POST":
        distributing.confirm_receipt(recipient, by=None, at=timezone.now())
        messages.success(request, "Dank u. De gemeente ziet dat u het rapport hebt.")
        return redirect("monitoring:sent_report", token)
    return render(
        request,
        "monitoring/sent_report.html",
        {
            "recipient": recipient,
            "report": recipient.report,
            "token": token,
            "breadcrumbs": [("Jaarrapport", None)],
        },
    )


@require_safe
@by_link
def sent_report_read(request, recipient, token):
    report = recipient.report
    distributing.note_opened_by_link(recipient, at=timezone.now())
    return render(
        request,
        "monitoring/edition.html",
        {
            "breadcrumbs": [
                ("Jaarrapport", reverse("monitoring:sent_report", args=[token])),
                ("Lezen", None),
            ],
            "edition": edition_of(frozen_data(report.kind, report.current.dataset)),
            "replaced": False,
            "back_url": "",
            "files": [
                FileLink(
                    "PDF",
                    reverse("monitoring:sent_report_pdf", args=[token]),
                    "toegankelijk en duurzaam",
                )
            ],
        },
    )


@require_safe
@by_link
def sent_report_pdf(request, recipient, token):
    report, at = recipient.report, timezone.now()
    distributing.note_opened_by_link(recipient, at=at)
    record_download(
        report,
        "report_downloaded",
        report.stored,
        about=f"{report.title}, voor {recipient.name}",
        actor=None,
        at=at,
    )
    return file_response(report.stored)
