"""The yearly reports as PDF, with their figures inside: same dataset, same bytes."""

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from kvk2.core.csv_export import csv_text
from kvk2.core.pdf import PdfAttachment, render_pdf
from monitoring.explain import LABELS
from monitoring.printing.ikc import ikc_context
from monitoring.printing.programme import programme_context
from monitoring.printing.public import public_context
from monitoring.report_dataset import (
    Edition,
    Goal,
    IkcReportData,
    Programme,
    ProgrammeReportData,
    PublicReportData,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CSV_HEADERS = (
    "ikc",
    "doel",
    "indicator",
    "code",
    "eenheid",
    "schooljaar",
    "streefwaarde",
    "gemeten",
    "teller",
    "noemer",
    "tolerantie",
    "status",
    "bron",
    "peildatum",
)


def render_ikc_report(data: IkcReportData) -> bytes:
    """'Jaarrapport resultaatafspraken' of one IKC. Raises `PdfError`."""
    rows = _figures(data.ikc.name, data.goals, data.programme)
    return render_pdf(
        "monitoring/pdf/ikc_report.html",
        ikc_context(data),
        created=_moment(data.edition),
        attachments=_attachments(rows, data.canonical()),
    )


def render_programme_report(data: ProgrammeReportData) -> bytes:
    """'Samenvattend jaarrapport' over all Plus IKCs. Raises `PdfError`."""
    rows = [row for ikc in data.ikcs for row in _figures(ikc.name, ikc.goals, data.programme)]
    return render_pdf(
        "monitoring/pdf/programme_report.html",
        programme_context(data),
        created=_moment(data.edition),
        attachments=_attachments(rows, data.canonical()),
    )


def render_public_report(data: PublicReportData) -> bytes:
    """The public edition (L29). Raises `PdfError`."""
    return render_pdf(
        "monitoring/pdf/public_report.html",
        public_context(data),
        created=_moment(data.edition),
        attachments=[_dataset(data.canonical())],
    )


def _moment(edition: Edition) -> datetime:
    return datetime.combine(edition.made_on, time(12), AMSTERDAM)


def _attachments(rows: Iterable[Iterable[object]], dataset: bytes) -> list[PdfAttachment]:
    return [
        PdfAttachment(
            name="meetwaarden.csv",
            data=csv_text(CSV_HEADERS, rows).encode(),
            description="Streefwaarde, meting en status per indicator en jaar",
        ),
        _dataset(dataset),
    ]


def _dataset(dataset: bytes) -> PdfAttachment:
    return PdfAttachment(
        name="dataset.json",
        data=dataset,
        description="Alle gegevens waaruit dit rapport is gemaakt",
        relationship="Source",
    )


def _figures(ikc: str, goals: Iterable[Goal], programme: Programme) -> Iterable[tuple[object, ...]]:
    for goal in goals:
        for indicator in goal.indicators:
            for item in indicator.years:
                yield (
                    ikc,
                    goal.title,
                    indicator.name,
                    indicator.code,
                    indicator.unit,
                    programme.years[item.year - 1].label,
                    item.target,
                    item.value,
                    item.numerator,
                    item.denominator,
                    item.tolerance,
                    LABELS[item.status].text,
                    item.source,
                    item.reference_date,
                )
