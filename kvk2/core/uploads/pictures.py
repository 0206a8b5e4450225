"""JPG and PNG, read as the segments and chunks that they are made of; no pixel is unpacked here.

That is enough to know how large a picture becomes when somebody opens it, that it ends where it says, and (in
`kvk2.core.stripping`) to take out what says who made it and where.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from kvk2.core.uploads.refusal import FileRefused

# Four bytes each when opened: 400 MB. The best telephones make 50 million.
MAX_PIXELS = 100_000_000
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

DAMAGED = "‘{}’ is beschadigd."
TOO_LARGE = "‘{}’ heeft te veel beeldpunten. Maak de afbeelding kleiner."

_START_OF_FRAME = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}
_NO_PIXELS = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


class Damaged(Exception):
    """The file is not built as its kind should be."""


class Segment(NamedTuple):
    """A piece of a JPG: its marker, what stands in it, and the bytes as they are in the file."""

    marker: int
    data: bytes
    raw: bytes


class Chunk(NamedTuple):
    """A piece of a PNG."""

    kind: bytes
    data: bytes
    raw: bytes


def require_harmless_picture(name: str, content: bytes, extension: str) -> None:
    """Refusal: `FileRefused`."""
    try:
        width, height = _jpg_size(content) if extension == "jpg" else _png_size(content)
    except (Damaged, struct.error, IndexError) as error:
        raise FileRefused(DAMAGED.format(name)) from error
    if width * height > MAX_PIXELS:
        raise FileRefused(TOO_LARGE.format(name))


def _jpg_size(content: bytes) -> tuple[int, int]:
    sizes = [
        struct.unpack(">HH", segment.data[1:5])
        for segment in segments(content)
        if segment.marker in _START_OF_FRAME
    ]
    if not sizes:
        raise Damaged
    height, width = max(sizes)
    return width, height


def _png_size(content: bytes) -> tuple[int, int]:
    found = list(chunks(content))
    if found[0].kind != b"IHDR" or not any(chunk.kind == b"IDAT" for chunk in found):
        raise Damaged
    width, height = struct.unpack(">II", found[0].data[:8])
    return width, height


def segments(content: bytes) -> Iterator[Segment]:
    """The segments of a JPG up to the end of the image; pixels come with the segment before them."""
    if not content.startswith(b"\xff\xd8"):
        raise Damaged
    at, marker = 2, 0
    while marker != _END_OF_IMAGE:
        start = at
        marker, at = _marker(content, at)
        data = b""
        if marker not in (_END_OF_IMAGE, *_WITHOUT_LENGTH):
            (length,) = struct.unpack(">H", content[at : at + 2])
            data = content[at + 2 : at + length]
            at += max(length, 2)
        if marker == _START_OF_SCAN:
            at = _end_of_pixels(content, at)
        yield Segment(marker, data, content[start:at])


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """(the marker that stands there, where it ends); any number of fill bytes may come before it."""
    if content[at] != 0xFF:
        raise Damaged
    while content[at] == 0xFF:
        at += 1
    return content[at], at + 1


def _end_of_pixels(content: bytes, at: int) -> int:
    """The next marker that is no part of the pixels themselves."""
    found = _NO_PIXELS.search(content, at)
    if found is None:
        raise Damaged
    return found.start()


def chunks(content: bytes) -> Iterator[Chunk]:
    """The chunks of a PNG up to its end, each with a sum that is right."""
    if not content.startswith(PNG_SIGNATURE):
        raise Damaged
    at, kind = len(PNG_SIGNATURE), b""
    while kind != b"IEND":
        (length,) = struct.unpack(">I", content[at : at + 4])
        raw = content[at : at + length + 12]
        kind, data = raw[4:8], raw[8:-4]
        if len(raw) != length + 12 or zlib.crc32(raw[4:-4]) != int.from_bytes(raw[-4:]):
            raise Damaged
        yield Chunk(kind, data, raw)
        at += len(raw)
