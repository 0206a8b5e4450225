"""What comes along invisibly when text is pasted from a word processor, a web page or a spreadsheet, put right.

Nothing that a reader sees is lost: characters without a shape go, and breaks and spaces become the plain ones. Quotes,
dashes and letters of any language stay.
"""

import re
import unicodedata

# Line ends: Windows, old Macintosh, Word's soft break (vertical tab), page break, and Unicode's own two.
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Spaces with a width of their own or that may not break.
_SPACES = re.compile("[\xa0\u2000-\u200a\u202f\u205f\u3000]")
# Control characters, soft hyphens, zero-width marks and marks of direction. The joiners U+200C and U+200D stay:
# Persian and composed emoji need them.
_SHAPELESS = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
# Bullets of Word's symbol font.
_BULLETS = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓"})


def plain(text: str) -> str:
    """`text` with line ends as \\n, ordinary spaces, composed letters, and without characters that have no shape."""
    text = _BREAKS.sub("\n", text)
    text = _SPACES.sub(" ", text)
    text = _SHAPELESS.sub("", text)
    return unicodedata.normalize("NFC", text.translate(_BULLETS))
