"""What else happens to a round: its decision as a file, its announcement, a copy, another ceiling, the archive, and
the page that tells all of it."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.forms.rounds import ArchiveForm, CeilingForm
from subsidies.models import SubsidyRound
from subsidies.publication import publication_of, render_publication
from subsidies.round_history import copied_lines, history_of, look_again
from subsidies.services.ceilings import change_ceiling
from subsidies.services.round_copying import copy_round
from subsidies.services.round_documents import open_decision
from subsidies.services.round_ending import RETENTION_YEARS, archive_round
from subsidies.views.access import get_round_or_404


def _crumbs(round_: SubsidyRound, last: str) -> list[tuple[str, str | None]]:
    return [
        ("Rondes", reverse("subsidies:round_list")),
        (str(round_), round_.get_absolute_url()),
        (last, None),
    ]


def _with_content(request, pk: int) -> SubsidyRound:
    rounds = SubsidyRound.objects.visible_to(request.user).with_content()
    return get_object_or_404(rounds, pk=pk)


@require_safe
def round_decision(request, pk):
    """The decision of the college as a file, for municipal eyes; who took it is recorded."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_round_publication", round_)
    try:
        stored = open_decision(round_, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(round_)
    return file_response(stored, original=True)


@require_safe
def round_publication(request, pk):
    """The announcement (L23) to read and copy; as plain text or as PDF to take along."""
    round_ = _with_content(request, pk)
    require(request, "subsidies.view_round_publication", round_)
    warned = request.GET.get("voorbehoud") == "1"
    publication = publication_of(round_, budget_warning=warned)
    name = slugify(publication.title)
    match request.GET.get("vorm", ""):
        case "tekst":
            return _download(publication.plain, "text/plain; charset=utf-8", f"{name}.txt")
        case "pdf":
            pdf = render_publication(round_, publication, today=timezone.localdate())
            return _download(pdf, "application/pdf", f"{name}.pdf")
        case "":
            pass
        case _:
            raise Http404
    context = {
        "breadcrumbs": _crumbs(round_, "Tekst van de bekendmaking"),
        "round": round_,
        "publication": publication,
        "warned": warned or round_.budget_warning_published,
    }
    return render(request, "subsidies/round_publication.html", context)


def _download(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def round_history(request, pk):
    """Everything that happened to the round, and what each change changed."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_round_figures")
    context = {
        "breadcrumbs": _crumbs(round_, "Geschiedenis"),
        "round": round_,
        "events": history_of(round_),
    }
    return render(request, "subsidies/round_history.html", context)


@require_http_methods(["GET", "POST"])
def round_copy(request, pk):
    """Confirm that a new round is made out of this one."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.copy_round", round_)
    if request.method == "POST":
        copy = copy_round(round_, by=request.user, at=timezone.now())
        messages.success(request, "De ronde is gekopieerd.")
        return redirect("subsidies:round_copied", copy.pk)
    context = {
        "breadcrumbs": _crumbs(round_, "Kopiëren"),
        "heading": "Kopiëren naar een nieuwe ronde",
        "text": f"Er komt een nieuw concept met alle regels van {round_}.",
        "consequences": [
            "Alle data gaan een jaar vooruit.",
            "Aanvragen, beoordelingen en besluiten gaan niet mee.",
            "Daarna ziet u wat er is gekopieerd en wat u opnieuw moet bekijken.",
        ],
        "action_label": "Ronde kopiëren",
        "back_url": round_.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)


@require_safe
def round_copied(request, pk):
    """What a copy took from its origin, and what to look at again."""
    round_ = _with_content(request, pk)
    require(request, "subsidies.change_round", round_)
    if round_.copied_from_id is None:
        raise Http404
    source = SubsidyRound.objects.with_content().get(pk=round_.copied_from_id)
    context = {
        "breadcrumbs": _crumbs(round_, "Wat is gekopieerd"),
        "round": round_,
        "source": source,
        "tasks": look_again(round_),
        "lines": copied_lines(source, round_),
    }
    return render(request, "subsidies/round_copied.html", context)


@require_http_methods(["GET", "POST"])
def round_ceiling(request, pk):
    """The decision that raises or lowers the ceiling of a published round."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.change_ceiling", round_)
    form = CeilingForm(posted(request), round_=round_, back_url=round_.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            change_ceiling(round_, form.decision(), by=request.user, at=timezone.now())
            messages.success(request, "Het nieuwe subsidieplafond is vastgelegd.")
            return redirect(round_)
    context = {
        "breadcrumbs": _crumbs(round_, "Plafond wijzigen"),
        "round": round_,
        "filed": round_.applications.filed().count(),
    }
    return render_form(request, "subsidies/round_ceiling.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def round_archive(request, pk):
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.archive_round", round_)
    today = timezone.localdate()
    form = ArchiveForm(
        posted(request),
        initial={
            "until": date(today.year + RETENTION_YEARS, 12, 31),
            "basis": "Selectielijst gemeenten 2020, resultaat 8.1.7",
        },
        back_url=round_.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            archive_round(round_, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De ronde is gearchiveerd.")
            return redirect(round_)
    context = {"breadcrumbs": _crumbs(round_, "Archiveren"), "round": round_}
    return render_form(request, "subsidies/round_archive.html", context, forms=[form])
