"""Payments: the list, one of them, approving several, and what is done with one."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from ikc.models import User
from kvk2.core.csv_export import csv_response
from kvk2.core.nudge import nudge
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import euro
from subsidies.forms.assessment import ReasonForm
from subsidies.forms.payments import (
    AdvanceForm,
    ApproveForm,
    EndSuspensionForm,
    SetOffForm,
    SuspendForm,
)
from subsidies.models import Grant, Payment
from subsidies.payment_page import PaymentList, PaymentPage
from subsidies.services import payments as services
from subsidies.services import setoffs, suspensions
from subsidies.services.advances import draft_advance
from subsidies.states_payments import PaymentState
from subsidies.tables import rows_for_export
from subsidies.tables_payments import PaymentTable
from subsidies.tasks import render_pending_letters

TITLE = "Betalingen"
# What has to be paid within so many days is ticked beforehand.
SOON = timedelta(days=42)


def _list_url() -> str:
    return reverse("subsidies:payment_list")


def _get_or_404(request: HttpRequest, pk: int) -> Payment:
    rows = Payment.objects.visible_to(request.user).for_page()
    return get_object_or_404(
        rows.select_related("decision", "approved_by", "ordered_by", "account", "grant__application__ikc",
                            "grant__application__board", "order"), pk=pk
    )  # fmt: skip


def _crumbs(payment: Payment, last: str = "") -> list[tuple[str, str | None]]:
    own = payment.get_absolute_url() if last else None
    trail: list[tuple[str, str | None]] = [(TITLE, _list_url()), (payment.reference, own)]
    return [*trail, (last, None)] if last else trail


@require_safe
def payment_list(request):
    """Every payment that the reader may see, with sums; also as CSV."""
    require(request, "subsidies.view_payments")
    page = PaymentList(request.user, request.GET, today=timezone.localdate())
    table = PaymentTable(page.found, municipal=request.user.is_municipal)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    if request.GET.get("export") == "csv":
        return csv_response("betalingen.csv", *rows_for_export(table))
    context = {
        "breadcrumbs": [(TITLE, None)],
        "page": page,
        "table": table,
        "filter_form": page.filter_form,
        "may_approve": request.user.has_perm("subsidies.approve_payments"),
        "may_order": request.user.has_perm("subsidies.make_payment_order"),
    }
    return render(request, "subsidies/payment_list.html", context)


@require_safe
def payment_detail(request, pk):
    """One payment: where it stands, by whom, and what may be done with it."""
    payment = _get_or_404(request, pk)
    page = PaymentPage(payment, request.user)
    context = {
        "breadcrumbs": _crumbs(payment),
        "payment": payment,
        "page": page,
        "may_cancel": page.may("cancel_payment"),
        "may_set_off": page.may("set_off_payment"),
    }
    return render(request, "subsidies/payment_detail.html", context)


@require_http_methods(["GET", "POST"])
def payment_approve(request):
    """The signer ticks what may be paid; what waits for an account is not among them."""
    require(request, "subsidies.approve_payments")
    planned = Payment.objects.visible_to(request.user).filter(state=PaymentState.PLANNED)
    payable = planned.payable()
    rows = payable.for_page().order_by("due_on", "reference")
    soon = payable.filter(due_on__lte=timezone.localdate() + SOON).values_list("pk", flat=True)
    form = ApproveForm(posted(request), rows=rows, chosen=soon, back_url=_list_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            done = services.approve_payments(
                form.cleaned_data["payments"], by=request.user, at=timezone.now()
            )
            total = euro(sum(payment.amount for payment in done))
            messages.success(request, f"{len(done)} betalingen goedgekeurd, samen {total}.")
            return redirect(_list_url())
    context = {
        "breadcrumbs": [(TITLE, _list_url()), ("Goedkeuren", None)],
        "heading": "Betalingen goedkeuren",
        "lead": "Daarna maakt een projectleider er een betaalopdracht van.",
        "has_rows": payable.exists(),
        "frozen": planned.frozen().count(),
        "empty": "Er wacht geen betaling op goedkeuring.",
    }
    return render_form(request, "subsidies/payment_choose.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def payment_cancel(request, pk):
    """It will not be paid, with the reason."""
    payment = _get_or_404(request, pk)
    require(request, "subsidies.cancel_payment", payment)
    form = ReasonForm(
        posted(request),
        label="Waarom vervalt deze betaling?",
        help_text="De ontvanger leest de reden.",
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.cancel_payment(
                payment, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            messages.success(request, "De betaling is vervallen.")
            return redirect(payment)
    context = {
        "breadcrumbs": _crumbs(payment, "Laten vervallen"),
        "heading": "Betaling laten vervallen",
        "text": f"{payment.reference}: {euro(payment.amount)} aan {payment.grant.application.board}.",
        "consequences": ["Er wordt niets betaald.", "Dit kan niet worden teruggedraaid."],
        "action_label": "Laten vervallen",
        "negative": True,
        "back_url": payment.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def payment_set_off(request, pk):
    """Pay a claim of the municipality with part of the payment."""
    payment = _get_or_404(request, pk)
    require(request, "subsidies.set_off_payment", payment)
    form = SetOffForm(posted(request), claims=setoffs.claims_on(payment))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            _set_off(payment, form.cleaned_data, by=request.user)
            nudge(render_pending_letters)
            messages.success(
                request, "De vordering is verrekend. De ontvanger krijgt daarover een brief."
            )
            return redirect(payment)
    context = {
        "breadcrumbs": _crumbs(payment, "Verrekenen"),
        "heading": "Verrekenen met een vordering",
        "text": f"{payment.reference}: er is nog {euro(payment.to_pay)} te betalen aan {payment.grant.application.board}.",
        "consequences": [
            "De gemeente betaalt zoveel minder uit.",
            "De vordering is voor dat bedrag betaald.",
            "Dit kan niet worden teruggedraaid.",
        ],
        "action_label": "Verrekenen",
        "back_url": payment.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


def _set_off(payment: Payment, data: dict[str, Any], *, by: User) -> None:
    """With the claim that was chosen, or with one of other books."""
    claim, deed = data.pop("claim"), {"by": by, "at": timezone.now()}
    if claim is None:
        setoffs.set_off_other(payment, **data, **deed)
    else:
        del data["reference"], data["claim_amount"]
        setoffs.set_off_claim(payment, claim, **data, **deed)


def _grant_or_404(request: HttpRequest, pk: int) -> Grant:
    return get_object_or_404(Grant.objects.visible_to(request.user).for_page(), pk=pk)


def _grant_crumbs(grant: Grant, last: str) -> list[tuple[str, str | None]]:
    return [
        ("Verleningen", reverse("subsidies:grant_list")),
        (str(grant.application.ikc), grant.get_absolute_url()),
        (last, None),
    ]


@require_http_methods(["GET", "POST"])
def payments_suspend(request, pk):
    """Hold the payments of a grant because of a serious suspicion, and tell the board (L15)."""
    grant = _grant_or_404(request, pk)
    require(request, "subsidies.suspend_payments", grant)
    form = SuspendForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            suspensions.suspend_payments(
                grant, suspicion=form.cleaned_data["suspicion"], by=request.user, at=timezone.now()
            )
            nudge(render_pending_letters)
            messages.success(
                request, "De betaling is opgeschort. De brief aan het bestuur wordt gemaakt."
            )
            return redirect(grant)
    context = {
        "breadcrumbs": _grant_crumbs(grant, "Betaling opschorten"),
        "heading": "Betaling opschorten",
        "text": f"Het gaat om de subsidie voor {grant.application.ikc}. Opschorten kan alleen bij een ernstig vermoeden dat "
        "de subsidie moet worden ingetrokken of gewijzigd (artikel 4:56 Awb).",
        "consequences": [
            "Alles waarvoor nog geen opdracht is gegeven, wacht.",
            "Het bestuur krijgt hierover meteen een brief.",
            "Het duurt hoogstens dertien weken. Daarna gaat de betaling vanzelf door.",
        ],
        "action_label": "Betaling opschorten",
        "negative": True,
        "back_url": grant.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def suspension_end(request, pk):
    """Go on with paying, or let what was held lapse."""
    grant = _grant_or_404(request, pk)
    require(request, "subsidies.end_suspension", grant)
    form = EndSuspensionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        resume = form.cleaned_data["outcome"] == "resume"
        end = suspensions.resume_payments if resume else suspensions.cancel_suspended
        with refusals_on(form):
            end(grant, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
            messages.success(request, "De opschorting is voorbij.")
            return redirect(grant)
    context = {
        "breadcrumbs": _grant_crumbs(grant, "Opschorting beëindigen"),
        "heading": "Opschorting beëindigen",
        "text": f"De betaling van de subsidie voor {grant.application.ikc} is opgeschort.",
        "consequences": [
            "Gaat u door met betalen? Dan schuift de uiterste dag zoveel dagen op als de opschorting duurde.",
        ],
        "action_label": "Opschorting beëindigen",
        "back_url": grant.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def advance_draft(request, pk):
    """Propose a separate advance; it goes the way of every later decision."""
    grant = _grant_or_404(request, pk)
    require(request, "subsidies.draft_advance", grant)
    form = AdvanceForm(posted(request), back_url=grant.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            decision = draft_advance(grant, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(
                request, "Het concept staat klaar. Leg het voor aan een andere projectleider."
            )
            return redirect(decision)
    left = services.limit_of(grant) - services.standing_total(grant)
    context = {
        "breadcrumbs": _grant_crumbs(grant, "Extra voorschot"),
        "heading": "Extra voorschot voorstellen",
        "lead": f"Verleend: {euro(grant.amount)}. Nog niet in de planning: {euro(left)}.",
        "has_rows": True,
        "frozen": 0,
        "empty": "",
    }
    return render_form(request, "subsidies/payment_choose.html", context, forms=[form])
