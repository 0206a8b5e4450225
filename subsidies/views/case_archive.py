"""One case and the archive: until when it is kept, what holds it, and its export (domain reference 8.4)."""

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.components import Detail
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date, dutch_datetime
from subsidies.forms.retention import HoldForm
from subsidies.models import Application
from subsidies.services import case_exports, retention
from subsidies.tasks import make_case_exports
from subsidies.views.access import get_application_or_404


def _get(request: HttpRequest, pk: int) -> Application:
    application = get_application_or_404(request, pk)
    require(request, "subsidies.view_case_archive", application)
    return application


def _address(application: Application) -> str:
    return reverse("subsidies:case_archive", args=[application.pk])


def _about(application: Application, last: str = "") -> dict:
    crumbs: list[tuple[str, str | None]] = [
        (application.number, application.get_absolute_url()),
    ]
    crumbs += [("Archief", _address(application)), (last, None)] if last else [("Archief", None)]
    return {
        "breadcrumbs": crumbs,
        "application": application,
        "heading": last or "Archief",
        "back_url": _address(application),
    }


@require_safe
def case_archive(request, pk):
    """Until when the case is kept and why, and its exports."""
    application = _get(request, pk)
    rows = retention.with_retention(Application.objects.filter(pk=application.pk))
    found = retention.retention_of(rows.get(), retention.rules())
    context = {
        **_about(application),
        "rows": _rows(found),
        "hold": found.hold,
        "exports": application.exports.select_related("ordered_by", "stored").order_by("-pk"),
        "may_export": request.user.has_perm("subsidies.export_case", application),
        "may_hold": request.user.has_perm("subsidies.hold_case", application),
    }
    return render(request, "subsidies/case_archive.html", context)


@require_http_methods(["GET", "POST"])
def case_export(request, pk):
    """Order the ZIP."""
    application = _get(request, pk)
    require(request, "subsidies.export_case", application)
    form = NldsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            case_exports.order_export(application, by=request.user, at=timezone.now())
            nudge(make_case_exports)
            messages.success(request, "De export wordt gemaakt. Dat duurt hooguit enkele minuten.")
            return redirect(_address(application))
    context = {
        **_about(application, "Dossier exporteren"),
        "text": "U krijgt één ZIP-bestand met alle brieven, bijlagen, gegevens en de tijdlijn, met van elk bestand "
        "een controlegetal. Scores en vragen van commissieleden zitten er niet in.",
        "consequences": ["Het portaal legt vast dat u het dossier exporteert."],
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_safe
def case_export_file(request, pk, export_pk):
    """The ZIP, as a download; who took it is recorded."""
    application = _get(request, pk)
    require(request, "subsidies.export_case", application)
    export = get_object_or_404(
        application.exports.select_related("stored", "application__ikc"), pk=export_pk
    )
    try:
        stored = case_exports.open_export(export, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(_address(application))
    return file_response(stored)


@require_http_methods(["GET", "POST"])
def case_hold(request, pk):
    """Keep the case whatever its term says."""
    application = _get(request, pk)
    require(request, "subsidies.hold_case", application)
    form = HoldForm(posted(request), back_url=_address(application))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            retention.place_hold(
                application, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "Het dossier blijft bewaard.")
            return redirect(_address(application))
    context = _about(application, "Langer bewaren")
    return render_form(request, "subsidies/archive_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def case_release(request, pk):
    """End the hold."""
    application = _get(request, pk)
    require(request, "subsidies.hold_case", application)
    form = NldsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            retention.lift_hold(application, by=request.user, at=timezone.now())
            messages.success(request, "De bewaarplicht is opgeheven.")
            return redirect(_address(application))
    context = {
        **_about(application, "Bewaarplicht opheffen"),
        "text": "Daarna geldt weer de gewone bewaartermijn.",
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


def _rows(found: retention.Retention) -> list[Detail]:
    rows = []
    if found.longest is None:
        rows.append(Detail("Bewaren tot en met", "Nog niet bekend: het dossier loopt nog"))
    for term in found.terms:
        words = f"{dutch_date(term.until)}: {term.rule}, na {dutch_date(term.ended_on)}"
        rows.append(Detail(f"Selectielijst {term.rule.result}".strip(), words))
    if found.longest:
        rows.insert(0, Detail("Bewaren tot en met", dutch_date(found.until)))
    if found.hold:
        until = f", tot en met {dutch_date(found.hold.until)}" if found.hold.until else ""
        placed = f"{found.hold.reason} ({dutch_datetime(found.hold.placed_at)}{until})"
        rows.append(Detail("Bewaarplicht", placed))
    return rows
