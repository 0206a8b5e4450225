from agreements.models.agreements import AgreementVersion, ResultAgreement
from agreements.models.content import (
    AgreedIndicator,
    AgreedResult,
    AgreementTopic,
    Contribution,
    FundingSource,
    YearTarget,
)
from agreements.models.funding import ClosedBudgetYear, ContributionStep, FundingBudget
from agreements.models.indicators import IndicatorDefinition, IndicatorDefinitionVersion
from agreements.models.means import (
    DataAnalysis,
    Measure,
    StaffingCommitment,
    SteeringArrangement,
)
from agreements.models.parties import AgreementParty, Signature
from agreements.models.programme import Goal, Programme, ProgrammeYear
from agreements.models.templates import AgreementTemplate

__all__ = [
    "AgreedIndicator",
    "AgreedResult",
    "AgreementParty",
    "AgreementTemplate",
    "AgreementTopic",
    "AgreementVersion",
    "ClosedBudgetYear",
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
    "ResultAgreement",
    "Signature",
    "StaffingCommitment",
    "SteeringArrangement",
    "YearTarget",
]
