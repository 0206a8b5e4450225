"""What the letters of a round say: frozen contexts, their completeness check, and rendering.

A service freezes one of these contexts when a decision is taken, an advice is sent or an
application is submitted, and stores `as_dict()`. The task that makes the PDF only reads it back.
Every decision letter states the elements that the Awb asks for (`missing_elements`); a letter in
which one is missing is refused. Money is in euros as `Decimal`; IBANs only as their last four
characters.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from kvk2.core.documents import Frozen, Municipality
from kvk2.core.errors import DomainError
from kvk2.core.pdf import PdfAttachment, render_pdf
from subsidies.letter_texts import LetterTextCode, fill
from subsidies.letter_values import (
    advice_values,
    needed_passages,
    opening,
    passage_values,
    receipt_values,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class MissingElements(DomainError):
    """A decision letter lacks a mandatory element; the message names all of them in Dutch."""


class LetterKind(StrEnum):
    """The decisions that become a letter (catalogue L08, L09, L10)."""

    GRANT = "GRANT"
    PARTIAL_GRANT = "PARTIAL_GRANT"
    REFUSAL = "REFUSAL"


@dataclass(frozen=True, slots=True)
class Addressee(Frozen):
    """The legal person the letter goes to (Awb 1:2, 3:41)."""

    organisation: str
    attention: str = ""  # "het bestuur"; printed after "t.a.v."
    lines: tuple[str, ...] = ()  # street, postcode and town
    salutation: str = "Geacht bestuur,"


@dataclass(frozen=True, slots=True)
class ApplicationFacts(Frozen):
    """The application that the letter answers."""

    number: str
    ikc: str
    submitted_on: date
    requested: Decimal
    round_title: str  # "Subsidieronde IKC-ontwikkeling 2026/27"


@dataclass(frozen=True, slots=True)
class LegalBasis(Frozen):
    """The rules a decision stands on (Awb 3:47). `articles` as printed: "artikel 4:25 Awb"."""

    ordinance: str  # "Algemene subsidieverordening 2021"
    scheme: str  # the subsidy scheme of the round
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CriterionScore(Frozen):
    """Average score on one criterion, and why."""

    label: str
    weight: int  # whole percent
    score: Decimal  # 1-5
    motivation: str = ""


@dataclass(frozen=True, slots=True)
class Ranking(Frozen):
    """How the ceiling was divided: the facts behind a grant or refusal (Awb 4:25, 4:26)."""

    ceiling: Decimal
    applications: int  # that took part in the ranking
    total_requested: Decimal
    rank: int
    score: Decimal  # 0-100
    last_granted_rank: int
    tie_break: str = ""  # how an equal score was decided, when it mattered


@dataclass(frozen=True, slots=True)
class ExplanationStep(Frozen):
    """One step of the division, for the annex that shows how the outcome came about."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Adviser(Frozen):
    """Who advised (Awb 3:8), when, and whether the college follows (Awb 3:50)."""

    name: str  # "IKC-commissie"
    advised_on: date
    conclusion: str  # as printed: "positief", "negatief"
    followed: bool = True
    deviation: str = ""  # the point on which the college deviates
    deviation_reason: str = ""


@dataclass(frozen=True, slots=True)
class Obligation(Frozen):
    """A duty attached to the grant (Awb 4:37, 4:38)."""

    text: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class EffortObligation(Frozen):
    """The duty to improve something within a term, asked for by the commission."""

    finding: str  # completes "De commissie ziet dat ..."
    aim: str  # completes "Daarom moet u zich ervoor inspannen dat ..."
    due_on: date
    evidence: str  # completes "U laat dat zien met ..."


@dataclass(frozen=True, slots=True)
class Advance(Frozen):
    """One instalment of the advance payment (Awb 4:95)."""

    amount: Decimal
    pay_on: date


@dataclass(frozen=True, slots=True)
class Continuity(Frozen):
    """Years of subsidy in a row before a lower one, and the judgement on a reasonable term (Awb 4:51)."""

    years: tuple[str, ...]
    motivation: str
    announced_on: date | None = None
    term_until: date | None = None
    continued_amount: Decimal | None = None  # for the rest of the term


@dataclass(frozen=True, slots=True)
class Accountability(Frozen):
    """When and how the applicant asks for the final determination (Awb 4:44)."""

    due_on: date
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reduction(Frozen):
    """Why part of the requested amount is refused."""

    amount: Decimal
    reason: str  # completes "omdat ..."


@dataclass(frozen=True, slots=True)
class ObjectionClause(Frozen):
    """Where and until when objection is possible (Awb 3:45, 6:7)."""

    last_day: date
    url: str = ""
    postal_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature(Frozen):
    """Who signed for the college and under which mandate (Awb 10:10)."""

    name: str
    function: str
    mandate: str
    signed_at: datetime


