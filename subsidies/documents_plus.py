"""What the letters about the status Plus IKC say: granted (L24), and continued, adjusted, ended or not extended (L25)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.safestring import SafeString

from kvk2.core.documents import Frozen, Municipality
from subsidies.documents import (
    Addressee,
    DecisionContext,
    ObjectionClause,
    Signature,
    letter_pdf,
    noon,
)
from subsidies.letter_texts import LetterTextCode, fill
from subsidies.letter_values import objection_values


class PlusLetterKind(StrEnum):
    """What the letter comes down to; a continuation decides nothing new."""

    GRANTED = "granted"
    CONTINUED = "continued"
    ADJUSTED = "adjusted"
    ENDED = "ended"
    NOT_EXTENDED = "not_extended"


DECISIONS = frozenset(PlusLetterKind) - {PlusLetterKind.CONTINUED}
# What takes something away: the recipient is heard first (Awb 4:8) and gets time to wind down.
BURDENS = frozenset({PlusLetterKind.ADJUSTED, PlusLetterKind.ENDED, PlusLetterKind.NOT_EXTENDED})


@dataclass(frozen=True, slots=True)
class PlusDecisionPart(Frozen):
    """What only a decision has (Awb 3:45-3:47, 10:10)."""

    objection: ObjectionClause
    objection_text: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class PlusLetterContext(DecisionContext):
    """A letter about the status of one IKC."""

    kind: PlusLetterKind
    municipality: Municipality
    addressee: Addressee
    sent_on: date
    reference: str
    programme: str
    ikc: str
    area: str  # attention area; empty for an IKC outside
    valid_from: date | None
    valid_until: date | None
    motivation: tuple[str, ...]
    view: tuple[
        str, ...
    ] = ()  # what the board said beforehand, and what was done with it (Awb 4:8, 3:46)
    run_out: tuple[str, ...] = ()  # how support and means run out
    contact: str = ""
    decision: PlusDecisionPart | None = None
    demo: bool = False

    @property
    def is_burden(self) -> bool:
        return self.kind in BURDENS

    @property
    def signature(self) -> Signature | None:
        return self.decision.signature if self.decision else None

    @property
    def passages(self) -> dict[str, tuple[SafeString, ...]]:
        """The way to object."""
        if self.decision is None:
            return {}
        values = objection_values(self.municipality, self.reference, self.decision.objection)
        return {LetterTextCode.OBJECTION: fill(self.decision.objection_text, values)}

    def missing_elements(self) -> tuple[str, ...]:
        """Dutch names of the mandatory elements that are empty (domain reference 9.2)."""
        present: dict[str, object] = {
            "afzender": self.municipality.name and self.municipality.address,
            "contactgegevens": self.municipality.phone or self.municipality.email,
            "geadresseerde": self.addressee.organisation and self.addressee.lines,
            "kenmerk": self.reference,
            "IKC": self.ikc,
            "grondslag": self.programme,
            "tijdvak": self.valid_from and self.valid_until,
            "aandachtsgebied": self.area or self.kind != PlusLetterKind.GRANTED,
            "motivering": self.motivation,
            "zienswijze": self.view or not self.is_burden,
            "afbouw": self.run_out or not self.is_burden,
            "besluit": self.decision or self.kind not in DECISIONS,
        }
        missing = [name for name, found in present.items() if not found]
        if self.decision:
            missing += _missing_of_decision(self.municipality, self.decision)
        return tuple(missing)


def _missing_of_decision(municipality: Municipality, decision: PlusDecisionPart) -> list[str]:
    signature, objection = decision.signature, decision.objection
    present = {
        "brieftekst ‘bezwaarclausule’": decision.objection_text.strip(),
        "adres voor bezwaar": objection.url or objection.postal_lines,
        "rechtbank": municipality.court,
        "ondertekening": signature.name and signature.function,
        "mandaat": signature.mandate,
    }
    return [name for name, found in present.items() if not found]


def render_plus_letter(letter: PlusLetterContext, *, draft: bool = False) -> bytes:
    """The PDF; a `draft` says so across each page. Raises `MissingElements` when it is incomplete."""
    letter.require_complete()
    context = {"letter": letter, "passages": letter.passages, "draft": draft}
    return letter_pdf("subsidies/pdf/plus.html", letter, context, created=noon(letter.sent_on))
