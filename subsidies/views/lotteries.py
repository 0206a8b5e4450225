"""Draws: what was drawn in a round, and a draw by hand with its signed record (L31)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.forms.allocations import DrawForm
from subsidies.models import Application, LotteryRecord, SubsidyRound
from subsidies.services import lotteries as services
from subsidies.services.allocations import draw_needed
from subsidies.views.access import get_round_or_404
from subsidies.views.commission import crumbs


def _get_record_or_404(round_: SubsidyRound, pk: int) -> LotteryRecord:
    records = round_.lottery_records.select_related("document", "recorded_by", "round")
    return get_object_or_404(records, pk=pk)


@require_safe
def lottery_list(request, pk):
    """Every draw of the round, with its record."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_allocation", round_)
    records = list(round_.lottery_records.select_related("document").order_by("-pk"))
    drawn = [number for record in records for number in record.order]
    ikcs = dict(
        Application.objects.filter(round=round_, number__in=drawn).values_list(
            "number", "ikc__name"
        )
    )
    context = {
        "breadcrumbs": crumbs(round_, ("Loting", None)),
        "round": round_,
        "draws": [
            (record, [(number, ikcs.get(number, "")) for number in record.order])
            for record in records
        ],
        "may_open": request.user.has_perm("subsidies.open_draw_record", round_),
        "may_record": request.user.has_perm("subsidies.record_draw", round_)
        and round_.lottery_mode == SubsidyRound.LotteryMode.MANUAL,
    }
    return render(request, "subsidies/lottery_list.html", context)


@require_http_methods(["GET", "POST"])
def lottery_draw(request, pk):
    """The order as it was drawn by hand; with it the division can be made."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.record_draw", round_)
    numbers = draw_needed(round_, day=timezone.localdate())
    participants = dict(
        Application.objects.filter(round=round_, number__in=numbers)
        .order_by("number")
        .values_list("number", "ikc__name")
    )
    back_url = reverse("subsidies:allocation_round", args=[round_.pk])
    form = DrawForm(
        posted(request),
        request.FILES or None,
        participants=participants,
        back_url=back_url,
        initial={"drawn_by": round_.lottery_drawn_by},
    )
    if form.is_valid():
        with refusals_on(form):
            upload = form.cleaned_data["file"]
            services.record_draw(
                round_,
                form.draw(),
                name=upload.name,
                content=upload.read(),
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De loting is vastgelegd. Bereken nu de verdeling.")
            return redirect("subsidies:allocation_round", round_.pk)
    context = {
        "breadcrumbs": crumbs(round_, ("Loting vastleggen", None)),
        "round": round_,
        "participants": participants,
        "back_url": back_url,
    }
    return render_form(request, "subsidies/lottery_draw.html", context, forms=[form])


@require_safe
def lottery_record(request, pk, record_pk):
    """The record as a PDF (L31)."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.view_allocation", round_)
    record = _get_record_or_404(round_, record_pk)
    response = HttpResponse(services.lottery_pdf(record), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="L31-{round_.year}-{record.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def lottery_document(request, pk, record_pk):
    """The record that was signed at the draw, as it was uploaded; who took it is recorded."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.open_draw_record", round_)
    record = _get_record_or_404(round_, record_pk)
    try:
        stored = services.open_document(record, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("subsidies:lottery_list", round_.pk)
    return file_response(stored, original=True)
