"""Laying a text before the parties, and their agreement with it (domain reference 5.4)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from agreements.completeness import missing_for_negotiation, missing_for_signing
from agreements.documents import AgreementText, agreement_text
from agreements.models import AgreementParty, AgreementVersion, Consent, Reading, Revision
from agreements.services.locking import lock
from agreements.services.notifying import tell_table
from agreements.services.refusals import (
    AlreadyAgreed,
    NotComplete,
    NothingNew,
    NotMandated,
    NotNegotiated,
    TextChanged,
    not_complete,
)
from agreements.states import AGREEMENT_WORKFLOW, SIGNING_ROLE, AgreementState, PartyRole
from kvk2.core.audit import record

if TYPE_CHECKING:
    from ikc.models import User


@transaction.atomic
def lay_before_parties(
    version: AgreementVersion, *, note: str = "", by: "User | None", at: datetime
) -> Revision:
    """Keep the text as a numbered revision and ask the parties what they think of it.

    Refusals: `NotComplete` without a party in each role or a result under each goal, `NothingNew`
    when the parties have this very text before them.
    """
    locked = lock(version)
    target = AGREEMENT_WORKFLOW.target("lay_before_parties", state=locked.state)
    version = AgreementVersion.objects.with_content().get(pk=locked.pk)
    if missing := missing_for_negotiation(version):
        raise NotComplete(not_complete(missing))
    text = agreement_text(version)
    last = last_revision(version)
    if last is not None and last.content_hash == text.digest():
        raise NothingNew("De tekst is niet gewijzigd: de partijen hebben haar al voor zich.")
    before = version.state
    if before != target:
        version.state = target
        version.save(update_fields=["state"])
    Consent.objects.filter(party__version=version).delete()
    revision = Revision.objects.create(
        version=version,
        number=last.number + 1 if last else 1,
        content=text.as_dict(),
        content_hash=text.digest(),
        note=note.strip(),
        laid_by=by,
        laid_at=at,
    )
    record(
        version,
        "agreement.laid_before_parties",
        actor=by,
        at=at,
        before=before,
        after=version.state,
        reason=revision.note,
        revision=revision.number,
        content_hash=revision.content_hash,
    )
    tell_table(version, "laid_before_parties", by=by, at=at, revision=revision)
    return revision


def last_revision(version: AgreementVersion) -> Revision | None:
    return Revision.objects.filter(version=version).order_by("-number").first()


@transaction.atomic
def agree(party: AgreementParty, *, by: "User", at: datetime) -> Consent:
    """Agree for one party with the newest revision; with the last party the text is fixed.

    Refusals: `NotNegotiated`, `NotMandated`, `AlreadyAgreed`, `TextChanged` when somebody edited the text
    since it was laid before the parties, `NotComplete` while something is missing to sign.
    """
    version = lock(party.version)
    if version.state != AgreementState.NEGOTIATION:
        raise NotNegotiated("Over deze versie is nu geen overleg.")
    if not party.may_be_signed_by(by):
        raise NotMandated(f"U gaat niet akkoord namens {party.organisation_name}.")
    if Consent.objects.filter(party=party).exists():
        raise AlreadyAgreed(f"Namens {party.organisation_name} is al akkoord gegeven.")
    revision = _unchanged_revision(version)
    consent = Consent.objects.create(
        party=party, revision=revision, user=by, name=by.full_name, given_at=at
    )
    record(
        version,
        "agreement.consented",
        actor=by,
        at=at,
        on_behalf_of=party.organisation_name,
        role=SIGNING_ROLE[PartyRole(party.role)],
        revision=revision.number,
        content_hash=revision.content_hash,
    )
    if not AgreementParty.objects.filter(version=version).without_consent().exists():
        _fix_text(version, revision, by=by, at=at)
    return consent


def _unchanged_revision(version: AgreementVersion) -> Revision:
    """The newest revision, which is still what the rows say and lacks nothing."""
    loaded = AgreementVersion.objects.with_content().get(pk=version.pk)
    revision = last_revision(version)
    if revision is None or agreement_text(loaded).digest() != revision.content_hash:
        raise TextChanged(
            "De tekst is gewijzigd sinds zij is voorgelegd. De projectleider legt haar eerst opnieuw voor."
        )
    if missing := missing_for_signing(loaded):
        raise NotComplete(not_complete(missing))
    return revision


def _fix_text(version: AgreementVersion, revision: Revision, *, by: "User", at: datetime) -> None:
    before = version.state
    version.state = AGREEMENT_WORKFLOW.target("agree", state=before)
    version.content, version.content_hash = revision.content, revision.content_hash
    version.save(update_fields=["state", "content", "content_hash"])
    record(
        version,
        "agreement.agreed",
        actor=by,
        at=at,
        before=before,
        after=version.state,
        content_hash=version.content_hash,
    )
    tell_table(version, "agreed", by=None, at=at)


def text_of(revision: Revision) -> AgreementText:
    return AgreementText.from_dict(revision.content)


@transaction.atomic
def mark_read(revision: Revision, *, by: "User", at: datetime) -> Reading:
    """Remember that `by` read up to this revision; what is laid before the parties later is new to them."""
    reading, _ = Reading.objects.update_or_create(
        user=by, version=revision.version, defaults={"revision": revision}
    )
    return reading
