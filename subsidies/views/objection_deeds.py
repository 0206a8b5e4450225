"""What is done with one objection: confirming, judging, asking, hearing, advising, and noting what came of it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ikc.models import User
from ikc.roles import Role
from kvk2.core.errors import DomainError
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies import tasks
from subsidies.forms.objection_endings import (
    AnswerForm,
    AppealForm,
    AppealOutcomeForm,
    WithdrawForm,
)
from subsidies.forms.objections import (
    AdviceForm,
    AgreeDelayForm,
    AssessForm,
    DeedForm,
    ExtendForm,
    HearingForm,
    NoHearingForm,
    RecordRepairForm,
    RepairForm,
    RepairRequestForm,
    ReportForm,
)
from subsidies.models import Objection
from subsidies.services import objection_answers as answers
from subsidies.services import objection_hearings as hearings
from subsidies.services import objection_terms as terms
from subsidies.services import objections as services
from subsidies.views.objections import crumbs, objection_or_404

Deed = Callable[[DeedForm], Any]
# So long before a hearing the file is open when nobody says otherwise.
FILE_OPEN = timedelta(days=8)


def _form_page(
    request: HttpRequest,
    objection: Objection,
    form: DeedForm,
    deed: Deed,
    words: Mapping[str, str],
) -> HttpResponse:
    """One form about one objection: the deed when it is in order, else the page with what is wrong."""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            deed(form)
            nudge(tasks.render_pending_letters)
            messages.success(request, words["done"])
            return redirect(objection)
    context = {
        "breadcrumbs": crumbs(objection, words["heading"]),
        "about": f"{objection.reference} · {objection.objector}",
        **words,
    }
    return render_form(request, "subsidies/objection_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def objection_acknowledge(request, pk):
    """The letter goes out, so it is asked for on a page of its own."""
    objection = objection_or_404(request, pk)
    require(request, "subsidies.acknowledge_objection", objection)
    if request.method == "POST":
        try:
            services.acknowledge(objection, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            nudge(tasks.render_pending_letters)
            messages.success(request, "De ontvangst is bevestigd.")
        return redirect(objection)
    context = {
        "breadcrumbs": crumbs(objection, "Ontvangst bevestigen"),
        "heading": "Ontvangst bevestigen",
        "text": f"Bezwaar {objection.reference} van {objection.objector}.",
        "consequences": [
            "De bezwaarmaker krijgt een brief met wat er gaat gebeuren (artikel 6:14 Awb).",
            f"Daarin staat dat u uiterlijk op {dutch_date(objection.decide_before)} beslist.",
        ],
        "action_label": "Ontvangst bevestigen",
        "back_url": objection.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)


@require_http_methods(["GET", "POST"])
def objection_assess(request, pk):
    objection = objection_or_404(request, pk)
    require(request, "subsidies.assess_objection", objection)
    found = services.timeliness_of(objection)
    form = AssessForm(posted(request), late=found.is_late, back_url=objection.get_absolute_url())
    words = {
        "heading": "Ontvankelijkheid beoordelen",
        "done": "Het oordeel is vastgelegd.",
        "warning" if found.is_late else "note": " ".join(found.reasons),
        "lead": "Is het bezwaar op tijd, en is de bezwaarmaker belanghebbende?",
    }
    return _form_page(
        request,
        objection,
        form,
        lambda form: services.assess(
            objection, **form.judged(), by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def objection_ask_repair(request, pk):
    objection = objection_or_404(request, pk)
    require(request, "subsidies.ask_repair", objection)
    form = RepairRequestForm(
        posted(request),
        initial={"due_on": timezone.localdate() + timedelta(weeks=2)},
        back_url=objection.get_absolute_url(),
    )
    words = {
        "heading": "Om aanvulling vragen",
        "done": "De bezwaarmaker is om aanvulling gevraagd. De beslistermijn staat stil.",
        "lead": "Mist er iets aan het bezwaar? Dan krijgt de bezwaarmaker tijd om dat aan te vullen (artikel 6:6 Awb).",
        "note": "Tot de aanvulling er is, staat de beslistermijn stil (artikel 7:10, tweede lid, Awb).",
    }
    return _form_page(
        request,
        objection,
        form,
        lambda form: terms.ask_repair(
            objection, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def objection_repair(request, pk):
    """The objector adds what was missing, or the project leader writes down what came."""
    objection = objection_or_404(request, pk)
    require(request, "subsidies.repair_objection", objection)
    back = objection.get_absolute_url()
    municipal = request.user.is_municipal
    form = (RecordRepairForm if municipal else RepairForm)(posted(request), back_url=back)

    def deed(form: DeedForm) -> None:
        data = {"repaired_on": timezone.localdate(), **form.cleaned_data}
        terms.repair(objection, **data, by=request.user, at=timezone.now())

    words = {
        "heading": "Bezwaar aanvullen",
        "done": "De aanvulling is bewaard.",
        "lead": objection.repair.missing,
        "note": f"Aanvullen kan tot en met {dutch_date(objection.repair.due_on)}.",
    }
    return _form_page(request, objection, form, deed, words)


@require_http_methods(["GET", "POST"])
def objection_extend(request, pk):
    objection = objection_or_404(request, pk)
    require(request, "subsidies.delay_objection", objection)
    form = ExtendForm(posted(request), back_url=objection.get_absolute_url())
    words = {
        "heading": "Beslissing verdagen",
        "done": "De beslissing is verdaagd.",
        "lead": f"Nu wordt uiterlijk op {dutch_date(objection.decide_before)} beslist. "
        "Verdagen kan één keer, met hoogstens zes weken (artikel 7:10, derde lid, Awb).",
    }
    return _form_page(
        request,
        objection,
        form,
        lambda form: terms.extend(
            objection, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def objection_agree_delay(request, pk):
    objection = objection_or_404(request, pk)
    require(request, "subsidies.delay_objection", objection)
    form = AgreeDelayForm(posted(request), back_url=objection.get_absolute_url())
    words = {
        "heading": "Uitstel met instemming",
        "done": "Het uitstel is vastgelegd.",
        "lead": f"Nu wordt uiterlijk op {dutch_date(objection.decide_before)} beslist. "
        "Later kan als de bezwaarmaker daarmee instemt (artikel 7:10, vierde lid, Awb).",
    }
    return _form_page(
        request,
        objection,
        form,
        lambda form: terms.agree_delay(
            objection, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def objection_hearing(request, pk):
    """Plan the hearing, or move it."""
    objection = objection_or_404(request, pk)
    require(request, "subsidies.plan_hearing", objection)
    hearing = getattr(objection, "hearing", None)
    form = HearingForm(
        posted(request),
        initial=_hearing_initial(hearing),
        leaders=_leaders(objection),
        back_url=objection.get_absolute_url(),
    )
    words = {
        "heading": "Hoorzitting verplaatsen" if hearing else "Hoorzitting plannen",
        "done": "De hoorzitting is gepland. De bezwaarmaker krijgt een uitnodiging.",
        "lead": "De bezwaarmaker kan het bezwaar toelichten voordat wij beslissen (artikel 7:2 Awb).",
    }
    return _form_page(
        request,
        objection,
        form,
        lambda form: hearings.plan_hearing(
            objection, form.plan(), by=request.user, at=timezone.now()
        ),
        words,
    )


def _hearing_initial(hearing: Any) -> dict[str, Any]:
    if hearing is None:
        return {"file_open_from": timezone.localdate()}
    starts = timezone.localtime(hearing.starts_at)
    return {
        "held_on": starts.date(),
        "begins": starts.time(),
        **{
            name: getattr(hearing, name)
            for name in ("minutes", "place", "led_by", "chair", "attendees", "file_open_from")
        },
    }


def _leaders(objection: Objection) -> Any:
    """Who works for the municipality and had no part in the contested decision (Awb 7:5)."""
    today = timezone.localdate()
    officers = User.objects.holding(Role.PROJECT_LEADER, today) | User.objects.holding(
        Role.SIGNER, today
    )
    return (
        officers.filter(is_active=True)
        .exclude(pk__in=hearings.involved(objection.decision))
        .order_by("last_name", "first_name", "pk")
    )


@require_http_methods(["GET", "POST"])
def objection_no_hearing(request, pk):
    objection = objection_or_404(request, pk)
    require(request, "subsidies.skip_hearing", objection)
    form = NoHearingForm(posted(request), back_url=objection.get_absolute_url())
    words = {
        "heading": "Afzien van horen",
        "done": "Vastgelegd: er komt geen hoorzitting.",
        "lead": "Een hoorzitting is de regel. Alleen in deze gevallen hoeft het niet (artikel 7:3 Awb).",
    }
    return _form_page(
        request,
        objection,
        form,
        lambda form: hearings.skip_hearing(
            objection, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def objection_report(request, pk):
    objection = objection_or_404(request, pk)
    require(request, "subsidies.report_hearing", objection)
    form = ReportForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        initial={"attendees": objection.hearing.attendees},
        back_url=objection.get_absolute_url(),
    )
    words = {
        "heading": "Verslag van de hoorzitting",
        "done": "Het verslag is vastgelegd.",
        "lead": "Schrijf op wat er is gezegd. Het verslag verandert daarna niet meer.",
    }
    return _form_page(
        request,
        objection,
        form,
        lambda form: hearings.report_hearing(
            objection, **form.content(), by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def objection_advise(request, pk):
    objection = objection_or_404(request, pk)
    require(request, "subsidies.advise_objection", objection)
    form = AdviceForm(
        posted(request),
        initial={"advised_on": timezone.localdate()},
        back_url=objection.get_absolute_url(),
    )
    words = {
        "heading": "Advies over het bezwaar",
        "done": "Het advies is vastgelegd.",
        "lead": "Het besluit wordt helemaal opnieuw bekeken (artikel 7:11 Awb). Wat is het advies?",
    }
    return _form_page(
        request,
        objection,
        form,
        lambda form: hearings.advise(
            objection, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def objection_answer(request, pk):
    """A draft of the decision; checking and signing go as for every later decision."""
    objection = objection_or_404(request, pk)
    require(request, "subsidies.answer_objection", objection)
    form = AnswerForm(
        posted(request),
        initial={"outcome": objection.advised_outcome, "motivation": objection.advice},
        costs=objection.costs_requested,
        back_url=objection.get_absolute_url(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            decision = answers.draft_answer(
                objection, form.answer(), by=request.user, at=timezone.now()
            )
            messages.success(request, "Het concept is gemaakt. Leg het voor aan een collega.")
            return redirect(decision)
    contested = objection.decision
    context = {
        "breadcrumbs": crumbs(objection, "Beslissing op bezwaar"),
        "about": f"{objection.reference} · {objection.objector}",
        "heading": "Beslissing op bezwaar voorbereiden",
        "lead": f"Het bestreden besluit {contested.reference} is een {contested.get_kind_display()} van "
        f"{euro(contested.amount)}. Gevraagd was {euro(contested.application.requested_amount)}.",
        "note": "Wordt het besluit vervangen, dan telt het plafond zoals dat toen was. Wat daar niet onder past, "
        "wordt boven het plafond betaald (artikel 4:25, derde lid, Awb).",
    }
    return render_form(request, "subsidies/objection_form.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def objection_withdraw(request, pk):
    objection = objection_or_404(request, pk)
    require(request, "subsidies.withdraw_objection", objection)
    form = WithdrawForm(
        posted(request),
        initial={"withdrawn_on": timezone.localdate()},
        back_url=objection.get_absolute_url(),
    )
    words = {
        "heading": "Bezwaar intrekken",
        "done": "Het bezwaar is ingetrokken.",
        "warning": "Na het intrekken beslissen wij niet meer op dit bezwaar. Dit kan niet worden teruggedraaid.",
    }
    return _form_page(
        request,
        objection,
        form,
        lambda form: services.withdraw_objection(
            objection, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def objection_appeal(request, pk):
    objection = objection_or_404(request, pk)
    require(request, "subsidies.note_appeal", objection)
    form = AppealForm(
        posted(request),
        initial={"court": settings.MUNICIPALITY["court"], "appealed_on": timezone.localdate()},
        back_url=objection.get_absolute_url(),
    )
    words = {
        "heading": "Beroep noteren",
        "done": "Het beroep is genoteerd.",
        "lead": "De zaak zelf loopt bij de rechtbank. Hier staat alleen dat er beroep is, en wat eruit komt.",
    }
    return _form_page(
        request,
        objection,
        form,
        lambda form: services.note_appeal(
            objection, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )


@require_http_methods(["GET", "POST"])
def objection_appeal_outcome(request, pk):
    objection = objection_or_404(request, pk)
    require(request, "subsidies.note_appeal_outcome", objection)
    form = AppealOutcomeForm(posted(request), back_url=objection.get_absolute_url())
    words = {"heading": "Uitspraak noteren", "done": "De uitspraak is genoteerd."}
    return _form_page(
        request,
        objection,
        form,
        lambda form: services.note_appeal_outcome(
            objection, **form.cleaned_data, by=request.user, at=timezone.now()
        ),
        words,
    )
