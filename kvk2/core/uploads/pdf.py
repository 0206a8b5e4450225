"""PDF: refused is what acts when it is opened, what carries other files, and what nobody can look into.

A search through the bytes and not a parser: it takes time in proportion to the size, whatever somebody made of the
file, and there is nothing in it to attack (docs/adr). Names may be written with #-codes, and objects may stand in
compressed object streams: both are undone first.
"""

import re
import zlib

from kvk2.core.uploads.refusal import FileRefused

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_STREAMS = 100_000
_PIECE = 64 * 1024

_END = rb"(?=[\s/<>\[\](){}%]|$)"
_ACTS = re.compile(rb"/(?:JavaScript|Launch|ImportData|Rendition|RichMedia|GoToE)" + _END)
_CARRIES = re.compile(rb"/(?:EmbeddedFiles?|FileAttachment)" + _END)
_LOCKED = re.compile(rb"/Encrypt" + _END)
_XFA = re.compile(rb"/XFA" + _END)
_CODED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
# An object stream starts with the numbers of its objects; a comment may stand before them.
_NUMBERS = re.compile(rb"\s*(?:\d|%)")
_OBJECT_STREAM = re.compile(rb"/ObjStm" + _END)
_OTHER_PACKING = re.compile(
    rb"/(?:LZWDecode|LZW|ASCIIHexDecode|AHx|ASCII85Decode|A85|RunLengthDecode|RL|Crypt)" + _END
)
_NEAR = 512
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 66_000

_PRINT = "Maak er een nieuwe PDF van: kies Afdrukken en dan Opslaan als PDF."
ACTS = "‘{}’ bevat een script of een opdracht die bij het openen wordt uitgevoerd. " + _PRINT
CARRIES = "In ‘{}’ zitten andere bestanden. Voeg die apart toe. " + _PRINT
LOCKED = (
    "‘{}’ is beveiligd. Bewaar het zonder wachtwoord en zonder beperkingen, of scan het opnieuw in."
)
UNREADABLE = "‘{}’ kan niet worden gecontroleerd. " + _PRINT
TOO_LARGE = "‘{}’ wordt te groot als het wordt uitgepakt."
TWO_KINDS = "‘{}’ is een PDF en ook een ander soort bestand. " + _PRINT


def require_harmless_pdf(name: str, content: bytes, *, may_carry: bool = False) -> None:
    """Refusal: `FileRefused`. With `may_carry` other files may be inside; the caller looks which."""
    plain = _without_codes(content)
    _require_harmless(name, plain, may_carry=may_carry)
    if _LOCKED.search(plain):
        raise FileRefused(LOCKED.format(name))
    if _ZIP_END in content[-_ZIP_TAIL:]:
        raise FileRefused(TWO_KINDS.format(name))
    for found in _OBJECT_STREAM.finditer(plain):
        near = plain[max(found.start() - _NEAR, 0) : found.end() + _NEAR]
        if _OTHER_PACKING.search(near):
            raise FileRefused(UNREADABLE.format(name))
    _look_into_streams(name, content, may_carry=may_carry)


def _without_codes(content: bytes) -> bytes:
    return _CODED.sub(lambda code: bytes([int(code[1], 16)]), content)


def _require_harmless(name: str, plain: bytes, *, may_carry: bool) -> None:
    if _ACTS.search(plain) or (b"/AcroForm" in plain and _XFA.search(plain)):
        raise FileRefused(ACTS.format(name))
    if not may_carry and _CARRIES.search(plain):
        raise FileRefused(CARRIES.format(name))


def _look_into_streams(name: str, content: bytes, *, may_carry: bool) -> None:
    """Unpack what starts with numbers, as an object stream does, and search that as well."""
    left = MAX_UNPACKED_BYTES
    for count, found in enumerate(_STREAM.finditer(content)):
        if count > MAX_STREAMS:
            raise FileRefused(TOO_LARGE.format(name))
        unpacked = _unpack(content, found.end(), left)
        left -= len(unpacked)
        if left <= 0:
            raise FileRefused(TOO_LARGE.format(name))
        _require_harmless(name, _without_codes(unpacked), may_carry=may_carry)


def _unpack(content: bytes, at: int, most: int) -> bytes:
    """The start of the stream at `at` up to `most` bytes; nothing when it cannot hold objects."""
    if content[at : at + 1] in (b"\r", b"\n"):
        at += 1
    if (
        at + 2 > len(content)
        or content[at] & 0x0F != 8
        or int.from_bytes(content[at : at + 2]) % 31
    ):
        return b""  # not packed as zlib does
    inflater, kept, size = zlib.decompressobj(), [], 0
    try:
        while at < len(content) and size < most and not inflater.eof:
            piece = inflater.decompress(content[at : at + _PIECE], most - size)
            if size == 0 and piece and not _NUMBERS.match(piece):
                return b""
            kept.append(piece)
            size += len(piece)
            at += _PIECE
    except zlib.error:
        pass  # what came before the damage was read
    return b"".join(kept)
