"""What a standard letter of the catalogue says (L11-L22): one frozen context and one template for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from kvk2.core.documents import Frozen, Municipality
from kvk2.nlds.templatetags.nlds import dutch_date, euro
from subsidies.documents import (
    Addressee,
    ApplicationFacts,
    DecisionContext,
    LegalBasis,
    ObjectionClause,
    Signature,
    letter_pdf,
    noon,
)
from subsidies.letter_catalogue.kinds import MergeValues
from subsidies.letter_catalogue.markup import Block, blocks, fields_in, fill_line
from subsidies.letter_texts import STRONG, LetterTextCode, fill
from subsidies.letter_values import objection_values

NO_BREAK = "\N{NO-BREAK SPACE}"  # a number to call stays on one line


class Remedy(StrEnum):
    """What who disagrees with a decision can do (Awb 6:4, 8:1)."""

    OBJECTION = "objection"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class DecisionPart(Frozen):
    """What only a decision has, besides its text (Awb 3:45-3:47, 10:10)."""

    legal_basis: LegalBasis
    motivation: tuple[str, ...]
    signature: Signature
    remedy: Remedy
    # The wording of the scheme for the way to object, as it stood when the letter was frozen; empty for an appeal.
    objection_text: str = ""


@dataclass(frozen=True, slots=True)
class StandardLetterContext(DecisionContext):
    """A letter of the catalogue: the text as it stood, the values of its fields, and the facts of the case."""

    code: str
    municipality: Municipality
    addressee: Addressee
    sent_on: date
    reference: str
    application: ApplicationFacts
    legal_names: LegalBasis  # ordinance and scheme, for the fields of that name
    subject_text: str
    body_text: str
    required: tuple[str, ...]
    values: MergeValues
    decision: DecisionPart | None = None
    objection: ObjectionClause | None = None  # until when one can object, or appeal
    text_version: int = 0  # of the municipality's own text; 0 is the portal's
    your_reference: str = ""
    contact: str = ""
    url: str = ""
    demo: bool = False

    @property
    def subject(self) -> str:
        return fill_line(self.subject_text, {**self._facts(), **self._printed()})

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The text with its fields filled in, in order of the page.

        Bold is what a reader looks for first: amounts and dates in the first paragraph, and the names of
        `letter_texts.STRONG` anywhere.
        """
        plain = {**self._facts(), **self._printed()}
        strong = {
            name: format_html("<strong>{}</strong>", plain[name]) for name in plain if plain[name]
        }
        lead = {name for name in plain if name in STRONG or name in self.values.stressed}
        return blocks(
            self.body_text,
            {
                name: strong[name] if name in STRONG and plain[name] else plain[name]
                for name in plain
            },
            {**self.values.lines, **self.values.tables},
            lead={name: strong.get(name, "") if name in lead else plain[name] for name in plain},
        )

    @property
    def passages(self) -> dict[str, tuple[SafeString, ...]]:
        """The way to object, in the wording of the scheme; an appeal has none of its own."""
        decision, objection = self.decision, self.objection
        if decision is None or objection is None or decision.remedy == Remedy.APPEAL:
            return {}
        values = objection_values(self.municipality, self.reference, objection)
        return {LetterTextCode.OBJECTION: fill(decision.objection_text, values)}

    @property
    def articles(self) -> str:
        """The articles that the decision names, as in a sentence."""
        parts = self.decision.legal_basis.articles if self.decision else ()
        return " en ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)

    @property
    def signature(self) -> Signature | None:
        return self.decision.signature if self.decision else None

    def _facts(self) -> dict[str, str]:
        """The common fields (`letter_catalogue.every_letter.COMMON`), as printed."""
        return {
            "ikc": self.application.ikc,
            "bestuur": self.addressee.organisation,
            "ronde": self.application.round_title,
            "regeling": self.legal_names.scheme,
            "verordening": self.legal_names.ordinance,
            "aanvraagnummer": self.application.number,
            "aanvraagdatum": dutch_date(self.application.submitted_on),
            "gevraagd": euro(self.application.requested),
            "kenmerk": self.reference,
            "college": self.municipality.college,
            "gemeente": self.municipality.name,
            "telefoon": self.municipality.phone.replace(" ", NO_BREAK),
            "rechtbank": self.municipality.court,
            "portaal": self.url,
        }

    def _printed(self) -> dict[str, str]:
        return {
            **self.values.texts,
            **{name: euro(amount) for name, amount in self.values.amounts.items()},
            **{name: dutch_date(day) for name, day in self.values.dates.items()},
        }

    def missing_elements(self) -> tuple[str, ...]:
        """Dutch names of the mandatory elements that are empty (domain reference 9.2)."""
        present: dict[str, Any] = {
            "afzender": self.municipality.name and self.municipality.address,
            "contactgegevens": self.municipality.phone or self.municipality.email,
            "geadresseerde": self.addressee.organisation,
            "datum van verzending": self.sent_on,
            "kenmerk": self.reference,
            "onderwerp": self.subject,
            "aanvraag": self.application.number,
            "tekst": self.blocks and self.blocks[0].paragraph,
        }
        missing = [name for name, found in present.items() if not found]
        facts = self._facts()
        missing += [
            f"invulveld {name}"
            for name in self.required
            if name not in self.values and not facts.get(name)
        ]
        missing += [
            f"invulveld {name} in de tekst"
            for name in self.required
            if name not in fields_in(self.body_text)
        ]
        if self.decision:
            missing += _missing_of_decision(self, self.decision)
        return tuple(missing)


def _missing_of_decision(letter: StandardLetterContext, decision: DecisionPart) -> list[str]:
    signature, objection = decision.signature, letter.objection
    appeals = decision.remedy == Remedy.APPEAL
    present: Mapping[str, Any] = {
        "adres van de geadresseerde": letter.addressee.lines,
        "wettelijke grondslag": decision.legal_basis.ordinance and decision.legal_basis.scheme,
        "motivering": decision.motivation,
        "laatste dag voor bezwaar of beroep": objection and objection.last_day,
        "brieftekst ‘bezwaarclausule’": appeals or decision.objection_text.strip(),
        "adres voor bezwaar": appeals or (objection and (objection.url or objection.postal_lines)),
        "rechtbank": letter.municipality.court,
        "ondertekening": signature.name and signature.function,
        "mandaat": signature.mandate,
    }
    return [name for name, found in present.items() if not found]


def render_standard(
    letter: StandardLetterContext, *, draft: bool = False, example: bool = False
) -> bytes:
    """The PDF of the letter; a `draft`, or an `example` of its text, says so across each page.

    Raises `MissingElements` when it is incomplete.
    """
    letter.require_complete()
    context = {
        "letter": letter,
        "subject": letter.subject,
        "blocks": letter.blocks,
        "passages": letter.passages,
        "draft": draft,
        "example": example,
    }
    return letter_pdf("subsidies/pdf/standard.html", letter, context, created=noon(letter.sent_on))
