"""The letter of support of the demonstration: valid, so that its reader gets a copy without its maker."""

from io import BytesIO

from pypdf import PdfReader

from kvk2.core.stripping import strip
from kvk2.core.uploads import accept_file
from monitoring.demo.paper import SUPPORT_PDF


def test_the_letter_is_whole_and_loses_its_maker():
    page = PdfReader(BytesIO(SUPPORT_PDF), strict=True).pages[0]
    assert "steunbrief van de ouders" in page.extract_text()
    assert accept_file("steunbrief.pdf", SUPPORT_PDF).content_type == "application/pdf"

    copy = PdfReader(BytesIO(strip(SUPPORT_PDF, "application/pdf")), strict=True)
    assert dict(copy.metadata) == {"/Title": "Steunbrief"}
