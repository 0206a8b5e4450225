"""Whether a signed PDF is that of the text that was offered: its fingerprint stands in it."""

import hashlib
import io
import logging
import re
from typing import TYPE_CHECKING

from agreements.agreement_pdf import KEPT_TEXT
from agreements.services.refusals import OtherText
from kvk2.core.uploads import AcceptedFile, FileRefused

if TYPE_CHECKING:
    from pypdf import PdfReader

# An agreement has some twenty pages; what somebody made of thousands is not read through.
MOST_PAGES = 80
HASH = re.compile(r"[0-9a-f]{64}")

logger = logging.getLogger(__name__)


def require_text_of(content_hash: str, file: AcceptedFile) -> None:
    """The PDF carries the frozen text of this fingerprint, or prints the fingerprint.

    Refusals: `FileRefused` for what is no PDF or carries something else, `OtherText`.
    """
    if file.content_type != "application/pdf":
        raise FileRefused(f"‘{file.name}’ is geen PDF. Voeg de ondertekende afspraak toe als PDF.")
    from pypdf import PdfReader  # noqa: PLC0415 - 15 MB that no other work of a process needs
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        reader = PdfReader(io.BytesIO(file.content))
        carried = {name: b"".join(found) for name, found in reader.attachments.items()}
        printed = _printed(reader)
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        logger.info("a signed agreement could not be read: %s", type(error).__name__)
        raise FileRefused(f"‘{file.name}’ kan niet worden gelezen. Bewaar het opnieuw.") from error
    if set(carried) - {KEPT_TEXT}:
        raise FileRefused(f"In ‘{file.name}’ zitten andere bestanden dan de tekst van de afspraak.")
    if carried:
        same = hashlib.sha256(carried[KEPT_TEXT]).hexdigest() == content_hash
    else:
        same = content_hash in printed
    if not same:
        raise OtherText(
            f"‘{file.name}’ is niet de tekst die nu ter ondertekening ligt. Download de afspraak opnieuw"
            " en laat die PDF tekenen."
        )


def _printed(reader: "PdfReader") -> str:
    """The text without spaces, as a long code may be broken over lines."""
    if len(reader.pages) > MOST_PAGES:
        return ""
    return "".join("".join(page.extract_text().split()) for page in reader.pages)
