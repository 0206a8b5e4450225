"""The account that a board is paid on: proposed by one, looked at by two others, and every change anew (domain reference 3.7).

While a change waits, nothing is approved or ordered for that board: `Organisation.objects.payable()` leaves it out.
"""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from ikc.models import BankAccount, Organisation
from ikc.states import ACCOUNT_WORKFLOW, AccountState
from kvk2.core.audit import record, record_download
from kvk2.core.errors import DomainError
from kvk2.core.identifiers import IdentifierKind, validate_identifier
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import store
from kvk2.core.uploads import accept_file

if TYPE_CHECKING:
    from ikc.models import User


class AccountRefused(DomainError):
    """This account cannot be proposed, or not now."""

    code = "ACCOUNT_REFUSED"


class SamePerson(DomainError):
    """Who proposed or checked the account does not check it (again)."""

    code = "SAME_PERSON"


class NoProof(DomainError):
    """No file was added to the account."""

    code = "NO_PROOF"


class NewProof(NamedTuple):
    """A file as it was uploaded."""

    name: str
    content: bytes


@transaction.atomic
def propose_account(
    organisation: Organisation,
    *,
    iban: str,
    holder: str,
    source: str,
    proof: NewProof | None = None,
    by: "User",
    at: datetime,
) -> BankAccount:
    """Give the account to pay on. Refusals: `InvalidIdentifier` (with its code), `AccountRefused`, `FileRefused`."""
    organisation = _lock(organisation)
    if organisation.kind != Organisation.Kind.SCHOOL_BOARD:
        raise AccountRefused("De gemeente betaalt subsidie aan een schoolbestuur.")
    compact = validate_identifier(IdentifierKind.IBAN, iban).value
    if not holder.strip() or not source.strip():
        raise AccountRefused("Vul in op wiens naam de rekening staat, en waar dat uit blijkt.")
    accounts = organisation.bank_accounts.all()
    if accounts.waiting().exists():
        raise AccountRefused("Er wacht al een rekening op controle. Laat die eerst afhandelen.")
    current = accounts.in_force().first()
    if current and (current.iban, current.holder) == (compact, holder.strip()):
        raise AccountRefused("Deze rekening is al in gebruik.")
    account = BankAccount.objects.create(
        organisation=organisation,
        iban=compact,
        holder=holder.strip(),
        source=source.strip(),
        proof=_keep(proof, by=by, at=at) if proof else None,
        proposed_by=by,
        proposed_at=at,
    )
    _record(account, "bank_account.proposed", by=by, at=at, reason=account.source)
    return account


@transaction.atomic
def check_account(account: BankAccount, *, by: "User", at: datetime) -> BankAccount:
    """Say that the account is really theirs: the first time it waits for a second person, then it is in force.

    The former account is replaced in the same transaction. Refusals: `SamePerson`, `TransitionNotAllowed`.
    """
    account = _lock_account(account)
    if account.involves(by):
        raise SamePerson(
            "U gaf deze rekening zelf door of controleerde haar al. Dat moet een ander doen."
        )
    if account.state == AccountState.PROPOSED:
        account.state = ACCOUNT_WORKFLOW.target("check", state=account.state)
        account.checked_by, account.checked_at = by, at
        account.save(update_fields=["state", "checked_by", "checked_at"])
        _record(account, "bank_account.checked", by=by, at=at)
        return account
    target = ACCOUNT_WORKFLOW.target("verify", state=account.state)
    _replace_current(account, at=at)
    account.state, account.verified_by, account.verified_at = target, by, at
    account.save(update_fields=["state", "verified_by", "verified_at"])
    _record(account, "bank_account.verified", by=by, at=at)
    return account


@transaction.atomic
def reject_account(account: BankAccount, *, reason: str, by: "User", at: datetime) -> BankAccount:
    """Do not take the account into use; the former one stays. Refusals: `AccountRefused`, `TransitionNotAllowed`."""
    if not reason.strip():
        raise AccountRefused("Schrijf op waarom deze rekening niet in gebruik komt.")
    account = _lock_account(account)
    _end(account, "reject", reason.strip(), at=at)
    _record(account, "bank_account.rejected", by=by, at=at, reason=account.end_reason)
    return account


@transaction.atomic
def open_proof(account: BankAccount, *, by: "User", at: datetime) -> StoredFile:
    """Hand out the proof and write down who took it. Refusals: `NoProof`, `FileRefused`."""
    if account.proof is None:
        raise NoProof("Bij deze rekening is geen bewijsstuk bewaard.")
    require_openable(account.proof)
    record_download(
        account.organisation,
        "bank_account.proof_opened",
        account.proof,
        about=f"Rekening van {account.organisation}",
        actor=by,
        at=at,
    )
    return account.proof


def _keep(proof: NewProof, *, by: "User", at: datetime) -> StoredFile:
    accepted = accept_file(proof.name, proof.content)
    return store(
        accepted.content,
        name=accepted.name,
        content_type=accepted.content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )


def _replace_current(account: BankAccount, *, at: datetime) -> None:
    current = account.organisation.bank_accounts.in_force().first()
    if current is not None:
        _end(current, "replace", f"Vervangen door {account.masked}.", at=at)


def _end(account: BankAccount, transition: str, reason: str, *, at: datetime) -> None:
    account.state = ACCOUNT_WORKFLOW.target(transition, state=account.state)
    account.ended_at, account.end_reason = at, reason
    account.save(update_fields=["state", "ended_at", "end_reason"])


def _lock(organisation: Organisation) -> Organisation:
    """Whoever orders a payment locks the same row, so that a change comes before it or after it."""
    return Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)


def _lock_account(account: BankAccount) -> BankAccount:
    _lock(account.organisation)
    return (
        BankAccount.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=account.pk)
    )


def _record(account: BankAccount, verb: str, *, by: "User", at: datetime, reason: str = "") -> None:
    """In the trail of the organisation, by the last four characters alone."""
    record(
        account.organisation,
        verb,
        actor=by,
        at=at,
        reason=reason,
        after=account.state,
        account=account.pk,
        last4=account.last4,
    )
