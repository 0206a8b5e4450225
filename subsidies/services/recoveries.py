"""Claiming back what was paid too much (Awb 4:57, 4:86-4:125; domain reference 3.10). Amounts are euros.

A claim comes from a determination below what was advanced; it is decided on like every decision (act RECOVERY), within
five years, and ends by payment, set-off, remission or time.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from kvk2.core.audit import record
from kvk2.core.deadlines import DeadlineKind, deadline, local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import LegalHoliday
from subsidies.facts import known
from subsidies.models import Decision, LegalFigure, Letter, Recovery, RecoveryReceipt
from subsidies.services.acts import draft_act
from subsidies.services.legal_figures import FigureMissing, figure_on
from subsidies.services.standard_letters import order_standard_letter
from subsidies.states import DecisionState
from subsidies.states_accountability import RECOVERY_OPEN, RECOVERY_WORKFLOW, RecoveryState

if TYPE_CHECKING:
    from ikc.models import User

Kind = Decision.Kind
GONE = (DecisionState.DISCARDED, DecisionState.REPLACED)


class RecoveryTooLate(DomainError):
    """More than five years after the determination (Awb 4:57(4))."""


class RecoveryRunning(DomainError):
    """A draft of the decision is there already, or the claim is past the point for this."""


class ReceiptInvalid(DomainError):
    """No amount, more than is owed, or of a day that cannot be."""


class ReasonMissing(DomainError):
    """Putting off, setting off and letting go say why."""


def propose(
    determination: Decision, *, amount: Decimal, advanced: Decimal, at: datetime
) -> Recovery:
    """The claim that follows from a determination, in the transaction of its announcement."""
    recovery = Recovery.objects.create(
        grant=known(determination.grant),
        determination=determination,
        amount=amount,
        advanced=advanced,
        proposed_at=at,
    )
    _note(recovery, "recovery_proposed", by=None, at=at, after=recovery.state, amount=amount)
    return recovery


# ------------------------------------------------------------ the decision


def open_draft(recovery: Recovery) -> Decision | None:
    """The decision that is being prepared or was taken, if any."""
    acts = recovery.grant.acts.filter(kind=Kind.RECOVERY, details__recovery=recovery.pk)
    return acts.exclude(state__in=GONE).first()


@transaction.atomic
def draft_recovery(recovery: Recovery, *, motivation: str, by: "User", at: datetime) -> Decision:
    """Prepare the decision. Refusals: `RecoveryRunning`, `RecoveryTooLate`, `ReasonMissing`."""
    recovery = _lock(recovery)
    if recovery.state != RecoveryState.PROPOSED or open_draft(recovery):
        raise RecoveryRunning("Voor deze terugvordering is er al een besluit.")
    _refuse_too_late(recovery, at)
    if not motivation.strip():
        raise ReasonMissing("Een besluit heeft een motivering (artikel 3:46 Awb).")
    return draft_act(
        recovery.grant.application,
        Kind.RECOVERY,
        amount=recovery.amount,
        motivation=motivation.strip(),
        details={"recovery": recovery.pk},
        grant=recovery.grant,
        by=by,
        at=at,
    )


def recovery_of(decision: Decision) -> Recovery:
    return Recovery.objects.select_related(
        "determination", "grant__application__ikc", "grant__application__board"
    ).get(pk=decision.details["recovery"])


def refuse(decision: Decision, at: datetime) -> None:
    recovery = recovery_of(decision)
    if recovery.state != RecoveryState.PROPOSED or decision.amount != recovery.amount:
        raise RecoveryRunning("Dit besluit past niet meer bij de terugvordering.")
    _refuse_too_late(recovery, at)


def _refuse_too_late(recovery: Recovery, at: datetime) -> None:
    last = recovery.decide_before
    if last is None or local_date(at) > last:
        raise RecoveryTooLate(
            "Terugvorderen kan tot vijf jaar na de vaststelling (artikel 4:57, vierde lid, Awb)."
        )


def take(decision: Decision, *, by: "User", at: datetime) -> None:
    recovery = _lock(recovery_of(decision))
    recovery.decision = decision
    _move(recovery, "decide", "recovery_decided", "decision", by=by, at=at)


def announce(decision: Decision, *, at: datetime) -> None:
    recovery = _lock(recovery_of(decision))
    recovery.due_on = _term(DeadlineKind.PAY, local_date(at))
    _move(recovery, "send", "recovery_sent", "due_on", by=None, at=at, due_on=recovery.due_on)


def values_of(decision: Decision, at: datetime) -> Mapping[str, Any]:
    recovery = recovery_of(decision)
    determination = recovery.determination
    return {
        "bedrag": recovery.amount,
        "voorschotten": recovery.advanced,
        "vastgesteld": determination.amount,
        "vastgesteld_op": local_date(known(determination.announced_at)),
        "vaststelling": determination.reference,
        "rekening": account_of_municipality(),
        "termijn": "binnen zes weken na de dag van verzending van deze brief",
    }


def account_of_municipality() -> str:
    """The account to pay to, as printed; who runs the portal sets it."""
    iban = settings.MUNICIPALITY["iban"]
    return f"{iban} op naam van {settings.MUNICIPALITY['name']}"


# ------------------------------------------------------------ what comes in


def received(recovery: Recovery) -> Decimal:
    """What came in so far, in euros."""
    return recovery.receipts.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def open_amount(recovery: Recovery) -> Decimal:
    """What is still owed, in euros, the fee of the reminder included."""
    return recovery.owed - received(recovery)


@transaction.atomic
def record_receipt(
    recovery: Recovery,
    *,
    amount: Decimal,
    received_on: date,
    reference: str = "",
    by: "User",
    at: datetime,
) -> RecoveryReceipt:
    """Write down money that came in. Refusals: `ReceiptInvalid`, `RecoveryRunning`."""
    recovery = _lock(recovery)
    _refuse_closed(recovery)
    left = open_amount(recovery)
    if not 0 < amount <= left:
        raise ReceiptInvalid("Een ontvangst is meer dan nul euro en niet meer dan wat open staat.")
    sent = local_date(known(known(recovery.decision).announced_at))
    if not sent <= received_on <= local_date(at):
        raise ReceiptInvalid("De dag van ontvangst ligt na het besluit en niet in de toekomst.")
    receipt = RecoveryReceipt.objects.create(
        recovery=recovery,
        amount=amount,
        received_on=received_on,
        reference=reference.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    if amount == left:
        recovery.ended_at = at
        _move(recovery, "pay", "recovery_paid", "ended_at", by=by, at=at, amount=amount)
    elif RECOVERY_WORKFLOW.allows("pay_part", state=recovery.state):
        _move(recovery, "pay_part", "recovery_part_paid", by=by, at=at, amount=amount)
    else:
        _note(recovery, "recovery_part_paid", by=by, at=at, amount=amount)
    return receipt


# ------------------------------------------------------------ what does not come in


@transaction.atomic
def remind(recovery: Recovery, *, by: "User", at: datetime) -> Recovery:
    """Send the reminder (L18): two weeks, with its fee. Refusals: `FigureMissing`, `TransitionNotAllowed`."""
    recovery = _lock(recovery)
    today = local_date(at)
    RECOVERY_WORKFLOW.target("remind", state=recovery.state)
    open_ = open_amount(recovery)
    fee = reminder_fee(open_, today)
    recovery.reminded_on, recovery.fee = today, fee
    recovery.reminder_due_on = _term(DeadlineKind.REMIND, today)
    recovery.reminder = order_standard_letter(
        Letter.Code.PAYMENT_REMINDER,
        recovery.grant.application,
        {
            "open_bedrag": open_,
            "vergoeding": fee,
            "totaal": open_ + fee,
            "besluit": known(recovery.decision).reference,
            "vervallen_op": recovery.due_on,
            "rekening": account_of_municipality(),
        },
        at=at,
    )
    written = ("reminded_on", "fee", "reminder_due_on", "reminder")
    _move(recovery, "remind", "recovery_reminded", *written, by=by, at=at, fee=fee)
    return recovery


def reminder_fee(claim: Decimal, day: date) -> Decimal:
    """Euros for a reminder of `claim` on `day` (Awb 4:113). Refusal: `FigureMissing`."""
    figures = {
        kind: figure_on(kind, day)
        for kind in (
            LegalFigure.Kind.REMINDER_BOUND,
            LegalFigure.Kind.REMINDER_FEE,
            LegalFigure.Kind.REMINDER_FEE_HIGH,
        )
    }
    bound, low, high = figures.values()
    if bound is None or low is None or high is None:
        raise FigureMissing(
            "De vergoeding voor een aanmaning is niet vastgelegd. Vul die in bij ‘Bedragen en termijnen’."
        )
    return low.value if claim < bound.value else high.value


@transaction.atomic
def enforce(recovery: Recovery, *, by: "User", at: datetime) -> Recovery:
    """A writ goes out (Awb 4:114, 4:117), after the term of the reminder. Refusals: `RecoveryRunning`, `TransitionNotAllowed`."""
    recovery = _lock(recovery)
    today = local_date(at)
    RECOVERY_WORKFLOW.target("enforce", state=recovery.state)
    if today <= known(recovery.reminder_due_on):
        raise RecoveryRunning("De termijn van de aanmaning loopt nog.")
    recovery.enforced_on = today
    _move(recovery, "enforce", "recovery_enforced", "enforced_on", by=by, at=at)
    return recovery


@transaction.atomic
def defer(recovery: Recovery, *, until: date, reason: str, by: "User", at: datetime) -> Recovery:
    """Give more time to pay (Awb 4:94). Refusals: `ReasonMissing`, `ReceiptInvalid`, `TransitionNotAllowed`."""
    recovery = _lock(recovery)
    today = local_date(at)
    if until <= today:
        raise ReceiptInvalid("Kies een dag na vandaag.")
    _explain(recovery, reason)
    recovery.deferred_on, recovery.deferred_until = today, until
    written = ("deferred_on", "deferred_until", "reason")
    _move(recovery, "defer", "recovery_deferred", *written, by=by, at=at, until=until)
    return recovery


@transaction.atomic
def let_go(recovery: Recovery, *, how: str, reason: str, by: "User", at: datetime) -> Recovery:
    """End it without payment: `how` is set_off (Awb 4:57(3), 4:93) or waive (4:94a).

    Refusals: `ReasonMissing`, `RecoveryRunning`, `TransitionNotAllowed`.
    """
    recovery = _lock(recovery)
    if how not in ("set_off", "waive"):
        raise RecoveryRunning("Kies verrekenen of kwijtschelden.")
    if recovery.state == RecoveryState.PROPOSED and open_draft(recovery):
        raise RecoveryRunning("Laat eerst het conceptbesluit vervallen.")
    _explain(recovery, reason)
    recovery.ended_at = at
    verb = "recovery_set_off" if how == "set_off" else "recovery_waived"
    _move(recovery, how, verb, "reason", "ended_at", by=by, at=at, why=recovery.reason)
    return recovery


def _explain(recovery: Recovery, reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Schrijf op waarom.")
    recovery.reason = reason.strip()


# ------------------------------------------------------------ by the clock


def pass_terms(*, at: datetime) -> int:
    """Say which claims are late, and which have lapsed; the number that changed."""
    today = local_date(at)
    rows = Recovery.objects.filter(state__in=[RecoveryState.PROPOSED, *RECOVERY_OPEN])
    return sum(_pass(pk, today, at) for pk in rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _pass(pk: int, today: date, at: datetime) -> bool:
    recovery = _lock(Recovery(pk=pk))
    last = (
        recovery.decide_before if recovery.state == RecoveryState.PROPOSED else recovery.lapses_on
    )
    if last and today > last:
        recovery.ended_at = at
        _move(recovery, "bar", "recovery_time_barred", "ended_at", by=None, at=at)
        return True
    deferred = recovery.state == RecoveryState.DEFERRED
    due = recovery.deferred_until if deferred else recovery.due_on
    if not RECOVERY_WORKFLOW.allows("lapse", state=recovery.state) or due is None or today <= due:
        return False
    _move(recovery, "lapse", "recovery_overdue", by=None, at=at)
    return True


# ------------------------------------------------------------ what all deeds share


def _term(kind: DeadlineKind, day: date) -> date:
    holidays = frozenset(LegalHoliday.objects.values_list("date", flat=True))
    return deadline(kind, day, extra_holidays=holidays).last_day


def _refuse_closed(recovery: Recovery) -> None:
    if recovery.state not in RECOVERY_OPEN:
        raise RecoveryRunning("Op deze terugvordering staat niets open.")


def _lock(recovery: Recovery) -> Recovery:
    return (
        Recovery.objects.select_for_update(of=("self",))
        .select_related("determination", "decision", "grant__application__board")
        .get(pk=recovery.pk)
    )


def _move(
    recovery: Recovery,
    transition: str,
    verb: str,
    *written: str,
    by: "User | None",
    at: datetime,
    **data: Any,
) -> None:
    before = recovery.state
    recovery.state = RECOVERY_WORKFLOW.target(transition, state=before)
    recovery.save(update_fields=["state", *written])
    _note(recovery, verb, by=by, at=at, before=before, after=recovery.state, **data)


def _note(recovery: Recovery, verb: str, *, by: "User | None", at: datetime, **data: Any) -> None:
    record(recovery.grant.application, verb, actor=by, at=at, recovery=recovery.pk, **data)
