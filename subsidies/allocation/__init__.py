"""Dividing a subsidy ceiling over applications (Awb 4:25-4:26; domain reference 4).

Pure: the same round and applications always give the same result, in whatever order they come.
Amounts are `Decimal` euros outside and whole cents inside. Four published ways to divide: TENDER (by score
within priority tiers), FIRST_COME (by the day on which an application was complete), PRO_RATA (everybody the
same percentage) and PER_CHILD (everybody the same amount per child).
"""

from subsidies.allocation.lottery import (
    LotteryOrder,
    LotteryRequired,
    ManualLottery,
    SeededLottery,
    lottery_order,
)
from subsidies.allocation.rulings import (
    ObjectionFlag,
    ObjectionOutcome,
    UnknownApplication,
    after_objection,
    applicable_ceiling,
)
from subsidies.allocation.run import ALGORITHM_VERSION, allocate, eligible_amount
from subsidies.allocation.terms import (
    OUTCOME_LABELS,
    REASON_LABELS,
    WARNING_LABELS,
    AllocationApplication,
    AllocationResult,
    AllocationRound,
    AllocationWarning,
    ApplicationResult,
    ChildrenMissing,
    CompleteDateMissing,
    DuplicateNumber,
    LotteryResult,
    MarginalPolicy,
    Method,
    Outcome,
    OverflowOrder,
    PotResult,
    RefusalReason,
    ShareResult,
    SubCeiling,
    SubCeilingsExceedCeiling,
    UnknownSubCeiling,
)

__all__ = [
    "ALGORITHM_VERSION",
    "OUTCOME_LABELS",
    "REASON_LABELS",
    "WARNING_LABELS",
    "AllocationApplication",
    "AllocationResult",
    "AllocationRound",
    "AllocationWarning",
    "ApplicationResult",
    "ChildrenMissing",
    "CompleteDateMissing",
    "DuplicateNumber",
    "LotteryOrder",
    "LotteryRequired",
    "LotteryResult",
    "ManualLottery",
    "MarginalPolicy",
    "Method",
    "ObjectionFlag",
    "ObjectionOutcome",
    "Outcome",
    "OverflowOrder",
    "PotResult",
    "RefusalReason",
    "SeededLottery",
    "ShareResult",
    "SubCeiling",
    "SubCeilingsExceedCeiling",
    "UnknownApplication",
    "UnknownSubCeiling",
    "after_objection",
    "allocate",
    "applicable_ceiling",
    "eligible_amount",
    "lottery_order",
]
