from subsidies.models.activities import Activity
from subsidies.models.allocations import (
    AllocationResult,
    AllocationRun,
    LotteryRecord,
    PartialAcceptance,
)
from subsidies.models.applications import ActivityPlan, Application, Attachment, BudgetLine
from subsidies.models.commission import (
    CommissionAdvice,
    CommissionMember,
    ConflictException,
    InterestDeclaration,
    Review,
    ReviewScore,
)
from subsidies.models.decisions import (
    AdvancePayment,
    Decision,
    Letter,
    Message,
    MessageEvent,
    Obligation,
    SigningMandate,
)
from subsidies.models.rounds import (
    AmountFormula,
    Criterion,
    HistoricalRound,
    PriorityTier,
    SubsidyRound,
)
from subsidies.models.schemes import SubsidyScheme
from subsidies.models.state_aid import ContinuityAssessment, StateAidAssessment
from subsidies.models.sub_ceilings import SubCeiling

__all__ = [
    "Activity",
    "ActivityPlan",
    "AdvancePayment",
    "AllocationResult",
    "AllocationRun",
    "AmountFormula",
    "Application",
    "Attachment",
    "BudgetLine",
    "CommissionAdvice",
    "CommissionMember",
    "ConflictException",
    "ContinuityAssessment",
    "Criterion",
    "Decision",
    "HistoricalRound",
    "InterestDeclaration",
    "Letter",
    "LotteryRecord",
    "Message",
    "MessageEvent",
    "Obligation",
    "PartialAcceptance",
    "PriorityTier",
    "Review",
    "ReviewScore",
    "SigningMandate",
    "StateAidAssessment",
    "SubCeiling",
    "SubsidyRound",
    "SubsidyScheme",
]
