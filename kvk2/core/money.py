"""Euros and other figures: reading what people type, rounding once, and writing it the Dutch way.

Amounts are `Decimal` euros with at most two decimals (domain reference 7.2). *Half-up* means that
exactly half goes away from zero, for negative figures too. Nothing here depends on the precision
of the decimal context: the arithmetic is done on whole numbers.
"""

import re
from decimal import Context, Decimal
from fractions import Fraction
from typing import TypeAlias

from kvk2.core.errors import DomainError

MAXIMUM_AMOUNT = Decimal("10000000.00")

Figure: TypeAlias = Decimal | Fraction | int

# Room for every figure that can be typed or computed, whatever the precision of the thread.
_EXACT = Context(prec=10_000, traps=[])
# 1234.56 and 1,234.56: as a spreadsheet in another language writes it.
_DECIMAL_POINT = re.compile(r"[0-9]{1,12}(?:,[0-9]{3})*\.[0-9]{1,2}")
_TYPED = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]{2})?")


class AmountInvalid(DomainError):
    """Not an amount of money that the portal can work with."""

    code = "AMOUNT_INVALID"


def parse_amount(text: str) -> Decimal:
    """The euros that somebody typed: `1.234,56`, `1234,56` or `1.234`; at most 10 million.

    A decimal point is refused, because `1.234` and `1234.56` cannot both be right.
    """
    if _DECIMAL_POINT.fullmatch(text):
        raise AmountInvalid("Schrijf een komma voor de centen, bijvoorbeeld 1.234,56.")
    if len(text) > 30 or not _TYPED.fullmatch(text):
        raise AmountInvalid("Vul een bedrag in, bijvoorbeeld 1.234,56.")
    amount = Decimal(text.replace(".", "").replace(",", ".")).quantize(Decimal("0.01"))
    if amount > MAXIMUM_AMOUNT:
        raise AmountInvalid(f"Een bedrag is hoogstens {format_amount(MAXIMUM_AMOUNT)}.")
    return amount


def format_amount(amount: Figure, decimals: int = 2, *, space: str = " ") -> str:
    """`€ 1.234,56`, and `-€ 4.740,00` below nought; pass a no-break `space` where a line may not end after the sign."""
    number = format_number(amount, decimals)
    sign = "-" if number.startswith("-") else ""
    return f"{sign}€{space}{number.removeprefix('-')}"


def format_whole(amount: Figure) -> str:
    """`1.234`: whole figures without decimals, rounded half-up."""
    return format_number(amount, 0)


def format_number(value: Figure, decimals: int) -> str:
    """`1.234,5`: points between thousands, a comma before the decimals, rounded half-up."""
    english = f"{round_half_up(value, decimals):,f}"
    return english.translate(str.maketrans(",.", ".,"))


def round_half_up(value: Figure, decimals: int) -> Decimal:
    """`value` with exactly `decimals` decimals, half away from zero; never shown as minus zero."""
    scaled = Fraction(value) * 10**decimals
    units = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return _EXACT.scaleb(Decimal(-units if scaled < 0 else units), -decimals)


def floor_to_cent(value: Figure) -> Decimal:
    """The euros in `value`, cut off after the cent (towards minus infinity)."""
    scaled = Fraction(value) * 100
    return from_cents(scaled.numerator // scaled.denominator)


def cents(amount: Decimal) -> int:
    """A valid amount in whole cents; refuses a negative one and one with parts of a cent."""
    scaled = _EXACT.scaleb(amount, 2)
    if scaled.is_finite() and (whole := int(scaled)) == scaled and whole >= 0:
        return whole
    raise AmountInvalid(
        "Een bedrag is niet negatief en heeft hoogstens twee cijfers achter de komma."
    )


def from_cents(whole: int) -> Decimal:
    """Cents as euros with two decimals."""
    return _EXACT.scaleb(Decimal(whole), -2)
