"""Reading what somebody typed, wrote in a file or sent: the text of each field of a figure becomes a number, a day, a reason.

The same readers serve the file and the link for machines; what may be at all, the service says (`services.measuring`).
Nothing is guessed: '12,5' is a number, 'n.v.t.' is none, and '1.234' is asked about because it may be two numbers.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kvk2.core.errors import DomainError

LONGEST_SOURCE, LONGEST_NOTE = 200, 600
MOST_DECIMALS = 4

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_COUNT = re.compile(r"-?[0-9]{1,15}")
_LEVEL = re.compile(r"([0-9]{1,2})(?:\..*)?")
_DUTCH_DAY = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?")
_NO_FIGURE = frozenset({"nvt", "n.v.t.", "nb", "n.b.", "-", "–", "onbekend", "geen", "x", "?"})


class FigureRefused(DomainError):
    """A figure that cannot be; `field` is where the sentence belongs, `indicator` whose figure it is."""

    code = "FIGURE_REFUSED"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field
        self.indicator: Any = None


# What belongs to an indicator of each type, and how a sentence calls it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "percentage": ("numerator", "denominator"),
    "number": ("value",),
    "amount": ("value",),
    "scale": ("level",),
    "milestone": ("reached_on",),
}
ASKED: Mapping[str, str] = {
    "percentage": "de teller en de noemer",
    "number": "de waarde",
    "amount": "de waarde",
    "scale": "het niveau",
    "milestone": "de dag waarop de mijlpaal is bereikt",
}


def read_figure(
    typed: Mapping[str, object], *, kind: str, reasons: Mapping[str, str]
) -> dict[str, Any] | None:
    """The facts of a figure out of what was typed per field; None when no figure and no reason was given.

    `kind` is the type of the indicator, `reasons` gives the code of each reason by its code and its name, in lower
    case. Refusal: `FigureRefused`, at the field.
    """
    facts = {name: _READERS[name](typed.get(name), name) for name in _READERS}
    facts["missing_reason"] = _reason(typed.get("missing_reason"), reasons)
    given = [name for name in _FIGURES if facts[name] is not None]
    if not given and not facts["missing_reason"]:
        return None
    if given and facts["missing_reason"]:
        raise FigureRefused(
            "U vulde een cijfer in én een reden waarom er geen is. Kies één van beide.",
            field="missing_reason",
        )
    for name in given:
        if name not in COLUMNS[kind]:
            raise FigureRefused(_not_here(kind, name, facts[name]), field=name)
    return facts


def _not_here(kind: str, name: str, figure: object) -> str:
    told = f"Vul hier {ASKED[kind]} in."
    if kind == "percentage" and isinstance(figure, Decimal) and 0 < figure < 1:
        part = f"{(figure * 100).normalize():f}".replace(".", ",")
        return f"Bedoelde u {part}%? {told} Het portaal rekent het percentage uit."
    return told


def as_number(value: object, field: str) -> Decimal | None:
    """'12,5', '1.234,5', '12.5', 12.5: a number of at most four decimals."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number = _number(value, field)
    if not number.is_finite():
        raise _no_number(value, field)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        raise FigureRefused(f"Gebruik hoogstens {MOST_DECIMALS} decimalen.", field=field)
    return number


def _number(value: object, field: str) -> Decimal:
    match value:
        case bool():
            raise _no_number(value, field)
        case float():
            return Decimal(format(value, ".12g"))
        case int() | Decimal():
            return Decimal(value)
    return _number_of(_bare(value).removesuffix("%").removeprefix("€").strip(), field)


def _number_of(text: str, field: str) -> Decimal:
    if _GROUPED.fullmatch(text):
        if text.count(".") == 1 and "," not in text:
            whole, other = text.replace(".", ""), text.replace(".", ",")
            raise FigureRefused(
                f"‘{text}’ kan twee getallen zijn. Schrijf {whole} of {other}.", field=field
            )
        text = text.replace(".", "")
    elif not _NUMBER.fullmatch(text):
        raise _no_number(text, field)
    return Decimal(text.replace(",", "."))


