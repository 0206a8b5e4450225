"""The accounts of the boards in the demonstration world, and what is paid on them. Every number is invented: no bank is called DEMO."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from stdnum.iso7064 import mod_97_10

from ikc.models import BankAccount, Organisation
from ikc.services.bank_accounts import check_account, propose_account
from ikc.states import AccountState
from kvk2.core.deadlines import local_date
from subsidies.models import Payment
from subsidies.services.payment_feedback import apply_feedback, keep_feedback
from subsidies.services.payment_orders import make_order, release_order
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
    long_ago = at - 60 * DAY
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
    due = [row for row in rows if row.due_on <= today][:-1]
    coming = [row for row in rows if row.due_on > today]
    if due:
        _pay(due, world, now - 10 * DAY)
    if coming:
        signer = world.person("ondertekenaar")
        approved = approve_payments(coming[:6], by=signer, at=now - 2 * DAY)
        make_order(
            approved[:3],
            execute_on=today + 3 * DAY,
            by=world.person("projectleider"),
            at=now - DAY,
        )


def _pay(rows: list[Payment], world: "World", at: datetime) -> None:
    approved = approve_payments(rows, by=world.person("ondertekenaar"), at=at)
    order = make_order(approved, execute_on=local_date(at), by=world.person("projectleider"), at=at)
    second = world.person("projectleider2")
    release_order(order, by=second, at=at)
    day = local_date(at + DAY).isoformat()
    lines = [f"{row.reference};betaald;{day};" for row in approved]
    text = "\r\n".join(["kenmerk;status;datum;reden", *lines])
    feedback = keep_feedback("bank.csv", text.encode(), by=second, at=at + 2 * DAY)
    apply_feedback(feedback, by=second, at=at + 2 * DAY)
