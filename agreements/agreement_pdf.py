"""L26 and L27, a result agreement or an amended one on paper: the text that was signed, by whom, and its fingerprint.

Everything comes from the text that was frozen when it was offered; that text itself is inside the PDF, so that
anybody can work out its SHA-256 again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from agreements import wording
from agreements.differences import compare
from agreements.documents import AgreementText, IndicatorText, PartyText, ResultText
from agreements.models import AgreedIndicator, AgreedResult, Contribution
from agreements.states import ClauseCode, PartyRole, TopicCode
from kvk2.core.documents import Frozen, Municipality
from kvk2.core.pdf import PdfAttachment, render_pdf

TEMPLATE = "agreements/pdf/agreement.html"
# The clauses that stand before the seven topics; the others follow after them.
OPENING = (ClauseCode.CONSIDERATIONS, ClauseCode.DURATION)
# The file inside the PDF with the text that the fingerprint is of.
KEPT_TEXT = "afspraak.json"


@dataclass(frozen=True, slots=True)
class SignedBy(Frozen):
    """One signature, in the names of that day."""

    organisation: str
    name: str
    function: str
    signed_at: datetime
    mandate: str = ""


@dataclass(frozen=True, slots=True)
class AgreementDocument(Frozen):
    """A version that was offered, with the signatures so far; `replaces` is the text that it changes."""

    municipality: Municipality
    programme: str
    text: AgreementText
    content_hash: str
    offered_at: datetime
    signatures: tuple[SignedBy, ...]
    in_force_from: date | None = None  # None while somebody has to sign
    replaces: AgreementText | None = None
    demo: bool = False

    @property
    def made_at(self) -> datetime:
        """The moment written in the PDF: the last signature, so that the same signatures give the same bytes."""
        return max((row.signed_at for row in self.signatures), default=self.offered_at)


def render_agreement(document: AgreementDocument) -> bytes:
    """The PDF; one that is not signed by everybody says 'Concept' across each page."""
    text = document.text
    clauses = {row.code: row.text.splitlines() for row in text.clauses}
    context = {
        "document": document,
        "text": text,
        "reference": f"{text.reference}, versie {text.version}",
        "draft": document.in_force_from is None,
        "parties": [(party, PartyRole(party.role).label) for party in text.parties],
        "goals": [(goal, [_result(result) for result in goal.results]) for goal in text.goals],
        "years": _years(text),
        "money": _money(text),
        "hours": list(_hours(text)),
        "sources": list(_sources(text).items()),
        "measures": [(row, wording.from_until(row)) for row in text.measures],
        "staffing": [(row, wording.function(row), wording.hours_of(row)) for row in text.staffing],
        "considerations": clauses.get(ClauseCode.CONSIDERATIONS, []),
        "duration": clauses.get(ClauseCode.DURATION, []),
        "closing": [
            (code.label, clauses[code])
            for code in ClauseCode
            if code not in OPENING and clauses.get(code)
        ],
        "topics": [(TopicCode(row.code).label, row.text.splitlines()) for row in text.topics],
        "difference": compare(document.replaces, text) if document.replaces else None,
    }
    kept = PdfAttachment(
        KEPT_TEXT, text.canonical(), "De tekst waarvan de vingerafdruk is genomen", "Source"
    )
    return render_pdf(TEMPLATE, context, created=document.made_at, attachments=[kept])


def _result(result: ResultText) -> dict[str, Any]:
    return {
        "result": result,
        "kind": AgreedResult.ChangeKind(result.change_kind).label,
        "indicators": [_indicator(row) for row in result.indicators],
    }


def _indicator(row: IndicatorText) -> dict[str, Any]:
    return {
        "row": row,
        "direction": wording.direction(row),
        "aim": AgreedIndicator.Aim(row.aim).label,
        "levels": list(enumerate(row.rubric, 1)),
        "baseline": wording.baseline(row),
        "tolerance": wording.tolerance(row),
        "targets": [wording.target(target, row) for target in row.targets],
        "notes": [
            (target.year, target.explanation) for target in row.targets if target.explanation
        ],
    }


def _years(text: AgreementText) -> list[str]:
    """The years for which targets are set, as in the first indicator; every indicator has the same."""
    rows = (row for goal in text.goals for result in goal.results for row in result.indicators)
    first = next(rows, None)
    return [target.year for target in first.targets] if first else []


def _money(text: AgreementText) -> dict[str, Any] | None:
    """Euros per party and budget year with their sums; None when nobody puts in money."""
    amounts = {party.organisation: _euros(party) for party in text.parties}
    years = sorted({year for row in amounts.values() for year in row})
    if not years:
        return None
    zero = Decimal(0)
    sums = [sum((row.get(year, zero) for row in amounts.values()), zero) for year in years]
    return {
        "heads": [party.organisation for party in text.parties],
        "rows": [
            (year, [row.get(year, zero) for row in amounts.values()], total)
            for year, total in zip(years, sums, strict=True)
        ],
        "sums": [sum(row.values(), zero) for row in amounts.values()],
        "total": sum(sums, zero),
    }


def _euros(party: PartyText) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for row in party.contributions:
        if row.kind != Contribution.Kind.HOURS:
            found[row.budget_year] = found.get(row.budget_year, Decimal(0)) + Decimal(row.amount)
    return found


def _sources(text: AgreementText) -> dict[str, Decimal]:
    """Euros per source over all years, for the sources that the parties named."""
    found: dict[str, Decimal] = {}
    for party in text.parties:
        for row in party.contributions:
            if row.source and row.kind != Contribution.Kind.HOURS:
                found[row.source] = found.get(row.source, Decimal(0)) + Decimal(row.amount)
    return found


def _hours(text: AgreementText) -> Iterator[tuple[str, int, str, str]]:
    """Who puts in how many hours in which year, and for what."""
    for party in text.parties:
        for row in party.contributions:
            if row.kind == Contribution.Kind.HOURS:
                yield party.organisation, row.budget_year, wording.amount(row), row.description
