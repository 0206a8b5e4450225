"""Sections that more than one report has."""

from collections.abc import Iterable, Sequence

from kvk2.core.money import format_number
from kvk2.nlds.templatetags.nlds import dutch_date
from monitoring.editions.blocks import Block, Section, blocks, legend, listed, picture, table, text
from monitoring.printing.figures import NOTHING
from monitoring.printing.money import MoneyTable
from monitoring.report_dataset import (
    Action,
    Edition,
    QualityNote,
    RuleSetInfo,
    StaffingTotal,
)


def money_blocks(money: MoneyTable | None) -> tuple[Block, ...]:
    """The contributions as a picture, and as a table with a row for each party and year."""
    if money is None:
        return ()
    rows = [(f"{row.name}, {row.kind}", *row.amounts, row.total) for row in money.rows]
    headers = ("Partij", *(str(year) for year in money.years), "Samen")
    caption = "Bijdragen van de partijen per begrotingsjaar, in euro’s"
    return (picture(money.chart), table(caption, headers, rows))


def staffing_total(rows: Sequence[StaffingTotal]) -> Block | None:
    if not rows:
        return None
    return table(
        "Uren van ondersteunende functies",
        ("Functie", "Afgesproken", "Geleverd"),
        [(row.function, _hours(row.agreed), _hours(row.delivered)) for row in rows],
    )


def _hours(hours) -> str:
    return NOTHING if hours is None else f"{format_number(hours, 0)} uur"


def actions(caption: str, rows: Iterable[Action]) -> Block:
    return table(
        caption,
        ("Actie", "Wie", "Klaar op", "Stand", "Effect"),
        [(row.title, row.owner, dutch_date(row.due), row.state, _effect(row)) for row in rows],
    )


def _effect(row: Action) -> str:
    if row.effect:
        return f"{row.effect}, volgens {row.effect_by}" if row.effect_by else row.effect
    return f"bekijken op {dutch_date(row.effect_check)}" if row.effect_check else NOTHING


def quality(rows: Iterable[QualityNote]) -> Block | None:
    notes = [f"{row.subject}. {row.text}" for row in rows]
    return listed(notes) if notes else None


def rules_text(rules: RuleSetInfo, edition: Edition) -> str:
    return (
        f"De cijfers gelden tot en met {dutch_date(edition.figures_until)}. De statussen zijn bepaald met rekenregels "
        f"{rules.code}, geldig vanaf {dutch_date(rules.valid_from)}. Een indicator vraagt aandacht als ten minste "
        f"{format_number(rules.amber_share * 100, 0)}% van de afgesproken verbetering is bereikt. Voor een percentage "
        f"zijn ten minste {rules.min_n} kinderen nodig. {' '.join(rules.sentences)}"
    ).strip()


def reading(rules: RuleSetInfo, edition: Edition) -> Section:
    return Section(
        "lezen", "Hoe u de cijfers leest", blocks(text(rules_text(rules, edition)), legend())
    )


def genuine(digest: str, agreement_hash: str = "") -> Section:
    words = (
        "Dit rapport is gemaakt uit één vastgelegde set gegevens. U kunt die hiernaast downloaden als JSON. "
        "Wie het controlegetal (SHA-256) opnieuw berekent, ziet of er iets is veranderd."
    )
    rows = [("Gegevens", digest)]
    if agreement_hash:
        rows.append(("Afspraak", agreement_hash))
    return Section(
        "echtheid",
        "Echtheid",
        blocks(text(words), table("Controlegetallen", ("Waarvan", "SHA-256"), rows)),
    )
