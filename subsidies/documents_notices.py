"""What a letter about a term says: more time to complete (L02), a later decision (L04), a term that stands still."""

from dataclasses import dataclass
from datetime import date

from kvk2.core.documents import Frozen, Municipality
from subsidies.documents import Addressee, ApplicationFacts, letter_pdf, noon


@dataclass(frozen=True, slots=True)
class NoticePart(Frozen):
    """A heading with the paragraphs under it."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermNoticeContext(Frozen):
    """A letter that tells until when; not a decision. Its sentences are written when it is ordered."""

    municipality: Municipality
    addressee: Addressee
    sent_on: date
    reference: str
    application: ApplicationFacts
    subject: str
    lead: str  # the message itself, with the day
    parts: tuple[NoticePart, ...]
    contact: str = ""  # name of the officer who knows the case
    url: str = ""  # where the applicant can look
    demo: bool = False


def render_term_notice(letter: TermNoticeContext, *, draft: bool = False) -> bytes:
    """The PDF of the letter; a `draft` says that it was not sent."""
    context = {"letter": letter, "draft": draft}
    return letter_pdf(
        "subsidies/pdf/term_notice.html", letter, context, created=noon(letter.sent_on)
    )
