"""What the decision on a penalty says (Awb 4:17, 4:18). A frozen context, as in `subsidies.documents`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString

from kvk2.core.documents import Frozen, Municipality
from subsidies.documents import (
    Addressee,
    ApplicationFacts,
    DecisionContext,
    ObjectionClause,
    Signature,
    letter_pdf,
    noon,
)
from subsidies.letter_texts import LetterTextCode, fill
from subsidies.letter_values import objection_values


@dataclass(frozen=True, slots=True)
class PenaltyStep(Frozen):
    """Part of the sum: so many days at so many euros."""

    period: str
    days: int
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PenaltyContext(DecisionContext):
    """The decision that a penalty is due, with the elements of every decision (Awb 3:45-3:47)."""

    municipality: Municipality
    addressee: Addressee
    sent_on: date
    reference: str
    application: ApplicationFacts
    amount: Decimal
    days: int
    steps: tuple[PenaltyStep, ...]
    motivation: tuple[str, ...]
    objection: ObjectionClause
    signature: Signature
    # The wording of the scheme for the way to object (Awb 3:45), as it stood when the letter was frozen.
    objection_text: str
    contact: str = ""
    demo: bool = False

    @property
    def passages(self) -> dict[str, tuple[SafeString, ...]]:
        code = LetterTextCode.OBJECTION
        return {
            code: fill(
                self.objection_text,
                objection_values(self.municipality, self.reference, self.objection),
            )
        }

    def missing_elements(self) -> tuple[str, ...]:
        """Dutch names of the mandatory elements that are empty."""
        required = {
            "afzender": self.municipality.name and self.municipality.address,
            "contactgegevens": self.municipality.phone or self.municipality.email,
            "geadresseerde": self.addressee.organisation and self.addressee.lines,
            "kenmerk": self.reference,
            "aanvraag": self.application.number,
            "bedrag": self.amount and self.steps,
            "motivering": self.motivation,
            "brieftekst ‘bezwaarclausule’": self.objection_text.strip(),
            "adres voor bezwaar": self.objection.url or self.objection.postal_lines,
            "rechtbank": self.municipality.court,
            "ondertekening": self.signature.name and self.signature.function,
            "mandaat": self.signature.mandate,
        }
        return tuple(name for name, present in required.items() if not present)


def render_penalty(letter: PenaltyContext) -> bytes:
    """The PDF of the decision. Raises `MissingElements` when it is incomplete."""
    letter.require_complete()
    context = {"letter": letter, "passages": letter.passages}
    return letter_pdf("subsidies/pdf/penalty.html", letter, context, created=noon(letter.sent_on))
