"""What the bank or the financial system says came of payments: a CSV file, hostile until looked at.

First it is read and judged row by row, without changing anything; who applies it sees which rows count. Applying looks
again, under lock. Columns: reference, status, date, reason; see `COLUMNS`.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import Payment, PaymentFeedback
from subsidies.services.payments import interest_over, lock_payments, move
from subsidies.states_payments import PaymentState

if TYPE_CHECKING:
    from ikc.models import User

LARGEST = 1_000_000  # bytes
MOST_ROWS = 5_000
COLUMNS = ("kenmerk", "status", "datum", "reden")
PAID, FAILED = "betaald", "mislukt"
STATUSES: Mapping[str, str] = {
    PAID: PAID,
    "uitgevoerd": PAID,
    FAILED: FAILED,
    "afgewezen": FAILED,
}
_FORMATS = ("%Y-%m-%d", "%d-%m-%Y")


class FeedbackRefused(DomainError):
    """The file as a whole cannot be read, or was applied before."""

    code = "FEEDBACK_REFUSED"


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """A row of the file by its number (the heading is row 1); with an `error` it does not count."""

    number: int
    reference: str
    status: str = ""
    paid_on: date | None = None
    reason: str = ""
    error: str = ""


@transaction.atomic
def keep_feedback(name: str, content: bytes, *, by: "User", at: datetime) -> PaymentFeedback:
    """Keep the file to be looked at. Refusal: `FeedbackRefused`, when it is no table with the right columns."""
    text = _text(content)
    list(_table(text))
    feedback = PaymentFeedback.objects.create(
        name=name[:200],
        content=text,
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        uploaded_at=at,
    )
    record(feedback, "payment_feedback_kept", actor=by, at=at, sha256=feedback.sha256)
    return feedback


def judge(feedback: PaymentFeedback, *, by: "User", at: datetime) -> list[FeedbackRow]:
    """Every row with what would happen, or why it does not count; nothing changes."""
    return [row for row, _ in _judged(feedback, by=by, at=at)]


@transaction.atomic
def apply_feedback(feedback: PaymentFeedback, *, by: "User", at: datetime) -> list[FeedbackRow]:
    """Carry out the rows that count, and leave the others. Refusal: `FeedbackRefused`, when no row counts or it was done before."""
    feedback = PaymentFeedback.objects.select_for_update(of=("self",)).get(pk=feedback.pk)
    if feedback.applied_at is not None:
        raise FeedbackRefused("Dit bestand is al verwerkt.")
    named = [payment for _, payment in _judged(feedback, by=by, at=at) if payment]
    if not named:
        raise FeedbackRefused("Geen enkele regel in dit bestand kan worden verwerkt.")
    lock_payments(named)
    judged = list(_judged(feedback, by=by, at=at))
    for row, payment in judged:
        if payment is not None:
            _carry_out(row, payment, by=by, at=at)
    feedback.applied_by, feedback.applied_at = by, at
    feedback.save(update_fields=["applied_by", "applied_at"])
    done = sum(not row.error for row, _ in judged)
    record(feedback, "payment_feedback_applied", actor=by, at=at, rows=len(judged), done=done)
    return [row for row, _ in judged]


def _carry_out(row: FeedbackRow, payment: Payment, *, by: "User", at: datetime) -> None:
    if row.status == FAILED:
        payment.failure = row.reason
        payment.order = payment.account = payment.ordered_by = payment.ordered_at = None
        written = ("failure", "order", "account", "ordered_by", "ordered_at")
        move(payment, "fail", "payment_failed", *written, by=by, at=at, reason=row.reason)
        return
    payment.paid_on, payment.confirmed_by, payment.confirmed_at = row.paid_on, by, at
    if row.paid_on is not None and row.paid_on > payment.due_on:
        payment.interest_amount = interest_over(payment, row.paid_on)
    fields = ("paid_on", "confirmed_by", "confirmed_at", "interest_amount")
    move(payment, "confirm", "payment_paid", *fields, by=by, at=at)


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise FeedbackRefused("Het bestand is te groot: hoogstens 1 MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FeedbackRefused("Bewaar het bestand als CSV met de codering UTF-8.") from None
    if "\x00" in text:
        raise FeedbackRefused("Dit is geen CSV-bestand.")
    return text


def _table(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their numbers."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in COLUMNS[:3] if name not in heading]:
            raise FeedbackRefused(f"De kolom ‘{missing[0]}’ ontbreekt in de eerste regel.")
        for number, cells in enumerate(reader, 2):
            if number > MOST_ROWS + 1:
                raise FeedbackRefused(f"Het bestand heeft meer dan {MOST_ROWS} regels.")
            if any(cell.strip() for cell in cells):
                yield number, dict(zip(heading, (_plain(cell) for cell in cells), strict=False))
    except csv.Error:
        raise FeedbackRefused("Dit is geen CSV-bestand.") from None


def _plain(cell: str) -> str:
    """Without the mark that keeps a spreadsheet from running it."""
    return cell.strip().removeprefix("'")


def _judged(
    feedback: PaymentFeedback, *, by: "User", at: datetime
) -> Iterator[tuple[FeedbackRow, Payment | None]]:
    rows = list(_table(feedback.content))
    references = [row.get("kenmerk", "") for _, row in rows]
    known = {
        payment.reference: payment
        for payment in Payment.objects.filter(reference__in=references).select_related(
            "grant__application__board", "grant__application__ikc"
        )
    }
    seen: set[str] = set()
    for number, cells in rows:
        row, reference = _row(number, cells), cells.get("kenmerk", "")
        payment = known.get(reference)
        error = _error(row, payment, seen, by=by, today=local_date(at))
        seen.add(reference)
        if error:
            yield (
                FeedbackRow(number, row.reference, row.status, row.paid_on, row.reason, error),
                None,
            )
        else:
            yield row, payment


def rows_of(feedback: PaymentFeedback) -> list[FeedbackRow]:
    """What the file says, without a judgement on any row."""
    return [_row(number, cells) for number, cells in _table(feedback.content)]


def _row(number: int, cells: Mapping[str, str]) -> FeedbackRow:
    return FeedbackRow(
        number,
        cells.get("kenmerk", "")[:60],
        STATUSES.get(cells.get("status", "").lower(), ""),
        _day(cells.get("datum", "")),
        cells.get("reden", "")[:300],
    )


def _error(
    row: FeedbackRow, payment: Payment | None, seen: set[str], *, by: "User", today: date
) -> str:
    """Why the row does not count; empty when it does."""
    if payment is None:
        return "Dit kenmerk kennen wij niet."
    if payment.state != PaymentState.ORDERED or payment.ordered_at is None:
        return f"Deze betaling heeft de status ‘{payment.get_state_display()}’."
    checks = (
        (row.reference not in seen, "Dit kenmerk staat al eerder in het bestand."),
        (
            payment.ordered_by_id != by.pk,
            "U maakte deze opdracht. Een ander bevestigt de betaling.",
        ),
        (row.status, "De status is ‘betaald’ of ‘mislukt’."),
        (row.paid_on, "De datum klopt niet. Schrijf bijvoorbeeld 2026-08-03."),
        (row.paid_on is None or row.paid_on <= today, "De datum ligt in de toekomst."),
        (
            row.paid_on is None or row.paid_on >= local_date(payment.ordered_at),
            "De datum ligt vóór de dag van de opdracht.",
        ),
        (row.status != FAILED or row.reason, "Bij ‘mislukt’ hoort een reden."),
    )
    return next((sentence for holds, sentence in checks if not holds), "")


def _day(text: str) -> date | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, of no time zone
        except ValueError:
            continue
    return None
