"""Documents of a round for an objector, or in public: begin, look through, have made, give, and take the file."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core import audit
from kvk2.core.downloads import file_response
from kvk2.core.nudge import nudge
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.disclosure_page import DisclosurePage, DocumentPage, disclosures_of
from subsidies.forms.disclosures import GiveForm, JudgeDocumentForm, ReasonForm, WooForm
from subsidies.models import Disclosure
from subsidies.services import disclosures as services
from subsidies.services.disclosure_files import reference_of
from subsidies.tasks import work_on_disclosures
from subsidies.timelines import full_timeline
from subsidies.views.access import get_round_or_404
from subsidies.views.objections import crumbs as objection_crumbs
from subsidies.views.objections import objection_or_404

COLLECTING = "Het portaal verzamelt de stukken. Daarna kijkt u ze na."


def disclosure_or_404(request: HttpRequest, pk: int) -> Disclosure:
    rows = Disclosure.objects.visible_to(request.user).select_related(
        "round", "objection__decision", "started_by", "approved_by", "given_by", "stored"
    )
    return get_object_or_404(rows, pk=pk)


def _reviewable(request: HttpRequest, pk: int) -> Disclosure:
    """For municipal eyes; to an objector there is a file and no page."""
    disclosure = disclosure_or_404(request, pk)
    if not request.user.has_perm("subsidies.view_disclosures"):
        raise Http404
    return disclosure


def _crumbs(disclosure: Disclosure, last: str = "") -> list[tuple[str, str | None]]:
    if disclosure.objection is not None:
        found = objection_crumbs(disclosure.objection, "x")[:-1]
    else:
        listed = reverse("subsidies:disclosure_list", args=[disclosure.round_id])
        found = [
            (disclosure.round.name, disclosure.round.get_absolute_url()),
            ("Openbaar maken", listed),
        ]
    name = reference_of(disclosure)
    if not last:
        return [*found, (name, None)]
    return [*found, (name, disclosure.get_absolute_url()), (last, None)]


@require_safe
def disclosure_list(request, pk):
    """What of a round was made public on the grounds of the Woo, or is about to be."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.see_woo_disclosures", round_)
    context = {
        "breadcrumbs": [(round_.name, round_.get_absolute_url()), ("Openbaar maken", None)],
        "round": round_,
        "tasks": disclosures_of(round_, request.user),
        "may_start": request.user.has_perm("subsidies.start_woo_disclosure", round_),
    }
    return render(request, "subsidies/disclosure_list.html", context)


