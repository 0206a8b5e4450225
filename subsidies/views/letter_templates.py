"""The words of the standard letters: the catalogue, one letter, a new version, what changed, and a look at the PDF."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies import letter_text_page as page
from subsidies.forms.letter_templates import PREVIEW, BackToStandardForm, LetterTextForm
from subsidies.letter_catalogue import letter_types
from subsidies.querysets import reads_schemes
from subsidies.services import letter_templates as services
from subsidies.services.letter_templates import LetterText
from subsidies.services.standard_letters import example_with

HEADING = "Teksten van brieven"


def _crumbs(request, code: str = "", last: str = "") -> list[tuple[str, str | None]]:
    crumbs: list[tuple[str, str | None]] = []
    if request.user.has_perm("subsidies.view_letters"):
        crumbs.append(("Brieven", reverse("subsidies:letter_list")))
    crumbs.append((HEADING, reverse("subsidies:letter_text_list") if code else None))
    if code:
        own = reverse("subsidies:letter_text", args=[code])
        crumbs.append((letter_types()[code].title, own if last else None))
    if last:
        crumbs.append((last, None))
    return crumbs


def _known_or_404(request, code: str) -> str:
    if code not in letter_types() or not reads_schemes(request.user):
        raise Http404
    return code


@require_safe
def letter_text_list(request):
    """Every document of the portal: what it is for, when it goes, and where its words are written."""
    if not reads_schemes(request.user):
        raise Http404
    context = {
        "breadcrumbs": _crumbs(request),
        "heading": HEADING,
        "rows": page.catalogue(request.user),
    }
    return render(request, "subsidies/letter_text_list.html", context)


@require_safe
def letter_text(request, code):
    """One letter: what it says now, which fields it knows, and how it came to say so."""
    _known_or_404(request, code)
    today = timezone.localdate()
    versions = page.versions_of(code)
    context = {
        "breadcrumbs": _crumbs(request, code),
        "code": code,
        "letter": letter_types()[code],
        "text": services.text_on(code, today),
        "planned": page.planned(versions, today),
        "versions": versions,
        "fields": page.field_rows(code),
        "cases": page.recent_cases(code, request.user),
        "may_change": request.user.has_perm("subsidies.change_letter_text"),
    }
    return render(request, "subsidies/letter_text.html", context)


@require_http_methods(["GET", "POST"])
def letter_text_edit(request, code):
    """Another wording from a day on; first a look at the PDF, if wanted."""
    _known_or_404(request, code)
    require(request, "subsidies.change_letter_text")
    cases = page.recent_cases(code, request.user)
    now = services.text_on(code, timezone.localdate())
    versions = page.versions_of(code)
    form = LetterTextForm(
        posted(request),
        code=code,
        cases=cases,
        back_url=reverse("subsidies:letter_text", args=[code]),
        initial={
            "subject": now.subject,
            "body": now.body,
            "valid_from": timezone.localdate(),
            "after": services.last_number(code),
        },
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            values = dict(form.cleaned_data)
            chosen = values.pop("case")
            if PREVIEW in request.POST:
                letter = next((one for one in cases if one.pk == chosen), None)
                text = LetterText(values["subject"], values["body"], 0)
                return _example(code, text, letter)
            row = services.save_text(code, **values, by=request.user, at=timezone.now())
            messages.success(request, f"Versie {row.number} is bewaard.")
            return redirect(row)
    context = {
        "breadcrumbs": _crumbs(request, code, last="Tekst wijzigen"),
        "letter": letter_types()[code],
        "fields": page.field_rows(code),
        "planned": page.planned(versions, timezone.localdate()),
    }
    return render_form(request, "subsidies/letter_text_edit.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def letter_text_standard(request, code):
    """Back to the portal's own text, after asking."""
    _known_or_404(request, code)
    require(request, "subsidies.change_letter_text")
    form = BackToStandardForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = services.back_to_standard(
                code,
                reason=form.cleaned_data["reason"],
                after=services.last_number(code),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De standaardtekst geldt weer.")
            return redirect(row)
    context = {
        "breadcrumbs": _crumbs(request, code, last="Standaardtekst"),
        "heading": "Terug naar de standaardtekst?",
        "text": f"Vanaf vandaag gebruikt ‘{letter_types()[code].title}’ weer de tekst van het portaal.",
        "consequences": [
            "Brieven die al zijn besteld of gemaakt, houden hun eigen tekst.",
            "Uw eigen tekst blijft in de geschiedenis staan.",
        ],
        "action_label": "Standaardtekst gebruiken",
        "back_url": reverse("subsidies:letter_text", args=[code]),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_safe
def letter_text_compare(request, code, number):
    """A version beside the one before it: only the words that differ."""
    _known_or_404(request, code)
    versions = page.versions_of(code)
    new = page.text_with(versions, code, number)
    old = page.text_with(versions, code, number - 1)
    if new is None or old is None:
        raise Http404
    context = {
        "breadcrumbs": _crumbs(request, code, last=f"Versie {number}"),
        "letter": letter_types()[code],
        "number": number,
        "version": next(row for row in versions if row.number == number),
        "changes": page.changes(old, new),
    }
    return render(request, "subsidies/letter_text_compare.html", context)


@require_safe
def letter_text_example(request, code):
    """The PDF with the text of today, on a real case or on invented facts; nothing is stored."""
    _known_or_404(request, code)
    wanted = request.GET.get("brief", "")
    letter = next(
        (one for one in page.recent_cases(code, request.user) if str(one.pk) == wanted), None
    )
    if wanted and letter is None:
        raise Http404
    try:
        return _example(code, services.text_on(code, timezone.localdate()), letter)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("subsidies:letter_text", code)


def _example(code: str, text: LetterText, letter: Any) -> HttpResponse:
    """Raises `MissingElements`."""
    content = example_with(code, text.subject, text.body, letter=letter, at=timezone.now())
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="voorbeeld-{code}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
