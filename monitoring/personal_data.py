"""Data about one child have no place here: what in a file, a column or a text shows that it holds them (monitoring reference 7.30)."""

import io
import re
import zipfile
from html import unescape

from kvk2.core.identifiers import bsn_like

NUMBER = "een nummer dat een burgerservicenummer (BSN) kan zijn"

# Names of columns in exports of pupil records and childcare records; compared without capitals, dots and spaces.
COLUMNS = frozenset(
    [
        "bsn",
        "burgerservicenummer",
        "sofinummer",
        "persoonsgebondennummer",
        "pgn",
        "eckid",
        "leerlingnummer",
        "leerlingnr",
        "kindnummer",
        "geboortedatum",
        "geboortedag",
        "gebdatum",
        "voornaam",
        "voornamen",
        "roepnaam",
        "achternaam",
        "voorletters",
        "tussenvoegsel",
        "naamkind",
        "naamleerling",
        "kindnaam",
        "leerlingnaam",
        "naamouder",
        "naamouders",
        "naamverzorger",
        "adres",
        "straat",
        "postcode",
        "huisnummer",
        "telefoonnummer",
        "emailadres",
        "nationaliteit",
    ]
)
_NUMBER = re.compile(r"(?<![\w-])[0-9]{9}(?![\w-])")
_BETWEEN = re.compile(r"(?<=\d)[ .\-](?=\d)")
_TEXT = re.compile(rb"<(?:\w+:)?(?:t|v)\b[^<>]*>([^<]+)<")
_PUNCTUATION = re.compile(r"[\W_]+")


def is_personal_column(name: str) -> bool:
    """Whether a column of this name holds data about persons: 'BSN', 'Geboorte-datum', 'Naam leerling'."""
    return _PUNCTUATION.sub("", name).lower() in COLUMNS


def holds_citizen_number(text: str) -> bool:
    """Nine digits that pass the test of a BSN, also written as 1234.56.782; not a part of a longer code."""
    return any(
        bsn_like(number)
        for spelling in (text, _BETWEEN.sub("", text))
        for number in _NUMBER.findall(spelling)
    )


def found_in_workbook(content: bytes) -> str:
    """What in an Excel file points at persons, in words that follow 'staat'; empty when nothing does.

    Every text and number of every sheet is looked at, hidden sheets and remarks included; the caller has checked that
    the file is no bomb (`kvk2.core.uploads.accept_file`).
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/") or not name.endswith(".xml") or "/styles" in name:
                continue
            if found := _found_in_part(archive.read(name)):
                return found
    return ""


def _found_in_part(xml: bytes) -> str:
    for match in _TEXT.finditer(xml):
        text = unescape(match[1].decode("utf-8", "replace")).strip()
        if len(text) <= 30 and is_personal_column(text):
            return f"een kolom ‘{text}’"
        if sum(char.isdigit() for char in text) >= 9 and holds_citizen_number(_whole(text)):
            return NUMBER
    return ""


def _whole(text: str) -> str:
    """A number of Excel without its empty fraction or exponent: 123456782.0 and 1.23456782E8."""
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < 10**10 else ""
