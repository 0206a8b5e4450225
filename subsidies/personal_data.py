"""What in a text may say something about a person: found by rule, judged by a person (Woo 5.1; domain reference 8.3)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from kvk2.core.identifiers import bsn_like


class Kind(StrEnum):
    """What a finding looks like; the value is how a reader is told."""

    EMAIL = "e-mailadres"
    PHONE = "telefoonnummer"
    CITIZEN_NUMBER = "burgerservicenummer"
    NINE_DIGITS = "nummer van negen cijfers"
    IBAN = "rekeningnummer"
    NAME = "naam van een persoon"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that may be about a person, as it stands in the text."""

    kind: Kind
    text: str


_EMAIL = re.compile(r"[^\s@<>()\[\],;:]+@[^\s@<>()\[\],;:]+\.[^\s@<>()\[\],;:.]{2,}")
# Dutch numbers: 06, an area code or 088/0800/0900, or with +31; ten digits in any usual grouping.
_PHONE = re.compile(
    r"(?<![\d+])(?:(?:\+|00)31[\s.-]?(?:\(0\))?[\s.-]?|\(?0)[1-9](?:[\s().-]{0,2}\d){8}(?!\d)"
)
_NINE = re.compile(r"(?<![\w-])\d(?:[ .]?\d){8}(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b")
# A name of one short word says nothing: 'De', 'Jan' is a month to a spreadsheet and a word to a reader.
SHORTEST_NAME = 3


def find(text: str, names: Iterable[str]) -> tuple[Finding, ...]:
    """Everything in `text` that looks like it is about a person, each once; `names` are of people who may be meant."""
    return tuple(dict.fromkeys(_all(text, names)))


def _all(text: str, names: Iterable[str]) -> Iterator[Finding]:
    ibans = [match.group() for match in _IBAN.finditer(text)]
    yield from (Finding(Kind.EMAIL, match.group()) for match in _EMAIL.finditer(text))
    yield from (Finding(Kind.IBAN, found) for found in ibans)
    rest = text
    for found in ibans:
        rest = rest.replace(found, " ")
    phones = [match.group().strip() for match in _PHONE.finditer(rest)]
    yield from (Finding(Kind.PHONE, found) for found in phones)
    for found in phones:
        rest = rest.replace(found, " ")
    for match in _NINE.finditer(rest):
        digits = re.sub(r"\D", "", match.group())
        kind = Kind.CITIZEN_NUMBER if bsn_like(digits) else Kind.NINE_DIGITS
        yield Finding(kind, match.group())
    for name in names:
        if len(name) >= SHORTEST_NAME and re.search(
            rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE
        ):
            yield Finding(Kind.NAME, name)
