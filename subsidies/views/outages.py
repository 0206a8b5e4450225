"""Outages, written down at the round that they hit, and the later closing that follows from one."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from subsidies.closing import closing_moment
from subsidies.forms.outages import ExtensionForm, OutageEndForm, OutageForm
from subsidies.models import Outage, SubsidyRound
from subsidies.services.outages import end_outage, extend_closing, record_outage
from subsidies.views.access import get_round_or_404

MOST_OUTAGES = 20


def _outages_of(round_: SubsidyRound):
    """The outages that touch the time in which could be applied; one that still goes on ends in the future."""
    return Outage.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=round_.opens_at),
        started_at__lt=closing_moment(round_),
    )


def _about(round_: SubsidyRound, last: str) -> dict:
    return {
        "breadcrumbs": [
            ("Rondes", reverse("subsidies:round_list")),
            (str(round_), round_.get_absolute_url()),
            (last, None),
        ],
        "round": round_,
    }


@require_http_methods(["GET", "POST"])
def outage_record(request, pk):
    """The outages of this round, and a new one."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.record_outage", round_)
    form = OutageForm(posted(request), back_url=round_.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            record_outage(**form.values(), by=request.user, at=timezone.now())
            messages.success(request, "De storing is vastgelegd.")
            return redirect("subsidies:outage_record", round_.pk)
    context = {
        **_about(round_, "Storing vastleggen"),
        "outages": _outages_of(round_)[:MOST_OUTAGES],
        "may_extend": request.user.has_perm("subsidies.extend_closing", round_),
    }
    return render_form(request, "subsidies/outage_record.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def outage_end(request, pk, outage_pk):
    """When the outage was over."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.record_outage", round_)
    outage = get_object_or_404(_outages_of(round_).filter(ended_at=None), pk=outage_pk)
    form = OutageEndForm(
        posted(request), back_url=reverse("subsidies:outage_record", args=[round_.pk])
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            end_outage(outage, ended_at=form.ended_at, by=request.user, at=timezone.now())
            messages.success(request, "Het einde van de storing is vastgelegd.")
            return redirect("subsidies:outage_record", round_.pk)
    context = {**_about(round_, "Einde van de storing"), "outage": outage}
    return render_form(request, "subsidies/outage_end.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def closing_extend(request, pk):
    """The decision by which the round closes later."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.extend_closing", round_)
    outages = _outages_of(round_)
    form = ExtensionForm(posted(request), outages=outages, back_url=round_.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            extend_closing(round_, form.decision(), by=request.user, at=timezone.now())
            messages.success(request, "De ronde sluit later.")
            return redirect(round_)
    context = {**_about(round_, "Sluiting verlengen"), "has_outages": outages.exists()}
    return render_form(request, "subsidies/closing_extend.html", context, forms=[form])
