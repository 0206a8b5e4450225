"""Offering a text, putting names under it, and the moment at which it holds."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from agreements.completeness import missing_for_signing
from agreements.documents import agreement_text
from agreements.models import AgreementParty, AgreementVersion, Signature
from agreements.services.locking import lock
from agreements.states import AGREEMENT_WORKFLOW, SIGNING_ROLE, AgreementState, PartyRole
from ikc.models import RoleAssignment
from ikc.notices import NoticeKind
from ikc.services.notices import notify_users
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User


class NotComplete(DomainError):
    """Something is still missing; the sentences say what."""


class NotOffered(DomainError):
    """The version is not (or no longer) there to be signed."""


class NotMandated(DomainError):
    """This person does not sign for this party."""


class AlreadySigned(DomainError):
    """Somebody signed for this party before."""


class TextChanged(DomainError):
    """The rows no longer give the text that was offered: nobody may sign, somebody must look."""


@transaction.atomic
def offer_for_signing(
    version: AgreementVersion, *, by: "User | None", at: datetime
) -> AgreementVersion:
    """Fix the text and its fingerprint, and ask the parties for their signature."""
    locked = lock(version)
    target = AGREEMENT_WORKFLOW.target("offer", state=locked.state)
    version = AgreementVersion.objects.with_content().get(pk=locked.pk)
    if missing := missing_for_signing(version):
        raise NotComplete(
            "De afspraak is nog niet compleet. "
            + " ".join(missing[:3])
            + (f" En nog {len(missing) - 3} punten." if len(missing) > 3 else "")
        )
    text = agreement_text(version)
    before = version.state
    version.state = target
    version.content = text.as_dict()
    version.content_hash = text.digest()
    version.offered_at = at
    version.save(update_fields=["state", "content", "content_hash", "offered_at"])
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
    for party in version.parties.all():
        signers = (
            RoleAssignment.objects.active_on(timezone.localdate(at))
            .filter(role=SIGNING_ROLE[PartyRole(party.role)], organisation=party.organisation_id)
            .select_related("user")
            .order_by("pk")
        )
        notify_users(
            dict.fromkeys(row.user for row in signers if row.user.is_active),
            NoticeKind.SIGNATURE,
            "agreements/mail/signature_asked",
            {"version": version, "party": party},
            at=at,
        )


@transaction.atomic
def sign_version(party: AgreementParty, *, by: "User", at: datetime) -> Signature:
    """Sign for one party; with the last signature the version comes into force and replaces the one before."""
    version = lock(party.version)
    if version.state != AgreementState.SIGNING:
        raise NotOffered("Deze versie ligt niet ter ondertekening.")
    if not party.may_be_signed_by(by):
        raise NotMandated(f"U tekent niet namens {party.organisation_name}.")
    if Signature.objects.filter(party=party).exists():
        raise AlreadySigned(f"Namens {party.organisation_name} is al getekend.")
    if not is_unchanged(version):
        raise TextChanged(
            "De tekst is niet meer gelijk aan wat is aangeboden. Neem contact op met de projectleider."
        )
    signature = Signature.objects.create(
        party=party,
        user=by,
        name=by.full_name,
        function=by.job_title,
        signed_at=at,
        content_hash=version.content_hash,
    )
    record(
        version,
        "agreement.signed",
        actor=by,
        at=at,
        on_behalf_of=party.organisation_name,
        role=SIGNING_ROLE[PartyRole(party.role)],
        content_hash=version.content_hash,
    )
    if not AgreementParty.objects.filter(version=version).unsigned().exists():
        _enter_into_force(version, by=by, at=at)
    return signature


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


@transaction.atomic
def return_to_draft(
    version: AgreementVersion, *, reason: str, by: "User | None", at: datetime
) -> list[str]:
    """Open an offered text for editing again: every signature is void, and the trail says whose.

    Gives the names of the parties that had signed (domain reference T-RA-02).
    """
    version = lock(version)
    before = version.state
    version.state = AGREEMENT_WORKFLOW.target("return_to_draft", state=version.state)
    version.content, version.content_hash, version.offered_at = None, "", None
    version.save(update_fields=["state", "content", "content_hash", "offered_at"])
    signatures = Signature.objects.filter(party__version=version).select_related("party")
    voided = [
        {"party": row.party.organisation_name, "name": row.name, "signed_at": row.signed_at}
        for row in signatures.order_by("signed_at")
    ]
    signatures.delete()
    record(
        version,
        "agreement.returned_to_draft",
        actor=by,
        at=at,
        before=before,
        after=version.state,
        reason=reason,
        voided=voided,
    )
    return [str(row["party"]) for row in voided]
