"""Approved payments go to the bank together: made by one, released by another, taken to the bank once (rule G2; Awb 4:89)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

from ikc.models import BankAccount, Organisation
from kvk2.core.audit import record, record_download
from kvk2.core.csv_export import csv_text
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.storage import store
from subsidies.facts import known
from subsidies.models import Payment, PaymentOrder, PaymentOrderExport
from subsidies.sepa import CONTENT_TYPE, Debtor, Transfer, pain001
from subsidies.services.payments import (
    AccountFrozen,
    lock_payments,
    move,
    require_payable,
)
from subsidies.states_payments import (
    PAYMENT_ORDER_WORKFLOW,
    PAYMENT_WORKFLOW,
    PaymentOrderState,
)

if TYPE_CHECKING:
    from ikc.models import User

CSV_HEADERS = (
    "Kenmerk",
    "IKC",
    "Schoolbestuur",
    "Op naam van",
    "IBAN",
    "Bedrag",
    "Omschrijving",
    "Uitvoeren op",
)


class PaymentTaken(DomainError):
    """A payment stands in another order already."""

    code = "PAYMENT_TAKEN"


class OrderRefused(DomainError):
    """The order cannot be made or released like this."""

    code = "ORDER_REFUSED"


class ExportedBefore(DomainError):
    """The file was taken before; again only with the reason."""

    code = "EXPORTED_BEFORE"


@transaction.atomic
def make_order(
    payments: Iterable[Payment], *, execute_on: date, by: "User", at: datetime
) -> PaymentOrder:
    """Put approved payments together. Refusals: `PaymentRefused`, `PaymentTaken`, `OrderRefused`, `AccountFrozen`."""
    if execute_on < local_date(at):
        raise OrderRefused("Kies vandaag of een latere dag om te betalen.")
    found = lock_payments(payments)
    for payment in found:
        PAYMENT_WORKFLOW.target("order", state=payment.state)
        if payment.order_id is not None:
            raise PaymentTaken(f"{payment.reference} staat al in een andere opdracht.")
        if payment.approved_by_id == by.pk:
            raise OrderRefused("Wie een betaling goedkeurt, maakt de opdracht niet.")
        require_payable(payment)
    order = PaymentOrder.objects.create(
        reference=_next_reference(at), execute_on=execute_on, made_by=by, made_at=at
    )
    for payment in found:
        payment.order, payment.ordered_by = order, by
        payment.save(update_fields=["order", "ordered_by"])
    _record(order, "payment_order_made", found, by=by, at=at)
    return order


@transaction.atomic
def release_order(order: PaymentOrder, *, by: "User", at: datetime) -> PaymentOrder:
    """Let it go to the bank: its files are made, checked against the schema and kept, and the payments count as ordered.

    Refusals: `OrderRefused`, `AccountFrozen`, `PaymentRefused`, `SepaInvalid`, `TransitionNotAllowed`.
    """
    payments = lock_payments(order.payments.all())
    order = _lock(order)
    if order.made_by_id == by.pk:
        raise OrderRefused("U maakte deze opdracht. Een ander geeft haar vrij.")
    if order.execute_on < local_date(at):
        raise OrderRefused(
            "De dag om te betalen is voorbij. Laat de opdracht vervallen en maak een nieuwe."
        )
    order.state = PAYMENT_ORDER_WORKFLOW.target("release", state=order.state)
    accounts = _accounts(payments)
    for payment in payments:
        require_payable(payment)
        payment.account = accounts[payment.grant.application.board_id]
        payment.ordered_at, payment.failure = at, ""
        move(payment, "order", "payment_ordered", "account", "ordered_at", "failure", by=by, at=at)
    order.released_by, order.released_at = by, at
    order.sepa_file = _keep(
        f"{order.reference}.xml", _sepa(order, payments, at), CONTENT_TYPE, by=by, at=at
    )
    order.csv_file = _keep(
        f"{order.reference}.csv", _csv(order, payments), "text/csv", by=by, at=at
    )
    order.save(update_fields=["state", "released_by", "released_at", "sepa_file", "csv_file"])
    _record(order, "payment_order_released", payments, by=by, at=at)
    return order


@transaction.atomic
def discard_order(order: PaymentOrder, *, by: "User", at: datetime) -> PaymentOrder:
    """Give it up before it is released; its payments wait for another. Refusal: `TransitionNotAllowed`."""
    payments = lock_payments(order.payments.all())
    order = _lock(order)
    order.state = PAYMENT_ORDER_WORKFLOW.target("discard", state=order.state)
    order.save(update_fields=["state"])
    for payment in payments:
        payment.order, payment.ordered_by = None, None
        payment.save(update_fields=["order", "ordered_by"])
    _record(order, "payment_order_discarded", payments, by=by, at=at)
    return order


@transaction.atomic
def export_order(
    order: PaymentOrder, *, kind: str, reason: str = "", by: "User", at: datetime
) -> StoredFile:
    """Take the file to the bank: once, whichever kind, and again only with the reason. Refusals: `ExportedBefore`, `OrderRefused`."""
    order = _lock(order)
    if order.state != PaymentOrderState.RELEASED:
        raise OrderRefused("Geef de opdracht eerst vrij.")
    if order.exports.exists() and not reason.strip():
        raise ExportedBefore(
            "Deze opdracht is al gedownload. Schrijf op waarom het nog een keer moet: twee keer inlezen is twee keer betalen."
        )
    PaymentOrderExport.objects.create(
        order=order, kind=kind, exported_at=at, exported_by=by, reason=reason.strip()
    )
    is_sepa = kind == PaymentOrderExport.Kind.SEPA
    stored = known(order.sepa_file if is_sepa else order.csv_file)
    record_download(
        order,
        "payment_order_exported",
        stored,
        about=f"Betaalopdracht {order}",
        actor=by,
        at=at,
    )
    return stored


def _lock(order: PaymentOrder) -> PaymentOrder:
    return (
        PaymentOrder.objects.select_for_update(of=("self",))
        .select_related("sepa_file", "csv_file")
        .get(pk=order.pk)
    )


def _next_reference(at: datetime) -> str:
    """`BET-2026-0001`, gapless in a year: two that are made at once wait for each other."""
    year = local_date(at).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('subsidies_payment_order'))")
    last = (
        PaymentOrder.objects.filter(reference__startswith=f"BET-{year}-")
        .order_by("-reference")
        .values_list("reference", flat=True)
        .first()
    )
    number = int(last.rsplit("-", 1)[1]) + 1 if last else 1
    return f"BET-{year}-{number:04d}"


def _accounts(payments: Sequence[Payment]) -> dict[int, BankAccount]:
    """By board. Their boards are locked, so that no change of an account comes between."""
    boards = sorted({payment.grant.application.board_id for payment in payments})
    list(Organisation.objects.select_for_update(of=("self",)).filter(pk__in=boards).order_by("pk"))
    found = BankAccount.objects.in_force().filter(organisation__in=boards)
    accounts = {account.organisation_id: account for account in found}
    if missing := set(boards) - accounts.keys():
        board = Organisation.objects.get(pk=min(missing))
        raise AccountFrozen(f"Van {board} is geen bankrekening in gebruik.")
    return accounts


def _words(payment: Payment) -> str:
    return (
        f"Subsidie {payment.grant.application.number} {payment.get_kind_display()} {payment.number}"
    )


def _sepa(order: PaymentOrder, payments: Sequence[Payment], at: datetime) -> bytes:
    own = settings.MUNICIPALITY
    transfers = [
        Transfer(
            reference=payment.reference,
            name=payment.account.holder,
            iban=payment.account.iban,
            amount=payment.to_pay,
            words=_words(payment),
        )
        for payment in payments
        if payment.account is not None
    ]
    return pain001(
        Debtor(str(own["account_holder"]), str(own["iban"]), str(own["bic"])),
        transfers,
        reference=order.reference,
        execute_on=order.execute_on,
        made_at=at,
    )


def _csv(order: PaymentOrder, payments: Sequence[Payment]) -> bytes:
    rows = (
        (
            payment.reference,
            payment.grant.application.ikc.name,
            payment.grant.application.board.name,
            payment.account.holder,
            payment.account.iban,
            payment.to_pay,
            _words(payment),
            order.execute_on.isoformat(),
        )
        for payment in payments
        if payment.account is not None
    )
    return csv_text(CSV_HEADERS, rows).encode("utf-8")


def _keep(name: str, content: bytes, content_type: str, *, by: "User", at: datetime) -> StoredFile:
    return store(
        content,
        name=name,
        content_type=content_type,
        scan_state=StoredFile.ScanState.OWN,
        by=by,
        at=at,
    )


def _record(
    order: PaymentOrder, verb: str, payments: Sequence[Payment], *, by: "User", at: datetime
) -> None:
    record(
        order,
        verb,
        actor=by,
        at=at,
        after=order.state,
        payments=[payment.reference for payment in payments],
        total=sum((payment.to_pay for payment in payments), Decimal(0)),
        sha256=order.sepa_file.sha256 if order.sepa_file else "",
    )
