"""The proposal to the college: order it, and open it."""

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kvk2.core.audit import record_download
from kvk2.core.downloads import file_response
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import require
from subsidies import tasks
from subsidies.facts import known
from subsidies.models import CollegeProposal, SubsidyRound
from subsidies.services import proposals as services
from subsidies.views.access import get_round_or_404


@require_POST
def proposal_order(request: HttpRequest, pk: int):
    """One document of all decisions, for the college."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.order_proposal", round_)
    try:
        services.order_proposal(round_, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        nudge(tasks.render_pending_proposals)
        messages.success(request, "Het collegevoorstel wordt gemaakt.")
    return redirect(reverse("subsidies:decision_bundle", args=[round_.pk]))


@require_safe
def proposal_download(request: HttpRequest, pk: int):
    """The PDF; opening it is on record."""
    rounds = SubsidyRound.objects.visible_to(request.user)
    rows = CollegeProposal.objects.filter(round__in=rounds, stored__isnull=False)
    proposal = get_object_or_404(rows.select_related("stored", "round"), pk=pk)
    require(request, "subsidies.view_decisions", proposal.round)
    stored = known(proposal.stored)
    record_download(
        proposal.round,
        "proposal_opened",
        stored,
        about=str(proposal),
        actor=request.user,
        at=timezone.now(),
    )
    return file_response(stored, inline=True)
