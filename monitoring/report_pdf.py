"""The yearly reports as PDF, with their figures inside: same dataset, same bytes."""

from collections.abc import Iterable
from datetime import datetime, time
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from kvk2.core.csv_export import csv_text
from kvk2.core.pdf import PdfAttachment, render_pdf
from monitoring.explain import LABELS
from monitoring.method import Method
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
    ReportData,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TABLE, DATASET = "meetwaarden.csv", "dataset.json"
PUBLIC_HEADERS = (
    "doel",
    "titel",
    "schooljaar",
    "ikcs",
    "op koers",
    "aandacht",
    "niet op koers",
    "niet te beoordelen",
)
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


# What decides, besides the data, how a report looks.
LOOKS = (
    ("templates/monitoring/pdf", "*.html"),
    ("templates/pdf", "*.html"),
    ("static/pdf", "*"),
    ("monitoring", "report_*.py"),
    ("monitoring", "explain.py"),
    ("monitoring/printing", "*.py"),
    ("kvk2/core/charts", "*.py"),
    ("kvk2/core/pdf", "*.py"),
)
ENGINES = ("weasyprint", "pydyf")


@cache
def template_version() -> str:
    """Twelve hexadecimal digits over everything that decides how data come to look; another look, another version."""
    root = Path(settings.BASE_DIR)
    found = sha256(" ".join(version(name) for name in ENGINES).encode())
    for folder, pattern in LOOKS:
        for path in sorted((root / folder).glob(pattern)):
            found.update(path.read_bytes() if path.is_file() else b"")
    return found.hexdigest()[:12]


def render_ikc_report(data: IkcReportData) -> bytes:
    """'Jaarrapport resultaatafspraken' of one IKC. Raises `PdfError`."""
    return _rendered("monitoring/pdf/ikc_report.html", ikc_context(data), data)


def render_programme_report(data: ProgrammeReportData) -> bytes:
    """'Samenvattend jaarrapport' over all Plus IKCs. Raises `PdfError`."""
    return _rendered("monitoring/pdf/programme_report.html", programme_context(data), data)


def render_public_report(data: PublicReportData) -> bytes:
    """The public edition (L29). Raises `PdfError`."""
    return _rendered("monitoring/pdf/public_report.html", public_context(data), data)


def _rendered(template: str, context: dict[str, Any], data: ReportData) -> bytes:
    return render_pdf(
        template,
        context,
        created=_moment(data.edition),
        attachments=[
            PdfAttachment(
                name=TABLE,
                data=figures_csv(data),
                description="Streefwaarde, meting en status per indicator en jaar",
            ),
            PdfAttachment(
                name=DATASET,
                data=data.canonical(),
                description="Alle gegevens waaruit dit rapport is gemaakt",
                relationship="Source",
            ),
        ],
    )


def render_method(method: Method) -> bytes:
    """The method description (methodebeschrijving). Raises `PdfError`."""
    contents = method.contents.as_list()
    return render_pdf(
        "monitoring/pdf/method.html",
        {
            "report": method,
            "year": method.year,
            "contents": contents,
            "chapters": list(zip(method.sections, contents, strict=True)),
            "previous_edition": 0,
        },
        created=_moment(method.edition),
    )


def figures_csv(data: ReportData) -> bytes:
    """The figures as a table: what is inside the PDF, and what is downloaded beside it."""
    match data:
        case PublicReportData():
            return csv_text(PUBLIC_HEADERS, _tallies(data)).encode()
        case ProgrammeReportData():
            rows = [
                row for ikc in data.ikcs for row in _figures(ikc.name, ikc.goals, data.programme)
            ]
        case IkcReportData():
            rows = list(_figures(data.ikc.name, data.goals, data.programme))
    return csv_text(CSV_HEADERS, rows).encode()


def _tallies(data: PublicReportData) -> Iterable[tuple[object, ...]]:
    """Numbers of indicators per goal and status; empty where there are too few IKCs to tell."""
    for goal in data.goals:
        for offset, tally in ((0, goal.now), (1, goal.before)):
            if data.edition.year_index - offset < 1:
                continue
            counts = (tally.green, tally.amber, tally.red, tally.grey) if tally else ("",) * 4
            label = data.programme.years[data.edition.year_index - 1 - offset].label
            yield goal.number, goal.title, label, goal.ikcs, *counts


def _moment(edition: Edition) -> datetime:
    return datetime.combine(edition.made_on, time(12), AMSTERDAM)


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
