"""What may come in, and what is refused: by what a file is, not by what it is called."""

import contextlib
import io
import time

import pikepdf
import pytest
from openpyxl import load_workbook
from pikepdf import Array, Dictionary, Name, String

from kvk2.core import uploads
from kvk2.core.tests.eicar import EICAR
from kvk2.core.tests.uploads import (
    CONTENT_TYPES,
    huge_png,
    office,
    pdf,
    picture,
    related,
    workbook,
    zipped,
)
from kvk2.core.uploads import FileRefused, accept_file, clean_name
from kvk2.core.uploads import office as office_checks
from kvk2.core.uploads import pdf as pdf_checks

PDF, PNG, JPG = pdf(), picture(), picture("JPEG")


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("plan.pdf", PDF, "application/pdf"),
        ("Plan.PDF", pdf(packed=True), "application/pdf"),
        ("foto.png", PNG, "image/png"),
        ("foto.jpg", JPG, "image/jpeg"),
        ("foto.jpeg", picture("JPEG", progressive=True, quality=60), "image/jpeg"),
        ("brief.docx", office(), uploads.TYPES["docx"].content_type),
        ("cijfers.xlsx", workbook(), uploads.TYPES["xlsx"].content_type),
    ],
)
def test_the_five_kinds_are_accepted(name, content, content_type):
    accepted = accept_file(name, content)

    assert accepted.content_type == content_type
    assert accepted.content == content


