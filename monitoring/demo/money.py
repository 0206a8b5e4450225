"""The accounts of the boards in the demonstration world, and what is paid on them. Every number is invented: no bank is called DEMO."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from stdnum.iso7064 import mod_97_10

from ikc.models import BankAccount, Organisation
from ikc.services.bank_accounts import check_account, propose_account
from ikc.states import AccountState

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
