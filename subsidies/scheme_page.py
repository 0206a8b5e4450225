"""What the pages of schemes and rounds say about a version: each section in lines, and two versions side by side."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kvk2.core.money import format_number
from kvk2.core.worklist import WorkItem
from kvk2.nlds.components import Detail, Milestone
from kvk2.nlds.templatetags.nlds import dutch_date, euro, upper_first
from subsidies.models import LimitRow, SchemeSource, SchemeVersion, SubsidyRound
from subsidies.models.scheme_rows import AccountabilityRule
from subsidies.scheme_sections import SECTIONS, Section, missing_in
from subsidies.services.schemes import rows_of

_LIMITS = {
    LimitRow.Kind.HOURLY_RATE: ("Hoogste uurtarief", "{}"),
    LimitRow.Kind.PREPARATION: ("Voorbereiding", "hoogstens {}% van de uren"),
    LimitRow.Kind.OVERHEAD: ("Overhead", "hoogstens {}% van de subsidie"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a version; `key` tells which lines of two versions belong together."""

    key: str
    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact in two versions; an empty text is a fact that is not there."""

    term: str
    before: str
    after: str

    @property
    def word(self) -> str:
        if not self.before:
            return "nieuw"
        return "gewijzigd" if self.after else "vervallen"


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version in the list of its scheme: when it applies, which rounds stand on it, and what came before it."""

    version: SchemeVersion
    applies: str
    rounds: list[SubsidyRound]
    previous: SchemeVersion | None


def versions_of(versions: Sequence[SchemeVersion]) -> list[VersionView]:
    """`versions` come newest first."""
    return [
        VersionView(
            version,
            _applies(version),
            sorted(version.rounds.all(), key=lambda round_: (-round_.year, -round_.pk)),
            previous,
        )
        for version, previous in zip(versions, [*versions[1:], None], strict=True)
    ]


def milestones_of(versions: Sequence[SchemeVersion], today: date) -> list[Milestone]:
    """The versions in order of time; the one that applies today is where the scheme stands."""
    return [
        Milestone(f"Versie {version.number}", _place(version, today), _applies(version))
        for version in sorted(versions, key=lambda version: version.number)
    ]


def _place(version: SchemeVersion, today: date) -> str:
    if version.is_draft or version.valid_from > today:
        return "todo"
    ended = version.valid_until is not None and version.valid_until < today
    return "done" if ended else "current"


