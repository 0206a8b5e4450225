"""Files to upload in tests: the smallest that are real, and ways to make them hostile."""

import io
import struct
import zipfile
import zlib

import pikepdf
from openpyxl import Workbook
from PIL import Image

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}'
    "</Relationships>"
)
RELATION_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def office(part="word/document.xml", main="<document/>", types=CONTENT_TYPES, **extra):
    """A DOCX (or with another main part something else); `extra` parts by their path."""
    return zipped({"[Content_Types].xml": types, part: main, **extra})


def zipped(parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def related(kind, target, mode="External"):
    """The relations of a document: one, of that kind."""
    return RELATIONS.format(
        f'<Relationship Id="r1" Type="{RELATION_TYPE}{kind}" Target="{target}" TargetMode="{mode}"/>'
    )


def workbook():
    """A real XLSX, as openpyxl writes it."""
    target = io.BytesIO()
    book = Workbook()
    book.active.append(["Kosten", 1200])
    book.save(target)
    return target.getvalue()


def picture(kind="PNG", size=(4, 3), **options):
    """A real JPG or PNG."""
    target = io.BytesIO()
    Image.new("RGB", size, (20, 90, 160)).save(target, kind, **options)
    return target.getvalue()


def huge_png(width, height):
    """A PNG of a few bytes that says it has so many points."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pieces = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(png_chunk, pieces))


def png_chunk(piece):
    kind, data = piece
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pdf(change=lambda document: None, *, packed=False, **options):
    """A real PDF of one page; `change` does something to it, `packed` hides it in object streams."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    change(document)
    target = io.BytesIO()
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    document.save(target, object_stream_mode=mode, **options)
    return target.getvalue()
