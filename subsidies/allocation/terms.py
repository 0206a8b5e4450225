"""The words of the division: what goes in, what comes out, and what is refused. Money in euros."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from kvk2.core.errors import DomainError
from subsidies.allocation.lottery import ManualLottery, SeededLottery
from subsidies.scoring import CriterionWeight


class Method(StrEnum):
    TENDER = "tender"
    FIRST_COME = "first_come"
    PRO_RATA = "pro_rata"
    PER_CHILD = "per_child"


class MarginalPolicy(StrEnum):
    """What happens to the first application that does not fit (R4)."""

    PARTIAL = "partial"
    REFUSE_STOP = "refuse_stop"
    REFUSE_SKIP = "refuse_skip"


class Outcome(StrEnum):
    GRANT = "grant"
    PARTIAL_GRANT = "partial_grant"
    REFUSAL = "refusal"


class RefusalReason(StrEnum):
    """Why an application gets less than it asked for."""

    CEILING = "ceiling"
    ELIGIBILITY = "eligibility"
    SCHEME_CRITERIA = "scheme_criteria"


class AllocationWarning(StrEnum):
    """What whoever locks the run should know first."""

    ALL_BELOW_FLOOR = "all_below_floor"
    SOME_BELOW_FLOOR = "some_below_floor"


OUTCOME_LABELS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.GRANT: "verlenen",
        Outcome.PARTIAL_GRANT: "deels verlenen",
        Outcome.REFUSAL: "weigeren",
    }
)
REASON_LABELS: Mapping[RefusalReason, str] = MappingProxyType(
    {
        RefusalReason.CEILING: "het subsidieplafond is bereikt",
        RefusalReason.ELIGIBILITY: "een deel van het bedrag komt niet in aanmerking",
        RefusalReason.SCHEME_CRITERIA: "de aanvraag voldoet niet aan de regeling",
    }
)
WARNING_LABELS: Mapping[AllocationWarning, str] = MappingProxyType(
    {
        AllocationWarning.ALL_BELOW_FLOOR: (
            "Elk IKC krijgt minder dan het kleinste zinvolle bedrag. Er is geen rangorde om te kiezen wie afvalt."
        ),
        AllocationWarning.SOME_BELOW_FLOOR: (
            "Een deel van de IKC's krijgt minder dan het kleinste zinvolle bedrag. "
            "Er is geen rangorde om te kiezen wie afvalt."
        ),
    }
)


class DuplicateNumber(DomainError):
    """Two applications with the same number."""

    code = "DUPLICATE_NUMBER"


class SubCeilingsExceedCeiling(DomainError):
    """The sub-ceilings together are more than the ceiling of the round."""

    code = "SUB_CEILINGS_EXCEED_CEILING"


class UnknownSubCeiling(DomainError):
    """An application that belongs to none of the sub-ceilings of the round."""

    code = "UNKNOWN_SUB_CEILING"


class OverflowOrder(DomainError):
    """Overflow may only go to a sub-ceiling that is processed later (R3)."""

    code = "OVERFLOW_ORDER"


class CompleteDateMissing(DomainError):
    """Dividing by day needs the moment on which each application was complete."""

    code = "COMPLETE_DATE_MISSING"


class ChildrenMissing(DomainError):
    """Dividing per child needs at least one child at each application."""

    code = "CHILDREN_MISSING"


@dataclass(frozen=True, slots=True)
class SubCeiling:
    """Part of the ceiling; what it leaves over goes to the pot `overflow_to`, or to nobody."""

    code: str
    amount: Decimal
    overflow_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRound:
    """The published rules of a round. `floor`: the smallest partial grant that makes sense.

    `marginal_policy` has no meaning for PRO_RATA and PER_CHILD.
    """

    ceiling: Decimal
    method: Method = Method.TENDER
    marginal_policy: MarginalPolicy = MarginalPolicy.PARTIAL
    floor: Decimal | None = None
    min_score: Decimal | None = None
    criteria: tuple[CriterionWeight, ...] = ()
    lottery: SeededLottery | ManualLottery | None = None
    sub_ceilings: tuple[SubCeiling, ...] = ()


# Not frozen: a frozen one takes three times as long to make, and a run makes one per application.
@dataclass(slots=True, kw_only=True)
class AllocationApplication:
    """One application as the allocation sees it; a limit of `None` is no limit.

    `admitted` is false as well when a refusal ground applies. `floor` replaces that of the round.
    `accepts_partial` is the answer on the question whether a reduced plan can be carried out (R5).
    `complete_at` has its time zone; only FIRST_COME reads it, as `children` only PER_CHILD.
    """

    number: str
    requested: Decimal
    max_amount: Decimal | None = None
    budget_total: Decimal | None = None
    floor: Decimal | None = None
    admitted: bool = True
    tier: int = 1
    score: Decimal | None = None
    criterion_scores: Mapping[str, Decimal] = field(default_factory=dict)
    complete_at: datetime | None = None
    children: int | None = None
    sub_ceiling: str | None = None
    accepts_partial: bool = True


class ApplicationResult(NamedTuple):
    """What one application gets. `rank` is its place in its pot.

    Equals share a rank, unless a lottery was held between them. It is `None` when the application did not take
    part, and in PRO_RATA and PER_CHILD, where nobody comes before another.
    """

    number: str
    eligible: Decimal
    granted: Decimal
    outcome: Outcome
    reasons: tuple[RefusalReason, ...]
    rank: int | None


@dataclass(frozen=True, slots=True)
class PotResult:
    """Euros of one sub-ceiling: its own, received, granted, passed on, and left after that."""

    code: str
    ceiling: Decimal
    received: Decimal
    granted: Decimal
    passed_on: Decimal
    free: Decimal


@dataclass(frozen=True, slots=True)
class LotteryResult:
    """One draw that was held."""

    participants: tuple[str, ...]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShareResult:
    """How one pot was shared out in PRO_RATA or PER_CHILD; `code` is `None` where the round has one pot.

    `per_unit` is the exact share in euros of one euro asked for or of one child; `None` when there was enough for
    everybody. `dropped`: who fell off below the smallest sensible amount, in that order.
    """

    code: str | None
    per_unit: Fraction | None
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllocationResult:
    """The whole run: results by number; pots, lotteries and shares in the order of processing."""

    results: tuple[ApplicationResult, ...]
    total_granted: Decimal
    free: Decimal
    pots: tuple[PotResult, ...]
    lotteries: tuple[LotteryResult, ...]
    warnings: tuple[AllocationWarning, ...]
    shares: tuple[ShareResult, ...] = ()
