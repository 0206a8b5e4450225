"""What a letter says, as plain text: made from its frozen data by its own template, without layout.

A line that begins with `## ` is a heading, one with `- ` an item of a list or a row of a table; an empty line stands
between paragraphs.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.template.loader import render_to_string

from subsidies.documents import LETTER_TEMPLATES, AdviceContext, LetterContext, ReceiptContext
from subsidies.documents_standard import StandardLetterContext
from subsidies.documents_terms import NotProcessedContext

HEADING, ITEM = "## ", "- "
# The hash of a file says nothing to a reader, and is no word that fits on a small screen.
CODE = "code"
_TEMPLATES: Mapping[type, Callable[[Any], str]] = {
    AdviceContext: lambda letter: "subsidies/pdf/advice.html",
    LetterContext: lambda letter: LETTER_TEMPLATES[letter.kind],
    NotProcessedContext: lambda letter: "subsidies/pdf/not_processed.html",
    ReceiptContext: lambda letter: "subsidies/pdf/receipt.html",
    StandardLetterContext: lambda letter: "subsidies/pdf/standard.html",
}
_ROWS = ("li", "tr")
_BLOCKS = ("p", "caption", *_ROWS)
_HEADINGS = ("h1", "h2", "h3", "h4")


def words_of(document: Any) -> str:
    """The words of one of the documents above, in the order of the page. Raises KeyError for another document."""
    context = {
        "letter": document,
        "passages": document.passages,
        "subject": getattr(document, "subject", ""),
        "blocks": getattr(document, "blocks", ()),
        "draft": False,
        "example": False,
        "created": "",
    }
    page = render_to_string(_TEMPLATES[type(document)](document), context)
    root = ElementTree.fromstring(page[page.index("<html") :])  # noqa: S314 - our own template
    body = root.find("body")
    return "\n\n".join(_lines(body)) if body is not None else ""


def _lines(element: ElementTree.Element) -> Iterator[str]:
    for child in element:
        if child.tag in _HEADINGS:
            yield f"{HEADING}{_text(child)}"
        elif child.tag in _BLOCKS:
            if text := _cells(child) if child.tag == "tr" else _text(child):
                yield f"{ITEM}{text}" if child.tag in _ROWS else text
        elif child.get("class") != "sender":
            yield from _lines(child)


def _cells(row: ElementTree.Element) -> str:
    return " · ".join(text for cell in row if cell.get("class") != CODE and (text := _text(cell)))


def _text(element: ElementTree.Element) -> str:
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    """Words of what stands on lines of its own never run into each other."""
    yield element.text or ""
    for child in element:
        yield from (
            " " if child.tag in ("br", "p", "li") else "",
            *_pieces(child),
            child.tail or "",
        )
