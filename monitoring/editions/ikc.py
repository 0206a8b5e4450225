"""The report of one IKC as a page."""

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
    verdict,
)
from monitoring.editions.shared import (
    actions,
    genuine,
    money_blocks,
    quality,
    reading,
    rules_text,
)
from monitoring.printing import figures
from monitoring.printing.figures import NOTHING
from monitoring.printing.ikc import GoalBlock, IndicatorBlock, ikc_context
from monitoring.report_dataset import IkcReportData


def ikc_edition(data: IkcReportData) -> Edition:
    """All that the PDF prints, in the same order."""
    page = ikc_context(data)
    return Edition(
        title=f"Jaarrapport {data.ikc.name}",
        subtitle=f"Resultaatafspraken {page['year'].label}, jaar {page['year'].index} van 8 in {data.programme.name}",
        facts=data.edition,
        digest=page["digest"],
        demo=data.demo,
        sections=tuple(_sections(data, page)),
    )


def _sections(data: IkcReportData, page: dict[str, Any]) -> Iterator[Section]:
    yield _glance(page)
    yield reading(data.ruleset, data.edition)
    yield _children(data, page)
    yield _agreed(data, page)
    for goal in page["goals"]:
        yield from _goal(goal)
    if page["measures"]:
        yield _measures(page)
    yield from _means(data, page)
    yield _earlier(data, page)
    yield _conclusions(data, page)
    yield _reactions(page)
    yield _method(data, page)
    yield genuine(page["digest"], data.agreement.content_hash)


def _glance(page: dict[str, Any]) -> Section:
    counts = page["counts"]
    return Section(
        "oogopslag",
        "In één oogopslag",
        blocks(
            lead(
                f"{counts.judged} van de {counts.total} indicatoren zijn te beoordelen: {counts.words()}."
                if counts.total
                else "Voor dit jaar is nog niets te beoordelen."
            ),
            tiles(
                [
                    ("Op koers", counts.green),
                    ("Aandacht nodig", counts.amber),
                    ("Niet op koers", counts.red),
                    ("Niet te beoordelen", counts.grey),
                ]
            ),
            table(
                "Het beeld per doel",
                ("Doel", "Oordeel volgens de rekenregels", "Waarop dat berust"),
                [
                    (f"{goal.goal.number}. {goal.goal.title}", goal.mark, goal.counts.words())
                    for goal in page["goals"]
                ],
            ),
            text(f"Voorstel. {page['proposal']}"),
            _named("Wat goed gaat", page["strong"]),
            _named("Wat aandacht vraagt", page["weak"]),
        ),
    )


def _named(words: str, rows: list[IndicatorBlock]) -> Block | None:
    if not rows:
        return None
    return listed(
        f"{words}: {row.indicator.name}, {row.facts[0].value}, doel {row.facts[1].value}"
        for row in rows
    )


def _children(data: IkcReportData, page: dict[str, Any]) -> Section:
    ikc, facts = data.ikc, data.surroundings.area_facts
    words = f"{ikc.name}{f' ligt in {ikc.area}' if ikc.area else ''}."
    if ikc.school_board:
        words += f" Het onderwijs valt onder {ikc.school_board.rstrip('.')}."
    if ikc.childcare:
        words += f" De opvang is van {figures.joined(ikc.childcare)}."
    return Section(
        "kinderen",
        "De kinderen en de wijk",
        blocks(
            lead("Deze cijfers geven het decor. Ze worden niet beoordeeld."),
            text(words),
            picture(page["children_chart"]) if page["children_chart"] else None,
            picture(page["lines"].chart) if page["lines"] else None,
            text(f"Bron van de lijnen: {'; '.join(page['lines'].sources)}.")
            if page["lines"]
            else None,
            table(
                f"{data.surroundings.area_name or 'De wijk'} naast de hele gemeente",
                ("Gegeven", "Wijk", "Gemeente", "Jaar", "Bron"),
                [
                    (
                        row.label,
                        row.value,
                        row.municipality_value or NOTHING,
                        row.period,
                        row.source,
                    )
                    for row in facts
                ],
            )
            if facts
            else None,
            listed(data.surroundings.notes) if data.surroundings.notes else None,
        ),
    )


def _agreed(data: IkcReportData, page: dict[str, Any]) -> Section:
    agreement = data.agreement
    return Section(
        "afspraken",
        "Wat is afgesproken",
        blocks(
            text(f"Dit jaar geldt versie {agreement.version} van afspraak {agreement.reference}."),
            table(
                "Wie de afspraak hebben getekend",
                ("Partij", "Organisatie", "Getekend door", "Op"),
                [
                    (
                        row.role,
                        row.organisation,
                        ", ".join(filter(None, [row.signatory, row.function])),
                        dutch_date(row.signed_on) or "nog niet getekend",
                    )
                    for row in agreement.parties
                ],
            ),
            picture(page["timeline"]) if page["timeline"] else None,
            picture(page["slopes"]) if page["slopes"] else None,
            table(
                "Einddoelen die sinds de eerste afspraak zijn veranderd",
                ("Indicator", "Nulmeting", "Eerst afgesproken", "Nu afgesproken"),
                [(row.indicator, row.baseline, row.first, row.now) for row in page["changed"]],
            )
            if page["changed"]
            else None,
        ),
    )


