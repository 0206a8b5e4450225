"""What a reader gets: the same picture or text, without who made it, with what and where."""

import io
import zipfile

import pikepdf
import pytest
from PIL import Image

from kvk2.core.scanning import scan_file
from kvk2.core.stripping import strip
from kvk2.core.tests.test_scanning import AT, keep
from kvk2.core.tests.uploads import office, pdf, picture, workbook
from kvk2.core.uploads import TYPES

SECRET = "Willem Geheim"
GPS = {1: "N", 2: (53.0, 12.0, 0.0), 3: "E", 4: (5.0, 48.0, 0.0)}


def photo(turned=6):
    """As a telephone makes it: lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x0112] = "Telefoon", SECRET, turned
    exif.get_ifd(0x8825).update(GPS)
    return picture("JPEG", size=(40, 20), exif=exif, comment=SECRET.encode(), xmp=SECRET.encode())


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_a_photo_keeps_its_pixels_and_its_way_up_and_nothing_else():
    content = photo()
    assert opened(content).getexif().get_ifd(0x8825)

    without = strip(content, "image/jpeg")

    assert opened(without).tobytes() == opened(content).tobytes()
    assert dict(opened(without).getexif()) == {0x0112: 6}
    assert SECRET.encode() not in without
    assert b"Telefoon" not in without


def test_a_photo_that_stands_upright_has_nothing_left_to_tell():
    assert not opened(strip(photo(turned=1), "image/jpeg")).getexif()


def test_what_hides_behind_a_picture_is_left_out():
    assert strip(picture("JPEG") + b"PK\x03\x04 verborgen", "image/jpeg") == picture("JPEG")
    assert strip(picture("PNG") + b"PK\x03\x04 verborgen", "image/png") == picture("PNG")


@pytest.mark.parametrize("profile", [b"", b"kleurprofiel" * 20])
def test_colours_stay_what_they_are(profile):
    options = {"icc_profile": profile} if profile else {}
    content = picture("JPEG", **options)

    assert opened(strip(content, "image/jpeg")).info.get("icc_profile", b"") == profile


def test_a_png_keeps_its_pixels_and_nothing_else():
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415 - for this test alone

    told = PngInfo()
    told.add_text("Author", SECRET)
    told.add_itxt("XML:com.adobe.xmp", SECRET)
    exif = Image.Exif()
    exif[0x013B] = SECRET
    content = picture("PNG", size=(9, 7), pnginfo=told, exif=exif)

    without = strip(content, "image/png")

    assert opened(without).tobytes() == opened(content).tobytes()
    assert SECRET.encode() not in without
    assert not opened(without).getexif()


CORE = f"<cp:coreProperties><dc:creator>{SECRET}</dc:creator></cp:coreProperties>"


def test_a_document_keeps_its_text_and_comments():
    content = office(
        main="<document>De tekst</document>",
        **{
            "docProps/core.xml": CORE,
            "docProps/app.xml": f"<Properties><Company>{SECRET}</Company></Properties>",
            "word/comments.xml": f"<comments author='{SECRET}'/>",
        },
    )

    with zipfile.ZipFile(io.BytesIO(strip(content, TYPES["docx"].content_type))) as without:
        assert b"De tekst" in without.read("word/document.xml")
        assert SECRET.encode() in without.read("word/comments.xml")
        assert SECRET.encode() not in without.read("docProps/core.xml")
        assert SECRET.encode() not in without.read("docProps/app.xml")


def test_a_workbook_can_still_be_read():
    from openpyxl import load_workbook  # noqa: PLC0415 - for this test alone

    without = strip(workbook(), TYPES["xlsx"].content_type)

    assert [cell.value for cell in load_workbook(io.BytesIO(without)).active[1]] == ["Kosten", 1200]
    with zipfile.ZipFile(io.BytesIO(without)) as parts:
        assert b"creator" not in parts.read("docProps/core.xml")


def tell(document):
    with document.open_metadata() as metadata:  # pikepdf writes both: here and among the properties
        metadata["dc:creator"], metadata["dc:title"] = [SECRET], "Jaarplan"


@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_keeps_its_pages_and_title(packed):
    without = strip(pdf(tell, packed=packed), "application/pdf")

    with pikepdf.open(io.BytesIO(without)) as document:
        assert len(document.pages) == 1
        assert dict(document.docinfo) == {"/Title": "Jaarplan"}
        assert "/Metadata" not in document.Root
    assert SECRET.encode() not in without


def test_a_signed_pdf_stays_as_it_is():
    content = pdf(tell) + b"% /ByteRange [0 1 2 3]"

    assert strip(content, "application/pdf") == content


@pytest.mark.parametrize(
    ("content", "kind"),
    [(pdf(), "application/pdf"), (picture("JPEG"), "image/jpeg"), (picture(), "image/png"),
     (office(), TYPES["docx"].content_type)],
)  # fmt: skip
def test_what_tells_nothing_is_not_touched(content, kind):
    assert strip(content, kind) == content


# ---------------------------------------------------------------- in the portal


def test_readers_get_the_copy_and_the_original_is_kept(db, clamd):
    stored = keep(pdf(tell))

    scan_file(stored.pk, at=AT)

    stored.refresh_from_db()
    with stored.file.open("rb") as original, stored.served.open("rb") as served:
        assert SECRET.encode() in original.read()
        assert SECRET.encode() not in served.read()
    assert stored.stripped_sha256 not in ("", stored.sha256)


def test_what_tells_nothing_has_no_copy(db, clamd):
    stored = keep(pdf())

    scan_file(stored.pk, at=AT)

    stored.refresh_from_db()
    assert stored.served == stored.file
    assert (stored.stripped, stored.stripped_sha256) == ("", "")


def test_a_file_that_cannot_be_stripped_can_be_read(db, clamd):
    stored = keep(b"%PDF-1.7 dit is er geen")

    scan_file(stored.pk, at=AT)

    stored.refresh_from_db()
    assert stored.scan_state == "clean"
    assert stored.served == stored.file
    assert "metagegevens niet verwijderd" in stored.scan_error
