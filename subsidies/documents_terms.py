"""What the letters about completing say: the request (L02), and leaving unprocessed (L03). Frozen contexts, as in `subsidies.documents`."""

from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from kvk2.core.documents import Frozen, Municipality
from kvk2.nlds.templatetags.nlds import dutch_date
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
from subsidies.letter_values import (
    asked_values,
    completion_values,
    objection_values,
    opening,
)


@dataclass(frozen=True, slots=True)
class CompletionContext(Frozen):
    """The request to complete an application (L02; Awb 4:5(1)); not a decision."""

    municipality: Municipality
    addressee: Addressee
    sent_on: date
    reference: str
    application: ApplicationFacts
    missing: tuple[str, ...]  # "Begroting: de uren van de vakdocent ontbreken"
    due_on: date
    note: str = ""
    contact: str = ""  # name of the officer who knows the case
    url: str = ""  # where to complete
    opening_text: str = ""
    demo: bool = False

    @property
    def passages(self) -> dict[str, tuple[SafeString, ...]]:
        """The opening, in the wording of the scheme."""
        return opening(LetterTextCode.COMPLETION, self.opening_text, completion_values(self))


def render_completion(letter: CompletionContext) -> bytes:
    """The PDF of a request to complete."""
    context = {"letter": letter, "passages": letter.passages}
    return letter_pdf(
        "subsidies/pdf/completion.html", letter, context, created=noon(letter.sent_on)
    )


@dataclass(frozen=True, slots=True)
class IntentContext(Frozen):
    """The intention to refuse or to lower, with the opportunity to react (L07; Awb 4:7-4:9); not a decision."""

    municipality: Municipality
    addressee: Addressee
    sent_on: date
    reference: str
    application: ApplicationFacts
    intention: str  # completes "Wij zijn van plan om ..."
    reasons: tuple[str, ...]
    due_on: date
    intent_text: str  # the wording of the scheme
    contact: str = ""
    url: str = ""  # where to react
    demo: bool = False

    @property
    def passages(self) -> dict[str, tuple[SafeString, ...]]:
        values = {
            "besluit": self.intention,
            "datum": dutch_date(self.due_on),
            "ikc": self.application.ikc,
        }
        return {LetterTextCode.INTENT: fill(self.intent_text, values)}


def render_intent(letter: IntentContext) -> bytes:
    """The PDF of an intention."""
    context = {"letter": letter, "passages": letter.passages}
    return letter_pdf("subsidies/pdf/intent.html", letter, context, created=noon(letter.sent_on))


@dataclass(frozen=True, slots=True)
class NotProcessedContext(DecisionContext):
    """The decision not to process an application (L03; Awb 4:5), with the elements of every decision (Awb 3:45-3:47)."""

    municipality: Municipality
    addressee: Addressee
    sent_on: date
    reference: str
    application: ApplicationFacts
    asked_on: date
    due_on: date
    missing: tuple[str, ...]  # what was asked
    motivation: tuple[str, ...]
    ordinance: str
    scheme: str
    objection: ObjectionClause
    signature: Signature
    # The wording of the scheme for the way to object (Awb 3:45), as it stood when the letter was frozen.
    objection_text: str
    opening_text: str = ""
    contact: str = ""
    demo: bool = False

    @property
    def passages(self) -> dict[str, tuple[SafeString, ...]]:
        """The paragraphs that the scheme words itself, filled in."""
        code = LetterTextCode.OBJECTION
        return {
            code: fill(
                self.objection_text,
                objection_values(self.municipality, self.reference, self.objection),
            ),
            **opening(LetterTextCode.NOT_PROCESSED, self.opening_text, asked_values(self)),
        }

    def missing_elements(self) -> tuple[str, ...]:
        """Dutch names of the mandatory elements that are empty."""
        required = {
            "afzender": self.municipality.name and self.municipality.address,
            "contactgegevens": self.municipality.phone or self.municipality.email,
            "geadresseerde": self.addressee.organisation and self.addressee.lines,
            "kenmerk": self.reference,
            "aanvraag": self.application.number,
            "wettelijke grondslag": self.ordinance and self.scheme,
            "motivering": self.motivation,
            "brieftekst ‘bezwaarclausule’": self.objection_text.strip(),
            "adres voor bezwaar": self.objection.url or self.objection.postal_lines,
            "rechtbank": self.municipality.court,
            "ondertekening": self.signature.name and self.signature.function,
            "mandaat": self.signature.mandate,
        }
        return tuple(name for name, present in required.items() if not present)


def render_not_processed(letter: NotProcessedContext) -> bytes:
    """The PDF of the decision. Raises `MissingElements` when it is incomplete."""
    letter.require_complete()
    context = {"letter": letter, "passages": letter.passages}
    return letter_pdf(
        "subsidies/pdf/not_processed.html", letter, context, created=noon(letter.sent_on)
    )