def _goal(goal: GoalBlock) -> Iterator[Section]:
    yield Section(
        goal.id,
        f"Doel {goal.goal.number}: {goal.goal.title}",
        blocks(
            lead(goal.goal.explanation) if goal.goal.explanation else None,
            verdict(goal.mark, goal.goal.verdict_explanation),
            picture(goal.journeys) if goal.journeys else None,
        ),
    )
    for row in goal.indicators:
        yield _indicator(row)
    if goal.answers:
        yield Section(
            f"{goal.id}-evaluatie",
            "Herkennen, verklaren, waarderen, verbeteren",
            (answers((fact.label, fact.value, "") for fact in goal.answers),),
            level=3,
        )


def _indicator(row: IndicatorBlock) -> Section:
    item = row.indicator
    facts = [(fact.label, fact.value) for fact in row.facts]
    if item.trend:
        facts.append(("Trend", item.trend))
    return Section(
        row.id,
        f"{item.name}{' (kernindicator)' if item.is_core else ''}",
        blocks(
            verdict(row.mark, row.current.explanation),
            table(f"{item.name}: de kern", ("Gegeven", "Cijfer"), facts),
            picture(row.chart) if row.chart else None,
            picture(row.ladder) if row.ladder else None,
            text(item.note) if item.note else None,
            text(item.forecast) if item.forecast else None,
        ),
        level=3,
    )


def _measures(page: dict[str, Any]) -> Section:
    return Section(
        "aanbod",
        "Van analyse naar aanbod",
        tuple(
            table(
                f"Maatregelen bij doel {group.number}: {group.title}",
                ("Maatregel", "Voor wie", "Waarom", "Wie", "Stand"),
                [
                    (row.title, row.target_group, row.finding or row.result, row.owner, row.state)
                    for row in group.rows
                ],
            )
            for group in page["measures"]
        ),
    )


def _means(data: IkcReportData, page: dict[str, Any]) -> Iterator[Section]:
    staffing = table(
        "Uren in dit jaar",
        ("Functie", "Werkgever", "Afgesproken", "Geleverd", "Status", "Opmerking"),
        [
            (
                item["row"].function,
                item["row"].employer,
                item["agreed"],
                NOTHING
                if item["row"].delivered is None
                else f"{format_number(item['row'].delivered, 0)} uur",
                item["mark"],
                item["row"].remark or NOTHING,
            )
            for item in page["staffing_rows"]
        ],
    )
    steering = table(
        "Wie het IKC samen aansturen",
        ("Overleg", "Rol", "Hoe vaak", "Beslist over"),
        [(row.body, row.role, row.frequency, row.decision_rights) for row in data.steering],
    )
    parts = blocks(
        *money_blocks(page["money"]),
        staffing if data.staffing else None,
        steering if data.steering else None,
    )
    if parts:
        yield Section("inzet", "Inzet en sturing", parts)


def _earlier(data: IkcReportData, page: dict[str, Any]) -> Section:
    if data.earlier_actions:
        part = actions("Acties die vorig jaar zijn afgesproken", data.earlier_actions)
    else:
        part = text("Uit het vorige jaar staan er geen acties open.")
    return Section("vorige", "Wat deden we met de vorige conclusies?", (part,))


def _conclusions(data: IkcReportData, page: dict[str, Any]) -> Section:
    return Section(
        "conclusies",
        "Conclusies, voorstel en acties",
        blocks(
            lead(page["proposal"]),
            table(
                "Conclusies over dit jaar",
                ("Resultaat", "Volgens de regels", "Conclusie", "Reden"),
                [
                    (row.subject, row.suggested, row.verdict, row.reason or NOTHING)
                    for row in data.conclusions
                ],
            )
            if data.conclusions
            else text("De partijen hebben over dit jaar nog geen conclusies vastgelegd."),
            actions("Nieuwe acties", data.actions) if data.actions else None,
        ),
    )


def _reactions(page: dict[str, Any]) -> Section:
    if not page["reactions"]:
        part = text("De partijen kunnen op dit concept reageren. Hun reacties komen hier te staan.")
    else:
        part = answers(
            (row.party, row.text, " · ".join(filter(None, [row.role, row.by])))
            for row in page["reactions"]
        )
    return Section("reacties", "Reactie van de partijen", (part,))


def _method(data: IkcReportData, page: dict[str, Any]) -> Section:
    return Section(
        "methode",
        "Methode en gegevens",
        blocks(
            table(
                "Hoe elke indicator is gemeten",
                ("Indicator", "Wat is geteld", "Richting", "Tolerantie", "Bron en peildatum"),
                [
                    (
                        row.indicator.name,
                        row.indicator.definition,
                        row.better,
                        row.tolerance,
                        ", ".join(
                            filter(
                                None,
                                [
                                    row.current.source or row.indicator.source,
                                    dutch_date(row.current.reference_date),
                                ],
                            )
                        ),
                    )
                    for row in page["indicators"]
                ],
            )
            if page["indicators"]
            else None,
            quality(data.quality),
            text(rules_text(data.ruleset, data.edition)),
        ),
    )
