"""Changing or taking back a grant: the intention, the reaction, and the draft of the decision."""

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies import tasks
from subsidies.forms.grant_changes import (
    ChangeForm,
    IntentForm,
    ReactionForm,
    RecordReactionForm,
)
from subsidies.grant_change_act import BADGES, intent_rows
from subsidies.models import ChangeGround, Grant, GrantIntent, ViewRequest
from subsidies.services import grant_intents as services
from subsidies.states import ViewState


def _grant_or_404(request: HttpRequest, pk: int) -> Grant:
    return get_object_or_404(Grant.objects.visible_to(request.user).for_page(), pk=pk)


def _crumbs(grant: Grant, last: str) -> list[tuple[str, str | None]]:
    return [
        ("Verleningen", reverse("subsidies:grant_list")),
        (str(grant.application.ikc), grant.get_absolute_url()),
        (last, None),
    ]


@require_http_methods(["GET", "POST"])
def grant_intent_new(request, pk):
    """The letter goes out, with time to react."""
    grant = _grant_or_404(request, pk)
    require(request, "subsidies.change_grant", grant)
    form = IntentForm(posted(request), back_url=grant.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            intent = services.announce_intent(
                grant, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            nudge(tasks.render_pending_letters)
            messages.success(
                request,
                f"Het voornemen is verstuurd. Reageren kan tot en met {dutch_date(intent.due_on)}.",
            )
            return redirect(grant)
    context = {
        "breadcrumbs": _crumbs(grant, "Voornemen"),
        "heading": "Voornemen om te wijzigen of in te trekken",
        "about": f"{grant.application.ikc} · {grant.application.number} · nu {euro(grant.amount)}",
        "lead": "Verlagen of intrekken kan alleen op een van deze gronden, en nadat de ontvanger kon reageren.",
        "note": "De ontvanger krijgt een brief en heeft veertien dagen om te reageren (artikelen 4:7 en 4:8 Awb).",
    }
    return render_form(request, "subsidies/objection_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def grant_intent(request, pk):
    """The intention for both sides; who may react finds the form here."""
    rows = GrantIntent.objects.filter(grant__in=Grant.objects.visible_to(request.user))
    intent = get_object_or_404(
        rows.select_related("grant__application__ikc", "grant__application__board"), pk=pk
    )
    require(request, "subsidies.read_intent", intent)
    context = {
        "breadcrumbs": _crumbs(intent.grant, "Voornemen"),
        "intent": intent,
        "application": intent.grant.application,
        "badge": BADGES[ViewState(intent.state)],
        "rows": intent_rows(intent),
        "may_decide": intent.state != ViewState.ASKED
        and request.user.has_perm("subsidies.change_grant", intent.grant),
    }
    if not request.user.has_perm("subsidies.react_to_intent", intent):
        return render(request, "subsidies/grant_intent.html", {**context, "form": None})
    municipal = request.user.is_municipal
    form = (RecordReactionForm if municipal else ReactionForm)(
        posted(request), back_url=intent.grant.get_absolute_url()
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            own = {
                "manner": ViewRequest.Manner.WRITTEN,
                "received_on": timezone.localdate(),
            }
            services.react(
                intent, **{**own, **form.cleaned_data}, by=request.user, at=timezone.now()
            )
            messages.success(request, "De reactie is bewaard.")
            return redirect(intent)
    return render_form(request, "subsidies/grant_intent.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def grant_change(request, pk):
    """A draft of the decision: after an intention, or because the recipient asks."""
    grant = _grant_or_404(request, pk)
    require(request, "subsidies.change_grant", grant)
    wanted = request.GET.get("voornemen", "")
    intent = grant.intents.filter(pk=wanted).first() if wanted.isdigit() else None
    ground = intent.ground if intent else ChangeGround.REQUEST.value
    initial = {"works_from": timezone.localdate()}
    if intent:
        initial |= {"new_amount": intent.new_amount, "motivation": intent.reason}
    form = ChangeForm(posted(request), initial=initial, back_url=grant.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            decision = services.draft_change(
                grant, form.change(ground), by=request.user, at=timezone.now()
            )
            messages.success(request, "Het concept is gemaakt. Leg het voor aan een collega.")
            return redirect(decision)
    context = {
        "breadcrumbs": _crumbs(grant, "Besluit voorbereiden"),
        "heading": "Wijzigen of intrekken voorbereiden",
        "about": f"{grant.application.ikc} · {grant.application.number} · nu {euro(grant.amount)}",
        "lead": f"Grond: {services.in_words(ground)}.",
        "note": "Een lager bedrag kan ook leiden tot een apart besluit over geld dat al is betaald.",
    }
    return render_form(request, "subsidies/objection_form.html", context, forms=[form])