def _no_number(value: object, field: str) -> FigureRefused:
    shown = str(value)[:20]
    if shown.strip().lower() in _NO_FIGURE:
        return FigureRefused(
            f"‘{shown}’ is geen getal. Is er geen cijfer, kies dan de reden daarvan.", field=field
        )
    return FigureRefused(
        f"‘{shown}’ is geen getal. Schrijf het uit, bijvoorbeeld 12,5.", field=field
    )


def as_count(value: object, field: str) -> int | None:
    """A whole number of children; '0,85' and 0.85 are asked about: a percentage is two counts."""
    match value:
        case None:
            return None
        case bool():
            raise _no_count(value, field)
        case int():
            return value
        case float():
            if math.isfinite(value) and value.is_integer():
                return int(value)
            raise _no_count(format(value, ".6g").replace(".", ","), field)
    text = _bare(value)
    if not text:
        return None
    if not _COUNT.fullmatch(text):
        raise _no_count(text, field)
    return int(text)


def _no_count(value: object, field: str) -> FigureRefused:
    return FigureRefused(
        f"‘{str(value)[:20]}’ is geen heel aantal. Vul in hoeveel kinderen het zijn, bijvoorbeeld 19.",
        field=field,
    )


def as_level(value: object, field: str) -> int | None:
    """3, '3' or '3. samen'."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    found = _LEVEL.fullmatch(_bare(value)) if not isinstance(value, bool | float) else None
    if isinstance(value, float) and value.is_integer() and 0 <= value < 100:
        return int(value)
    if found is None:
        raise FigureRefused(
            f"‘{str(value)[:20]}’ is geen niveau. Kies het nummer van een niveau.", field=field
        )
    return int(found[1])


def as_day(value: object, field: str) -> date | None:
    """A day of Excel, '1-2-2025' or '2025-02-01'."""
    match value:
        case None:
            return None
        case datetime():
            return value.date()
        case date():
            return value
    text = _bare(value) if isinstance(value, str) else ""
    if isinstance(value, str) and not text:
        return None
    dutch, iso = _DUTCH_DAY.fullmatch(text), _ISO_DAY.fullmatch(text)
    try:
        if dutch:
            return date(int(dutch[3]), int(dutch[2]), int(dutch[1]))
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError:
        pass
    raise FigureRefused(
        f"‘{str(value)[:20]}’ is geen datum. Schrijf dag-maand-jaar, bijvoorbeeld 1-2-2025.",
        field=field,
    )


def _reason(value: object, reasons: Mapping[str, str]) -> str:
    text = "" if value is None else _bare(value)
    if not text:
        return ""
    try:
        return reasons[text.lower()]
    except KeyError:
        raise FigureRefused(
            f"‘{text[:30]}’ is geen reden die het portaal kent. Kies een reden uit de lijst.",
            field="missing_reason",
        ) from None


def _line(longest: int) -> Callable[[object, str], str]:
    """A reader of text without what nobody sees: control characters and halves of characters."""

    def read(value: object, field: str) -> str:
        text = "" if value is None else str(value).replace("\r\n", "\n").strip()
        if len(text) > longest:
            raise FigureRefused(f"Gebruik hoogstens {longest} tekens.", field=field)
        if any(
            unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t\r" for char in text
        ):
            raise FigureRefused("Deze tekst bevat een onzichtbaar stuurteken.", field=field)
        return text

    return read


def _bare(value: object) -> str:
    return " ".join(str(value).split())


_READERS: Mapping[str, Callable[[object, str], Any]] = {
    "value": as_number,
    "numerator": as_count,
    "denominator": as_count,
    "level": as_level,
    "reached_on": as_day,
    "reference_date": as_day,
    "source": _line(LONGEST_SOURCE),
    "note": _line(LONGEST_NOTE),
}
_FIGURES = ("value", "numerator", "denominator", "level", "reached_on")
