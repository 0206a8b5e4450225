from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from kvk2.core.audit import record_download
from kvk2.core.csv_export import csv_response
from kvk2.core.downloads import file_response
from kvk2.nlds.components import Detail
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies.facts import known
from subsidies.forms.decisions import PostingForm
from subsidies.forms.lists import ListFilter
from subsidies.models import Letter, Message
from subsidies.services import delivery
from subsidies.services import letters as letter_services
from subsidies.services import messages as services
from subsidies.tables import rows_for_export
from subsidies.tables_assessment import LetterTable

LETTER_STATES = [
    ("post", "per post te versturen"),
    ("failing", "mislukt, wordt opnieuw geprobeerd"),
    ("waiting", "wordt gemaakt"),
    ("made", "gemaakt"),
]


def _messages_of(request):
    """What the user may see, with what lists and pages show."""
    return (
        Message.objects.visible_to(request.user)
        .select_related(
            "letter__application__round",
            "letter__stored",
            "letter__decision",
            "ikc",
            "organisation",
        )
        .with_opened()
    )


@require_safe
def message_list(request):
    """What the municipality posted for the user, the newest first; unread ones stand out."""
    search = request.GET.get("zoek", "").strip()
    state = request.GET.get("status", "")
    found = _messages_of(request)
    if search:
        found = found.filter(
            Q(subject__icontains=search) | Q(letter__application__number__icontains=search)
        )
    if state in ("nieuw", "gelezen"):
        found = found.filter(opened=state == "gelezen")
    states = [("nieuw", "nieuw"), ("gelezen", "gelezen")]
    if request.user.is_municipal:
        states.append((delivery.UNREACHED, "niet op tijd bereikt"))
        if state == delivery.UNREACHED:
            found = found.filter(pk__in=delivery.unannounced(timezone.now()))
    order = ("posted_at", "pk") if request.GET.get("sorteer") == "oud" else ("-posted_at", "-pk")
    found = found.order_by(*order)
    if request.GET.get("export") == "csv":
        return csv_response(
            "berichten.csv",
            ["Geplaatst", "Onderwerp", "Aanvraag", "IKC", "Aan", "Gelezen"],
            (
                [
                    message.posted_at,
                    message.subject,
                    message.letter.application.number,
                    message.ikc.name,
                    message.organisation.name,
                    message.opened,
                ]
                for message in found
            ),
        )
    context = {
        "breadcrumbs": [("Berichten", None)],
        "page": Paginator(found, 50).get_page(request.GET.get("page")),
        "filter_form": ListFilter(
            request.GET,
            search="Zoek op onderwerp of nummer",
            states=states,
            sorts=[("nieuw", "nieuwste eerst"), ("oud", "oudste eerst")],
        ),
        "filtered": bool(search or state),
        "may_open": not request.user.is_municipal,
    }
    return render(request, "subsidies/message_list.html", context)


@require_safe
def message_detail(request, pk):
    """About one message; opening the letter is a deed of its own, because it is proof."""
    message = get_object_or_404(_messages_of(request), pk=pk)
    proof = request.user.has_perm("subsidies.view_message_proof")
    context = {
        "breadcrumbs": [("Berichten", reverse("subsidies:message_list")), (message.subject, None)],
        "message": message,
        "facts": _facts(message),
        "may_open": request.user.has_perm("subsidies.open_message", message),
        "may_download": request.user.has_perm("subsidies.view_letters"),
        "proof": message.events.select_related("user").order_by("at", "pk") if proof else None,
        "may_deliver": request.user.has_perm("subsidies.handle_delivery"),
    }
    if proof:
        context["notices"] = message.notices.select_related("mail").order_by("pk")
        context["counts_from"] = delivery.counts_from(message)
    return render(request, "subsidies/message_detail.html", context)


def _facts(message: Message) -> list[Detail]:
    """What a message is about; of a decision, until when objection is possible."""
    application, decision = message.letter.application, message.letter.decision
    rows = [
        Detail("Soort brief", message.letter.get_code_display()),
        Detail("Aan", f"{message.organisation}, voor {message.ikc}"),
        Detail("Over", _linked(application.get_absolute_url(), str(application))),
    ]
    if decision is not None:
        rows += [
            Detail("Besluit", _linked(decision.get_absolute_url(), decision.reference)),
            Detail("Bezwaar maken kan tot en met", dutch_date(decision.objection_until)),
        ]
    return rows


