"""DOCX and XLSX: a ZIP of XML parts. Refused is what runs by itself, what fetches something, and what is a bomb.

Looked at are the bytes of the parts, not their names alone: a macro project that is called image1.png is one still.
"""

import html
import re
import zipfile
from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import NamedTuple

from kvk2.core.uploads.refusal import FileRefused

# An Office file that unpacks to more, or shrinks more, is a bomb and not a document.
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_XML_BYTES = 50 * 1024 * 1024
MAX_RATIO = 200
MAX_ENTRIES = 5000
CONTENT_TYPES = "[Content_Types].xml"

_OLE = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a macro project or an embedded object, whatever its name
)
_EMBEDDED_OFFICE = (".docx", ".xlsx", ".pptx")  # the figures behind a chart
_ANY_MAIN_PART = ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf")
_DOCTYPE = tuple(
    f"<!{word}".encode(code)
    for word in ("DOCTYPE", "ENTITY")
    for code in ("ascii", "utf-16-le", "utf-16-be")
)
_MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject|macrosheet|vbaData", re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"\b(Type|TargetMode|Target)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FIELD_CODE = re.compile(
    rb"<(?:\w+:)?(?:instrText|delInstrText)\b[^<>]*>([^<]*)<|\b(?:\w+:)?instr\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
)
_FETCHES = re.compile(
    r"DDEAUTO|(?:^|[^A-Z])DDE\s|INCLUDETEXT|INCLUDEPICTURE\s+\"?(?:http|\\\\|//)", re.IGNORECASE
)
_DDE_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^<>]*>\s*(?:[=+-]\s*)?[A-Za-z][\w.]*\|[^<]*!")
# The template of the house style, on somebody's own disk: nothing is fetched that is not there.
_OWN_DISK = re.compile(r"file:///[A-Za-z]:[\\/]")
_DDE_LINK = re.compile(rb"<(?:\w+:)?ddeLink\b")

MACROS = "‘{}’ bevat macro’s. Bewaar het zonder macro’s, of maak er een PDF van."
OBJECTS = "In ‘{}’ zit een ander bestand of programma. Haal dat eruit, of maak er een PDF van."
LINKS = "‘{}’ haalt gegevens op uit een ander bestand of van internet. Verbreek die koppelingen, of maak er een PDF van."
TOO_LARGE = "‘{}’ wordt te groot als het wordt uitgepakt."
DAMAGED = "‘{}’ is beschadigd of beveiligd met een wachtwoord."


class _Part(NamedTuple):
    name: str
    start: bytes
    xml: bytes  # empty when it is not one


def require_harmless_office_file(
    name: str, content: bytes, main_parts: Collection[str], label: str, *, inside: bool = False
) -> None:
    """Refusal: `FileRefused`. One of `main_parts` makes it a Word or Excel file."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _require_shape(name, archive, len(content))
            names = {entry.filename for entry in archive.infolist()}
            if CONTENT_TYPES not in names or names.isdisjoint(main_parts):
                raise FileRefused(f"De inhoud van ‘{name}’ is geen {label}-bestand.")
            for part in _parts(name, archive):
                _require_harmless_part(name, part)
                if part.name.lower().endswith(_EMBEDDED_OFFICE):
                    if inside:  # deeper is nobody's chart
                        raise FileRefused(OBJECTS.format(name))
                    require_harmless_office_file(
                        name, archive.read(part.name), _ANY_MAIN_PART, "Office", inside=True
                    )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise FileRefused(DAMAGED.format(name)) from error


def _require_shape(name: str, archive: zipfile.ZipFile, size: int) -> None:
    """What the directory of the ZIP says; the sizes in it are only what it claims."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > min(MAX_UNPACKED_BYTES, MAX_RATIO * size):
        raise FileRefused(TOO_LARGE.format(name))
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names) or any(map(_leads_outside, names)):
        raise FileRefused(DAMAGED.format(name))


def _leads_outside(path: str) -> bool:
    return "\\" in path or path.startswith("/") or ".." in PurePosixPath(path).parts


def _parts(name: str, archive: zipfile.ZipFile) -> Iterator[_Part]:
    """Each part, really unpacked and counted while that goes on."""
    left = MAX_UNPACKED_BYTES
    for entry in archive.infolist():
        is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        start, kept, size = b"", [], 0
        with archive.open(entry) as part:
            while piece := part.read(1024 * 1024):
                start = start or piece[:64]
                is_xml = is_xml or (size == 0 and b"<?xml" in start)
                size += len(piece)
                left -= len(piece)
                if left < 0 or (is_xml and size > MAX_XML_BYTES):
                    raise FileRefused(TOO_LARGE.format(name))
                if is_xml:
                    kept.append(piece)
        yield _Part(entry.filename, start, b"".join(kept))


def _require_harmless_part(name: str, part: _Part) -> None:
    path = part.name.lower()
    if path.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in path:
        raise FileRefused(MACROS.format(name))
    is_program = part.start.startswith(_PROGRAMS) and not path.endswith(_EMBEDDED_OFFICE)
    if is_program or part.start.startswith(_OLE) or "/activex/" in path:
        raise FileRefused(OBJECTS.format(name))
    if part.xml:
        _require_harmless_xml(name, path, part.xml)


def _require_harmless_xml(name: str, path: str, xml: bytes) -> None:
    if any(map(xml.__contains__, _DOCTYPE)):
        # Office writes none, and entities are how XML becomes a bomb
        raise FileRefused(DAMAGED.format(name))
    if path == CONTENT_TYPES.lower() and _MACRO_TYPE.search(xml):
        raise FileRefused(MACROS.format(name))
    if path.endswith(".rels"):
        _require_harmless_relations(name, xml)
    elif path.startswith("word/"):
        _require_harmless_fields(name, xml)
    elif path.startswith("xl/"):
        _require_harmless_formulas(name, path, xml)


def _require_harmless_formulas(name: str, path: str, xml: bytes) -> None:
    outside = path == "xl/connections.xml" or _DDE_LINK.search(xml) or _DDE_FORMULA.search(xml)
    if outside:
        raise FileRefused(LINKS.format(name))


def _require_harmless_relations(name: str, xml: bytes) -> None:
    """A hyperlink waits for a click; everything else that lies outside is fetched by opening the file."""
    for relation in _RELATION.findall(xml):
        found = {key: first or second for key, first, second in _ATTRIBUTE.findall(relation)}
        kind, mode, target = (
            html.unescape(found.get(key, b"").decode("utf-8", "replace"))
            for key in (b"Type", b"TargetMode", b"Target")
        )
        kind = kind.rpartition("/")[2]
        if kind in ("vbaProject", "xlMacrosheet", "wordVbaData"):
            raise FileRefused(MACROS.format(name))
        if kind in ("oleObject", "control", "activeXControlBinary", "aFChunk"):
            raise FileRefused(OBJECTS.format(name))
        own_template = kind == "attachedTemplate" and _OWN_DISK.match(target)
        if mode.lower() == "external" and kind != "hyperlink" and not own_template:
            raise FileRefused(LINKS.format(name))


def _require_harmless_fields(name: str, xml: bytes) -> None:
    """A field code may be spread over many elements: together they are what Word reads."""
    codes = [first or second or third for first, second, third in _FIELD_CODE.findall(xml)]
    texts = [html.unescape(code.decode("utf-8", "replace")) for code in codes]
    if any(_FETCHES.search(joined) for joined in ("".join(texts), " ".join(texts))):
        raise FileRefused(LINKS.format(name))