HARMLESS = {
    "link to a website": office(
        **{"word/_rels/document.xml.rels": related("hyperlink", "https://example.nl")}
    ),
    "picture in a document": office(**{"word/media/image1.png": PNG}),
    "template of the own disk": office(
        **{
            "word/_rels/settings.xml.rels": related(
                "attachedTemplate", "file:///C:\\Sjablonen\\Brief.dotx"
            )
        }
    ),
    "workbook behind a chart": office(
        **{"word/embeddings/Microsoft_Excel_Sheet1.xlsx": workbook()}
    ),
    "page numbers": office(main="<d><w:instrText> PAGE </w:instrText></d>"),
    "a word that looks like it": office(main="<d><w:t>De DDE en de DDEAUTO van vroeger</w:t></d>"),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_people_ordinarily_write_is_accepted(what):
    assert accept_file("brief.docx", HARMLESS[what])


def lying_zip():
    """A ZIP that says in its directory that a large part is small."""
    content = bytearray(office(**{"word/media.bin": b"\0" * 5_000_000}))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.rfind(signature)
        content[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
    return bytes(content)


def zipped_together(first, second):
    """The parts of both, but for the list of their types."""
    target = io.BytesIO(first)
    with (
        office_checks.zipfile.ZipFile(target, "a") as archive,
        office_checks.zipfile.ZipFile(io.BytesIO(second)) as more,
    ):
        for name in more.namelist()[1:]:
            archive.writestr(name, more.read(name))
    return target.getvalue()


def twice_the_same_part():
    other = office("word/documenx.xml", "<anders/>")
    return zipped_together(office(), other).replace(b"word/documenx.xml", b"word/document.xml")


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 500
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
BOMB = f"<!DOCTYPE d [{LAUGHS}]><d>&l9;</d>"

HOSTILE = {
    "program with another name": ("factuur.pdf", b"MZ\x90\x00" + b"\0" * 60, "geen PDF-bestand"),
    "test virus": ("virus.pdf", EICAR, "geen PDF-bestand"),
    "page as pdf": ("pagina.pdf", b"<html><script>alert(1)</script></html>", "geen PDF-bestand"),
    "pdf as picture": ("foto.png", PDF, "geen PNG-bestand"),
    "picture as pdf": ("foto.pdf", PNG, "geen PDF-bestand"),
    "jpg as png": ("foto.png", JPG, "geen PNG-bestand"),
    "zip as docx": ("archief.docx", zipped({"leeg.txt": "x"}), "geen Word-bestand"),
    "xlsx as docx": ("cijfers.docx", workbook(), "geen Word-bestand"),
    "no extension": ("plan", PDF, "geen PDF, DOCX"),
    "double extension": ("plan.pdf.exe", PDF, "geen PDF, DOCX"),
    "svg": ("logo.svg", b"<svg/>", "geen PDF, DOCX"),
    "html": ("index.html", b"<html>", "geen PDF, DOCX"),
    "document with macros by its name": ("macro.docm", office(), "geen PDF, DOCX"),
    "empty": ("leeg.pdf", b"", "is leeg"),
    "too large": ("groot.pdf", PDF + b"\0" * 20 * 1024 * 1024, "groter dan 20 MB"),
    # --- bombs and broken archives
    "broken zip": ("stuk.docx", b"PK\x03\x04" + b"\0" * 40, "Word-bestand|beschadigd"),
    "zip bomb": ("bom.docx", office(**{"word/x.bin": b"\0" * 30_000_000}), "te groot als het"),
    "lying zip": ("leugen.docx", lying_zip(), "te groot|beschadigd"),
    "bomb in a workbook in a document": (
        "chart.docx",
        office(**{"word/embeddings/a.xlsx": zipped({"[Content_Types].xml": "x", "xl/workbook.xml": b"\0" * 30_000_000})}),
        "te groot als het",
    ),
    "zip in a document": ("zip.docx", office(**{"word/media/a.png": zipped({"a": "b"})}), "ander bestand"),
    "document in a document in a document": (
        "diep.docx",
        office(**{"word/embeddings/a.docx": office(**{"word/embeddings/b.docx": office()})}),
        "ander bestand",
    ),
    "many parts": (
        "veel.docx",
        office(**{f"word/{n}.xml": "x" for n in range(office_checks.MAX_ENTRIES)}),
        "te groot als het",
    ),
    "path that leads outside": ("pad.docx", office(**{"word/../../../etc/passwd": "x"}), "beschadigd"),
    "path from the root": ("pad.docx", office(**{"/etc/passwd": "x"}), "beschadigd"),
    "a part twice": ("dubbel.docx", twice_the_same_part, "beschadigd"),
    "entities": ("lach.docx", office(main=BOMB), "beschadigd"),
    "entities in another alphabet": ("lach.docx", office(main=BOMB.encode("utf-16")), "beschadigd"),
    "external entity": (
        "xxe.docx", office(main='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'), "beschadigd"
    ),
    # --- macros
    "macros": ("macro.docx", office(**{"word/vbaProject.bin": b"x"}), "macro"),
    "macros that are called a picture": ("macro.docx", office(**{"word/media/image1.png": OLE}), "ander bestand"),
    "macros by their type": (
        "macro.docx",
        office(types=CONTENT_TYPES.replace("application/xml", "application/vnd.ms-office.vbaProject")),
        "macro",
    ),
    "document that may hold macros": (
        "macro.docx",
        office(types=CONTENT_TYPES.replace("application/xml", "application/vnd.ms-word.document.macroEnabled.main+xml")),
        "macro",
    ),
    "macros of Excel 4": (
        "oud.xlsx", office("xl/workbook.xml", **{"xl/macrosheets/sheet1.xml": "<x/>"}), "macro"
    ),
    # --- what runs or fetches when it is opened
    "object of another program": ("ole.docx", office(**{"word/embeddings/oleObject1.bin": OLE}), "ander bestand"),
    "ActiveX": ("activex.docx", office(**{"word/activeX/activeX1.xml": "<x/>"}), "ander bestand"),
    "program": ("exe.docx", office(**{"word/embeddings/setup.png": b"MZ\x90\0"}), "ander bestand"),
    "page in a document": (
        "chunk.docx",
        office(**{"word/_rels/document.xml.rels": related("aFChunk", "pagina.html", "Internal")}),
        "ander bestand",
    ),
    "template from the internet": (
        "sjabloon.docx",
        office(**{"word/_rels/settings.xml.rels": related("attachedTemplate", "https://kwaad.example/x.dotm")}),
        "haalt gegevens op",
    ),
    "template of another computer": (
        "sjabloon.docx",
        office(**{"word/_rels/settings.xml.rels": related("attachedTemplate", "file://///kwaad/x.dotm")}),
        "haalt gegevens op",
    ),
    "picture from the internet": (
        "pixel.docx",
        office(**{"word/_rels/document.xml.rels": related("image", "https://kwaad.example/p.png")}),
        "haalt gegevens op",
    ),
    "object from the internet, in codes": (
        "code.docx",
        office(**{"word/_rels/document.xml.rels": related("frame", "https://kwaad.example", "&#69;xternal")}),
        "haalt gegevens op",
    ),
    "command in a field": (
        "dde.docx",
        office(main='<d><w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"</w:instrText></d>'),
        "haalt gegevens op",
    ),
    "command spread over fields": (
        "dde.docx",
        office(main="<d><w:instrText>D</w:instrText><w:instrText>D&#69;AUTO c:\\x</w:instrText></d>"),
        "haalt gegevens op",
    ),
    "command in a simple field": (
        "dde.docx", office(main='<d><w:fldSimple w:instr="DDE cmd x"/></d>'), "haalt gegevens op"
    ),
    "command in a formula": (
        "dde.xlsx",
        office("xl/workbook.xml", **{"xl/worksheets/sheet1.xml": "<s><f>cmd|'/c calc'!A0</f></s>"}),
        "haalt gegevens op",
    ),
    "link to a program": (
        "dde.xlsx",
        office("xl/workbook.xml", **{"xl/externalLinks/externalLink1.xml": '<e><ddeLink ddeService="cmd"/></e>'}),
        "haalt gegevens op",
    ),
    "question to a database": (
        "vraag.xlsx", office("xl/workbook.xml", **{"xl/connections.xml": "<c/>"}), "haalt gegevens op"
    ),
    # --- pictures
    "picture that becomes enormous": ("groot.png", huge_png(60_000, 60_000), "te veel beeldpunten"),
    "cut off picture": ("stuk.png", PNG[:-8], "beschadigd"),
    "changed picture": ("stuk.png", PNG.replace(b"IDAT", b"IDAX"), "beschadigd"),
    "cut off jpg": ("stuk.jpg", JPG[:-2], "beschadigd"),
    "jpg without a picture": ("leeg.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9", "beschadigd"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_not_what_it_says_is_refused(what):
    name, content, sentence = HOSTILE[what]

    with pytest.raises(FileRefused, match=sentence):
        accept_file(name, content() if callable(content) else content)


def test_a_protected_office_file_is_refused():
    content = bytearray(office())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        content[at + offset] |= 1

    with pytest.raises(FileRefused, match="wachtwoord"):
        accept_file("geheim.docx", bytes(content))


# ---------------------------------------------------------------- PDF


def script(document):
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def script_among_names(document):
    action = document.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))


def launch(document):
    document.pages[0].AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("cmd.exe")))


