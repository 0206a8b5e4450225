"""The page of the account of a board: what is paid on now, what waits, and what went before."""

from functools import cached_property

from django.urls import reverse

from ikc.models import BankAccount, Organisation, User
from ikc.states import ACCOUNT_BADGES, AccountState
from kvk2.nlds.components import Detail, Milestone
from kvk2.nlds.templatetags.nlds import dutch_datetime

FOREIGN = (
    "Dit is een buitenlandse rekening. Dat mag: het land doet mee aan SEPA, dus een overboeking in euro's komt aan. "
    "Let wel extra op: een vreemde rekening is een bekende truc van oplichters."
)


class AccountPage:
    """The accounts of `organisation`, as `user` may see them."""

    def __init__(self, organisation: Organisation, user: User) -> None:
        self.organisation, self.user = organisation, user

    @cached_property
    def _accounts(self) -> list[BankAccount]:
        rows = self.organisation.bank_accounts.select_related(
            "proposed_by", "checked_by", "verified_by", "proof"
        )
        return list(rows.order_by("-proposed_at", "-pk"))

    @cached_property
    def current(self) -> BankAccount | None:
        return next((row for row in self._accounts if row.state == AccountState.VERIFIED), None)

    @cached_property
    def waiting(self) -> BankAccount | None:
        return next((row for row in self._accounts if row.is_open), None)

    @property
    def earlier(self) -> list[BankAccount]:
        return [row for row in self._accounts if row not in (self.current, self.waiting)]

    @property
    def current_facts(self) -> list[Detail]:
        return facts_of(self.current) if self.current else []

    @property
    def waiting_facts(self) -> list[Detail]:
        return facts_of(self.waiting) if self.waiting else []

    @property
    def steps(self) -> list[Milestone]:
        return steps_of(self.waiting) if self.waiting else []

    @property
    def may_check(self) -> bool:
        return self.user.has_perm("ikc.check_bank_account", self.waiting)

    @property
    def may_reject(self) -> bool:
        return self.user.has_perm("ikc.reject_bank_account", self.waiting)

    @property
    def may_propose(self) -> bool:
        allowed = self.user.has_perm("ikc.propose_bank_account", self.organisation)
        return allowed and self.waiting is None

    @property
    def waits_for_another(self) -> bool:
        """The reader did his part and can only wait."""
        return self.waiting is not None and self.waiting.involves(self.user)

    @property
    def proof_url(self) -> str:
        waiting = self.waiting
        if waiting is None or waiting.proof is None:
            return ""
        may_open = self.user.has_perm("ikc.open_bank_proof", self.organisation)
        return reverse("ikc:bank_account_proof", args=[waiting.pk]) if may_open else ""


def facts_of(account: BankAccount, *, whole: bool = False) -> list[Detail]:
    """What an account is; the `whole` number is for who has to check it."""
    number = account.written if whole else account.masked
    if account.is_foreign:
        number += " (buitenlands)"
    return [
        Detail("Rekeningnummer (IBAN)", number),
        Detail("Op naam van", account.holder),
        Detail("Blijkt uit", account.source),
    ]


def steps_of(account: BankAccount) -> list[Milestone]:
    """Given, looked at once, looked at twice."""
    done = [
        ("Doorgegeven", account.proposed_at, account.proposed_by),
        ("Eerste controle", account.checked_at, account.checked_by),
        ("Tweede controle, door een ander", account.verified_at, account.verified_by),
    ]
    current = next((label for label, at, _ in done if at is None), "")
    return [
        Milestone(
            label,
            "done" if at else "current" if label == current else "todo",
            f"{dutch_datetime(at)}{f', {who.full_name}' if who else ''}" if at else "",
        )
        for label, at, who in done
    ]


def badge_of(account: BankAccount) -> tuple[str, str]:
    """Label and kind."""
    state = AccountState(account.state)
    return state.label, ACCOUNT_BADGES[state]
