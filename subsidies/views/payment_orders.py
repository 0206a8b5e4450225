"""Orders for the bank: made by one, released by another, taken once; and what the bank says came of them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvk2.core.downloads import file_response
from kvk2.nlds.forms import ConfirmForm
from kvk2.nlds.shortcuts import posted, refusals_on, render_form, require
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies.forms.payments import ExportForm, FeedbackForm, OrderForm
from subsidies.models import Payment, PaymentFeedback, PaymentOrder
from subsidies.payment_order_page import OrderPage, feedback_lines
from subsidies.services import payment_feedback as feedback_services
from subsidies.services import payment_orders as services
from subsidies.states_payments import ORDER_BADGES, PaymentOrderState

TITLE = "Betaalopdrachten"


def _list_url() -> str:
    return reverse("subsidies:payment_order_list")


def _crumbs(order: PaymentOrder | None = None, last: str = "") -> list[tuple[str, str | None]]:
    trail: list[tuple[str, str | None]] = [
        ("Betalingen", reverse("subsidies:payment_list")),
        (TITLE, _list_url() if order or last else None),
    ]
    if order is not None:
        trail.append((order.reference, order.get_absolute_url() if last else None))
    return [*trail, (last, None)] if last else trail


def _get_or_404(pk: int) -> PaymentOrder:
    return get_object_or_404(PaymentOrder.objects.for_list(), pk=pk)


@require_safe
def payment_order_list(request):
    """The orders, newest first, and the files that came back."""
    require(request, "subsidies.view_payment_orders")
    orders = list(PaymentOrder.objects.for_list().order_by("-made_at", "-pk")[:100])
    context = {
        "breadcrumbs": _crumbs(),
        "orders": [(order, ORDER_BADGES[PaymentOrderState(order.state)]) for order in orders],
        "feedback": PaymentFeedback.objects.order_by("-uploaded_at", "-pk")[:20],
        "may_make": request.user.has_perm("subsidies.make_payment_order"),
        "may_read": request.user.has_perm("subsidies.read_payment_feedback"),
    }
    return render(request, "subsidies/payment_order_list.html", context)


@require_http_methods(["GET", "POST"])
def payment_order_make(request):
    """Tick approved payments and put them in one order."""
    require(request, "subsidies.make_payment_order")
    rows = Payment.objects.to_order().for_page().order_by("due_on", "reference")
    form = OrderForm(posted(request), rows=rows, back_url=_list_url())
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            order = services.make_order(
                form.cleaned_data["payments"],
                execute_on=form.cleaned_data["execute_on"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, "De opdracht is gemaakt. Een ander geeft haar vrij.")
            return redirect(order)
    context = {
        "breadcrumbs": _crumbs(last="Opdracht maken"),
        "heading": "Betaalopdracht maken",
        "lead": "Iemand anders geeft de opdracht vrij. Daarna is er een bestand voor de bank.",
        "has_rows": rows.exists(),
        "frozen": 0,
        "empty": "Er is geen goedgekeurde betaling die nog geen opdracht heeft.",
    }
    return render_form(request, "subsidies/payment_choose.html", context, forms=[form])


@require_safe
def payment_order_detail(request, pk):
    """What goes to the bank, who made and released it, and who took the file."""
    require(request, "subsidies.view_payment_orders")
    order = _get_or_404(pk)
    context = {
        "breadcrumbs": _crumbs(order),
        "order": order,
        "page": OrderPage(order),
        "may_release": request.user.has_perm("subsidies.release_payment_order", order),
        "may_discard": request.user.has_perm("subsidies.discard_payment_order", order),
        "may_export": request.user.has_perm("subsidies.export_payment_order", order),
    }
    return render(request, "subsidies/payment_order_detail.html", context)


@require_http_methods(["GET", "POST"])
def payment_order_release(request, pk):
    """Another than its maker lets it go to the bank."""
    order = _get_or_404(pk)
    require(request, "subsidies.release_payment_order", order)
    form = ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.release_order(order, by=request.user, at=timezone.now())
            messages.success(
                request, "De opdracht is vrijgegeven. Het bestand voor de bank staat klaar."
            )
            return redirect(order)
    context = {
        "breadcrumbs": _crumbs(order, "Vrijgeven"),
        "heading": "Betaalopdracht vrijgeven",
        "text": f"{order.reference}: {order.count} betalingen, samen {euro(order.total)}, te betalen op "
        f"{dutch_date(order.execute_on)}.",
        "consequences": [
            "Het portaal maakt het bestand voor de bank en controleert het.",
            "De betalingen krijgen de status ‘opdracht gegeven’.",
            "Dit kan niet worden teruggedraaid.",
        ],
        "action_label": "Opdracht vrijgeven",
        "back_url": order.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def payment_order_discard(request, pk):
    """Give up an order that was not released."""
    order = _get_or_404(pk)
    require(request, "subsidies.discard_payment_order", order)
    form = ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.discard_order(order, by=request.user, at=timezone.now())
            messages.success(
                request, "De opdracht is vervallen. De betalingen wachten op een nieuwe."
            )
            return redirect(_list_url())
    context = {
        "breadcrumbs": _crumbs(order, "Laten vervallen"),
        "heading": "Betaalopdracht laten vervallen",
        "text": f"{order.reference}: {order.count} betalingen, samen {euro(order.total)}.",
        "consequences": ["De betalingen blijven goedgekeurd en kunnen in een andere opdracht."],
        "action_label": "Laten vervallen",
        "negative": True,
        "back_url": order.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def payment_order_export(request, pk):
    """Take the file to the bank; again only with the reason."""
    order = _get_or_404(pk)
    require(request, "subsidies.export_payment_order", order)
    again = order.exports.exists()
    form = ExportForm(posted(request), again=again)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            stored = services.export_order(
                order, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            return file_response(stored)
    context = {
        "breadcrumbs": _crumbs(order, "Downloaden"),
        "heading": "Nog een keer downloaden" if again else "Bestand voor de bank downloaden",
        "text": f"{order.reference}: {order.count} betalingen, samen {euro(order.total)}.",
        "consequences": [
            "Wie het bestand downloadt, staat in het verloop.",
            "U downloadt één keer, en nog eens alleen met een reden."
            if not again
            else "Controleer eerst dat de bank het bestand niet al heeft.",
        ],
        "action_label": "Downloaden",
        "back_url": order.get_absolute_url(),
    }
    return render_form(request, "components/confirm_page.html", context, forms=[form])


@require_http_methods(["GET", "POST"])
def payment_feedback_read(request):
    """Read a file of the bank; nothing happens yet."""
    require(request, "subsidies.read_payment_feedback")
    form = FeedbackForm(
        posted(request), request.FILES if request.method == "POST" else None, back_url=_list_url()
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_on(form):
            feedback = feedback_services.keep_feedback(
                file.name or "", file.read(), by=request.user, at=timezone.now()
            )
            return redirect(feedback)
    context = {
        "breadcrumbs": _crumbs(last="Terugmelding inlezen"),
        "heading": "Terugmelding inlezen",
        "lead": "U ziet eerst wat er in het bestand staat. Daarna beslist u of het wordt verwerkt.",
        "has_rows": True,
        "frozen": 0,
        "empty": "",
    }
    return render_form(request, "subsidies/payment_choose.html", context, forms=[form])


@require_safe
def payment_feedback_detail(request, pk):
    """What each row of the file would do, or why it does not count."""
    require(request, "subsidies.read_payment_feedback")
    feedback = get_object_or_404(PaymentFeedback.objects.select_related("applied_by"), pk=pk)
    if feedback.applied_at:
        rows = feedback_services.rows_of(feedback)
    else:
        rows = feedback_services.judge(feedback, by=request.user, at=timezone.now())
    lines = feedback_lines(rows)
    context = {
        "breadcrumbs": _crumbs(last=feedback.name),
        "feedback": feedback,
        "lines": lines,
        "good": sum(not line.error for line in lines),
    }
    return render(request, "subsidies/payment_feedback_detail.html", context)


@require_POST
def payment_feedback_apply(request, pk):
    """Carry out the rows that count; the others are named."""
    require(request, "subsidies.read_payment_feedback")
    feedback = get_object_or_404(PaymentFeedback, pk=pk)
    form = ConfirmForm(request.POST)
    with refusals_on(form):
        rows = feedback_services.apply_feedback(feedback, by=request.user, at=timezone.now())
        wrong = [row for row in rows if row.error]
        messages.success(request, f"{len(rows) - len(wrong)} regels zijn verwerkt.")
        for row in wrong[:20]:
            messages.warning(request, f"Regel {row.number} ({row.reference}): {row.error}")
        return redirect(_list_url())
    for sentence in form.non_field_errors():
        messages.error(request, sentence)
    return redirect(feedback)
