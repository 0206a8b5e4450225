"""Numbers and codes that organisations and places go by (domain reference 7.1).

`validate_identifier` takes what somebody typed and returns the compact form that is stored;
`display_identifier` writes that form the way people read it. Citizen service numbers (BSN) are
never asked for: `bsn_like` finds what looks like one, so that a form can warn.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from stdnum.iso7064 import mod_97_10
from stdnum.nl import bsn

from kvk2.core.errors import DomainError


class IdentifierKind(StrEnum):
    KVK_NUMBER = "kvk_number"
    KVK_BRANCH = "kvk_branch"
    RSIN = "rsin"
    IBAN = "iban"
    BRIN = "brin"
    BRIN_LOCATION = "brin_location"
    AUTHORITY_NUMBER = "authority_number"
    LRK = "lrk"
    MUNICIPALITY = "municipality"
    DISTRICT = "district"
    NEIGHBOURHOOD = "neighbourhood"
    POSTCODE = "postcode"
    APPLICATION_NUMBER = "application_number"
    SCHOOL_YEAR = "school_year"


class InvalidIdentifier(DomainError):
    """What was typed is not a valid identifier of this kind; `code` says why."""

    code = "FORMAT"


@dataclass(frozen=True, slots=True)
class Identifier:
    """The compact form to store; a foreign IBAN is used only after a second user confirmed it."""

    value: str
    second_user_needed: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    pattern: re.Pattern[str]
    sentence: str


_SHAPES: Mapping[IdentifierKind, _Shape] = MappingProxyType(
    {
        kind: _Shape(re.compile(pattern), sentence)
        for kind, pattern, sentence in (
            (IdentifierKind.KVK_NUMBER, "[0-9]{8}", "Een KvK-nummer heeft 8 cijfers."),
            (IdentifierKind.KVK_BRANCH, "[0-9]{12}", "Een vestigingsnummer heeft 12 cijfers."),
            (IdentifierKind.RSIN, "[0-9]{9}", "Een RSIN heeft 9 cijfers."),
            (
                IdentifierKind.IBAN,
                "[A-Z]{2}[0-9]{2}[A-Z0-9]+",
                "Een IBAN ziet eruit als NL91 ABNA 0417 1643 00.",
            ),
            (IdentifierKind.BRIN, "[0-9]{2}[A-Z]{2}", "Een BRIN ziet eruit als 31AG."),
            (
                IdentifierKind.BRIN_LOCATION,
                "[0-9]{2}[A-Z]{2}[0-9]{2}",
                "Een BRIN met vestiging ziet eruit als 31AG00.",
            ),
            (
                IdentifierKind.AUTHORITY_NUMBER,
                "[0-9]{5}",
                "Een nummer van het bevoegd gezag heeft 5 cijfers.",
            ),
            (IdentifierKind.LRK, "[0-9]{9}", "Een LRK-nummer heeft 9 cijfers."),
            (
                IdentifierKind.MUNICIPALITY,
                "GM[0-9]{4}",
                "Een gemeentecode is GM met 4 cijfers, bijvoorbeeld GM0080.",
            ),
            (
                IdentifierKind.DISTRICT,
                "WK[0-9]{6}",
                "Een wijkcode is WK met 6 cijfers, bijvoorbeeld WK008021.",
            ),
            (
                IdentifierKind.NEIGHBOURHOOD,
                "BU[0-9]{8}",
                "Een buurtcode is BU met 8 cijfers, bijvoorbeeld BU00802102.",
            ),
            (
                IdentifierKind.POSTCODE,
                "[1-9][0-9]{3}[A-Z]{2}",
                "Een postcode ziet eruit als 8921 XB.",
            ),
            (
                IdentifierKind.APPLICATION_NUMBER,
                "KVK2-[0-9]{4}-[0-9]{4}",
                "Een aanvraagnummer ziet eruit als KVK2-2026-0001.",
            ),
            (
                IdentifierKind.SCHOOL_YEAR,
                "[0-9]{4}/[0-9]{4}",
                "Een schooljaar ziet eruit als 2026/2027.",
            ),
        )
    }
)

# The countries of the Single Euro Payments Area, with the length that the IBAN registry gives (as in stdnum's iban.dat):
# the portal pays by SEPA credit transfer, which reaches no others.
IBAN_LENGTHS: Mapping[str, int] = MappingProxyType(
    {
        "NL": 18,
        "BE": 16,
        "DE": 22,
        "FR": 27,
        "LU": 20,
        "GB": 22,
        "IE": 22,
        "AT": 20,
        "CH": 21,
        "DK": 18,
        "SE": 24,
        "NO": 15,
        "FI": 18,
        "ES": 24,
        "PT": 25,
        "IT": 27,
        "PL": 28,
        "BG": 22,
        "HR": 21,
        "CY": 28,
        "CZ": 24,
        "EE": 20,
        "GR": 27,
        "HU": 28,
        "LV": 21,
        "LT": 20,
        "MT": 31,
        "RO": 24,
        "SK": 24,
        "SI": 19,
        "IS": 26,
        "LI": 21,
        "MC": 27,
        "SM": 27,
        "AD": 24,
        "VA": 22,
        "GI": 23,
        "AL": 28,
        "ME": 22,
        "MD": 24,
        "MK": 19,
        "RS": 22,
    }
)
_DUTCH_IBAN = re.compile(r"NL[0-9]{2}[A-Z]{4}[0-9]{10}")

# These contain separators themselves and are taken exactly as typed.
_AS_TYPED = frozenset({IdentifierKind.APPLICATION_NUMBER, IdentifierKind.SCHOOL_YEAR})
# Upper case for ASCII letters only: `ß` must not become `SS`.
_COMPACT = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", " .-")
_RESERVED_POSTCODES = ("SA", "SD", "SS")
_NINE_DIGITS = re.compile(r"(?<![0-9])[0-9]{9}(?![0-9])")


def validate_identifier(
    kind: IdentifierKind,
    value: str,
    *,
    municipality: str | None = None,
    district: str | None = None,
) -> Identifier:
    """The compact form of `value`, or `InvalidIdentifier` with a code.

    Spaces, points and hyphens are dropped and letters made capitals, except for kinds that contain
    them. `municipality` and `district` are codes that a district or neighbourhood must lie in.
    Codes: `FORMAT`, `RESERVED`, `CHECKSUM`, `UNKNOWN_COUNTRY`, `MUNICIPALITY_MISMATCH`,
    `DISTRICT_MISMATCH`.
    """
    compact = value if kind in _AS_TYPED else value.translate(_COMPACT)
    shape = _SHAPES[kind]
    if not shape.pattern.fullmatch(compact):
        raise InvalidIdentifier(shape.sentence)
    if check := _CHECKS.get(kind):
        check(compact)
    if kind in (IdentifierKind.DISTRICT, IdentifierKind.NEIGHBOURHOOD):
        _check_place(compact, municipality, district)
    return Identifier(compact, kind is IdentifierKind.IBAN and not compact.startswith("NL"))


def display_identifier(kind: IdentifierKind, compact: str) -> str:
    """The stored form as people read it: an IBAN in groups of four, a postcode with its space."""
    if kind is IdentifierKind.IBAN:
        return " ".join(compact[i : i + 4] for i in range(0, len(compact), 4))
    if kind is IdentifierKind.POSTCODE:
        return f"{compact[:4]} {compact[4:]}"
    return compact


def bsn_like(text: str) -> tuple[str, ...]:
    """Runs of exactly nine digits that pass the elfproef, in order of appearance, each once."""
    found = dict.fromkeys(_NINE_DIGITS.findall(text))
    return tuple(number for number in found if _passes_elfproef(number) and int(number))


def _passes_elfproef(digits: str) -> bool:
    """Weights 9 8 7 6 5 4 3 2 -1, sum divisible by 11; RSIN and BSN share it."""
    return bsn.checksum(digits) == 0


def _check_rsin(compact: str) -> None:
    if not int(compact):
        raise InvalidIdentifier("Dit RSIN bestaat niet.", code="RESERVED")
    if not _passes_elfproef(compact):
        raise InvalidIdentifier("Dit RSIN klopt niet. Controleer de cijfers.", code="CHECKSUM")


def _check_iban(compact: str) -> None:
    country = compact[:2]
    if country not in IBAN_LENGTHS:
        raise InvalidIdentifier(
            "Dit land doet niet mee aan SEPA. De gemeente kan er niet met een gewone overboeking heen betalen.",
            code="UNKNOWN_COUNTRY",
        )
    if len(compact) != IBAN_LENGTHS[country]:
        raise InvalidIdentifier(
            f"Een IBAN uit dit land heeft {IBAN_LENGTHS[country]} tekens, niet {len(compact)}."
        )
    if country == "NL" and not _DUTCH_IBAN.fullmatch(compact):
        raise InvalidIdentifier(_SHAPES[IdentifierKind.IBAN].sentence)
    # ISO 7064 MOD 97-10, with the country and check digits moved to the end.
    if mod_97_10.checksum(compact[4:] + compact[:4]) != 1:
        raise InvalidIdentifier(
            "Dit rekeningnummer klopt niet. Controleer de cijfers.", code="CHECKSUM"
        )


def _check_postcode(compact: str) -> None:
    if compact.endswith(_RESERVED_POSTCODES):
        raise InvalidIdentifier("Deze postcode bestaat niet.", code="RESERVED")


def _check_school_year(compact: str) -> None:
    first, second = compact.split("/")
    if int(second) != int(first) + 1:
        raise InvalidIdentifier("Een schooljaar loopt tot in het volgende jaar: 2026/2027.")


def _check_place(compact: str, municipality: str | None, district: str | None) -> None:
    digits = compact[2:]
    if municipality and digits[:4] != municipality[2:]:
        raise InvalidIdentifier(
            f"{compact} ligt niet in gemeente {municipality}.", code="MUNICIPALITY_MISMATCH"
        )
    if district and compact.startswith("BU") and digits[:6] != district[2:]:
        raise InvalidIdentifier(
            f"{compact} ligt niet in wijk {district}.", code="DISTRICT_MISMATCH"
        )


_CHECKS: Mapping[IdentifierKind, Callable[[str], None]] = MappingProxyType(
    {
        IdentifierKind.RSIN: _check_rsin,
        IdentifierKind.IBAN: _check_iban,
        IdentifierKind.POSTCODE: _check_postcode,
        IdentifierKind.SCHOOL_YEAR: _check_school_year,
    }
)
