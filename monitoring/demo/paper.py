"""Paper of the demonstration, one page that says what it is: a letter of support, and a report that is told on a screen."""

# What a letter of support holds; the maker of it is taken out on upload.
LETTER = b"BT /F1 14 Tf 72 760 Td (Demonstratiegegevens: steunbrief van de ouders) Tj ET"
OBJECTS = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
    b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
    b"<</Length %d>>\nstream\n%s\nendstream" % (len(LETTER), LETTER),
    b"<</Title(Steunbrief)/Author(Oudercommissie, demonstratie)>>",
)


def pdf(objects: tuple[bytes, ...]) -> bytes:
    """A PDF of `objects`, the first the catalogue and the last what it tells of itself, with the table of where each is."""
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return content + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, size - 1, len(content),
    )  # fmt: skip


SUPPORT_PDF = pdf(OBJECTS)


def leaflet(lines: list[str]) -> bytes:
    """A page with a few lines of text, of the characters that every printer has."""
    shown = "\n".join(f"({_escaped(line)}) Tj T*" for line in lines)
    text = f"BT /F1 13 Tf 20 TL 72 760 Td\n{shown}\nET".encode("cp1252", "replace")
    content = b"<</Length %d>>\nstream\n%s\nendstream" % (len(text), text)
    font = OBJECTS[2].replace(b"/Helvetica", b"/Helvetica/Encoding/WinAnsiEncoding")
    return pdf((*OBJECTS[:2], font, content, b"<</Title(Demonstratie)>>"))


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
