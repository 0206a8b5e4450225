"""Whether a letter about the status Plus arrived: its proof, and what to do when a notice came back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.audit import record
from kvk2.core.csv_export import csv_response
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.forms.deliveries import AgainForm, BounceForm, PaperForm
from subsidies.models import PlusLetter
from subsidies.services import plus_delivery as services
from subsidies.views.plus import crumbs, letter_or_404


def _signed_or_404(request, pk: int) -> PlusLetter:
    letter = letter_or_404(request, pk)
    require(request, "subsidies.view_message_proof")
    if not letter.is_signed:
        raise Http404
    return letter


def _address(letter: PlusLetter) -> str:
    return reverse("subsidies:plus_delivery", args=[letter.pk])


@require_safe
def plus_delivery(request, pk):
    """Everything that is known about the sending and reading of one letter."""
    letter = _signed_or_404(request, pk)
    context = {
        "breadcrumbs": crumbs(letter.status.ikc, "Bewijs van verzending"),
        "letter": letter,
        "ikc": letter.status.ikc,
        "proof": services.proof_of(letter),
        "counts_from": services.counts_from(letter),
        "may_deliver": request.user.has_perm("subsidies.handle_delivery"),
    }
    return render(request, "subsidies/plus_delivery.html", context)


@require_safe
def plus_proof(request, pk):
    """The same as a file, to give to who asks (Awb 2:25)."""
    letter = _signed_or_404(request, pk)
    record(
        letter.status.ikc, "ikc.plus_proof_exported", actor=request.user, at=timezone.now(),
        reference=letter.reference,
    )  # fmt: skip
    return csv_response(
        f"bewijs-{letter.reference}.csv",
        ["Moment", "Gebeurtenis", "Aan", "Door", "Dag op de post", "Toelichting"],
        (
            [row.at, row.get_kind_display(), row.recipient, str(row.user or ""), row.day, row.note]
            for row in services.proof_of(letter)
        ),
    )


def _deed(
    request,
    pk: int,
    heading: str,
    make_form: Callable[[PlusLetter], NldsForm],
    run: Callable[..., None],
    text: str,
) -> Any:
    letter = _signed_or_404(request, pk)
    require(request, "subsidies.handle_delivery")
    form = make_form(letter)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            run(letter, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Vastgelegd.")
            return redirect(_address(letter))
    context = {
        "breadcrumbs": crumbs(letter.status.ikc, heading),
        "heading": heading,
        "text": text,
        "back_url": _address(letter),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def plus_bounce(request, pk):
    """A notice by e-mail came back."""

    def form(letter: PlusLetter) -> BounceForm:
        told = letter.events.filter(kind=services.Kind.NOTIFIED).order_by("recipient")
        addresses = sorted(set(told.values_list("recipient", flat=True)))
        return BounceForm(posted(request), addresses=addresses)

    return _deed(
        request, pk, "Een melding kwam terug", form, services.record_bounce,
        "Kwam de e-mail terug? Dan telt de verzending niet voor wie zo niets hoorde (artikel 2:11 Awb).",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def plus_again(request, pk):
    """A second notice, if need be to another address."""
    return _deed(
        request, pk, "Opnieuw melden", lambda letter: AgainForm(posted(request)),
        services.notify_again,
        "In de e-mail staat alleen dat er een brief klaarstaat, niet wat erin staat.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def plus_paper(request, pk):
    """The letter went out by post."""
    initial = {"posted_on": timezone.localdate()}
    return _deed(
        request, pk, "Op papier versturen",
        lambda letter: PaperForm(posted(request), initial=initial), services.send_on_paper,
        "Druk de brief af, doe hem op de post en leg hier de dag vast.",
    )  # fmt: skip
