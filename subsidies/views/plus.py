"""The letters about the status Plus of an IKC (L24, L25): the page, drafting, looking, signing, opening."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ikc.models import Ikc, PlusStatus
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require, require_sight
from subsidies.documents_plus import render_plus_letter
from subsidies.forms.plus import PlusLetterForm
from subsidies.models import PlusLetter
from subsidies.plus_page import PlusPage
from subsidies.services import plus_letters as services


def crumbs(ikc: Ikc, last: str = "") -> list[tuple[str, str | None]]:
    page = reverse("subsidies:plus_letters", args=[ikc.pk])
    trail: list[tuple[str, str | None]] = [
        ("IKC’s", reverse("ikc:ikc_list")),
        (ikc.name, ikc.get_absolute_url()),
        ("Predicaat Plus", page if last else None),
    ]
    return [*trail, (last, None)] if last else trail


def letter_or_404(request, pk: int) -> PlusLetter:
    visible = Ikc.objects.visible_to(request.user)
    rows = PlusLetter.objects.filter(status__ikc__in=visible).select_related(
        "status__ikc__board", "status__ikc__attention_area", "drafted_by", "stored"
    )
    letter = get_object_or_404(rows, pk=pk)
    require_sight(request, "subsidies.view_plus_letters", letter.status.ikc)
    return letter


@require_safe
def plus_letters(request, pk):
    """Each status of one IKC with the letters about it."""
    ikc = get_object_or_404(Ikc.objects.visible_to(request.user), pk=pk)
    require(request, "subsidies.view_plus_letters", ikc)
    context = {"breadcrumbs": crumbs(ikc), "ikc": ikc, "page": PlusPage(ikc, request.user)}
    return render(request, "subsidies/plus_letters.html", context)


@require_http_methods(["GET", "POST"])
def plus_letter_draft(request, pk):
    """Write the letter about the present state of a status."""
    visible = Ikc.objects.visible_to(request.user)
    statuses = PlusStatus.objects.filter(ikc__in=visible).select_related("ikc")
    status = get_object_or_404(statuses, pk=pk)
    require_sight(request, "subsidies.view_plus_letters", status.ikc)
    require(request, "subsidies.draft_plus_letter")
    kind = services.KINDS.get(status.state)
    if kind is None:
        raise Http404
    present = PlusLetter.objects.filter(status=status, kind=kind).first() or PlusLetter(kind=kind)
    form = PlusLetterForm(
        posted(request),
        burden=present.is_burden,
        back_url=reverse("subsidies:plus_letters", args=[status.ikc_id]),
        initial={
            "motivation": present.motivation,
            "view": present.view,
            "run_out": present.run_out,
        },
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            letter = services.draft_plus_letter(
                status, **form.words(), by=request.user, at=timezone.now()
            )
            messages.success(request, "De brief staat klaar om te ondertekenen.")
            return redirect(letter)
    context = {
        "breadcrumbs": crumbs(status.ikc, "Brief opstellen"),
        "ikc": status.ikc,
        "title": kind.label,
    }
    return render_form(request, "subsidies/plus_letter_draft.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def plus_letter_sign(request, pk):
    """Sign the letter; it is asked, for it goes out."""
    letter = letter_or_404(request, pk)
    require(request, "subsidies.sign_plus_letter", letter)
    if request.method == "POST":
        try:
            services.sign_plus_letter(letter, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "De brief is ondertekend en staat klaar voor het bestuur.")
        return redirect(letter)
    board = letter.status.ikc.board
    context = {
        "breadcrumbs": crumbs(letter.status.ikc, "Ondertekenen"),
        "heading": "Brief ondertekenen",
        "text": f"{letter.get_kind_display().capitalize()}, voor {letter.status.ikc}.",
        "consequences": [
            "De brief krijgt de datum van vandaag en verandert daarna niet meer.",
            "Het bestuur krijgt bericht dat de brief in het portaal staat."
            if board.electronic_consent_at
            else "Het bestuur stemde niet in met digitale post: druk de brief vandaag af en doe hem op de post.",
        ],
        "action_label": "Ondertekenen",
        "back_url": letter.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)


@require_safe
def plus_letter_file(request, pk):
    """The signed letter; opening it is on record. Of a draft the municipality sees how it will look."""
    letter = letter_or_404(request, pk)
    now = timezone.now()
    if not letter.is_signed:
        if not request.user.is_municipal:
            raise Http404
        draft = render_plus_letter(services.plus_letter_context(letter, at=now), draft=True)
        return HttpResponse(draft, content_type="application/pdf")
    stored = services.open_plus_letter(letter, by=request.user, at=now)
    return file_response(stored, inline=True)
