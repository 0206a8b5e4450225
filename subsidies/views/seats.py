"""The commission: who sits in it and how long, and the rules by which it meets."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ikc.forms.centres import LastDayForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.forms.seats import CommissionSettingsForm, RenewForm, SeatForm
from subsidies.models import CommissionMember, CommissionSettings
from subsidies.seats_page import SeatsPage
from subsidies.services import seats as services

DONE = "subsidies:commission_seats"


def _crumbs(last: str = "") -> list[tuple[str, str | None]]:
    if not last:
        return [("Commissie", None)]
    return [("Commissie", reverse(DONE)), (last, None)]


@require_safe
def commission_seats(request):
    require(request, "subsidies.view_seats")
    page = SeatsPage(request.user, timezone.localdate())
    return render(
        request, "subsidies/commission_seats.html", {"breadcrumbs": _crumbs(), "page": page}
    )


@require_http_methods(["GET", "POST"])
def seat_add(request):
    require(request, "subsidies.manage_seats")
    form = SeatForm(
        posted(request), initial={"valid_from": timezone.localdate()}, back_url=reverse(DONE)
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            seat = services.appoint_member(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, f"{seat.user} zit nu in de commissie.")
            return redirect(DONE)
    context = {
        "breadcrumbs": _crumbs("Lid benoemen"),
        "heading": "Lid benoemen",
        "note": "De persoon krijgt meteen de rol die bij de functie hoort, voor dezelfde periode.",
    }
    return render_form(request, "ikc/ikc_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def seat_renew(request, pk):
    require(request, "subsidies.manage_seats")
    seat = _seat_or_404(pk)
    form = RenewForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.renew_seat(seat, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De zetel is verlengd.")
            return redirect(DONE)
    return _ask(
        request,
        form,
        "Zetel verlengen",
        f"{seat.user} blijft {seat.get_function_display()} van de commissie. De rol in het portaal loopt mee.",
    )


@require_http_methods(["GET", "POST"])
def seat_end(request, pk):
    require(request, "subsidies.manage_seats")
    seat = _seat_or_404(pk)
    form = LastDayForm(posted(request), initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.end_seat(seat, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De zetel heeft een einddatum.")
            return redirect(DONE)
    return _ask(
        request,
        form,
        "Zetel beëindigen",
        f"{seat.user} is daarna geen {seat.get_function_display()} meer en kan niets meer zien als lid van de "
        "commissie. Wat al is beoordeeld, blijft bewaard.",
        negative=True,
    )


@require_http_methods(["GET", "POST"])
def commission_settings(request):
    require(request, "subsidies.manage_seats")
    now = CommissionSettings.current()
    initial = {
        "quorum": now.quorum,
        "public_meetings": "ja" if now.public_meetings else "nee",
        "advice_in_meeting": "ja" if now.advice_in_meeting else "nee",
        "look_back_years": now.look_back_years,
        "keep_interests_years": now.keep_interests_years,
    }
    form = CommissionSettingsForm(posted(request), initial=initial, back_url=reverse(DONE))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.change_settings(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "De regels van de commissie zijn bewaard.")
            return redirect(DONE)
    context = {"breadcrumbs": _crumbs("Regels wijzigen"), "heading": "Regels van de commissie"}
    return render_form(request, "ikc/ikc_form.html", context, forms=[form])


def _seat_or_404(pk) -> CommissionMember:
    return get_object_or_404(CommissionMember.objects.select_related("user"), pk=pk)


def _ask(request, form, heading, text, *, negative=False):
    context = {
        "breadcrumbs": _crumbs(heading),
        "heading": heading,
        "text": text,
        "back_url": reverse(DONE),
        "negative": negative,
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])
