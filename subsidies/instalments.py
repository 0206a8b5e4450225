"""Advances in instalments, and how the recipient accounts for the grant (domain reference 3.7-3.8).

Amounts are euros. Advances may be paid before the subsidy is determined (Awb 4:95); instalments
need a rule that says how the parts are computed (Awb 4:53).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from kvk2.core.errors import DomainError
from kvk2.core.money import cents, floor_to_cent, from_cents

# One a month for ten years: more is a typing error.
MOST_INSTALMENTS = 120


class PercentageInvalid(DomainError):
    """Not a percentage from 0 to 100."""

    code = "PERCENTAGE_INVALID"


class CountInvalid(DomainError):
    """Not a number of instalments."""

    code = "COUNT_INVALID"


class AccountabilityBand(StrEnum):
    """How heavy the account is: none, a report of the activities, or the full set."""

    DIRECT = "direct"
    ACTIVITY = "activity"
    FULL = "full"


class AccountDocument(StrEnum):
    ACTIVITY_REPORT = "activity_report"
    FINANCIAL_REPORT = "financial_report"
    BALANCE_SHEET = "balance_sheet"
    AUDITOR_STATEMENT = "auditor_statement"


_DOCUMENTS: Mapping[AccountabilityBand, tuple[AccountDocument, ...]] = MappingProxyType(
    {
        AccountabilityBand.DIRECT: (),
        AccountabilityBand.ACTIVITY: (AccountDocument.ACTIVITY_REPORT,),
        AccountabilityBand.FULL: tuple(AccountDocument),
    }
)


@dataclass(frozen=True, slots=True)
class AdvanceSchedule:
    """The advance, its instalments in order of payment, and what remains for the determination."""

    advance_total: Decimal
    instalments: tuple[Decimal, ...]
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Accountability:
    """What the recipient hands in, and whether an application for determination is needed."""

    band: AccountabilityBand
    application_for_determination: bool
    documents: tuple[AccountDocument, ...]


def instalments(granted: Decimal, advance_percentage: Decimal, count: int) -> AdvanceSchedule:
    """The advance in `count` equal parts, down to the cent; the last takes the remainder.

    Refusals: `AMOUNT_INVALID`, `PERCENTAGE_INVALID`, `COUNT_INVALID`.
    """
    whole = cents(granted)
    if not 0 <= advance_percentage <= 100:
        raise PercentageInvalid("Een voorschot is 0 tot en met 100 procent.")
    if not 1 <= count <= MOST_INSTALMENTS:
        raise CountInvalid(f"Kies 1 tot en met {MOST_INSTALMENTS} termijnen.")
    advance = cents(floor_to_cent(Fraction(granted) * Fraction(advance_percentage) / 100))
    parts: list[int] = []
    if advance_percentage:
        part = advance // count
        parts = [part] * (count - 1) + [advance - part * (count - 1)]
    return AdvanceSchedule(
        advance_total=from_cents(advance),
        instalments=tuple(from_cents(part) for part in parts),
        balance=from_cents(whole - advance),
    )


def dated_instalments(granted: Decimal, shares: Sequence[Decimal]) -> AdvanceSchedule:
    """Instalments that are each a percentage of `granted`, down to the cent; the last takes the remainder.

    Refusals: `AMOUNT_INVALID`, `PERCENTAGE_INVALID`.
    """
    whole, total = cents(granted), sum(shares, Decimal(0))
    if any(share < 0 for share in shares) or total > 100:
        raise PercentageInvalid("Een voorschot is 0 tot en met 100 procent.")
    advance = cents(floor_to_cent(Fraction(granted) * Fraction(total) / 100))
    parts = [cents(floor_to_cent(Fraction(granted) * Fraction(share) / 100)) for share in shares]
    if parts:
        parts[-1] = advance - sum(parts[:-1])
    return AdvanceSchedule(
        advance_total=from_cents(advance),
        instalments=tuple(from_cents(part) for part in parts),
        balance=from_cents(whole - advance),
    )


def accountability_band(
    granted: Decimal, *, direct_max: Decimal, activity_max: Decimal
) -> Accountability:
    """The band that `granted` falls in; both bounds are included in the lighter band."""
    if granted <= direct_max:
        band = AccountabilityBand.DIRECT
    elif granted <= activity_max:
        band = AccountabilityBand.ACTIVITY
    else:
        band = AccountabilityBand.FULL
    return Accountability(
        band=band,
        application_for_determination=band is not AccountabilityBand.DIRECT,
        documents=_DOCUMENTS[band],
    )
