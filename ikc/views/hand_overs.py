"""A director leaves: the page on which that is prepared or completed, and the one to stay after all."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ikc.forms.hand_overs import HandOverForm, LeavingForm
from ikc.models import DirectorHandOver, Ikc, RoleAssignment
from ikc.passing import of_leaving
from ikc.roles import Role
from ikc.services import hand_overs as services
from ikc.views.access import crumbs_to
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require

HEADING = "Directeur overdragen"


def _get_director_or_404(request, pk) -> RoleAssignment:
    """A director of today or to come; what has ended is history."""
    running = RoleAssignment.objects.of_role(Role.IKC_DIRECTOR).exclude(
        valid_until__lt=timezone.localdate()
    )
    return get_object_or_404(
        running.filter(ikc__in=Ikc.objects.visible_to(request.user)).select_related(
            "user", "ikc__board"
        ),
        pk=pk,
    )


@require_http_methods(["GET", "POST"])
def director_leave(request, pk):
    """The director prepares, the project leader completes: on the same page, with all that passes on it."""
    assignment = _get_director_or_404(request, pk)
    require(request, "ikc.prepare_hand_over", assignment)
    completes = request.user.has_perm("ikc.complete_hand_over")
    ikc = assignment.ikc
    prepared = services.open_of(ikc).filter(assignment=assignment).first()
    form = (HandOverForm if completes else LeavingForm)(
        posted(request), initial=_initial(prepared, assignment)
    )
    if form.is_valid():
        deed = services.complete if completes else services.prepare
        with refusals_on(form):
            deed(assignment, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(
                request,
                "De overdracht is vastgelegd." if completes else "De overdracht staat klaar.",
            )
            return redirect(ikc)
    context = {
        "breadcrumbs": crumbs_to("IKC’s", "ikc:ikc_list", ikc, HEADING),
        "heading": f"{assignment.user} draagt {ikc} over",
        "text": "De opvolger begint op de dag na de laatste dag. Alles gaat dan in één keer over."
        if completes
        else "De projectleider rondt de overdracht af. Tot dan verandert er niets.",
        "consequences": [
            "De rol van directeur en de machtiging voor dit IKC eindigen op de laatste dag.",
            "Zonder opvolger gaat er niets over, en blijft het IKC zonder directeur een taak.",
        ],
        "passing": of_leaving(ikc, assignment.user),
        "prepared": prepared,
        "action_label": "Overdracht vastleggen" if completes else "Overdracht klaarzetten",
        "back_url": ikc.get_absolute_url(),
    }
    return render_form(request, "ikc/director_leave.html", context, forms=[form])


def _initial(prepared: DirectorHandOver | None, assignment: RoleAssignment) -> dict:
    if prepared is None:
        return {"last_day": assignment.valid_until}
    return {
        "last_day": prepared.last_day,
        "successor": prepared.successor.email if prepared.successor else "",
        "note": prepared.note,
    }


@require_http_methods(["GET", "POST"])
def director_stay(request, pk):
    """What was prepared is off."""
    assignment = _get_director_or_404(request, pk)
    require(request, "ikc.prepare_hand_over", assignment)
    hand_over = get_object_or_404(services.open_of(assignment.ikc), assignment=assignment)
    form = NldsForm(posted(request))
    if request.method == "POST":
        with refusals_on(form):
            services.withdraw(hand_over, by=request.user, at=timezone.now())
            messages.success(request, "De overdracht is ingetrokken.")
            return redirect(assignment.ikc)
    return render_form(
        request,
        "components/confirm_page.html",
        {
            "breadcrumbs": crumbs_to(
                "IKC’s", "ikc:ikc_list", assignment.ikc, "Overdracht intrekken"
            ),
            "heading": "Overdracht intrekken",
            "text": f"{assignment.user} blijft directeur van {assignment.ikc}.",
            "back_url": assignment.ikc.get_absolute_url(),
        },
        forms=[form],
    )
