"""Characters: what the packaged fonts can print, and what happens to the rest.

A glyph that no packaged font has would be taken from whatever font the machine happens to own, or
become an empty box that fails PDF/A and PDF/UA (ISO 14289-1, 7.21.8). Text typed by people is
therefore reduced to what the fonts have, before layout.
"""

import logging
import re
import unicodedata
from functools import cache

from fontTools.ttLib import TTFont

from kvk2.core.pdf.assets import FONT_FOLDER

logger = logging.getLogger(__name__)

REPLACEMENT = "\N{WHITE SQUARE}"
# Every character of a document must be in the running-text family; headings fall back to it.
TEXT_FACES = (
    "SourceSans3-Regular.ttf",
    "SourceSans3-It.ttf",
    "SourceSans3-Semibold.ttf",
    "SourceSans3-Bold.ttf",
)
EQUIVALENTS = {"\N{NON-BREAKING HYPHEN}": "-", "\N{LINE SEPARATOR}": "\n"}
INVISIBLE = ("Cc", "Cf", "Mn", "Me", "Cs")
SKIN_TONES = range(0x1F3FB, 0x1F400)


def printable(text: str) -> str:
    """`text` in composed form (NFC), with '□' for every character the fonts lack.

    Joiners, variation selectors and control characters disappear. What was replaced is logged as
    code points only, never with the text around it.
    """
    text = unicodedata.normalize("NFC", text)
    unknown = _unknown()
    missing = set(unknown.findall(text))
    if not missing:
        return text
    replacements = {char: _replacement(char) for char in missing}
    if boxes := sorted(char for char, new in replacements.items() if new == REPLACEMENT):
        codes = [f"U+{ord(char):04X}" for char in boxes]
        logger.warning("pdf_characters_replaced", extra={"code_points": codes})
    return unknown.sub(lambda match: replacements[match[0]], text)


@cache
def coverage() -> frozenset[int]:
    """The code points that every face of the running-text family can print."""
    faces = []
    for name in TEXT_FACES:
        with TTFont(FONT_FOLDER / name, lazy=True) as font:
            faces.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*faces)


@cache
def _unknown() -> re.Pattern[str]:
    """A pattern that finds one character outside the fonts (white space is fine)."""
    known = "".join(re.escape(chr(code)) for code in sorted(coverage()))
    return re.compile(f"[^\t\n\r{known}]")


def _replacement(char: str) -> str:
    if char in EQUIVALENTS:
        return EQUIVALENTS[char]
    if unicodedata.category(char) in INVISIBLE or ord(char) in SKIN_TONES:
        return ""
    plain = unicodedata.normalize("NFKC", char)
    if plain != char and all(ord(part) in coverage() for part in plain):
        return plain
    return REPLACEMENT
