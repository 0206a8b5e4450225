"""Copies of documents for somebody outside, and the list of what is given and what not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kvk2.core.csv_export import csv_text
from kvk2.core.documents import Frozen, Municipality
from kvk2.core.pdf import PdfAttachment, render_pdf
from subsidies.letter_words import HEADING, ITEM


@dataclass(frozen=True, slots=True)
class CopyContext(Frozen):
    """The words of one document as they are given; `grounds` say why something is missing."""

    municipality: Municipality
    reference: str
    title: str
    given_as: str  # "Afschrift voor een bezwaarmaker (artikel 7:4 Awb)"
    dated_on: date | None
    words: str  # as `subsidies.letter_words` makes them
    grounds: tuple[str, ...]
    made_at: datetime
    demo: bool = False


@dataclass(frozen=True, slots=True)
class InventoryRow(Frozen):
    """One document, given or not."""

    number: int
    title: str
    kind: str
    dated_on: date | None
    verdict: str
    grounds: tuple[str, ...] = ()
    reason: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class InventoryContext(Frozen):
    """The list of documents (inventarislijst)."""

    municipality: Municipality
    reference: str
    title: str
    round_name: str
    purpose: str
    rows: tuple[InventoryRow, ...]
    made_at: datetime
    demo: bool = False


HEADERS = ("nummer", "stuk", "soort", "datum", "oordeel", "gronden", "reden", "bestand")


def render_copy(copy: CopyContext) -> bytes:
    """The PDF of one copy. Raises `PdfError`."""
    context = {"copy": copy, "blocks": blocks(copy.words)}
    return render_pdf("subsidies/pdf/disclosure_copy.html", context, created=copy.made_at)


def render_inventory(inventory: InventoryContext) -> bytes:
    """The PDF of the list, with the same rows as CSV inside it. Raises `PdfError`."""
    return render_pdf(
        "subsidies/pdf/disclosure_inventory.html",
        {"inventory": inventory},
        created=inventory.made_at,
        attachments=[
            PdfAttachment(
                "inventarislijst.csv", inventory_csv(inventory.rows), "Alle regels van deze lijst"
            )
        ],
    )


def inventory_csv(rows: Sequence[InventoryRow]) -> bytes:
    """The list for a spreadsheet."""
    cells = [
        [
            row.number,
            row.title,
            row.kind,
            row.dated_on,
            row.verdict,
            "; ".join(row.grounds),
            row.reason,
            row.file,
        ]
        for row in rows
    ]
    return csv_text(HEADERS, cells).encode()


def blocks(words: str) -> list[tuple[str, list[str]]]:
    """Headings, paragraphs and lists in their order: ('heading', [text]), ('text', [text]) or ('list', items)."""
    found: list[tuple[str, list[str]]] = []
    for line in words.split("\n\n"):
        if line.startswith(HEADING):
            found.append(("heading", [line.removeprefix(HEADING)]))
        elif line.startswith(ITEM):
            if not found or found[-1][0] != "list":
                found.append(("list", []))
            found[-1][1].append(line.removeprefix(ITEM))
        elif line.strip():
            found.append(("text", [line]))
    return found
