"""Objections: the list, the page of one, and how one comes in."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core import audit
from kvk2.core.csv_export import csv_response
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.icalendar import Event, calendar_text
from kvk2.core.nudge import nudge
from kvk2.core.tasks import scan_pending_files
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date
from subsidies.forms.objections import FileObjectionForm, RegisterObjectionForm
from subsidies.models import Decision, Objection
from subsidies.objection_page import ObjectionList, ObjectionPage
from subsidies.services import objections as services
from subsidies.services.objection_letters import print_letter
from subsidies.timelines import full_timeline

TITLE = "Bezwaren"
VERBS = (
    "acknowledge_objection",
    "assess_objection",
    "ask_repair",
    "repair_objection",
    "plan_hearing",
    "skip_hearing",
    "report_hearing",
    "advise_objection",
    "answer_objection",
    "delay_objection",
    "withdraw_objection",
    "start_objection_disclosure",
    "note_appeal",
    "note_appeal_outcome",
)


def objection_or_404(request: HttpRequest, pk: int) -> Objection:
    rows = Objection.objects.visible_to(request.user).select_related(
        "decision__application__ikc",
        "decision__application__board",
        "decision__application__round__scheme_version",
        "own_application",
        "document",
        "judged_by",
        "answer",
    )
    return get_object_or_404(rows, pk=pk)


def crumbs(objection: Objection, last: str = "") -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = [(TITLE, reverse("subsidies:objection_list"))]
    if not last:
        return [*found, (objection.reference, None)]
    return [*found, (objection.reference, objection.get_absolute_url()), (last, None)]


@require_safe
def objection_list(request):
    """Every objection that the reader may see; what has to be decided first on top."""
    require(request, "subsidies.view_objections")
    page = ObjectionList(request.user, request.GET, today=timezone.localdate())
    if request.GET.get("export") == "csv":
        return csv_response("bezwaren.csv", list(page.headers), page.export())
    context = {"breadcrumbs": [(TITLE, None)], "page": page, "filter_form": page.filter_form}
    return render(request, "subsidies/objection_list.html", context)


@require_safe
def objection_detail(request, pk):
    """Who objects to what, in time or not, until when is decided, and what the reader can do now."""
    objection = objection_or_404(request, pk)
    municipal = request.user.is_municipal
    context = {
        "breadcrumbs": crumbs(objection),
        "objection": objection,
        "decision": objection.decision,
        "page": ObjectionPage(objection, request.user, today=timezone.localdate()),
        "may": {verb: request.user.has_perm(f"subsidies.{verb}", objection) for verb in VERBS},
        "municipal": municipal,
        "events": full_timeline(audit.events_of(objection)) if municipal else [],
    }
    return render(request, "subsidies/objection_detail.html", context)


def _contested_or_404(request: HttpRequest, pk: int) -> Decision:
    """A decision of any kind that the reader may see: against the later ones there is objection too."""
    rows = Decision.objects.visible_to(request.user).select_related(
        "application__round", "application__ikc", "application__board"
    )
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def objection_make(request, pk):
    """The applicant objects; also after the term, because being late is judged later (E11)."""
    decision = _contested_or_404(request, pk)
    require(request, "subsidies.file_objection", decision)
    late = timezone.localdate() > decision.objection_until
    form = FileObjectionForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        late=late,
        back_url=decision.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            now = timezone.now()
            objection = services.register_objection(
                decision,
                form.received(decision, by=request.user, at=now),
                by=request.user,
                at=now,
            )
            nudge(scan_pending_files)
            messages.success(
                request, f"Uw bezwaar is ontvangen. Het kenmerk is {objection.reference}."
            )
            return redirect(objection)
    term = f"Bezwaar maken kan tot en met {dutch_date(decision.objection_until)}."
    context = {
        "breadcrumbs": [
            (str(decision.application.ikc), decision.application.get_absolute_url()),
            (decision.reference, decision.get_absolute_url()),
            ("Bezwaar maken", None),
        ],
        "heading": "Bezwaar maken",
        "about": f"Besluit {decision.reference} van {dutch_date(decision.announced_at)}",
        "lead": "Bent u het niet eens met het besluit? Schrijf op waarom. Wij bekijken het besluit dan helemaal opnieuw.",
        "warning": (
            f"{term} Die termijn is voorbij. U kunt uw bezwaar toch indienen; wij beoordelen of het nog meetelt."
            if late
            else ""
        ),
        "note": "" if late else f"{term} Uw bezwaar verandert nog niets aan het besluit.",
    }
    return render_form(request, "subsidies/objection_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def objection_register(request, pk):
    """The project leader takes in what came by post, by mail or at the desk."""
    decision = _contested_or_404(request, pk)
    require(request, "subsidies.register_objection", decision)
    form = RegisterObjectionForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        decision=decision,
        initial={"received_on": timezone.localdate()},
        back_url=decision.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            objection = services.register_objection(
                decision, form.received(), by=request.user, at=timezone.now()
            )
            nudge(scan_pending_files)
            messages.success(request, f"Het bezwaar is geregistreerd als {objection.reference}.")
            return redirect(objection)
    context = {
        "breadcrumbs": [
            (TITLE, reverse("subsidies:objection_list")),
            (decision.reference, decision.get_absolute_url()),
            ("Bezwaar registreren", None),
        ],
        "heading": "Bezwaar registreren",
        "about": f"Besluit {decision.reference} over {decision.application.ikc}",
        "lead": "Registreer elk bezwaar, ook als het te laat is. Of het op tijd is, beoordeelt u daarna.",
        "note": f"De bezwaartermijn loopt tot en met {dutch_date(decision.objection_until)}.",
    }
    return render_form(request, "subsidies/objection_form.html", context, forms=[form])


@require_safe
def objection_file(request, pk, kind):
    """The objection itself or the report of the hearing, as a download; who took it is recorded."""
    objection = objection_or_404(request, pk)
    hearing = getattr(objection, "hearing", None)
    found = {
        "bezwaarschrift": objection.document,
        "verslag": hearing.report_file if hearing else None,
    }
    stored = found.get(kind)
    if stored is None:
        raise Http404
    try:
        services.open_document(objection, stored, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(objection)
    return file_response(stored)


@require_safe
def objection_letter(request, pk, code):
    """A letter to print for an objector who has no mailbox in the portal."""
    objection = objection_or_404(request, pk)
    require(request, "subsidies.print_objection_letter", objection)
    try:
        content = print_letter(code, objection, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(objection)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{objection.reference}-{code}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
def objection_ics(request, pk):
    """The hearing for a calendar; moved under the same UID."""
    objection = objection_or_404(request, pk)
    hearing = getattr(objection, "hearing", None)
    if hearing is None:
        raise Http404
    host = settings.SITE_URL.partition("//")[2]
    event = Event(
        uid=f"{hashlib.sha256(f'hoorzitting{hearing.pk}'.encode()).hexdigest()[:24]}@{host}",
        title=f"Hoorzitting over bezwaar {objection.reference}",
        begins=hearing.starts_at,
        url=f"{settings.SITE_URL}{objection.get_absolute_url()}",
        description=hearing.place,
        minutes=hearing.minutes,
        sequence=hearing.sequence,
        organizer=settings.MUNICIPALITY["email"],
    )
    return HttpResponse(
        calendar_text("Hoorzitting", [event], made_at=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="hoorzitting-{objection.pk}.ics"',
            "Cache-Control": "private, no-store",
        },
    )
