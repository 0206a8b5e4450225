"""L26 and L27, a result agreement or an amended one on paper: the text that was signed, by whom, and its fingerprint.

Everything comes from the text that was frozen when it was offered; that text itself is inside the PDF, so that
anybody can work out its SHA-256 again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from agreements.documents import (
    AgreementText,
    ContributionText,
    IndicatorText,
    MeasureText,
    PartyText,
    ResultText,
    StaffingText,
    TargetText,
)
from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    Contribution,
    IndicatorDefinition,
    StaffingCommitment,
)
from agreements.states import PartyRole, TopicCode
from kvk2.core.documents import Frozen, Municipality
from kvk2.core.money import format_number
from kvk2.core.pdf import PdfAttachment, render_pdf
from kvk2.nlds.templatetags.nlds import euro

NONE = "–"
TEMPLATE = "agreements/pdf/agreement.html"


@dataclass(frozen=True, slots=True)
class SignedBy(Frozen):
    """One signature, in the names of that day."""

    organisation: str
    name: str
    function: str
    signed_at: datetime


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


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an amended agreement says otherwise, as printed."""

    what: str
    was: str
    becomes: str


def render_agreement(document: AgreementDocument) -> bytes:
    """The PDF; one that is not signed by everybody says 'Concept' across each page."""
    text = document.text
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
        "measures": [(row, _from_until(row)) for row in text.measures],
        "staffing": [(row, _function(row), _hours_of(row)) for row in text.staffing],
        "topics": [(TopicCode(row.code).label, row.text.splitlines()) for row in text.topics],
        "changes": list(changes(document.replaces, text)) if document.replaces else [],
    }
    kept = PdfAttachment(
        "afspraak.json", text.canonical(), "De tekst waarvan de vingerafdruk is genomen", "Source"
    )
    return render_pdf(TEMPLATE, context, created=document.made_at, attachments=[kept])


def changes(old: AgreementText, new: AgreementText) -> Iterator[Change]:
    """What `new` says otherwise than `old`, in the order of the document."""
    if (old.period_start, old.period_end) != (new.period_start, new.period_end):
        yield Change("Looptijd", _period(old), _period(new))
    yield from _compared(_parties(old), _parties(new))
    yield from _compared(_results(old), _results(new))
    yield from _compared(_targets(old), _targets(new))
    yield from _compared(_contributions(old), _contributions(new))
    yield from _compared(_measures(old), _measures(new))
    yield from _compared(_staffing(old), _staffing(new))
    yield from _compared(_steering(old), _steering(new))
    yield from _compared(_topics(old), _topics(new))


