"""The accounts of the boards in the demonstration world, and what is paid on them. Every number is invented: no bank is called DEMO."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from stdnum.iso7064 import mod_97_10

from ikc.models import BankAccount, Organisation
from ikc.services.bank_accounts import check_account, propose_account
from ikc.states import AccountState
from kvk2.core.deadlines import AMSTERDAM, local_date
from subsidies.models import Payment
from subsidies.services.payment_feedback import apply_feedback, keep_feedback
from subsidies.services.payment_orders import export_order, make_order, release_order
from subsidies.services.payments import approve_payments
from subsidies.states_payments import PaymentState

if TYPE_CHECKING:
    from monitoring.demo.people import World

DAY = timedelta(days=1)


def _iban(number: int) -> str:
    """A number that passes the test of a real one, at a bank that does not exist."""
    rest = f"DEMO{number:010d}"
    return f"NL{mod_97_10.calc_check_digits(rest + 'NL')}{rest}"


def accounts(world: "World", at: datetime) -> None:
    """An account in force for every board; one of them gave a new one that a single official has looked at."""
    long_ago = at - 1000 * DAY
    boards = list(Organisation.objects.school_boards().order_by("pk"))
    BankAccount.objects.bulk_create(
        BankAccount(
            organisation=board,
            iban=_iban(number),
            holder=board.name[:70],
            source="Bankafschrift van het bestuur",
            state=AccountState.VERIFIED,
            proposed_by=None,
            proposed_at=long_ago,
            checked_by=world.person("projectleider2"),
            checked_at=long_ago + DAY,
            verified_by=world.person("ondertekenaar"),
            verified_at=long_ago + 2 * DAY,
        )
        for number, board in enumerate(boards, 1)
    )
    own = world.person("bestuur").organisation_ids()
    other = next(board for board in reversed(boards) if board.pk not in own)
    account = propose_account(
        other,
        iban=_iban(900),
        holder=other.name[:70],
        source="Brief van het bestuur: de bank is veranderd",
        by=world.person("projectleider"),
        at=at - 2 * DAY,
    )
    check_account(account, by=world.person("projectleider2"), at=at - DAY)


def make_payments(world: "World", now: datetime) -> None:
    """What was due is paid, but for one; of what comes next some is approved, and some waits in an order."""
    today = local_date(now)
    planned = Payment.objects.payable().filter(state=PaymentState.PLANNED)
    rows = list(planned.order_by("due_on", "reference")[:30])
    pay_in_time([row for row in rows if row.due_on <= today][:-1], world)
    coming = [row for row in rows if row.due_on > today]
    if coming:
        signer = world.person("ondertekenaar")
        approved = approve_payments(coming[:6], by=signer, at=now - 2 * DAY)
        make_order(
            approved[:3],
            execute_on=today + 3 * DAY,
            by=world.person("projectleider"),
            at=now - DAY,
        )


def pay_in_time(rows: list[Payment], world: "World", *, fails: str = "") -> None:
    """Each day's payments in an order of their own, six days before; the bank refuses the one with the reference `fails`."""
    for due_on, together in groupby(rows, key=attrgetter("due_on")):
        at = datetime.combine(due_on, time(10), tzinfo=AMSTERDAM) - 6 * DAY
        paid = list(together)
        _pay(paid, world, at, fails=fails)
        if again := [row for row in paid if row.reference == fails]:
            _pay(Payment.objects.filter(pk=again[0].pk), world, at + 3 * DAY)


def _pay(rows: Iterable[Payment], world: "World", at: datetime, *, fails: str = "") -> None:
    waiting = [row for row in rows if row.state == PaymentState.PLANNED]
    if waiting:
        approve_payments(waiting, by=world.person("ondertekenaar"), at=at)
    order = make_order(rows, execute_on=local_date(at), by=world.person("projectleider"), at=at)
    second = world.person("projectleider2")
    release_order(order, by=second, at=at)
    export_order(order, kind="sepa", by=second, at=at + timedelta(hours=1))
    day = local_date(at + DAY).isoformat()
    lines = [
        f"{reference};mislukt;{day};Rekeningnummer en naam passen niet bij elkaar"
        if reference == fails
        else f"{reference};betaald;{day};"
        for reference in order.payments.order_by("reference").values_list("reference", flat=True)
    ]
    text = "\r\n".join(["kenmerk;status;datum;reden", *lines])
    feedback = keep_feedback(
        f"bank-{order.reference}.csv", text.encode(), by=second, at=at + 2 * DAY
    )
    apply_feedback(feedback, by=second, at=at + 2 * DAY)
