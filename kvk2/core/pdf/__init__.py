"""PDF from a Django template: accessible (PDF/UA-1), durable (PDF/A-3a) and always the same bytes.

`render_pdf` is the only door. Nothing here imports WeasyPrint until the first document is made, so
that a web process that makes none does not pay for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kvk2.core.errors import DomainError


class PdfError(DomainError):
    """The document cannot be made as an accessible PDF: a fault in a template, never in user text."""


@dataclass(frozen=True, slots=True)
class PdfAttachment:
    """A file inside the PDF (PDF/A-3). The ending of the name says what it is: .csv or .json.

    `relationship` is 'Data' (figures behind a chart) or 'Source' (ISO 19005-3, 6.8).
    """

    name: str
    data: bytes
    description: str
    relationship: str = "Data"


def render_pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    created: datetime,
    attachments: Sequence[PdfAttachment] = (),
) -> bytes:
    """The PDF of `template`, PDF/A-3a and PDF/UA-1 in one file.

    `created` (aware) is the only moment that ends up in the file: take it from the frozen data, so
    that the same data gives the same bytes in every process. The template extends
    `pdf/base_letter.html` or `pdf/base_report.html` and is well-formed XML. Characters that the
    packaged fonts lack are replaced by '□' and logged. Raises `PdfError`.
    """
    from kvk2.core.pdf import engine  # noqa: PLC0415 - WeasyPrint only where a document is made

    return engine.render(template, dict(context), created=created, attachments=attachments)


def warm_up() -> None:
    """Load WeasyPrint, the fonts and the style sheets; a worker does this once, when it starts."""
    from kvk2.core.pdf import engine  # noqa: PLC0415 - WeasyPrint only where a document is made

    engine.warm_up()


def cool_down() -> None:
    """Leave no temporary files behind; a worker does this when it stops, for it ends without Python's goodbye."""
    from kvk2.core.pdf import engine  # noqa: PLC0415 - WeasyPrint only where a document is made

    engine.cool_down()
