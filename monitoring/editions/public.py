"""The public edition as a page."""

from collections.abc import Iterator
from typing import Any

from monitoring.editions.blocks import (
    Edition,
    Section,
    blocks,
    lead,
    listed,
    picture,
    table,
    text,
    tiles,
)
from monitoring.editions.shared import genuine, money_blocks, reading, staffing_total
from monitoring.printing.public import public_context
from monitoring.report_dataset import PublicReportData

INTRODUCTION = (
    "In een Plus IKC werken school en kinderopvang samen voor kinderen die minder kansen hebben. Gemeente, "
    "schoolbesturen en kinderopvang spraken af wat zij in acht jaar willen bereiken."
)
TOO_FEW = "te weinig IKC’s"


def public_edition_page(data: PublicReportData) -> Edition:
    page = public_context(data)
    return Edition(
        title=f"{data.programme.name}: publieksversie",
        subtitle=f"{page['year'].label}, jaar {page['year'].index} van 8",
        facts=data.edition,
        digest=page["digest"],
        demo=data.demo,
        sections=tuple(_sections(data, page)),
    )


def _sections(data: PublicReportData, page: dict[str, Any]) -> Iterator[Section]:
    counts = page["counts"]
    yield Section(
        "kort",
        "In het kort",
        blocks(
            lead(INTRODUCTION),
            tiles(
                [
                    ("Op koers", counts.green),
                    ("Vragen aandacht", counts.amber),
                    ("Niet op koers", counts.red),
                    ("Niet te beoordelen", counts.grey),
                ]
            )
            if counts
            else text(
                "Er zijn nog te weinig Plus IKC’s met cijfers om uitkomsten openbaar te maken."
            ),
            text("Deze Plus IKC’s doen mee:") if data.ikcs else None,
            listed(data.ikcs) if data.ikcs else None,
        ),
    )
    yield Section(
        "doelen",
        "De drie doelen",
        blocks(
            picture(page["state_chart"]) if page["state_chart"] else None,
            table(
                "Aantal indicatoren per doel en status",
                ("Doel", "Op koers", "Aandacht", "Niet op koers", "Niet te beoordelen"),
                [
                    (
                        f"{goal.number}. {goal.title}",
                        *(
                            (str(count) for count in goal.now.parts())
                            if goal.now
                            else (TOO_FEW,) * 4
                        ),
                    )
                    for goal in page["goals"]
                ],
            ),
        ),
    )
    parts = blocks(*money_blocks(page["money"]), staffing_total(data.staffing))
    if parts:
        yield Section("middelen", "Wat de partijen gaven", parts)
    yield reading(data.ruleset, data.edition)
    yield genuine(page["digest"])
