"""Whether messages arrived: the proof of one message, what to do when a notice came back, and all mail that went out."""

from django.contrib import messages as flash
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from kvk2.core.audit import record
from kvk2.core.csv_export import csv_response
from kvk2.core.errors import DomainError
from kvk2.core.models import OutgoingMail
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.forms.deliveries import AgainForm, BounceForm, PaperForm
from subsidies.forms.lists import ListFilter
from subsidies.models import Message
from subsidies.services import delivery as services
from subsidies.tables import rows_for_export
from subsidies.tables_deliveries import MailTable

MAIL_STATES = [
    ("mislukt", "mislukt, wordt opnieuw geprobeerd"),
    ("wacht", "wacht op verzending"),
    ("verstuurd", "verstuurd"),
]


def _message_or_404(request, pk: int) -> Message:
    found = Message.objects.visible_to(request.user).select_related("letter__application")
    return get_object_or_404(found, pk=pk)


def _page(message: Message, last: str) -> dict:
    return {
        "breadcrumbs": [
            ("Berichten", reverse("subsidies:message_list")),
            (message.subject, message.get_absolute_url()),
            (last, None),
        ],
        "back_url": message.get_absolute_url(),
    }


@require_safe
def message_proof(request, pk):
    """Everything that is known about the sending and reading of one message, as a file to give to who asks (Awb 2:25)."""
    message = _message_or_404(request, pk)
    require(request, "subsidies.view_message_proof")
    record(
        message.letter.application,
        "message_proof_exported",
        actor=request.user,
        at=timezone.now(),
        letter=message.letter.code,
    )
    return csv_response(
        f"bewijs-{message.letter.application.number}-{message.letter.code}.csv",
        ["Moment", "Gebeurtenis", "Aan", "Door", "Dag op de post", "Toelichting"],
        (
            [
                event.at,
                event.get_kind_display(),
                event.recipient,
                str(event.user or ""),
                event.day,
                event.note,
            ]
            for event in message.events.select_related("user").order_by("at", "pk")
        ),
    )


@require_http_methods(["GET", "POST"])
def message_bounce(request, pk):
    """A notice by e-mail came back: write it down, so that somebody sees to a second one."""
    message = _message_or_404(request, pk)
    require(request, "subsidies.handle_delivery")
    addresses = sorted({notice.mail.to for notice in message.notices.select_related("mail")})
    form = BounceForm(posted(request), addresses=addresses)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.record_bounce(message, **form.cleaned_data, by=request.user, at=timezone.now())
            flash.success(request, "Vastgelegd. Meld het bericht opnieuw, of stuur de brief op.")
            return redirect(message)
    context = {
        **_page(message, "Melding teruggekomen"),
        "heading": "Een melding kwam terug",
        "text": "Kwam de e-mail terug? Dan telt de verzending niet voor wie zo niets hoorde (artikel 2:11 Awb).",
        "action_label": "Vastleggen",
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def message_again(request, pk):
    """A second notice, if need be to another address."""
    message = _message_or_404(request, pk)
    require(request, "subsidies.handle_delivery")
    form = AgainForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.notify_again(message, **form.cleaned_data, by=request.user, at=timezone.now())
            flash.success(request, "De melding wordt verstuurd.")
            return redirect(message)
    context = {
        **_page(message, "Opnieuw melden"),
        "heading": "Opnieuw melden dat er een bericht is",
        "text": "In de e-mail staat alleen dat er een bericht klaarstaat, niet wat erin staat.",
        "consequences": ["Kwam de eerste melding niet aan? Dan telt deze tweede."],
        "action_label": "Melding versturen",
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def message_paper(request, pk):
    """The letter was printed and went out by post, because the portal did not reach the addressee."""
    message = _message_or_404(request, pk)
    require(request, "subsidies.handle_delivery")
    form = PaperForm(posted(request), initial={"posted_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.send_on_paper(message, **form.cleaned_data, by=request.user, at=timezone.now())
            flash.success(request, "De verzending op papier is vastgelegd.")
            return redirect(message)
    context = {
        **_page(message, "Op papier versturen"),
        "heading": "Deze brief ook op papier versturen",
        "text": f"Druk de brief af, doe hem op de post aan {message.organisation} en leg hier de dag vast.",
        "consequences": ["Kwam er geen melding aan? Dan telt deze verzending."],
        "action_label": "Verzending vastleggen",
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_safe
def mail_list(request):
    """All e-mail of the portal with what became of it; what it says is for who gets it."""
    require(request, "subsidies.view_mail")
    search, state = request.GET.get("zoek", "").strip(), request.GET.get("status", "")
    found = OutgoingMail.objects.all()
    if search:
        found = found.filter(Q(to__icontains=search) | Q(subject__icontains=search))
    states = {
        "mislukt": Q(sent_at=None) & ~Q(error=""),
        "wacht": Q(sent_at=None, error=""),
        "verstuurd": Q(sent_at__isnull=False),
    }
    if state in states:
        found = found.filter(states[state])
    table = MailTable(found.order_by("-created_at", "-pk"))
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    if request.GET.get("export") == "csv":
        return csv_response("e-mails.csv", *rows_for_export(table))
    context = {
        "breadcrumbs": [("Brieven", reverse("subsidies:letter_list")), ("E-mail", None)],
        "table": table,
        "filter_form": ListFilter(
            request.GET, search="Zoek op adres of onderwerp", states=MAIL_STATES
        ),
    }
    return render(request, "subsidies/mail_list.html", context)


@require_POST
def mail_retry(request, pk):
    """Let a mail that failed go now."""
    require(request, "subsidies.handle_delivery")
    mail = get_object_or_404(OutgoingMail, pk=pk)
    try:
        services.try_again(mail, by=request.user, at=timezone.now())
    except DomainError as error:
        flash.error(request, error.message)
    else:
        flash.success(request, "De e-mail wordt nu opnieuw verstuurd.")
    return redirect(f"{reverse('subsidies:mail_list')}?status=mislukt")
