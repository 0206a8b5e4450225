"""After the run: what a won objection gives, and which ceiling counts after a change (Awb 4:25(3), 4:27, 4:28)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kvk2.core.errors import DomainError
from subsidies.allocation.run import allocate
from subsidies.allocation.terms import AllocationApplication, AllocationRound


class ObjectionFlag(StrEnum):
    ABOVE_CEILING_BY_OBJECTION = "above_ceiling_by_objection"


class UnknownApplication(DomainError):
    """The objector did not take part in the run that the objection is about."""

    code = "UNKNOWN_APPLICATION"


@dataclass(frozen=True, slots=True)
class ObjectionOutcome:
    """Euros: what the locked run gave, what it should have given, what comes on top, and the new total."""

    original: Decimal
    would_have_been: Decimal
    additional: Decimal
    total_granted: Decimal
    flags: tuple[ObjectionFlag, ...]


def after_objection(
    round_: AllocationRound,
    applications: Sequence[AllocationApplication],
    corrected: AllocationApplication,
) -> ObjectionOutcome:
    """What the objector gets when its application reads as `corrected`, all else as in the locked run (R7).

    Nobody else loses anything, so the total may go above the ceiling (Awb 4:25(3)). Raises UnknownApplication, or
    what `allocate` refuses.
    """
    number = corrected.number
    if all(application.number != number for application in applications):
        raise UnknownApplication(f"Aanvraag {number} deed niet mee in deze verdeling.")
    locked = allocate(round_, applications)
    again = allocate(
        round_,
        [corrected if each.number == number else each for each in applications],
    )
    original = next(row.granted for row in locked.results if row.number == number)
    would_have_been = next(row.granted for row in again.results if row.number == number)
    additional = max(Decimal("0.00"), would_have_been - original)
    total = locked.total_granted + additional
    above = total > round_.ceiling
    return ObjectionOutcome(
        original=original,
        would_have_been=would_have_been,
        additional=additional,
        total_granted=total,
        flags=(ObjectionFlag.ABOVE_CEILING_BY_OBJECTION,) if above else (),
    )


def applicable_ceiling(
    published: Decimal,
    changed: Decimal,
    *,
    filed_before_change: bool,
    filed_before_budget: bool,
    follows_from_budget: bool,
    budget_warning_published: bool,
) -> Decimal:
    """The ceiling in euros against which one application is judged after a change.

    Lowering does not touch who had filed (Awb 4:27(2)), unless applications had to be filed before the budget was
    adopted, the lowering follows from adopting it, and the publication warned for that (Awb 4:28).
    """
    exception = filed_before_budget and follows_from_budget and budget_warning_published
    if changed > published or not filed_before_change or exception:
        return changed
    return published