@require_http_methods(["GET", "POST"])
def disclosure_woo(request, pk):
    """Begin a disclosure to everybody."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.start_woo_disclosure", round_)
    listed = reverse("subsidies:disclosure_list", args=[round_.pk])
    form = WooForm(posted(request), back_url=listed)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.start_for_woo(
                round_, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            return _begun(request, made)
    context = {
        "breadcrumbs": [
            (round_.name, round_.get_absolute_url()),
            ("Openbaar maken", listed),
            ("Beginnen", None),
        ],
        "heading": "Stukken van deze ronde openbaar maken",
    }
    return render_form(request, "subsidies/archive_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def objection_disclosure(request, pk):
    """Begin a file of the round for one who objects and competes."""
    objection = objection_or_404(request, pk)
    require(request, "subsidies.start_objection_disclosure", objection)
    form = NldsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.start_for_objection(objection, by=request.user, at=timezone.now())
            return _begun(request, made)
    context = {
        "breadcrumbs": objection_crumbs(objection, "Stukken klaarzetten"),
        "heading": "Stukken van de ronde klaarzetten",
        "text": "Wie bezwaar maakt, mag ook de stukken van de andere aanvragers in de ronde lezen, zonder wat "
        "vertrouwelijk is (artikel 7:4 Awb). Het portaal verzamelt de rangschikking, aanvragen, adviezen en besluiten.",
        "consequences": [
            "U kijkt elk stuk na voordat het meegaat.",
            "De bezwaarmaker ziet nog niets, totdat u de stukken geeft.",
        ],
        "back_url": objection.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


def _begun(request: HttpRequest, made: Disclosure) -> HttpResponse:
    nudge(work_on_disclosures)
    messages.success(request, COLLECTING)
    return redirect(made)


@require_safe
def disclosure_detail(request, pk):
    """How far it is, and each document with its verdict."""
    disclosure = _reviewable(request, pk)
    context = {
        "breadcrumbs": _crumbs(disclosure),
        "disclosure": disclosure,
        "page": DisclosurePage(disclosure, request.user, request.GET),
        "events": full_timeline(audit.events_of(disclosure)),
    }
    return render(request, "subsidies/disclosure_detail.html", context)


@require_http_methods(["GET", "POST"])
def disclosure_judge(request, pk, document_pk):
    """One document with what goes out of it; who may judges, others read."""
    disclosure = _reviewable(request, pk)
    documents = disclosure.documents.select_related("application", "judged_by")
    document = get_object_or_404(documents.exclude(collected_at=None), pk=document_pk)
    page = DocumentPage(document)
    may_judge = request.user.has_perm("subsidies.judge_disclosure", disclosure)
    if request.method == "POST":
        require(request, "subsidies.judge_disclosure", disclosure)
    form = JudgeDocumentForm(
        posted(request),
        initial=page.initial,
        grounds=services.grounds_for(disclosure),
        back_url=disclosure.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.judge_document(document, form.judgement(), by=request.user, at=timezone.now())
            messages.success(request, f"Stuk {document.number} is nagekeken.")
            return redirect(page.next_open or disclosure)
    context = {
        "breadcrumbs": _crumbs(disclosure, f"Stuk {document.number}"),
        "document": document,
        "page": page,
        "may_judge": may_judge,
    }
    return render_form(request, "subsidies/disclosure_judge.html", context, forms=[form])


def _confirm(
    request: HttpRequest,
    disclosure: Disclosure,
    form: NldsForm,
    deed: Callable[[NldsForm], Any],
    words: dict[str, Any],
) -> HttpResponse:
    """A page that asks once more, and then does it."""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            deed(form)
            nudge(work_on_disclosures)
            messages.success(request, words["done"])
            return redirect(disclosure)
    context = {
        "breadcrumbs": _crumbs(disclosure, words["heading"]),
        "back_url": disclosure.get_absolute_url(),
        **words,
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def disclosure_accept(request, pk):
    disclosure = _reviewable(request, pk)
    require(request, "subsidies.judge_disclosure", disclosure)
    words = {
        "heading": "Voorstel overnemen voor de rest",
        "text": "Van elk stuk dat nog niet is nagekeken, wordt weggelaten wat het portaal als persoonsgegeven vond. De "
        "rest van die stukken gaat mee.",
        "consequences": [
            "Bedrijfsgegevens vindt het portaal niet: kijk na of die erin staan.",
            "U kunt elk oordeel daarna nog veranderen.",
        ],
        "done": "Het voorstel is overgenomen.",
    }
    return _confirm(
        request,
        disclosure,
        NldsForm(posted(request)),
        lambda form: services.accept_suggestions(disclosure, by=request.user, at=timezone.now()),
        words,
    )


@require_http_methods(["GET", "POST"])
def disclosure_order(request, pk):
    disclosure = _reviewable(request, pk)
    require(request, "subsidies.order_disclosure", disclosure)
    words = {
        "heading": "Stukken laten maken",
        "text": "Het portaal maakt van elk stuk dat meegaat een afschrift. Op de inventarislijst staat wat niet meegaat, "
        "en waarom.",
        "consequences": ["Daarna veranderen de oordelen niet meer."],
        "done": "De stukken worden gemaakt.",
    }
    return _confirm(
        request,
        disclosure,
        NldsForm(posted(request)),
        lambda form: services.order_copies(disclosure, by=request.user, at=timezone.now()),
        words,
    )


@require_http_methods(["GET", "POST"])
def disclosure_propose(request, pk):
    disclosure = _reviewable(request, pk)
    require(request, "subsidies.propose_disclosure", disclosure)
    words = {
        "heading": "Akkoord vragen",
        "text": "Een ondertekenaar bekijkt wat er openbaar wordt. Dacht u aan wie daar bezwaar tegen kan hebben? Die moet "
        "dat eerst kunnen zeggen (artikel 3.1, derde lid, Woo).",
        "done": "De ondertekenaar is gevraagd om akkoord.",
    }
    return _confirm(
        request,
        disclosure,
        NldsForm(posted(request)),
        lambda form: services.propose(disclosure, by=request.user, at=timezone.now()),
        words,
    )


@require_http_methods(["GET", "POST"])
def disclosure_approve(request, pk):
    disclosure = _reviewable(request, pk)
    require(request, "subsidies.approve_disclosure", disclosure)
    words = {
        "heading": "Akkoord geven",
        "text": "Iedereen kan straks lezen wat meegaat.",
        "consequences": ["Daarna veranderen de oordelen niet meer."],
        "done": "Het akkoord is vastgelegd. De stukken worden gemaakt.",
    }
    return _confirm(
        request,
        disclosure,
        NldsForm(posted(request)),
        lambda form: services.approve(disclosure, by=request.user, at=timezone.now()),
        words,
    )


@require_http_methods(["GET", "POST"])
def disclosure_return(request, pk):
    disclosure = _reviewable(request, pk)
    require(request, "subsidies.return_disclosure", disclosure)
    words = {
        "heading": "Teruggeven",
        "text": "De projectleider kijkt de stukken opnieuw na.",
        "done": "De stukken zijn teruggegeven.",
    }
    return _confirm(
        request,
        disclosure,
        ReasonForm(posted(request)),
        lambda form: services.send_back(
            disclosure, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def disclosure_give(request, pk):
    disclosure = _reviewable(request, pk)
    require(request, "subsidies.give_disclosure", disclosure)
    words = {
        "heading": "Stukken geven",
        "text": "Leg vast hoe u de stukken geeft. Geeft u ze in het portaal, dan kan de bezwaarmaker ze daar meteen "
        "ophalen."
        if not disclosure.is_public
        else "Leg vast hoe de stukken openbaar worden.",
        "consequences": ["Dit kan niet worden teruggedraaid."],
        "done": "Vastgelegd: de stukken zijn gegeven.",
    }
    return _confirm(
        request,
        disclosure,
        GiveForm(posted(request), means=services.means_for(disclosure)),
        lambda form: services.give(
            disclosure, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def disclosure_cancel(request, pk):
    disclosure = _reviewable(request, pk)
    require(request, "subsidies.cancel_disclosure", disclosure)
    words = {
        "heading": "Laten vervallen",
        "text": "Deze stukken gaan naar niemand. Wat u nakeek, blijft bewaard.",
        "consequences": ["Dit kan niet worden teruggedraaid."],
        "done": "De stukken zijn vervallen.",
    }
    return _confirm(
        request,
        disclosure,
        ReasonForm(posted(request)),
        lambda form: services.cancel(
            disclosure, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )


@require_safe
def disclosure_file(request, pk):
    """The ZIP, as a download; who took it is recorded."""
    disclosure = disclosure_or_404(request, pk)
    if not request.user.has_perm("subsidies.open_disclosure", disclosure):
        raise Http404
    return file_response(services.open_file(disclosure, by=request.user, at=timezone.now()))
