"""What one frozen text says otherwise than another, place by place: for the screen and for an addendum (L27).

Pure functions over `AgreementText`. What a party may have changed must show here: a test changes each field of a
text in turn and looks whether the change is seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from agreements import wording
from agreements.documents import AgreementText, IndicatorText, PartyText, ResultText
from agreements.models import AgreedIndicator, AgreedResult, IndicatorDefinition
from agreements.states import ClauseCode, PartyRole, TopicCode
from subsidies.differences import Piece, word_pieces

# Names of one text itself, in which two revisions or versions may differ without saying anything else.
NOT_COMPARED = frozenset({"format", "reference", "version", "kind", "reason", "recalibration"})
# From this number of words on a text is shown as one with marked words, not as two beside each other.
LONG = 12

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that reads otherwise; `was` or `becomes` is empty when it was not there or is gone."""

    item: str  # 'Resultaat 1.2', 'Stichting Voorbeeld'
    field: str  # 'tekst', 'functie'
    was: str
    becomes: str

    @property
    def label(self) -> str:
        return f"{self.item}: {self.field}" if self.field else self.item

    @property
    def is_long(self) -> bool:
        return (
            bool(self.was and self.becomes)
            and max(len(self.was.split()), len(self.becomes.split())) >= LONG
        )

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Both texts as one, with the words that are gone and that are new."""
        return word_pieces(self.was, self.becomes)


@dataclass(frozen=True, slots=True)
class TargetChange:
    """The targets of one indicator, old and new for each year; equal where nothing changed."""

    item: str
    years: tuple[tuple[str, str, str], ...]

    @property
    def changed(self) -> list[tuple[str, str, str]]:
        return [row for row in self.years if row[1] != row[2]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the document in which something changed."""

    title: str
    changes: tuple[Change, ...]
    targets: tuple[TargetChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    parts: tuple[Part, ...]

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def count(self) -> int:
        return sum(len(part.changes) + len(part.targets) for part in self.parts)


def compare(old: AgreementText, new: AgreementText) -> Difference:
    """The parts in which `new` differs from `old`, in the order of the document."""
    was, becomes = dict(_entries(old)), dict(_entries(new))
    targets = _target_changes(old, new)
    changes: dict[str, list[Change]] = {}
    for key in dict.fromkeys([*becomes, *was]):
        if was.get(key, "") != becomes.get(key, ""):
            part, item, field = key
            changes.setdefault(part, []).append(
                Change(item, field, was.get(key, ""), becomes.get(key, ""))
            )
    titles = [title for title in PARTS if title in changes or (title == RESULTS and targets)]
    return Difference(
        tuple(
            Part(title, tuple(changes.get(title, ())), targets if title == RESULTS else ())
            for title in titles
        )
    )


PERIOD, PARTIES, RESULTS = "Looptijd", "Partijen", "Doelen en resultaten"
MEANS = "Zo bereiken wij de resultaten"
MONEY, TOPICS, CLAUSES = "Bijdragen", "Onderwerpen", "Bepalingen"
PARTS = (PERIOD, PARTIES, RESULTS, MONEY, MEANS, TOPICS, CLAUSES)


def _entries(text: AgreementText) -> Iterator[tuple[Key, str]]:
    """Everything that the text says, each with its place; equal places of two texts are compared."""
    yield (
        (PERIOD, "Looptijd", ""),
        f"{text.period_start:%d-%m-%Y} tot en met {text.period_end:%d-%m-%Y}",
    )
    yield (PERIOD, "Streefwaarden vanaf", ""), text.effective_year
    yield (PERIOD, "Opzegtermijn", ""), f"{text.notice_months} maanden"
    yield (PERIOD, "Naam van het IKC", ""), text.ikc
    yield (PERIOD, "Programma", ""), text.programme
    for party in text.parties:
        yield from _party(party)
    for place, goal in enumerate(text.goals, 1):
        yield (RESULTS, f"Doel {place}", ""), goal.title
        for result in goal.results:
            yield from _result(f"{place}.{result.number}", result)
    for party in text.parties:
        for row in party.contributions:
            what = f"{party.organisation}, {row.budget_year}: {row.description}"
            kind = "uren" if row.kind == "hours" else row.kind
            yield (
                (MONEY, what, {"money": "", "in_kind": "in natura"}.get(row.kind, kind)),
                (wording.amount(row) + (f" ({row.source})" if row.source else "")),
            )
    yield from _means(text)
    for topic in text.topics:
        yield (TOPICS, TopicCode(topic.code).label, ""), topic.text
    for clause in text.clauses:
        yield (CLAUSES, ClauseCode(clause.code).label, ""), clause.text


def _means(text: AgreementText) -> Iterator[tuple[Key, str]]:
    """The analyses, measures, functions and meetings by which the results are reached."""
    for study in text.analyses:
        yield (MEANS, f"Analyse {study.title}, {study.period}", "bronnen"), study.sources
        yield (MEANS, f"Analyse {study.title}, {study.period}", "bevindingen"), study.findings
    for measure in text.measures:
        item = f"Maatregel bij {measure.result}: {measure.title}"
        yield (MEANS, item, "doelgroep"), measure.target_group
        yield (MEANS, item, "ontwikkelgebied"), measure.development_area
        yield (MEANS, item, "bevinding"), measure.finding
        yield (MEANS, item, "wanneer"), wording.from_until(measure)
        yield (MEANS, item, "wie"), measure.owner
    for post in text.staffing:
        item = f"Functie {wording.function(post)}, {post.from_year} tot en met {post.until_year}"
        yield (MEANS, item, "soort"), post.function
        yield (MEANS, item, "uren"), wording.hours_of(post)
        yield (MEANS, item, "werkgever"), post.employer
    for meeting in text.steering:
        yield (MEANS, f"Overleg {meeting.body}", "rol"), meeting.role
        yield (MEANS, f"Overleg {meeting.body}", "hoe vaak"), meeting.frequency
        yield (MEANS, f"Overleg {meeting.body}", "beslist over"), meeting.decision_rights


def _party(party: PartyText) -> Iterator[tuple[Key, str]]:
    name = f"{party.organisation} ({PartyRole(party.role).label})"
    yield (PARTIES, name, ""), "partij"
    yield (PARTIES, name, "ondertekenaar"), party.signatory
    yield (PARTIES, name, "functie"), party.function
    yield (PARTIES, name, "volmacht of mandaat"), party.mandate


def _result(label: str, result: ResultText) -> Iterator[tuple[Key, str]]:
    item = f"Resultaat {label}"
    yield (RESULTS, item, ""), result.text
    yield (RESULTS, item, "doelgroep"), result.target_group
    yield (RESULTS, item, "soort verandering"), AgreedResult.ChangeKind(result.change_kind).label
    for row in result.indicators:
        yield from _indicator(f"{label} {row.name}", row)


def _indicator(item: str, row: IndicatorText) -> Iterator[tuple[Key, str]]:
    kind = IndicatorDefinition.Type(row.type).label
    yield (RESULTS, item, "indicator"), f"{row.code} ({kind}), meetwijze {row.definition_number}"
    yield (RESULTS, item, "nulmeting"), wording.baseline(row)
    yield (RESULTS, item, "bron van de nulmeting"), row.baseline_source
    yield (RESULTS, item, "tolerantie"), wording.tolerance(row)
    yield (RESULTS, item, "kernindicator"), "ja" if row.core else "nee"
    yield (RESULTS, item, "richting"), wording.direction(row)
    yield (RESULTS, item, "opzet"), AgreedIndicator.Aim(row.aim).label
    yield (RESULTS, item, "niveaus"), "; ".join(row.rubric)
    yield (RESULTS, item, "beoordelaar"), row.assessor
    yield (RESULTS, item, "eenheid"), row.unit
    yield (RESULTS, item, "meetwijze"), row.definition
    yield (RESULTS, item, "teller en noemer"), _fraction(row)
    yield (RESULTS, item, "bron"), row.source
    yield (RESULTS, item, "kleinste groep"), str(row.min_n)
    for target in row.targets:
        if target.explanation:
            yield (RESULTS, item, f"toelichting {target.year}"), target.explanation


def _fraction(row: IndicatorText) -> str:
    return f"{row.numerator}, van {row.denominator}" if row.numerator or row.denominator else ""


def _target_changes(old: AgreementText, new: AgreementText) -> tuple[TargetChange, ...]:
    """Per indicator that is in one of both the targets of each year, where one of them changed."""
    was, becomes = _targets(old), _targets(new)
    found = []
    for series in dict.fromkeys([*becomes, *was]):
        item, figures = becomes.get(series) or was[series]
        before = was[series][1] if series in was else {}
        after = becomes[series][1] if series in becomes else {}
        if before != after:
            years = dict.fromkeys([*figures, *before])
            found.append(
                TargetChange(
                    item,
                    tuple(
                        (year, before.get(year, wording.NONE), after.get(year, wording.NONE))
                        for year in years
                    ),
                )
            )
    return tuple(found)


def _targets(text: AgreementText) -> dict[str, tuple[str, dict[str, str]]]:
    """Per series the name of the indicator, and the target of each year as people read it."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for place, goal in enumerate(text.goals, 1):
        for result in goal.results:
            for row in result.indicators:
                item = f"{place}.{result.number} {row.name}"
                key = row.series if row.series not in found else f"{row.series} {item}"
                targets = {target.year: wording.target(target, row) for target in row.targets}
                found[key] = item, targets
    return found
