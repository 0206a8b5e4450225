"""A copy of a file without what tells who made it, with what and where: for everybody but the auditor.

The original stays as it came in, with its hash, as evidence (domain reference 7.5). A picture keeps every pixel and
the way up, an Office file all that can be read in it, comments and their authors included; a PDF keeps its title, which
a screen reader reads out. This runs in a worker, after the virus scanner.
"""

import re
import zipfile
from io import BytesIO

from kvk2.core.uploads.pictures import PNG_SIGNATURE, Segment, chunks, segments

# JFIF, colour profile, and how Adobe coded the colours; other segments of this kind say something about the maker.
_APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_ORIENTATION = 0x0112
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
    b"cICP", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip

_PROPERTIES = "http://schemas.openxmlformats.org/"
_EMPTY_PARTS = {
    "docProps/core.xml": (
        f'<cp:coreProperties xmlns:cp="{_PROPERTIES}package/2006/metadata/core-properties"/>'
    ),
    "docProps/app.xml": (
        f'<Properties xmlns="{_PROPERTIES}officeDocument/2006/extended-properties"/>'
    ),
    "docProps/custom.xml": (
        f'<Properties xmlns="{_PROPERTIES}officeDocument/2006/custom-properties"/>'
    ),
}
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Where the workbook stood on somebody's disk, and who had it open.
_PATHS = re.compile(
    rb"<mc:AlternateContent\b[^<>]*>\s*<mc:Choice\b[^<>]*>\s*<x15ac:absPath\b[^<>]*/>\s*</mc:Choice>\s*</mc:AlternateContent>"
    rb"|<fileSharing\b[^<>]*/>"
)
_SIGNED = b"/ByteRange"


def strip(content: bytes, content_type: str) -> bytes:
    """`content` without metadata; the very same bytes when there is none. Raises what a broken file makes it raise."""
    if content_type == "image/jpeg":
        return _strip_jpg(content)
    if content_type == "image/png":
        kept = [chunk.raw for chunk in chunks(content) if chunk.kind in _PNG_KEPT]
        return PNG_SIGNATURE + b"".join(kept)
    if content_type == "application/pdf":
        return _strip_pdf(content)
    if content_type.startswith("application/vnd.openxmlformats-officedocument."):
        return _strip_office(content)
    return content


# ---------------------------------------------------------------- pictures


def _strip_jpg(content: bytes) -> bytes:
    kept, turned = [b"\xff\xd8"], 1
    for segment in segments(content):
        if segment.marker == _APP1 and segment.data.startswith(b"Exif\0\0"):
            turned = _orientation(segment.data[6:])
        elif _is_picture(segment):
            kept.append(segment.raw)
    if turned != 1:  # else a photo of a telephone lies on its side
        kept.insert(1, _only_orientation(turned))
    return b"".join(kept)


def _is_picture(segment: Segment) -> bool:
    if segment.marker == _COMMENT or _APP0 <= segment.marker <= _APP15:
        return (
            (segment.marker == _APP0 and segment.data.startswith(b"JFIF\0"))
            or (segment.marker == _APP2 and segment.data.startswith(b"ICC_PROFILE\0"))
            or (segment.marker == _APP14 and segment.data.startswith(b"Adobe"))
        )
    return True


def _orientation(tiff: bytes) -> int:
    """The way up of a photo, 1 to 8; 1 when it does not say."""
    order = "little" if tiff[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)  # type: ignore[arg-type]

    start = number(4, 4)
    for entry in range(start + 2, start + 2 + 12 * min(number(start, 2), 200), 12):
        if number(entry, 2) == _ORIENTATION:
            found = number(entry + 8, 2)
            return found if 1 <= found <= 8 else 1
    return 1


def _only_orientation(turned: int) -> bytes:
    entry = (
        _ORIENTATION.to_bytes(2, "big") + b"\0\x03\0\0\0\x01" + turned.to_bytes(2, "big") + b"\0\0"
    )
    data = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"
    return b"\xff\xe1" + (len(data) + 2).to_bytes(2, "big") + data


# ---------------------------------------------------------------- Office


def _strip_office(content: bytes) -> bytes:
    target, changed = BytesIO(), False
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for entry in source.infolist():
            part = source.read(entry)
            without = _stripped_part(entry.filename, part)
            changed = changed or without != part
            plain = zipfile.ZipInfo(
                entry.filename
            )  # the moment and the system are left out as well
            plain.compress_type = zipfile.ZIP_DEFLATED
            copy.writestr(plain, without)
    return target.getvalue() if changed else content


def _stripped_part(path: str, part: bytes) -> bytes:
    if path in _EMPTY_PARTS:
        return (_XML + _EMPTY_PARTS[path]).encode()
    return _PATHS.sub(b"", part) if path == "xl/workbook.xml" else part


# ---------------------------------------------------------------- PDF


def _strip_pdf(content: bytes) -> bytes:
    """A signed PDF stays as it is: without its own bytes the signature proves nothing."""
    if _SIGNED in content:
        return content
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 - 15 MB that no other work of a process needs

    reader = PdfReader(BytesIO(content))
    told = {key for key in reader.metadata or {} if key != "/Title"}
    if not told and "/Metadata" not in reader.root_object:
        return content
    writer = PdfWriter(clone_from=reader)
    title = reader.metadata.title if reader.metadata else None
    writer.metadata = {"/Title": title} if title else None
    writer.root_object.pop("/Metadata", None)
    # what nothing points to any more is written all the same, unless it is looked for
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()
