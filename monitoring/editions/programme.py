"""The report over all Plus IKCs as a page: on alphabet, never by result."""

from collections.abc import Iterator
from typing import Any

from kvk2.core.money import format_number
from kvk2.nlds.templatetags.nlds import dutch_date
from monitoring.editions.blocks import (
    Block,
    Edition,
    Section,
    answers,
    blocks,
    lead,
    listed,
    picture,
    table,
    text,
    tiles,
)
from monitoring.editions.shared import genuine, money_blocks, quality, reading, staffing_total
from monitoring.printing.figures import NOTHING
from monitoring.printing.programme import Comparison, GoalChapter, programme_context
from monitoring.report_dataset import ProgrammeReportData

SORTED = (
    "Wij tellen indicatoren en middelen ze niet. IKC’s staan op alfabet: dit is geen ranglijst."
)


def programme_edition(data: ProgrammeReportData) -> Edition:
    page = programme_context(data)
    return Edition(
        title=f"Samenvattend jaarrapport {data.programme.name}",
        subtitle=f"{page['year'].label}, jaar {page['year'].index} van 8",
        facts=data.edition,
        digest=page["digest"],
        demo=data.demo,
        sections=tuple(_sections(data, page)),
    )


def _sections(data: ProgrammeReportData, page: dict[str, Any]) -> Iterator[Section]:
    yield _summary(data, page)
    if page["state_chart"]:
        title = f"Waar staan we in jaar {page['year'].index} van 8?"
        yield Section("stand", title, (picture(page["state_chart"]),))
    yield _overview(data, page)
    for chapter in page["goals"]:
        yield from _goal(chapter, page)
    yield from _more(data, page)
    parts = blocks(*money_blocks(page["money"]), staffing_total(data.staffing))
    if parts:
        yield Section("middelen", "Middelen en menskracht", parts)
    yield reading(data.ruleset, data.edition)
    if notes := quality(data.quality):
        yield Section("kwaliteit", "Kwaliteit van de gegevens", (notes,))
    yield genuine(page["digest"])


def _summary(data: ProgrammeReportData, page: dict[str, Any]) -> Section:
    counts = page["counts"]
    return Section(
        "samenvatting",
        "Bestuurlijke samenvatting",
        blocks(
            lead(
                f"{page['reporting']} van de {len(page['overview'])} Plus IKC’s leverden cijfers. "
                f"Samen gaat het om {counts.total} indicatoren: {counts.words()}."
            ),
            tiles(
                [
                    ("Op koers", counts.green),
                    ("Vragen aandacht", counts.amber),
                    ("Niet op koers", counts.red),
                    ("Niet te beoordelen", counts.grey),
                ]
            ),
            *(text(words) for words in data.summary),
            _per_goal(page),
            text(SORTED),
        ),
    )


def _per_goal(page: dict[str, Any]) -> Block:
    return table(
        "Aantal indicatoren per doel en status",
        ("Doel", "Op koers", "Aandacht", "Niet op koers", "Niet te beoordelen"),
        [
            (f"{goal.number}. {goal.title}", *(str(count) for count in goal.counts.parts()))
            for goal in page["goals"]
        ],
    )


def _overview(data: ProgrammeReportData, page: dict[str, Any]) -> Section:
    rows = [
        (row.name, *row.marks, f"{row.counts.judged} van {row.counts.total}")
        for row in page["overview"]
        if row.marks
    ]
    without = [
        f"{row.name}: {row.remark or 'geen gegevens'}" for row in page["overview"] if not row.marks
    ]
    return Section(
        "overzicht",
        "Overzicht per IKC en doel",
        blocks(
            table(
                "Oordeel per IKC en doel, op alfabet",
                ("IKC", *data.goal_titles, "Te beoordelen"),
                rows,
            )
            if rows
            else None,
            listed(without) if without else None,
        ),
    )


def _goal(chapter: GoalChapter, page: dict[str, Any]) -> Iterator[Section]:
    words = f"{page['year'].label}: {chapter.counts.words()}. In {page['before'].label}: {chapter.before.words()}."
    yield Section(chapter.id, f"Doel {chapter.number}: {chapter.title}", (lead(words),))
    for item in chapter.comparisons:
        yield _comparison(item, page)


def _comparison(item: Comparison, page: dict[str, Any]) -> Section:
    return Section(
        item.id,
        item.indicator.name,
        blocks(
            picture(item.panels),
            table(
                f"{item.indicator.name} ({item.unit}), op alfabet",
                (
                    "IKC",
                    "Nulmeting",
                    page["before"].label,
                    page["year"].label,
                    "Doel nu",
                    "Doel jaar 8",
                    "Status",
                ),
                [
                    (row.name, row.baseline, row.before, row.now, row.target, row.end, row.mark)
                    for row in item.rows
                ],
            ),
        ),
        level=3,
    )


def _more(data: ProgrammeReportData, page: dict[str, Any]) -> Iterator[Section]:
    """What stands beside the figures: context, what worked, what changed, the areas, what is advised."""
    if page["contexts"]:
        rows = [(ikc.name, ikc.context) for ikc in page["contexts"]]
        yield Section(
            "verschillen",
            "Verschillen verklaard",
            (
                text("Lees eerst de omstandigheden, vergelijk daarna pas."),
                table("Omstandigheden per IKC, op alfabet", ("IKC", "Kinderen en wijk"), rows),
            ),
        )
    practices = [(row.title, row.text, row.ikc) for row in data.practices]
    yield Section(
        "werkt",
        "Wat werkt",
        (
            answers(practices)
            if practices
            else text("Er is nog geen maatregel waarvan het effect is bekeken."),
        ),
    )
    changed = [
        (row.ikc, f"versie {row.version}, {row.kind}", row.effective_year, row.reason)
        for row in data.amendments
    ]
    yield Section(
        "bijstellingen",
        "Bijstellingen dit jaar",
        (
            table("Afspraken die zijn veranderd", ("IKC", "Versie", "Vanaf", "Reden"), changed)
            if changed
            else text("Dit jaar is geen afspraak veranderd."),
        ),
    )
    if data.area_review:
        yield _areas(data)
    if data.recommendations or data.follow_up:
        yield Section(
            "aanbevelingen",
            "Aanbevelingen",
            blocks(
                listed(data.recommendations) if data.recommendations else None,
                listed(f"Vorig jaar: {words}" for words in data.follow_up)
                if data.follow_up
                else None,
            ),
        )


def _areas(data: ProgrammeReportData) -> Section:
    review = data.area_review
    rows = [
        (
            row.district,
            row.change,
            NOTHING if row.score is None else format_number(row.score, 1),
            row.reliability or NOTHING,
        )
        for row in (review.areas if review else ())
    ]
    return Section(
        "herijking",
        "Herijking van de aandachtsgebieden",
        blocks(
            text(
                f"Herijking {review.year}, geldig vanaf {dutch_date(review.valid_from)}. {review.decision}"
            )
            if review
            else None,
            table("Wijken", ("Wijk", "Aandachtsgebied", "Score", "Betrouwbaarheid"), rows),
            listed(review.ikcs) if review and review.ikcs else None,
        ),
    )
