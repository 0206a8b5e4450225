from agreements.models.agreements import AgreementVersion, ResultAgreement
from agreements.models.content import (
    AgreedIndicator,
    AgreedResult,
    AgreementTopic,
    Contribution,
    YearTarget,
)
from agreements.models.indicators import IndicatorDefinition, IndicatorDefinitionVersion
from agreements.models.parties import AgreementParty, Signature
from agreements.models.programme import Goal, Programme, ProgrammeYear

__all__ = [
    "AgreedIndicator",
    "AgreedResult",
    "AgreementParty",
    "AgreementTopic",
    "AgreementVersion",
    "Contribution",
    "Goal",
    "IndicatorDefinition",
    "IndicatorDefinitionVersion",
    "Programme",
    "ProgrammeYear",
    "ResultAgreement",
    "Signature",
    "YearTarget",
]
