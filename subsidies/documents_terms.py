"""What the letters about terms say: the request to complete (L02). Frozen contexts, as in `subsidies.documents`."""

from dataclasses import dataclass
from datetime import date

from kvk2.core.documents import Frozen, Municipality
from kvk2.core.pdf import render_pdf
from subsidies.documents import Addressee, ApplicationFacts, noon


@dataclass(frozen=True, slots=True)
class CompletionContext(Frozen):
    """The request to complete an application (L02; Awb 4:5(1)); not a decision."""

    municipality: Municipality
    addressee: Addressee
    sent_on: date
    reference: str
    application: ApplicationFacts
    missing: tuple[str, ...]  # "Begroting: de uren van de vakdocent ontbreken"
    due_on: date
    note: str = ""
    contact: str = ""  # name of the officer who knows the case
    url: str = ""  # where to complete
    demo: bool = False


def render_completion(letter: CompletionContext) -> bytes:
    """The PDF of a request to complete."""
    context = {"letter": letter}
    return render_pdf("subsidies/pdf/completion.html", context, created=noon(letter.sent_on))
