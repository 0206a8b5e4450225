"""The letters about the status Plus (L24, L25): one drafts, another signs with a mandate; the file is made with the signature."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from ikc.models import PlusStatus
from ikc.states import PlusState
from kvk2.core import storage
from kvk2.core.audit import record, record_download
from kvk2.core.deadlines import local_date
from kvk2.core.documents import Municipality
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from subsidies.documents import ObjectionClause, Signature
from subsidies.documents_plus import (
    PlusDecisionPart,
    PlusLetterContext,
    PlusLetterKind,
    render_plus_letter,
)
from subsidies.facts import known
from subsidies.letter_texts import EXAMPLES, LetterTextCode
from subsidies.models import PlusLetter
from subsidies.services.decision_guards import FourEyes, mandate_up_to
from subsidies.services.letter_contexts import addressee, paragraphs
from subsidies.services.letters import objection_until
from subsidies.services.plus_delivery import post

if TYPE_CHECKING:
    from ikc.models import User

Kind = PlusLetter.Kind
# Which letter goes with a state; the other states have nothing to tell yet.
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        PlusState.GRANTED: Kind.GRANTED,
        PlusState.CONTINUED: Kind.CONTINUED,
        PlusState.ADJUSTED: Kind.ADJUSTED,
        PlusState.ENDED: Kind.ENDED,
        PlusState.EXPIRED: Kind.NOT_EXTENDED,
    }
)
UNSIGNED = "nog niet ondertekend"


class NoPlusLetter(DomainError):
    """The status is in a state that no letter is about, or the area that it stands on is not known."""

    code = "NO_PLUS_LETTER"


class PlusLetterSigned(DomainError):
    """The letter was signed and went out; another word is another decision."""

    code = "PLUS_LETTER_SIGNED"


@transaction.atomic
def draft_plus_letter(
    status: PlusStatus, *, motivation: str, view: str, run_out: str, by: "User", at: datetime
) -> PlusLetter:
    """Write the letter about the state of `status`, or write it anew while nobody signed.

    Refusals: `NoPlusLetter`, `PlusLetterSigned`, `MissingElements`.
    """
    status = PlusStatus.objects.select_for_update(of=("self",)).get(pk=status.pk)
    kind = KINDS.get(status.state)
    if kind is None:
        raise NoPlusLetter("Over deze status is nog geen brief te maken.")
    if kind == Kind.GRANTED and status.ikc.attention_area is None:
        raise NoPlusLetter("Vul eerst bij het IKC in, in welk aandachtsgebied het ligt.")
    letter = status.letters.filter(kind=kind).first() or PlusLetter(status=status, kind=kind)
    if letter.is_signed:
        raise PlusLetterSigned("Deze brief is al ondertekend.")
    if not letter.reference:
        letter.reference = f"PLUS-{status.pk}-{status.letters.count() + 1}"
    letter.motivation, letter.drafted_by, letter.drafted_at = motivation.strip(), by, at
    letter.view, letter.run_out = (view.strip(), run_out.strip()) if letter.is_burden else ("", "")
    plus_letter_context(letter, at=at).require_complete()
    letter.save()
    record(status.ikc, "ikc.plus_letter_drafted", actor=by, at=at, reference=letter.reference)
    return letter


@transaction.atomic
def sign_plus_letter(letter: PlusLetter, *, by: "User", at: datetime) -> PlusLetter:
    """Sign the letter, make its file, and tell the board that it is there.

    Refusals: `PlusLetterSigned`, `FourEyes`, `NoMandate`, `NoPlusLetter` (the status went on), `MissingElements`.
    """
    letter = PlusLetter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if letter.is_signed:
        raise PlusLetterSigned("Deze brief is al ondertekend.")
    if KINDS.get(letter.status.state) != letter.kind:
        raise NoPlusLetter("Het predicaat heeft nu een andere status. Maak een nieuwe brief.")
    if letter.is_decision:
        if letter.drafted_by_id == by.pk:
            raise FourEyes("U stelde dit besluit zelf op. Iemand anders tekent het.")
        letter.mandate = mandate_up_to(by, Decimal(0), day=local_date(at))
    letter.signed_by, letter.signed_at = by, at
    context = plus_letter_context(letter, at=at)
    letter.content = context.as_dict()
    letter.stored = storage.store(
        render_plus_letter(context),
        name=f"{letter.reference}.pdf",
        content_type="application/pdf",
        scan_state=StoredFile.ScanState.OWN,
        by=by,
        at=at,
    )
    letter.save(update_fields=["mandate", "signed_by", "signed_at", "content", "stored"])
    ikc = letter.status.ikc
    record(ikc, "ikc.plus_letter_signed", actor=by, at=at, reference=letter.reference)
    post(letter, at=at)
    return letter


def open_plus_letter(letter: PlusLetter, *, by: "User", at: datetime) -> StoredFile:
    """The file of a signed letter, after writing down who takes it."""
    stored = known(letter.stored)
    ikc, about = letter.status.ikc, letter.reference
    record_download(ikc, "ikc.plus_letter_opened", stored, about=about, actor=by, at=at)
    return stored


def plus_letter_context(letter: PlusLetter, *, at: datetime) -> PlusLetterContext:
    """What the letter says, dated today; until it is signed it says so."""
    status, municipality = letter.status, Municipality.from_settings()
    ikc, today = status.ikc, local_date(at)
    context = PlusLetterContext(
        kind=PlusLetterKind(letter.kind),
        municipality=municipality,
        addressee=addressee(ikc.board),
        sent_on=today,
        reference=letter.reference,
        programme=str(settings.MUNICIPALITY["programme"]),
        ikc=ikc.name,
        area=ikc.attention_area.name if ikc.attention_area else "",
        valid_from=status.valid_from,
        valid_until=status.valid_until,
        motivation=paragraphs(letter.motivation),
        view=paragraphs(letter.view),
        run_out=paragraphs(letter.run_out),
        contact=letter.drafted_by.full_name,
        demo=settings.DEMO,
    )
    if not letter.is_decision:
        return context
    decision = PlusDecisionPart(
        objection=ObjectionClause(objection_until(today), postal_lines=municipality.address),
        objection_text=EXAMPLES[LetterTextCode.OBJECTION],
        signature=_signature(letter, at=at),
    )
    return replace(context, decision=decision)


def _signature(letter: PlusLetter, *, at: datetime) -> Signature:
    signer, mandate = letter.signed_by, letter.mandate
    if signer is None or mandate is None:
        return Signature(UNSIGNED, "ondertekenaar", UNSIGNED, at)
    return Signature(
        signer.full_name,
        signer.job_title or "ondertekenaar",
        mandate.number,
        letter.signed_at or at,
    )