def _applies(version: SchemeVersion) -> str:
    words = f"vanaf {dutch_date(version.valid_from)}"
    if version.valid_until:
        words = f"{words} tot en met {dutch_date(version.valid_until)}"
    return f"concept, {words}" if version.is_draft else words


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of a version as its page shows it."""

    section: Section
    details: list[Detail]
    source: str
    to_verify: bool


def sections_of(version: SchemeVersion) -> list[SectionView]:
    sources = {row.section: row for row in version.sources.all()}
    return [_view(version, section, sources.get(section.slug)) for section in SECTIONS]


def _view(version: SchemeVersion, section: Section, source: SchemeSource | None) -> SectionView:
    return SectionView(
        section=section,
        details=[Detail(line.term, upper_first(line.text)) for line in lines_of(version, section)],
        source=source.source if source else "",
        to_verify=bool(source and source.to_verify),
    )


def tasks_of(version: SchemeVersion, url_of: Callable[[Section], str]) -> list[WorkItem]:
    """The sections of a draft as a task list: what is complete, what misses, what still has to be checked."""
    missing = missing_in(version)
    unsure = {row.section for row in version.sources.all() if row.to_verify}
    return [
        WorkItem(
            section.title,
            url_of(section),
            missing[section.slug][0] if missing[section.slug] else section.hint,
            *_badge(bool(missing[section.slug]), section.slug in unsure),
        )
        for section in SECTIONS
    ]


def _badge(missing: bool, unsure: bool) -> tuple[str, str]:
    if missing:
        return "nog niet compleet", "danger"
    return ("nog controleren", "warning") if unsure else ("klaar", "success")


def to_verify(version: SchemeVersion) -> list[str]:
    """The titles of the sections that are still an assumption."""
    unsure = {row.section for row in version.sources.all() if row.to_verify}
    return [section.title for section in SECTIONS if section.slug in unsure]


def differences(old: SchemeVersion, new: SchemeVersion) -> list[tuple[Section, list[Difference]]]:
    """Per section what differs between two versions; a section without a difference is left out."""
    found = []
    for section in SECTIONS:
        before = {line.key: line for line in lines_of(old, section)}
        after = {line.key: line for line in lines_of(new, section)}
        keys = [*before, *(key for key in after if key not in before)]
        changed = [
            Difference(
                (after.get(key) or before[key]).term,
                before[key].text if key in before else "",
                after[key].text if key in after else "",
            )
            for key in keys
            if (before[key].text if key in before else "")
            != (after[key].text if key in after else "")
        ]
        if changed:
            found.append((section, changed))
    return found


def lines_of(version: SchemeVersion, section: Section) -> list[Line]:
    return _LINES[section.slug](version)


def _basis(version: SchemeVersion) -> list[Line]:
    until = f" tot en met {dutch_date(version.valid_until)}" if version.valid_until else ""
    return [
        Line("citation", "Citeertitel", version.citation),
        Line("activities", "Activiteiten", version.activities or "nog niet beschreven"),
        Line("type", "Soort subsidie", version.get_subsidy_type_display()),
        Line(
            "yearly",
            "Per boekjaar",
            "Ja, afdeling 4.2.8 Awb geldt" if version.per_financial_year else "Nee",
        ),
        Line("valid", "Geldt", f"vanaf {dutch_date(version.valid_from)}{until}"),
        *(
            Line(
                f"basis-{row.kind}-{row.text}",
                row.get_kind_display().capitalize(),
                " · ".join(
                    part
                    for part in (
                        row.text,
                        row.publication,
                        dutch_date(row.dated_on) if row.dated_on else "",
                    )
                    if part
                ),
            )
            for row in rows_of(version, "legal_bases")
        ),
    ]


def _terms(version: SchemeVersion) -> list[Line]:
    return [
        Line(
            "decide",
            "Beslistermijn",
            f"{version.decision_term_weeks} weken vanaf {version.get_decision_term_from_display()}",
        ),
        Line("complete", "Aanvultermijn", f"{version.completion_term_days} dagen"),
    ]


def _accountability(version: SchemeVersion) -> list[Line]:
    return [
        Line(row.band, row.get_band_display().capitalize(), _account_in_words(row))
        for row in rows_of(version, "accountability")
    ]


def _account_in_words(row: AccountabilityRule) -> str:
    amount = f"tot en met {euro(row.up_to)}" if row.up_to is not None else "elk hoger bedrag"
    if not row.documents:
        return f"{amount}: geen stukken"
    names = dict(AccountabilityRule.Document.choices)
    documents = ", ".join(str(names[name]) for name in row.documents)
    words = f"{amount}: {documents}; binnen {row.due_weeks} weken na afloop"
    if row.explain_above is None:
        return words
    return f"{words}; een verschil boven {_percent(row.explain_above)} wordt toegelicht"


def _payment(version: SchemeVersion) -> list[Line]:
    fixed = rows_of(version, "instalments")
    how = "op vaste dagen" if fixed else f"in {version.advance_count} gelijke termijnen"
    return [
        Line("advance", "Voorschot", f"{_percent(version.advance_percentage)}, {how}"),
        *(
            Line(
                f"{row.day}-{row.month}",
                f"Op {row.day}-{row.month}",
                f"{_percent(row.percentage)} van de subsidie",
            )
            for row in fixed
        ),
    ]


def _obligations(version: SchemeVersion) -> list[Line]:
    return [
        Line(
            str(number),
            f"{number}. {row.get_theme_display().capitalize()}",
            f"{row.text} (uiterlijk {row.due_weeks} weken na afloop)"
            if row.due_weeks is not None
            else row.text,
        )
        for number, row in enumerate(rows_of(version, "obligations"), 1)
    ]


def _limits(version: SchemeVersion) -> list[Line]:
    return [
        Line(
            row.kind,
            _LIMITS[LimitRow.Kind(row.kind)][0],
            f"{limit_in_words(row)}. {row.text}".strip() if row.text else limit_in_words(row),
        )
        for row in rows_of(version, "budget_rules")
    ]


def _grounds(version: SchemeVersion) -> list[Line]:
    return [
        Line(
            row.code,
            row.get_code_display().capitalize(),
            f"Wij weigeren, omdat {row.text} ({row.article})"
            + ("; verplicht" if row.compulsory else "")
            + ("; eerst om een zienswijze vragen" if row.needs_view else ""),
        )
        for row in rows_of(version, "refusal_grounds")
    ]


def _texts(version: SchemeVersion) -> list[Line]:
    return [
        Line(row.code, row.get_code_display().capitalize(), row.text)
        for row in rows_of(version, "letter_texts")
    ]


_LINES = {
    "grondslag": _basis,
    "termijnen": _terms,
    "verantwoording": _accountability,
    "betaling": _payment,
    "verplichtingen": _obligations,
    "begroting": _limits,
    "weigering": _grounds,
    "brieven": _texts,
}


def limit_details(rules: Iterable[LimitRow]) -> list[Detail]:
    """The limits of a budget in words; a limit that only warns says so."""
    return [
        Detail(_LIMITS[LimitRow.Kind(rule.kind)][0], upper_first(limit_in_words(rule)))
        for rule in sorted(rules, key=lambda rule: rule.order)
    ]


def limit_in_words(rule: LimitRow) -> str:
    if rule.kind == LimitRow.Kind.HOURLY_RATE:
        figure = euro(rule.limit)
    else:
        figure = format_number(rule.limit, 0 if rule.limit == int(rule.limit) else 2)
    words = _LIMITS[LimitRow.Kind(rule.kind)][1].format(figure)
    explained = rule.severity == LimitRow.Severity.WARNING
    return f"{words}; meer mag met uitleg" if explained else words


def _percent(value: Decimal) -> str:
    return f"{format_number(value, 0 if value == int(value) else 2)}%"
