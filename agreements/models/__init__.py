from agreements.models.agreements import AgreementVersion, ResultAgreement
from agreements.models.clauses import AgreementClause, StandardClause
from agreements.models.content import (
    AgreedIndicator,
    AgreedResult,
    AgreementTopic,
    Contribution,
    FundingSource,
    YearTarget,
)
from agreements.models.ending import AnnualEvaluation, Termination
from agreements.models.funding import ClosedBudgetYear, ContributionStep, FundingBudget
from agreements.models.indicators import IndicatorDefinition, IndicatorDefinitionVersion
from agreements.models.means import (
    DataAnalysis,
    Measure,
    StaffingCommitment,
    StaffingRealisation,
    SteeringArrangement,
)
from agreements.models.negotiation import (
    Comment,
    CommentAnswer,
    Consent,
    Reading,
    Revision,
)
from agreements.models.parties import AgreementParty, Refusal, Signature
from agreements.models.programme import Goal, Programme, ProgrammeYear
from agreements.models.templates import AgreementTemplate

__all__ = [
    "AgreedIndicator",
    "AgreedResult",
    "AgreementClause",
    "AgreementParty",
    "AgreementTemplate",
    "AgreementTopic",
    "AgreementVersion",
    "AnnualEvaluation",
    "ClosedBudgetYear",
    "Comment",
    "CommentAnswer",
    "Consent",
    "Contribution",
    "ContributionStep",
    "DataAnalysis",
    "FundingBudget",
    "FundingSource",
    "Goal",
    "IndicatorDefinition",
    "IndicatorDefinitionVersion",
    "Measure",
    "Programme",
    "ProgrammeYear",
    "Reading",
    "Refusal",
    "ResultAgreement",
    "Revision",
    "Signature",
    "StaffingCommitment",
    "StaffingRealisation",
    "StandardClause",
    "SteeringArrangement",
    "Termination",
    "YearTarget",
]
