"""The steps of the status Plus, each on a page that asks first."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ikc.forms.plus import BurdenForm, GrantForm, IntentForm, NominateForm, ReasonForm, ViewForm
from ikc.models import Ikc, Organisation, PlusStatus
from ikc.plus import parties_of
from ikc.rules import own_parties
from ikc.services import plus, plus_life
from ikc.views.access import get_ikc_or_404
from ikc.views.plus import plus_crumbs
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require, require_sight


@dataclass(frozen=True, slots=True)
class Deed:
    """One step: who may do it, what the page says and asks, and the service that does it."""

    permission: str
    heading: str
    text: str
    done: str
    run: Callable[..., Any]
    form: type[NldsForm] = NldsForm
    consequences: tuple[str, ...] = ()
    negative: bool = False


def _grant(status: PlusStatus, **words: Any) -> PlusStatus:
    return plus.grant(status, programme=settings.MUNICIPALITY["programme_days"], **words)


def _confirm(status: PlusStatus, *, by: Any, at: Any) -> None:
    """For each organisation of the IKC that the user speaks for and that did not confirm yet."""
    own = own_parties(by) & parties_of(status.ikc, day=timezone.localdate(at))
    waiting = Organisation.objects.filter(pk__in=own).exclude(
        pk__in=status.confirmations.values("organisation")
    )
    for organisation in waiting.order_by("pk"):
        plus.confirm(status, organisation, by=by, at=at)


HEARD = (
    "Het bestuur heeft gereageerd, of de tijd daarvoor is voorbij (artikel 4:8 Awb).",
    "Daarna stelt u de brief op, met de reden, de reactie en de afbouw.",
)
DEEDS = MappingProxyType(
    {
        "check": Deed(
            "ikc.assess_plus",
            "Voorwaarden toetsen",
            "De directeur levert bij elke voorwaarde bewijs aan. U beoordeelt of eraan is voldaan.",
            "U kunt de voorwaarden nu toetsen.",
            plus.check,
            consequences=(
                "Of het IKC in een aandachtsgebied ligt, volgt vanzelf uit het register.",
            ),
        ),
        "confirm": Deed(
            "ikc.confirm_plus",
            "Bevestigen wat is aangeleverd",
            "U bevestigt namens uw organisatie dat het aangeleverde bewijs klopt.",
            "Uw bevestiging is vastgelegd.",
            _confirm,
        ),
        "propose": Deed(
            "ikc.assess_plus",
            "Voorstellen aan het college",
            "Het college beslist daarna over het predicaat.",
            "Het voorstel ligt bij het college.",
            plus.propose,
            consequences=(
                "De beoordeling van de voorwaarden staat daarna vast.",
                "Is een voorwaarde deels voldaan? Dan is een uitzondering van het college nodig.",
            ),
        ),
        "return": Deed(
            "ikc.decide_plus",
            "Opnieuw laten toetsen",
            "De projectleider kan de beoordeling dan weer wijzigen.",
            "De voorwaarden worden opnieuw getoetst.",
            plus.return_to_check,
            ReasonForm,
        ),
        "grant": Deed(
            "ikc.decide_plus",
            "Predicaat toekennen",
            "Het IKC wordt een Plus IKC voor vier jaar, of tot het einde van het programma.",
            "Het predicaat is toegekend. Nu kan de brief worden opgesteld.",
            _grant,
            GrantForm,
            consequences=(
                "Dit is een besluit. De voorwaarden waarop u het baseert, veranderen daarna niet meer.",
                "De projectleider stelt het besluit op papier op. U ondertekent het.",
            ),
        ),
        "refuse": Deed(
            "ikc.decide_plus",
            "Predicaat weigeren",
            "Het IKC wordt geen Plus IKC.",
            "Het predicaat is geweigerd.",
            plus.refuse,
            ReasonForm,
            consequences=(
                "Dit kan niet worden teruggedraaid. Het IKC kan later weer kandidaat worden.",
            ),
            negative=True,
        ),
        "recalibrate": Deed(
            "ikc.assess_plus",
            "In herijking nemen",
            "U kijkt opnieuw of het predicaat nog past. Het predicaat geldt intussen gewoon.",
            "Het predicaat is in herijking.",
            plus_life.take_into_recalibration,
            ReasonForm,
        ),
        "announce": Deed(
            "ikc.assess_plus",
            "Voornemen aankondigen",
            "Het schoolbestuur kan op uw voornemen reageren, voordat het college beslist (artikel 4:8 Awb).",
            "Het voornemen is aangekondigd.",
            plus_life.announce_intent,
            IntentForm,
        ),
        "answer": Deed(
            "ikc.answer_plus",
            "Reageren op het voornemen",
            "De gemeente weegt uw reactie mee in het besluit.",
            "Uw reactie is vastgelegd.",
            plus_life.give_view,
            ViewForm,
            consequences=("U kunt uw reactie daarna niet meer wijzigen.",),
        ),
        "continue": Deed(
            "ikc.assess_plus",
            "Predicaat voortzetten",
            "De situatie is niet wezenlijk veranderd. Het predicaat loopt door tot zijn einddatum.",
            "Het predicaat gaat door. Nu kan de brief worden opgesteld.",
            plus_life.continue_status,
            ReasonForm,
        ),
        "adjust": Deed(
            "ikc.decide_plus",
            "Predicaat aanpassen",
            "Het predicaat blijft, maar anders of korter.",
            "Het predicaat is aangepast. Nu kan de brief worden opgesteld.",
            plus_life.adjust,
            BurdenForm,
            consequences=HEARD,
            negative=True,
        ),
        "end": Deed(
            "ikc.decide_plus",
            "Predicaat beëindigen",
            "Na de laatste dag is dit IKC geen Plus IKC meer.",
            "Het predicaat eindigt. Nu kan de brief worden opgesteld.",
            plus_life.end,
            BurdenForm,
            consequences=HEARD,
            negative=True,
        ),
    }
)


@require_http_methods(["GET", "POST"])
def plus_deed(request, pk, deed):
    """Ask, and do the step of the table."""
    visible = Ikc.objects.visible_to(request.user)
    status = get_object_or_404(
        PlusStatus.objects.filter(ikc__in=visible).select_related("ikc__board"), pk=pk
    )
    row = DEEDS[deed]
    require_sight(request, "ikc.view_plus", status.ikc)
    require(request, row.permission, status.ikc)
    form = row.form(posted(request))
    if form.is_valid():
        with refusals_on(form):
            row.run(status, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, row.done)
            return redirect("ikc:plus_detail", status.ikc_id)
    context = {
        "breadcrumbs": plus_crumbs(status.ikc, (row.heading, None)),
        "heading": f"{row.heading}: {status.ikc}",
        "text": row.text,
        "consequences": row.consequences,
        "action_label": row.heading,
        "negative": row.negative,
        "back_url": reverse("ikc:plus_detail", args=[status.ikc_id]),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def plus_nominate(request, pk):
    """Make the IKC a candidate."""
    ikc = get_ikc_or_404(request, pk)
    require(request, "ikc.assess_plus")
    form = NominateForm(posted(request))
    if form.is_valid():
        with refusals_on(form):
            plus.nominate(ikc, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "Het IKC is kandidaat voor Plus.")
            return redirect("ikc:plus_detail", ikc.pk)
    context = {
        "breadcrumbs": plus_crumbs(ikc, ("Kandidaat stellen", None)),
        "heading": f"Kandidaat stellen voor Plus: {ikc}",
        "text": "Het IKC moet vandaag in een aandachtsgebied liggen.",
        "action_label": "Kandidaat stellen",
        "back_url": reverse("ikc:plus_detail", args=[ikc.pk]),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])