def attached(document):
    document.attachments["rekening.exe"] = b"MZ"


def old_form(document):
    document.Root.AcroForm = Dictionary(Fields=Array(), XFA=document.make_stream(b"<xdp/>"))


ACTS = {
    "script": (script, "script"),
    "script among names": (script_among_names, "script"),
    "program": (launch, "script"),
    "attachment": (attached, "andere bestanden"),
    "form with code": (old_form, "script"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in object streams"])
@pytest.mark.parametrize("what", ACTS)
def test_a_pdf_that_does_something_is_refused(what, packed):
    change, sentence = ACTS[what]

    with pytest.raises(FileRefused, match=sentence):
        accept_file("plan.pdf", pdf(change, packed=packed))


def test_names_in_codes_are_read():
    content = pdf(script).replace(b"/JavaScript", b"/J#61va#53cript")

    with pytest.raises(FileRefused, match="script"):
        accept_file("plan.pdf", content)


def test_object_streams_that_are_packed_otherwise_are_refused():
    content = (
        PDF + b"9 0 obj<</Type/ObjStm/N 1/First 4/Filter/ASCIIHexDecode>>stream\n31>\nendstream"
    )

    with pytest.raises(FileRefused, match="kan niet worden gecontroleerd"):
        accept_file("plan.pdf", content)


@pytest.mark.parametrize("owner_only", [True, False])
def test_a_protected_pdf_is_refused(owner_only):
    encryption = pikepdf.Encryption(owner="geheim", user="" if owner_only else "geheim")

    with pytest.raises(FileRefused, match="beveiligd"):
        accept_file("geheim.pdf", pdf(encryption=encryption))


def test_a_pdf_that_is_an_archive_too_is_refused():
    with pytest.raises(FileRefused, match="ook een ander soort"):
        accept_file("plan.pdf", PDF + zipped({"kwaad.exe": "MZ"}))


def test_text_about_scripts_is_no_script():
    def write(document):
        document.pages[0].Contents = document.make_stream(
            b"BT /F1 12 Tf (Ons beleid over JavaScript en Launch events) Tj ET"
        )

    assert accept_file("beleid.pdf", pdf(write))


# ---------------------------------------------------------------- bounded time


def seconds(name, content):
    before = time.process_time()
    with contextlib.suppress(FileRefused):
        accept_file(name, content)
    return time.process_time() - before


SLOW = {
    "streams": ("a.pdf", b"%PDF-1.7\n" + b"stream\nx\x9c" * 1_000_000),
    "streams that unpack": ("b.pdf", b"%PDF-1.7\n" + (b"stream\n" + pdf_checks.zlib.compress(b"1 " * 100_000)) * 20_000),
    "codes": ("c.pdf", b"%PDF-1.7\n" + b"#41" * 3_000_000),
    "open tags": ("d.docx", lambda: office(main="<w:instrText" * 500_000)),
    "spaces": ("e.xlsx", lambda: office("xl/workbook.xml", "<f>" + " " * 2_000_000)),
    "relations": ("f.docx", lambda: office(**{"word/_rels/a.rels": "<Relationship " * 300_000})),
    "fill bytes": ("g.jpg", b"\xff\xd8" + b"\xff" * 10_000_000),
    "restarts": ("h.jpg", JPG[:-2] + b"\xff\xd0" * 5_000_000),
    "many chunks": ("i.png", PNG[:8] + b"\0\0\0\0aaaa" * 1_000_000),
}  # fmt: skip


@pytest.mark.parametrize("what", SLOW)
def test_no_file_keeps_the_portal_busy(what):
    name, content = SLOW[what]

    assert seconds(name, content() if callable(content) else content) < 8


def test_a_workbook_with_entities_does_not_blow_up_the_reader():
    """What is read from a workbook is read by openpyxl; its XML reader unfolds no entities."""
    content = io.BytesIO()
    with (
        office_checks.zipfile.ZipFile(io.BytesIO(workbook())) as source,
        office_checks.zipfile.ZipFile(content, "w") as target,
    ):
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename == "xl/workbook.xml":
                part = f"<!DOCTYPE d [{LAUGHS}]>".encode() + part.replace(
                    b"</workbook>", b"<x>&l9;</x></workbook>"
                )
            target.writestr(entry.filename, part)
    before = time.process_time()
    with contextlib.suppress(Exception):  # refusing is fine too; unfolding 10^9 words is not
        load_workbook(content)
    assert time.process_time() - before < 2


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Temp\\plan.pdf", "plan.pdf"),
        ("/absoluut/plan.PDF", "plan.pdf"),
        ("plan\x00.pdf", "plan.pdf"),
        ("regel\r\neinde.pdf", "regeleinde.pdf"),
        ('"><script>.pdf', "___script_.pdf"),
        ("...pdf", "pdf"),
        (".htaccess", "htaccess"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("plan\u2066\u200b.pdf", "plan.pdf"),
        ("  veel   spaties .pdf", "veel spaties.pdf"),
        ("Jaarplan Wielenpôlle.pdf", "Jaarplan Wielenpôlle.pdf"),
        ("a" * 300 + ".pdf", "a" * 120 + ".pdf"),
        ("", "bestand"),
    ],
)
def test_names_are_cleaned(name, clean):
    assert clean_name(name) == clean