def _compared(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for what in dict.fromkeys([*old, *new]):
        was, becomes = old.get(what, NONE), new.get(what, NONE)
        if was != becomes:
            yield Change(what, was, becomes)


def _period(text: AgreementText) -> str:
    return f"{text.period_start:%d-%m-%Y} tot en met {text.period_end:%d-%m-%Y}"


def _parties(text: AgreementText) -> dict[str, str]:
    return {f"Partij {row.organisation}": PartyRole(row.role).label for row in text.parties}


def _results(text: AgreementText) -> dict[str, str]:
    return {
        f"Resultaat {place}.{result.number}": result.text
        for place, goal in enumerate(text.goals, 1)
        for result in goal.results
    }


def _targets(text: AgreementText) -> dict[str, str]:
    """Per indicator and year what was promised; the same indicator may stand under more than one result."""
    return {
        f"{place}.{result.number} {row.name}, {target.year}": _target(target, row)
        for place, goal in enumerate(text.goals, 1)
        for result in goal.results
        for row in result.indicators
        for target in row.targets
        if _target(target, row) != NONE
    }


def _contributions(text: AgreementText) -> dict[str, str]:
    return {
        f"{party.organisation}, {row.budget_year}: {row.description}": _amount(row)
        + (f" ({row.source})" if row.source else "")
        for party in text.parties
        for row in party.contributions
    }


def _measures(text: AgreementText) -> dict[str, str]:
    return {
        f"Maatregel bij {row.result}: {row.title}": f"{row.target_group}; {_from_until(row)};"
        f" {row.owner}"
        for row in text.measures
    }


def _from_until(row: MeasureText) -> str:
    until = f" tot en met {row.planned_until:%d-%m-%Y}" if row.planned_until else ""
    return f"vanaf {row.planned_from:%d-%m-%Y}{until}"


def _staffing(text: AgreementText) -> dict[str, str]:
    return {
        f"Functie {_function(row)}, {row.from_year} tot en met {row.until_year}": _hours_of(row)
        + f", {row.employer}"
        for row in text.staffing
    }


def _function(row: StaffingText) -> str:
    return row.description or StaffingCommitment.Function(row.function).label


def _hours_of(row: StaffingText) -> str:
    hours = Decimal(row.hours_per_week)
    places = 0 if hours == hours.to_integral_value() else 1
    return f"{format_number(hours, places)} uur per week, {row.weeks_per_year} weken per jaar"


def _steering(text: AgreementText) -> dict[str, str]:
    return {
        f"Overleg {row.body}": f"{row.role}; {row.frequency}; {row.decision_rights}"
        for row in text.steering
    }


def _topics(text: AgreementText) -> dict[str, str]:
    return {TopicCode(row.code).label: row.text for row in text.topics}


def _amount(row: ContributionText) -> str:
    if row.kind == Contribution.Kind.HOURS:
        return f"{format_number(Decimal(row.amount), 0)} uur"
    return euro(Decimal(row.amount))


def _result(result: ResultText) -> dict[str, Any]:
    return {
        "result": result,
        "kind": AgreedResult.ChangeKind(result.change_kind).label,
        "indicators": [_indicator(row) for row in result.indicators],
    }


def _indicator(row: IndicatorText) -> dict[str, Any]:
    return {
        "row": row,
        "direction": _direction(row),
        "aim": AgreedIndicator.Aim(row.aim).label,
        "levels": list(enumerate(row.rubric, 1)),
        "baseline": _baseline(row),
        "tolerance": _tolerance(row),
        "targets": [_target(target, row) for target in row.targets],
        "notes": [
            (target.year, target.explanation) for target in row.targets if target.explanation
        ],
    }


def _direction(row: IndicatorText) -> str:
    if row.type == IndicatorDefinition.Type.MILESTONE:
        return "op tijd bereikt"
    return IndicatorDefinition.Direction(row.direction).label


def _baseline(row: IndicatorText) -> str:
    """'40% (40 van 100) in 2020/21', or when it will be measured."""
    if row.baseline_status == AgreedIndicator.BaselineStatus.NONE:
        return "niet van toepassing"
    if row.baseline_level is not None:
        return f"niveau {row.baseline_level} in {row.baseline_year}"
    if row.baseline is None:
        return f"nog niet gemeten, komt in {row.baseline_planned_year}"
    fraction = (
        f" ({row.baseline_numerator} van {row.baseline_denominator})"
        if row.baseline_denominator
        else ""
    )
    provisional = row.baseline_status == AgreedIndicator.BaselineStatus.PROVISIONAL
    return (
        f"{_figure(row.baseline, row)}{fraction} in {row.baseline_year}"
        f"{' (voorlopig)' if provisional else ''}"
    )


def _tolerance(row: IndicatorText) -> str:
    if row.type == IndicatorDefinition.Type.MILESTONE:
        return f"{row.leeway_days} dagen speling"
    if row.type == IndicatorDefinition.Type.SCALE:
        return "geen"
    percentage = row.type == IndicatorDefinition.Type.PERCENTAGE
    unit = "procentpunt" if percentage else row.unit
    return f"{format_number(Decimal(row.tolerance), row.decimals)} {unit}"


def _target(target: TargetText, row: IndicatorText) -> str:
    if target.low is not None and target.high is not None:
        return f"{_figure(target.low, row)} tot {_figure(target.high, row)}"
    if target.due_on is not None:
        return f"{target.due_on:%d-%m-%Y}"
    if target.level is not None:
        return f"niveau {target.level}"
    return _figure(target.value, row)


def _figure(value: str | None, row: IndicatorText) -> str:
    if value is None:
        return NONE
    text = format_number(Decimal(value), row.decimals)
    if row.type == IndicatorDefinition.Type.AMOUNT:
        return f"€ {text}"
    return text + ("%" if row.type == IndicatorDefinition.Type.PERCENTAGE else "")


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
                yield party.organisation, row.budget_year, _amount(row), row.description
