"""The parts in which a version of a scheme is written, and what each of them still lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from subsidies.instalments import AccountabilityBand
from subsidies.letter_texts import PASSAGES, problem_with
from subsidies.models import LegalBasis, RefusalCode, SchemeVersion


@dataclass(frozen=True, slots=True)
class Section:
    """One part: its columns of the version, and its rows by the name of their relation."""

    slug: str
    title: str
    hint: str
    columns: tuple[str, ...] = ()
    rows: str = ""


SECTIONS: Sequence[Section] = (
    Section(
        "grondslag",
        "Grondslag en geldigheid",
        "Hoe de regeling heet, waarop zij rust en vanaf wanneer zij geldt",
        (
            "citation",
            "activities",
            "subsidy_type",
            "per_financial_year",
            "valid_from",
            "valid_until",
        ),
        "legal_bases",
    ),
    Section(
        "termijnen",
        "Termijnen",
        "Wanneer u beslist en hoe lang iemand kan aanvullen",
        ("decision_term_weeks", "decision_term_from", "completion_term_days"),
    ),
    Section(
        "verantwoording",
        "Verantwoording",
        "Wat een ontvanger inlevert, per bedrag",
        (),
        "accountability",
    ),
    Section(
        "betaling",
        "Voorschotten",
        "Hoeveel u vooraf betaalt, en wanneer",
        ("advance_percentage", "advance_count"),
        "instalments",
    ),
    Section(
        "verplichtingen",
        "Verplichtingen",
        "Wat bij elke verlening hoort",
        (),
        "obligations",
    ),
    Section(
        "begroting",
        "Begrotingsregels",
        "Grenzen aan tarief, voorbereiding en overhead",
        (),
        "budget_rules",
    ),
    Section(
        "weigering",
        "Weigeringsgronden",
        "Waarom u een aanvraag weigert, in de woorden van de brief",
        (),
        "refusal_grounds",
    ),
    Section(
        "brieven",
        "Briefteksten",
        "De vaste teksten in de besluiten",
        (),
        "letter_texts",
    ),
)
BY_SLUG = {section.slug: section for section in SECTIONS}


def missing_in(version: SchemeVersion) -> dict[str, list[str]]:
    """What each section lacks before the version can come into force, as sentences."""
    checks = {
        "grondslag": _basis,
        "verantwoording": _accountability,
        "betaling": _payment,
        "verplichtingen": _obligations,
        "weigering": _grounds,
        "brieven": _letter_texts,
    }
    return {
        section.slug: checks[section.slug](version) if section.slug in checks else []
        for section in SECTIONS
    }


def _basis(version: SchemeVersion) -> list[str]:
    kinds = {row.kind for row in version.legal_bases.all()}
    missing = []
    if not version.activities.strip():
        missing.append("Beschrijf voor welke activiteiten de subsidie is (artikel 4:23 Awb).")
    if not kinds & {LegalBasis.Kind.ASV, LegalBasis.Kind.REGULATION}:
        missing.append("Noem de verordening of regeling waarop de subsidie rust.")
    return missing


def _accountability(version: SchemeVersion) -> list[str]:
    bounds = {row.band: row.up_to for row in version.accountability.all()}
    if list(bounds.values()).count(None) != 1:
        return ["Geef aan hoe de hoogste bedragen worden verantwoord: één regel zonder grens."]
    lightest_first = [bounds[band] for band in AccountabilityBand if band in bounds]
    limited = [bound for bound in lightest_first if bound is not None]
    if lightest_first[-1] is not None or limited != sorted(limited):
        return ["Hoe hoger het bedrag, hoe meer verantwoording. Pas de grenzen daarop aan."]
    return []


def _payment(version: SchemeVersion) -> list[str]:
    parts = [row.percentage for row in version.instalments.all()]
    if parts and sum(parts, Decimal(0)) != version.advance_percentage:
        return ["De betaaldata zijn samen niet het percentage van het voorschot."]
    return []


def _obligations(version: SchemeVersion) -> list[str]:
    return [] if version.obligations.all() else ["Voeg ten minste één verplichting toe."]


# What the law makes compulsory, and what the division of the ceiling itself uses (Awb 4:25, 4:35).
NEEDED_GROUNDS = (
    RefusalCode.CEILING,
    RefusalCode.ELIGIBILITY,
    RefusalCode.STATE_AID,
    RefusalCode.SCHEME_CRITERIA,
)


def _grounds(version: SchemeVersion) -> list[str]:
    codes = {row.code for row in version.refusal_grounds.all()}
    return [
        f"Schrijf de weigeringsgrond op: {code.label}."
        for code in NEEDED_GROUNDS
        if code not in codes
    ]


def _letter_texts(version: SchemeVersion) -> list[str]:
    texts = {row.code: row.text for row in version.letter_texts.all()}
    problems = {code: problem_with(code, texts.get(code, "")) for code in PASSAGES}
    return [
        f"Brieftekst ‘{code.label}’: {problem}"  # type: ignore[attr-defined]
        for code, problem in problems.items()
        if problem
    ]