def _linked(url: str, text: str) -> SafeString:
    return format_html('<a class="nl-link" href="{}">{}</a>', url, text)


@require_POST
def message_open(request, pk):
    """The addressee reads the letter: recorded as opened and downloaded, and the PDF itself."""
    message = get_object_or_404(_messages_of(request), pk=pk)
    require(request, "subsidies.open_message", message)
    services.open_message(message, by=request.user, at=timezone.now())
    return file_response(known(message.letter.stored), inline=True)


@require_safe
def letter_list(request):
    """What was ordered and what became of it; what waits for the paper post comes first."""
    require(request, "subsidies.view_letters")
    search, state = request.GET.get("zoek", "").strip(), request.GET.get("status", "")
    found = Letter.objects.select_related(
        "application__ikc", "application__board", "stored", "message"
    )
    if search:
        found = found.filter(
            Q(application__number__icontains=search) | Q(application__ikc__name__icontains=search)
        )
    to_post = Letter.objects.to_post()
    waiting = {
        "post": Q(pk__in=to_post),
        "failing": Q(pk__in=Letter.objects.failing()),
        "waiting": Q(rendered_at=None) & ~Q(pk__in=to_post),
        "made": Q(rendered_at__isnull=False),
    }
    if state in waiting:
        found = found.filter(waiting[state])
    posting = Exists(to_post.filter(pk=OuterRef("pk")))
    table = LetterTable(found.annotate(posting=posting).order_by("-posting", "-ordered_at", "-pk"))
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    if request.GET.get("export") == "csv":
        return csv_response("brieven.csv", *rows_for_export(table))
    context = {
        "breadcrumbs": [("Brieven", None)],
        "table": table,
        "filter_form": ListFilter(request.GET, states=LETTER_STATES),
        "to_post": to_post.count(),
    }
    return render(request, "subsidies/letter_list.html", context)


@require_http_methods(["GET", "POST"])
def letter_post(request, pk):
    """Print a letter for who is not reached electronically, and record the day on which it goes out."""
    require(request, "subsidies.view_letters")
    letter = get_object_or_404(
        Letter.objects.to_post().select_related("application__ikc", "application__board"), pk=pk
    )
    require(request, "subsidies.post_letter", letter)
    form = PostingForm(posted(request), initial={"posted_on": timezone.localdate()})
    back = reverse("subsidies:letter_list")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            letter_services.post_letter(
                letter,
                posted_on=form.cleaned_data["posted_on"],
                by=request.user,
                at=timezone.now(),
            )
            flash.success(
                request, "De brief is gemaakt. Open hem, druk hem af en doe hem op de post."
            )
            return redirect(f"{back}?zoek={letter.application.number}")
    context = {
        "breadcrumbs": [("Brieven", back), ("Per post versturen", None)],
        "heading": "Brief per post versturen",
        "text": (
            f"{letter.get_code_display()} voor {letter.application.board}. Deze organisatie heeft niet "
            "ingestemd met digitale post. De brief gaat daarom op papier."
        ),
        "consequences": [
            "U maakt nu de brief met de datum die u invult.",
            "U drukt de brief af en doet hem op die dag op de post.",
            "Is het een besluit, dan geldt het vanaf die dag als bekendgemaakt.",
        ],
        "action_label": "Brief maken en verzending vastleggen",
        "back_url": back,
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_safe
def letter_download(request, pk):
    """The letter for municipal eyes; reading it is recorded and proves nothing about the addressee."""
    require(request, "subsidies.view_letters")
    letter = get_object_or_404(
        Letter.objects.filter(stored__isnull=False).select_related("stored", "application"), pk=pk
    )
    stored = known(letter.stored)
    record_download(
        letter,
        "letter_opened",
        stored,
        about=f"{letter.get_code_display()}, {letter.application}",
        actor=request.user,
        at=timezone.now(),
    )
    return file_response(stored, inline=True)