class DecisionContext(Frozen, ABC):
    """A decision on paper: not made while an element that the law asks for is empty."""

    @abstractmethod
    def missing_elements(self) -> tuple[str, ...]:
        """Dutch names of the mandatory elements that are empty."""

    def require_complete(self) -> None:
        """Raises `MissingElements` when a mandatory element is empty."""
        if missing := self.missing_elements():
            raise MissingElements(
                f"De brief kan nog niet worden gemaakt. Vul aan: {', '.join(missing)}."
            )


@dataclass(frozen=True, slots=True)
class LetterContext(DecisionContext):
    """A decision letter: grant (L08), partial grant (L09) or refusal (L10)."""

    kind: LetterKind
    municipality: Municipality
    addressee: Addressee
    sent_on: date
    reference: str
    subject: str
    application: ApplicationFacts
    legal_basis: LegalBasis
    adviser: Adviser | None  # nobody in a round without a commission
    motivation: tuple[str, ...]  # own paragraphs of this decision
    objection: ObjectionClause
    signature: Signature
    your_reference: str = ""
    contact: str = ""  # name of the officer who knows the case
    ranking: Ranking | None = None
    scores: tuple[CriterionScore, ...] = ()
    granted: Decimal = Decimal(0)
    period_from: date | None = None
    period_until: date | None = None
    activities: tuple[str, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    effort: EffortObligation | None = None
    continuity: Continuity | None = None
    advances: tuple[Advance, ...] = ()
    iban_last4: str = ""
    accountability: Accountability | None = None
    determined_directly: bool = (
        False  # no account is asked: the grant is the determination (Awb 4:42)
    )
    reductions: tuple[Reduction, ...] = ()
    budget_reservation_year: int | None = None  # council has not adopted this budget yet (Awb 4:34)
    attachments: tuple[str, ...] = ()
    # The wording of the scheme by `LetterTextCode`, as it stood when the letter was frozen.
    texts: dict[str, str] = field(default_factory=dict)
    explanation: tuple[ExplanationStep, ...] = ()
    demo: bool = False

    @property
    def passages(self) -> dict[str, tuple[SafeString, ...]]:
        """The paragraphs of each passage that this letter has, filled in."""
        return {
            code: fill(self.texts[code], values) for code, values in passage_values(self).items()
        }

    @property
    def refused(self) -> Decimal:
        """The part of the request that is not granted, in euros."""
        return self.application.requested - self.granted

    @property
    def advance_total(self) -> Decimal:
        """Sum of the advance instalments, in euros."""
        return sum((advance.amount for advance in self.advances), Decimal(0))

    def missing_elements(self) -> tuple[str, ...]:
        """Dutch names of the mandatory elements that are empty (Awb 3:45-3:47, 4:30-4:37)."""
        required = _REQUIRED_ALWAYS | (_REQUIRED_GRANT if self.kind != LetterKind.REFUSAL else {})
        missing = [name for name, present in required.items() if not present(self)]
        if self.adviser and not self.adviser.followed and not self.adviser.deviation_reason:
            missing.append("reden om af te wijken van het advies")
        if self.kind == LetterKind.PARTIAL_GRANT and not self.reductions:
            missing.append("reden van het lagere bedrag")
        missing += [
            f"brieftekst ‘{LetterTextCode(code).label}’"
            for code in needed_passages(self)
            if not self.texts.get(code, "").strip()
        ]
        return tuple(missing)


_REQUIRED_ALWAYS = {
    "afzender": lambda letter: letter.municipality.name and letter.municipality.address,
    "contactgegevens": lambda letter: letter.municipality.phone or letter.municipality.email,
    "geadresseerde": lambda letter: letter.addressee.organisation and letter.addressee.lines,
    "datum van verzending": lambda letter: letter.sent_on,
    "kenmerk": lambda letter: letter.reference,
    "onderwerp": lambda letter: letter.subject,
    "aanvraag": lambda letter: letter.application.number and letter.application.requested,
    "wettelijke grondslag": lambda letter: (
        letter.legal_basis.ordinance and letter.legal_basis.scheme
    ),
    "motivering": lambda letter: letter.motivation,
    "adviseur": lambda letter: letter.adviser is None or letter.adviser.name,
    "laatste dag voor bezwaar": lambda letter: letter.objection.last_day,
    "adres voor bezwaar": lambda letter: letter.objection.url or letter.objection.postal_lines,
    "rechtbank": lambda letter: letter.municipality.court,
    "ondertekening": lambda letter: letter.signature.name and letter.signature.function,
    "mandaat": lambda letter: letter.signature.mandate,
}
_REQUIRED_GRANT = {
    "bedrag": lambda letter: letter.granted > 0,
    "tijdvak": lambda letter: letter.period_from and letter.period_until,
    "activiteiten": lambda letter: letter.activities,
    "verplichtingen": lambda letter: letter.obligations,
    "bevoorschotting": lambda letter: letter.advances and letter.iban_last4,
    "verantwoording": lambda letter: (
        letter.determined_directly or (letter.accountability and letter.accountability.documents)
    ),
}


@dataclass(frozen=True, slots=True)
class AdviceContext(Frozen):
    """The advice of the commission, sent to college and applicant (L06); not a decision."""

    municipality: Municipality
    addressee: Addressee
    sent_on: date
    reference: str
    application: ApplicationFacts
    adviser: str  # "IKC-commissie"
    met_on: date
    reviews: int  # counted reviews
    recused: int  # members who stepped aside
    conclusion: str  # as printed: "positief", "deels positief", "negatief"
    considerations: tuple[str, ...]
    scores: tuple[CriterionScore, ...]
    total_score: Decimal  # 0-100
    secretary: str
    signed_as: str = "secretaris"
    exceptions: tuple[str, ...] = ()  # of the college, for members who scored (rule C4)
    proposed_amount: Decimal | None = None
    obligations: tuple[Obligation, ...] = ()
    effort: EffortObligation | None = None
    decision_before: date | None = None
    opening_text: str = ""
    demo: bool = False

    @property
    def passages(self) -> dict[str, tuple[SafeString, ...]]:
        """The opening, in the wording of the scheme."""
        return opening(LetterTextCode.ADVICE, self.opening_text, advice_values(self))


@dataclass(frozen=True, slots=True)
class Answer(Frozen):
    """One question of the form with what was typed. Line breaks in `text` are kept."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Section(Frozen):
    """One step of the form."""

    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class BudgetRow(Frozen):
    """One line of the budget as it was entered."""

    category: str
    description: str
    calculation: str  # "40 uur x EUR 62,50"; empty for a fixed amount
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Attachment(Frozen):
    """A file that came with the application."""

    kind: str  # "Activiteitenplan"
    name: str
    size: str  # "214 kB"
    sha256: str


@dataclass(frozen=True, slots=True)
class ReceiptContext(Frozen):
    """Acknowledgement of receipt with a copy of everything the applicant entered (L01)."""

    municipality: Municipality
    addressee: Addressee
    reference: str
    received_at: datetime
    application: ApplicationFacts
    decision_before: date
    sections: tuple[Section, ...]
    costs: tuple[BudgetRow, ...]
    income: tuple[BudgetRow, ...]
    attachments: tuple[Attachment, ...]
    signed_by: str
    signed_function: str
    declarations: tuple[str, ...] = ()  # the statements that were ticked
    opening_text: str = ""
    demo: bool = False

    @property
    def passages(self) -> dict[str, tuple[SafeString, ...]]:
        """The opening, in the wording of the scheme."""
        return opening(LetterTextCode.RECEIPT, self.opening_text, receipt_values(self))

    @property
    def costs_total(self) -> Decimal:
        """Sum of the costs, in euros."""
        return sum((row.amount for row in self.costs), Decimal(0))

    @property
    def income_total(self) -> Decimal:
        """Sum of the other income, in euros."""
        return sum((row.amount for row in self.income), Decimal(0))


LETTER_TEMPLATES = {
    LetterKind.GRANT: "subsidies/pdf/grant.html",
    LetterKind.PARTIAL_GRANT: "subsidies/pdf/partial_grant.html",
    LetterKind.REFUSAL: "subsidies/pdf/refusal.html",
}


def render_letter(letter: LetterContext, *, draft: bool = False, example: bool = False) -> bytes:
    """The PDF of a decision; a `draft`, or an `example` with invented facts, says so across each page. Raises `MissingElements` when incomplete."""
    letter.require_complete()
    template = LETTER_TEMPLATES[letter.kind]
    context = {"letter": letter, "passages": letter.passages, "draft": draft, "example": example}
    return letter_pdf(template, letter, context, created=noon(letter.sent_on))


def render_advice(advice: AdviceContext) -> bytes:
    """The PDF of an advice of the commission."""
    context = {"letter": advice, "passages": advice.passages}
    return letter_pdf("subsidies/pdf/advice.html", advice, context, created=noon(advice.sent_on))


def render_receipt(receipt: ReceiptContext) -> bytes:
    """The PDF of an acknowledgement of receipt, with everything the applicant entered."""
    context = {"letter": receipt, "passages": receipt.passages}
    return letter_pdf("subsidies/pdf/receipt.html", receipt, context, created=receipt.received_at)


def letter_pdf(
    template: str, letter: Frozen, context: Mapping[str, Any], *, created: datetime
) -> bytes:
    """The PDF of `letter`, with the data that it was made from inside it (PDF/A-3)."""
    data = PdfAttachment(
        "gegevens.json", letter.canonical(), "De gegevens waaruit deze brief is gemaakt"
    )
    return render_pdf(template, context, created=created, attachments=[data])


def noon(day: date) -> datetime:
    """The moment written in the PDF: noon on the day of the letter, so that bytes never differ."""
    return datetime.combine(day, time(12), AMSTERDAM)
