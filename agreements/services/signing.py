"""Offering a text, putting names under it, and the moment at which it holds."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from agreements.documents import agreement_text
from agreements.models import (
    AgreementParty,
    AgreementVersion,
    Consent,
    Contribution,
    Refusal,
    Signature,
)
from agreements.services.locking import lock
from agreements.services.notifying import signers_of, tell_table
from agreements.services.refusals import (
    AlreadySigned,
    NotMandated,
    NotOffered,
    NotThatDay,
    TextChanged,
)
from agreements.services.signed_papers import require_text_of
from agreements.states import (
    AGREEMENT_WORKFLOW,
    PLUS_CONDITION,
    SIGNING_ROLE,
    AgreementState,
    PartyRole,
)
from ikc.notices import NoticeKind
from ikc.roles import Role
from ikc.services.notices import notify_users
from ikc.services.plus_life import settle_condition
from ikc.states import ConditionOutcome
from kvk2.core.audit import record, record_download
from kvk2.core.dates import in_figures
from kvk2.core.deadlines import AMSTERDAM
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import store
from kvk2.core.uploads import accept_file
from subsidies.services.decision_guards import mandate_up_to

if TYPE_CHECKING:
    from ikc.models import User


@transaction.atomic
def offer_for_signing(
    version: AgreementVersion, *, by: "User | None", at: datetime
) -> AgreementVersion:
    """Ask the parties for their signature under the text that they agreed to."""
    version = lock(version)
    before = version.state
    version.state = AGREEMENT_WORKFLOW.target("offer", state=before)
    if not is_unchanged(version):
        raise TextChanged("De tekst is niet meer gelijk aan waar de partijen mee akkoord gingen.")
    version.offered_at = at
    version.save(update_fields=["state", "offered_at"])
    record(
        version,
        "agreement.offered",
        actor=by,
        at=at,
        before=before,
        after=version.state,
        content_hash=version.content_hash,
    )
    _ask_for_signatures(version, at=at)
    return version


def _ask_for_signatures(version: AgreementVersion, *, at: datetime) -> None:
    for party in version.parties.in_order():
        notify_users(
            signers_of([party], at=at),
            NoticeKind.SIGNATURE,
            "agreements/mail/signature_asked",
            {"version": version, "party": party},
            at=at,
        )


@transaction.atomic
def sign_version(party: AgreementParty, *, by: "User", at: datetime) -> Signature:
    """Sign for one party in the portal; with the last signature the version comes into force.

    The municipality's signer needs a signing mandate that covers what it puts in. Refusals: `NotOffered`,
    `NotMandated`, `AlreadySigned`, `TextChanged`, and `NoMandate` of the decisions.
    """
    version = _lock_unsigned(party)
    if not party.may_be_signed_by(by):
        raise NotMandated(f"U tekent niet namens {party.organisation_name}.")
    mandate = None
    if party.role == PartyRole.MUNICIPALITY:
        mandate = mandate_up_to(by, _promised(party), day=timezone.localdate(at))
    return _put_signature(
        version,
        Signature(
            party=party,
            user=by,
            name=by.full_name,
            function=by.job_title,
            mandate=mandate.number if mandate else party.mandate_reference,
            signing_mandate=mandate,
            signed_at=at,
            recorded_at=at,
        ),
        role=SIGNING_ROLE[PartyRole(party.role)],
    )


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """What the uploader of a signed document says about the signature on it."""

    name: str
    function: str
    signed_on: date
    mandate: str


@transaction.atomic
def record_signed_document(
    party: AgreementParty,
    *,
    paper: SignedPaper,
    file_name: str,
    content: bytes,
    by: "User",
    at: datetime,
) -> Signature:
    """Keep a signed PDF of this very text as the signature of a party.

    Refusals: those of `sign_version`, `FileRefused` for what is no PDF or not harmless, `OtherText` for a
    PDF of another text, `NotThatDay` for a day before the offer or after today.
    """
    version = _lock_unsigned(party)
    if not (party.may_be_signed_by(by) or by.has_role(Role.PROJECT_LEADER)):
        raise NotMandated(f"U legt geen handtekening vast namens {party.organisation_name}.")
    offered_on = timezone.localdate(version.offered_at)
    if not offered_on <= paper.signed_on <= timezone.localdate(at):
        raise NotThatDay(
            f"De afspraak ligt sinds {in_figures(offered_on)} klaar om te"
            " tekenen. De dag van tekenen ligt daarna, en niet in de toekomst."
        )
    accepted = accept_file(file_name, content, may_carry=True)
    require_text_of(version.content_hash, accepted)
    stored = store(
        accepted.content,
        name=accepted.name,
        content_type=accepted.content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )
    day = datetime.combine(paper.signed_on, time(12), AMSTERDAM)
    return _put_signature(
        version,
        Signature(
            party=party,
            method=Signature.Method.DOCUMENT,
            user=by,
            name=paper.name,
            function=paper.function,
            mandate=paper.mandate,
            document=stored,
            signed_at=min(day, at),
            recorded_at=at,
        ),
        role="",
    )


def _lock_unsigned(party: AgreementParty) -> AgreementVersion:
    version = lock(party.version)
    if version.state != AgreementState.SIGNING:
        raise NotOffered("Deze versie ligt niet ter ondertekening.")
    if Signature.objects.filter(party=party).exists():
        raise AlreadySigned(f"Namens {party.organisation_name} is al getekend.")
    if not is_unchanged(version):
        raise TextChanged(
            "De tekst is niet meer gelijk aan wat is aangeboden. Neem contact op met de projectleider."
        )
    return version


def _promised(party: AgreementParty) -> Decimal:
    """The euros that a party puts in, over all years."""
    rows = Contribution.objects.filter(party=party).exclude(kind=Contribution.Kind.HOURS)
    return rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _put_signature(version: AgreementVersion, signature: Signature, *, role: str) -> Signature:
    signature.content_hash = version.content_hash
    signature.save(force_insert=True)
    party, by, at = signature.party, signature.user, signature.recorded_at
    record(
        version,
        "agreement.signed" if role else "agreement.signed_on_paper",
        actor=by,
        at=at,
        on_behalf_of=party.organisation_name,
        role=role,
        content_hash=version.content_hash,
        name=signature.name,
        mandate=signature.mandate,
        sha256=signature.document.sha256 if signature.document else "",
    )
    if not AgreementParty.objects.filter(version=version).unsigned().exists():
        _enter_into_force(version, by=by, at=at)
    return signature


@transaction.atomic
def refuse(party: AgreementParty, *, reason: str, by: "User", at: datetime) -> AgreementVersion:
    """A party does not sign, and says why: this version ends, and one in force stays so (T-RA-04)."""
    version = lock(party.version)
    before = version.state
    version.state = AGREEMENT_WORKFLOW.target("refuse", state=before)
    if not party.may_be_signed_by(by):
        raise NotMandated(f"U spreekt niet namens {party.organisation_name}.")
    if Signature.objects.filter(party=party).exists():
        raise AlreadySigned(f"Namens {party.organisation_name} is al getekend.")
    Refusal.objects.create(
        party=party, user=by, name=by.full_name, reason=reason.strip(), refused_at=at
    )
    version.save(update_fields=["state"])
    record(
        version,
        "agreement.refused",
        actor=by,
        at=at,
        before=before,
        after=version.state,
        reason=reason.strip(),
        on_behalf_of=party.organisation_name,
        role=SIGNING_ROLE[PartyRole(party.role)],
    )
    tell_table(version, "refused", by=by, at=at, party=party, reason=reason.strip())
    return version


@transaction.atomic
def open_signed_document(signature: Signature, *, by: "User", at: datetime) -> StoredFile:
    """Hand out the signed PDF and record who took it. Refusals: `NotScannedYet`, `FileInfected`."""
    stored = signature.document
    if stored is None:
        raise NotOffered("Deze partij tekende in het portaal: er is geen document.")
    require_openable(stored)
    record_download(
        signature.party.version,
        "agreement.document_opened",
        stored,
        about=f"Resultaatafspraak {signature.party.version}",
        actor=by,
        at=at,
    )
    return stored


def is_unchanged(version: AgreementVersion) -> bool:
    """Whether the rows still give the fingerprint of the offered text (invariant 2)."""
    loaded = AgreementVersion.objects.with_content().get(pk=version.pk)
    return agreement_text(loaded).digest() == version.content_hash


def _enter_into_force(version: AgreementVersion, *, by: "User", at: datetime) -> None:
    present = AgreementVersion.objects.filter(agreement=version.agreement_id).in_force().first()
    if present is not None:
        present.state = AGREEMENT_WORKFLOW.target("replace", state=present.state)
        present.save(update_fields=["state"])
        record(present, "agreement.replaced", actor=by, at=at, after=present.state)
    before = version.state
    version.state = AGREEMENT_WORKFLOW.target("enter_into_force", state=version.state)
    version.in_force_from = timezone.localdate(at)
    version.save(update_fields=["state", "in_force_from"])
    record(version, "agreement.in_force", actor=by, at=at, before=before, after=version.state)
    settle_condition(
        version.agreement.ikc,
        PLUS_CONDITION,
        ConditionOutcome.MET,
        f"Resultaatafspraak {version} is in werking.",
        by=by,
        at=at,
    )


@transaction.atomic
def reopen(version: AgreementVersion, *, reason: str, by: "User | None", at: datetime) -> list[str]:
    """Back to the negotiation: every agreement and signature is void, and the trail says whose.

    Gives the names of the parties that had signed (domain reference T-RA-02).
    """
    version = lock(version)
    before = version.state
    version.state = AGREEMENT_WORKFLOW.target("reopen", state=before)
    version.content, version.content_hash, version.offered_at = None, "", None
    version.save(update_fields=["state", "content", "content_hash", "offered_at"])
    Consent.objects.filter(party__version=version).delete()
    signatures = Signature.objects.filter(party__version=version).select_related("party")
    voided = [
        {"party": row.party.organisation_name, "name": row.name, "signed_at": row.signed_at}
        for row in signatures.order_by("signed_at")
    ]
    signatures.delete()
    record(
        version,
        "agreement.reopened",
        actor=by,
        at=at,
        before=before,
        after=version.state,
        reason=reason,
        voided=voided,
    )
    tell_table(version, "reopened", by=by, at=at, reason=reason, voided=voided)
    return [str(row["party"]) for row in voided]
