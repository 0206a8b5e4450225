"""The list of applications, one application, and its beginning and end: start, sign, withdraw."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ikc.models import Ikc, User
from ikc.roles import Role
from kvk2.core import audit, interrupted
from kvk2.core.errors import DomainError
from kvk2.core.middleware import arrival
from kvk2.core.nudge import nudge
from kvk2.core.workflow import TransitionNotAllowed
from kvk2.nlds.components import Detail
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies import tasks
from subsidies.application_page import SIGN_TITLE, ApplicationPage
from subsidies.completion_page import CompletionPanel
from subsidies.continuity_page import ContinuityCard, card_before_decision
from subsidies.explanation import Explanation
from subsidies.forms.applications import SignForm, WithdrawForm
from subsidies.models import Application, Decision, Letter
from subsidies.services.applications import (
    require_open,
    start_application,
    withdraw_application,
)
from subsidies.services.copies import earlier_applications, earlier_id, start_from_earlier
from subsidies.services.submission import declarations_of, submit_application
from subsidies.states import ApplicationState, PartialOfferState, ViewState
from subsidies.timelines import applicant_timeline, full_timeline
from subsidies.views.access import applications_of, get_application_or_404, get_round_or_404
from subsidies.views.steps import crumbs, draft_or_redirect

EVENTS_SHOWN = 40
# There may be a decision, or its draft, that tells how the ceiling was divided.
EXPLAINED = (ApplicationState.ADVISED, ApplicationState.INTENT, ApplicationState.DECIDED)
UNDECIDED = (
    ApplicationState.CHECKING,
    ApplicationState.ADMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.ADVISED,
    ApplicationState.INTENT,
)
ASKED = "De gemeente vraagt of uw plan met minder geld kan. U hebt veertien dagen om te antwoorden."
WITHDRAWING = "De aanvraag doet dan niet meer mee. Op de volgende pagina bevestigt u dat."


@require_safe
def application_detail(request, pk):
    """One application: what was asked, what it costs, its files, what happened and what is next."""
    application = get_application_or_404(request, pk)
    user = request.user
    if application.state == ApplicationState.DRAFT and user.has_perm(
        "subsidies.change_application", application
    ):
        return redirect("subsidies:application_steps", application.pk)
    page = ApplicationPage(application, now=timezone.now())
    context = {
        "breadcrumbs": [
            ("Aanvragen", reverse("subsidies:application_list")),
            (str(application.ikc), None),
        ],
        "application": application,
        "page": page,
        "sections": page.sections(),
        "tiles": page.tiles(user),
        "label": application.label_for(user),
        "events": _events(request, application),
        "actions": _actions(request, application),
        **_handling(request, application),
        "explanation": _explanation(request, application),
        "may_find": user.has_perm("subsidies.find_ground", application),
        "card": _earlier_subsidy(request, application),
    }
    return render(request, "subsidies/application_detail.html", context)


def _handling(request: HttpRequest, application: Application) -> dict[str, Any]:
    """The term and what was asked to complete, for the municipality and the applicant; grounds for the first only."""
    user = request.user
    if not (user.is_municipal or user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD)):
        return {"term": None, "requests": [], "penalties": [], "findings": []}
    panel = CompletionPanel(application)
    return {
        "term": panel.term,
        "requests": panel.requests(),
        "penalties": panel.penalties,
        "findings": panel.findings if user.is_municipal else [],
    }


def _explanation(request: HttpRequest, application: Application) -> Explanation | None:
    """How the outcome came about; for the applicant once the decision was sent, for the municipality from its draft."""
    if application.state not in EXPLAINED:
        return None
    decisions = Decision.objects.visible_to(request.user).filter(
        application=application, kind__in=Decision.ANSWERS
    )
    snapshot = decisions.order_by("-pk").values_list("ceiling_snapshot", flat=True).first() or {}
    stored = snapshot.get("explanation")
    return None if stored is None else Explanation.from_json(stored)


def _earlier_subsidy(request: HttpRequest, application: Application) -> ContinuityCard | None:
    """The warning of Awb 4:51, for the municipality and until the decision; a decision tells it itself."""
    if not request.user.is_municipal or application.state not in UNDECIDED:
        return None
    return card_before_decision(application)


def _events(request: HttpRequest, application: Application) -> list:
    """The trail; the commission reads the application and not who handled it."""
    events = audit.events_of(application)
    if request.user.is_municipal:
        return full_timeline(events[:EVENTS_SHOWN])
    if request.user.has_role(Role.IKC_DIRECTOR, Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD):
        return applicant_timeline(events)[:EVENTS_SHOWN]
    return []


def _actions(request: HttpRequest, application: Application) -> list[dict[str, str]]:
    """What this user may do with the application now, each with what follows from it."""
    user = request.user
    possible = (
        (
            user.has_perm("subsidies.complete_application", application),
            ("correction_edit", "Aanvraag aanvullen", "pencil", "primary", ""),
        ),
        (
            user.has_perm("subsidies.check_application", application),
            ("application_check", "Controleren", "clipboard-check", "primary", ""),
        ),
        (
            application.received_at
            and not user.has_role(Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY),
            ("application_receipt", "Ontvangstbevestiging", "file-text", "secondary", ""),
        ),
        (
            True,
            ("application_print", "Afdrukken", "printer", "secondary", ""),
        ),
        (
            _may_compare(user, application),
            (
                "application_differences",
                "Wat is er anders dan de vorige keer?",
                "file-text",
                "secondary",
                "",
            ),
        ),
        (
            user.has_perm("subsidies.confirm_application", application),
            ("application_confirm", "Antwoord geven op het plan", "circle-check", "primary", ""),
        ),
        (
            user.has_perm("subsidies.assess_state_aid", application),
            ("state_aid_edit", "Staatssteun beoordelen", "clipboard-check", "secondary", ""),
        ),
        (
            user.has_perm("subsidies.find_ground", application),
            ("ground_add", "Weigeringsgrond vastleggen", "alert-triangle", "subtle", ""),
        ),
        (
            _is_heard(user, application),
            ("view_give", "Reageren op het voornemen", "mail", "primary", ""),
        ),
        (
            _is_asked(user, application),
            ("partial_offer", "Antwoorden op een lager bedrag", "mail", "primary", ASKED),
        ),
        (
            user.has_perm("subsidies.withdraw_application", application),
            ("application_withdraw", "Aanvraag intrekken", "x", "subtle", WITHDRAWING),
        ),
    )
    names = ("url", "label", "icon", "appearance", "hint")
    actions = [
        dict(zip(names, (reverse(f"subsidies:{view}", args=[application.pk]), *rest), strict=True))
        for allowed, (view, *rest) in possible
        if allowed
    ]
    return sorted(actions, key=lambda action: action["appearance"] != "primary")


def _may_compare(user: User, application: Application) -> bool:
    """There is an earlier application; somebody of the commission may have nothing to do with that one."""
    earlier = earlier_id(application)
    if earlier is None or not user.has_role(Role.COMMISSION_MEMBER):
        return earlier is not None
    return Application.objects.visible_to(user).filter(pk=earlier).exists()


def _is_asked(user: User, application: Application) -> bool:
    """The applicant still has to say whether the plan can be done with less money."""
    if application.state != ApplicationState.ADVISED or user.is_municipal:
        return False
    offer = application.partial_offers.filter(state=PartialOfferState.ASKED).first()
    if offer is None:
        return False
    offer.application = application
    return bool(user.has_perm("subsidies.answer_partial", offer))


def _is_heard(user: User, application: Application) -> bool:
    """The applicant can still give a view on what the municipality intends."""
    if application.state != ApplicationState.INTENT or user.is_municipal:
        return False
    view = application.views.filter(state=ViewState.ASKED).first()
    if view is None:
        return False
    view.application = application
    return bool(user.has_perm("subsidies.give_view", view))


@require_http_methods(["GET", "POST"])
def application_start(request, pk):
    """Begin an application in this round; one button per IKC that the user acts for."""
    round_ = get_round_or_404(request, pk)
    require(request, "subsidies.start_application", round_)
    ikcs = _own_ikcs(request)
    if request.method == "POST":
        ikc = get_object_or_404(ikcs, pk=request.POST.get("ikc"))
        try:
            start = start_from_earlier if "earlier" in request.POST else start_application
            application = start(ikc, round_, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("subsidies:application_start", round_.pk)
        return redirect("subsidies:application_steps", application.pk)
    live = {
        application.ikc_id: application
        for application in Application.objects.visible_to(request.user)
        .filter(round=round_, ikc__in=ikcs)
        .exclude(state__in=[ApplicationState.WITHDRAWN, ApplicationState.LAPSED])
        .order_by("pk")
    }
    earlier = earlier_applications(ikcs, round_)
    context = {
        "breadcrumbs": [
            ("Rondes", reverse("subsidies:round_list")),
            (str(round_), round_.get_absolute_url()),
            ("Aanvraag beginnen", None),
        ],
        "round": round_,
        "choices": [
            {
                "ikc": ikc,
                "application": live.get(ikc.pk),
                "earlier": earlier.get(ikc.pk),
            }
            for ikc in ikcs
        ],
    }
    return render(request, "subsidies/application_start.html", context)


def _own_ikcs(request: HttpRequest):
    """The IKCs for which the user may apply: as director, or for the board."""
    user = request.user
    directed = Ikc.objects.filter(pk__in=user.ikc_ids(Role.IKC_DIRECTOR))
    governed = Ikc.objects.filter(board__in=user.organisation_ids(Role.SCHOOL_BOARD))
    return (
        (directed | governed).filter(closed_on=None).select_related("board").order_by("name", "pk")
    )


@require_http_methods(["GET", "POST"])
def application_sign(request, pk):
    """Read everything once more, sign and file. Filing twice leads to the one receipt."""
    application = get_application_or_404(request, pk)
    if request.method == "POST" and application.state != ApplicationState.DRAFT:
        return _signed_too_late_or_twice(request, application)
    application, elsewhere = draft_or_redirect(
        request, pk, "subsidies.submit_application", application=application
    )
    if elsewhere:
        return elsewhere
    initial = {"signed_name": request.user.full_name, "signed_job_title": request.user.job_title}
    waiting = interrupted.kept(request) if request.method == "GET" else None
    form = SignForm(posted(request), initial=waiting.dict() if waiting else initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            try:
                submit_application(
                    application, **form.cleaned_data, by=request.user, at=arrival(request)
                )
            except TransitionNotAllowed:  # the same click twice, or the round closed meanwhile
                application.refresh_from_db(fields=["state", "received_at"])
                return _signed_too_late_or_twice(request, application)
            interrupted.forget(request)
            nudge(tasks.render_pending_letters)
            return redirect("subsidies:application_receipt", application.pk)
    page = ApplicationPage(application, now=timezone.now())
    context = {
        "breadcrumbs": crumbs(application, SIGN_TITLE),
        "application": application,
        "page": page,
        "steps": page.steps(None),
        "sections": page.sections(changeable=True),
        "declarations": declarations_of(application),
        "waiting": waiting,
        "typed_by": interrupted.seal(request.user.pk),
    }
    return render_form(request, "subsidies/application_sign.html", context, forms=[form])


def _signed_too_late_or_twice(request: HttpRequest, application: Application) -> HttpResponse:
    """Whoever files twice gets the one receipt; whoever comes too late reads at which second that was."""
    if application.received_at:
        return redirect("subsidies:application_receipt", application.pk)
    try:
        require_open(application.round, arrival(request))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(application)


@require_safe
def application_receipt(request, pk):
    """The confirmation that the application came in, to the second, with the copy when it is made."""
    application = get_object_or_404(applications_of(request).exclude(received_at=None), pk=pk)
    letter = (
        Letter.objects.filter(application=application, code=Letter.Code.RECEIPT)
        .select_related("message")
        .order_by("-pk")
        .first()
    )
    context = {
        "breadcrumbs": [
            ("Aanvragen", reverse("subsidies:application_list")),
            (application.number, application.get_absolute_url()),
            ("Ontvangstbevestiging", None),
        ],
        "application": application,
        "message": getattr(letter, "message", None),
        "rows": [
            Detail("Ontvangen op", dutch_date(application.received_at)),
            Detail(
                "Tijd van ontvangst", f"{timezone.localtime(application.received_at):%H.%M.%S} uur"
            ),
            Detail("Aanvrager", application.board),
            Detail("IKC", application.ikc),
            Detail("Gevraagd bedrag", euro(application.requested_amount)),
            Detail(
                "Ondertekend door", f"{application.signed_name}, {application.signed_job_title}"
            ),
        ],
    }
    return render(request, "subsidies/application_receipt.html", context)


@require_http_methods(["GET", "POST"])
def application_withdraw(request, pk):
    """Confirm that a filed application is taken back."""
    application = get_application_or_404(request, pk)
    require(request, "subsidies.withdraw_application", application)
    form = WithdrawForm(posted(request), back_url=application.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            withdraw_application(
                application, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            messages.success(request, "De aanvraag is ingetrokken.")
            return redirect(application)
    context = {
        "breadcrumbs": [
            ("Aanvragen", reverse("subsidies:application_list")),
            (application.number, application.get_absolute_url()),
            ("Intrekken", None),
        ],
        "application": application,
    }
    return render_form(request, "subsidies/application_withdraw.html", context, forms=[form])
