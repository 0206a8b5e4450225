"""The renderer: template to HTML tree to PDF, with WeasyPrint. Only this package imports it.

What makes it fast: one font configuration and one parsed style sheet per process, a tree from
Python's own XML parser, no garbage collection during layout, and one compression pass at level 6.
"""

import gc
import io
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import cssselect2
import weasyprint
from django.template.loader import render_to_string
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from kvk2.core.pdf import PdfAttachment, PdfError
from kvk2.core.pdf.assets import STYLE_FOLDER, read_asset
from kvk2.core.pdf.finisher import BrokenTags, finish
from kvk2.core.pdf.text import printable
from kvk2.core.pdf.written import quicken

quicken()

MEDIA_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf"}
STYLE_SHEETS = ("letter.css", "report.css")
STYLE_LINK = "stylesheet"
COLOUR_SPACE = "--srgb"

# Pango's font map is not made for threads; the garbage collector is shared by all of them.
_lock = threading.Lock()


class PackagedFetcher(URLFetcher):
    """Opens the packaged style sheets, pictures and fonts; refuses everything else."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Raises `FatalURLFetchingError`: a document never goes on without a file it asks for."""
        parts = urlsplit(url)
        path = Path(unquote(parts.path))
        if parts.scheme != "file":
            raise FatalURLFetchingError(f"A PDF may not open {parts.scheme}: addresses.")
        try:
            body = read_asset(path)
        except (OSError, KeyError) as error:
            raise FatalURLFetchingError(str(error)) from error
        return URLFetcherResponse(url, body, {"Content-Type": MEDIA_TYPES[path.suffix]})


class ParsedHtml(weasyprint.HTML):
    """A document from an element tree that is already there, without the HTML5 parser."""

    def __init__(self, root: ElementTree.Element, fetcher: URLFetcher) -> None:
        self.base_url = STYLE_FOLDER.as_uri() + "/"
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


def render(
    template: str,
    context: dict[str, Any],
    *,
    created: datetime,
    attachments: Sequence[PdfAttachment] = (),
) -> bytes:
    """See `kvk2.core.pdf.render_pdf`."""
    moment = created.astimezone(UTC).replace(microsecond=0)
    html = render_to_string(template, context | {"created": moment.strftime("%Y-%m-%dT%H:%M:%SZ")})
    root, style_sheet = _parse(printable(html), template)
    with _lock, _without_garbage_collection():
        fonts, style = _style(style_sheet)
        try:
            return ParsedHtml(root, PackagedFetcher()).write_pdf(
                pdf_variant="pdf/a-3a",
                output_intent=COLOUR_SPACE,
                color_profiles={COLOUR_SPACE: _colour_profile()},
                finisher=finish,
                font_config=fonts,
                stylesheets=[style],
                attachments=[_attachment(item, moment) for item in attachments],
            )
        except (FatalURLFetchingError, BrokenTags) as error:
            raise PdfError(f"De PDF kan niet worden gemaakt ({template}): {error}") from error


def warm_up() -> None:
    """Parse both style sheets and freeze what is loaded out of the garbage collector's sight."""
    with _lock:
        for name in STYLE_SHEETS:
            _style(name)
    gc.collect()
    gc.freeze()


def cool_down() -> None:
    """Let go of the fonts, for WeasyPrint keeps copies of them in a temporary folder as long as they are held."""
    gc.unfreeze()
    with _lock:
        _style.cache_clear()
    gc.collect()


def _parse(html: str, template: str) -> tuple[ElementTree.Element, str]:
    """The element tree and the name of the style sheet that its `<link>` asks for."""
    try:
        root = ElementTree.fromstring(html[html.index("<html") :])  # noqa: S314 - our own templates
    except ElementTree.ParseError as error:
        raise PdfError(f"De PDF kan niet worden gemaakt ({template}): {error}") from error
    head = root.find("head")
    link = None if head is None else head.find(f"link[@rel='{STYLE_LINK}']")
    if head is None or link is None:
        raise PdfError(f"De PDF kan niet worden gemaakt ({template}): geen stijlblad.")
    head.remove(link)
    if (title := head.find("title")) is not None:
        title.text = " ".join((title.text or "").split())
    return root, link.get("href", "")


@cache
def _style(name: str) -> tuple[FontConfiguration, weasyprint.CSS]:
    fonts = FontConfiguration()
    address = (STYLE_FOLDER / name).as_uri()
    return fonts, weasyprint.CSS(url=address, url_fetcher=PackagedFetcher(), font_config=fonts)


def _colour_profile() -> ColorProfile:
    """The sRGB profile that PDF/A asks for; WeasyPrint's own way leaves the file open."""
    profile = _colour_profile_bytes()
    return ColorProfile(
        io.BytesIO(profile), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"])
    )


@cache
def _colour_profile_bytes() -> bytes:
    return (resources.files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


def _attachment(item: PdfAttachment, moment: datetime) -> weasyprint.Attachment:
    return weasyprint.Attachment(
        file_obj=io.BytesIO(item.data),
        name=item.name,
        description=item.description,
        relationship=item.relationship,
        created=moment,
        modified=moment,
    )


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Layout makes millions of short-lived objects; collecting them once afterwards is cheaper.

    Them alone: walking all that the process had before as well took as long as the layout of a letter.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
            gc.collect(1)
