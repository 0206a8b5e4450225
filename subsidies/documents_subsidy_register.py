"""L32, the overview of subsidies of one year (Woo 3.3a), with the same rows as CSV inside the PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kvk2.core.csv_export import csv_text
from kvk2.core.documents import Frozen, Municipality
from kvk2.core.pdf import PdfAttachment, render_pdf


@dataclass(frozen=True, slots=True)
class OverviewRow(Frozen):
    """One public decision; the amount in euros is what that decision grants, or determines."""

    code: str
    kind: str
    decided_on: date
    recipient: str
    ikc: str
    area: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OverviewContext(Frozen):
    """What was public of one year at one moment."""

    municipality: Municipality
    year: int
    updated_at: datetime
    granted: Decimal
    determined: Decimal
    rows: tuple[OverviewRow, ...]
    demo: bool = False


HEADERS = ("kenmerk", "besluit", "datum", "ontvanger", "ikc", "gebied", "bedrag in euro")


def render_overview(overview: OverviewContext) -> bytes:
    """The PDF. Raises `PdfError`."""
    return render_pdf(
        "subsidies/pdf/register_overview.html",
        {"overview": overview, "reference": f"subsidieoverzicht {overview.year}"},
        created=overview.updated_at,
        attachments=[
            PdfAttachment(
                name="subsidieoverzicht.csv",
                data=csv_text(HEADERS, _cells(overview.rows)).encode(),
                description="Alle regels van dit overzicht",
            )
        ],
    )


def _cells(rows: Sequence[OverviewRow]) -> list[list[object]]:
    return [
        [row.code, row.kind, row.decided_on, row.recipient, row.ikc, row.area, row.amount]
        for row in rows
    ]
