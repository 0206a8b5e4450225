from monitoring.models.acting import Action, ActionReminder, YearPlan, YearPlanItem
from monitoring.models.api import ApiRequest, ApiToken
from monitoring.models.context import Benchmark
from monitoring.models.details import Breakdown, Category, Check, Dimension, Evidence
from monitoring.models.distribution import ReportRecipient
from monitoring.models.imports import ImportBatch, ImportRow
from monitoring.models.learning import (
    LearningMeeting,
    LearningSignup,
    Practice,
    PracticeAdoption,
    PracticeQuestion,
)
from monitoring.models.measuring import Measurement, MonitoringCycle, Return, RuleSet, StatusResult
from monitoring.models.pdca import (
    MOST_WORDS,
    QUESTIONS,
    AmendmentTrigger,
    Conclusion,
    ConclusionReply,
    GoalReview,
)
from monitoring.models.recommending import Recommendation
from monitoring.models.reports import AnnualReport, ReportBatch, ReportReaction, ReportVersion
from monitoring.models.workflow import (
    LONGEST_EXCEPTION,
    CycleDataset,
    LockException,
    ReturnTransition,
)

__all__ = [
    "LONGEST_EXCEPTION",
    "MOST_WORDS",
    "QUESTIONS",
    "Action",
    "ActionReminder",
    "AmendmentTrigger",
    "AnnualReport",
    "ApiRequest",
    "ApiToken",
    "Benchmark",
    "Breakdown",
    "Category",
    "Check",
    "Conclusion",
    "ConclusionReply",
    "CycleDataset",
    "Dimension",
    "Evidence",
    "GoalReview",
    "ImportBatch",
    "ImportRow",
    "LearningMeeting",
    "LearningSignup",
    "LockException",
    "Measurement",
    "MonitoringCycle",
    "Practice",
    "PracticeAdoption",
    "PracticeQuestion",
    "Recommendation",
    "ReportBatch",
    "ReportReaction",
    "ReportRecipient",
    "ReportVersion",
    "Return",
    "ReturnTransition",
    "RuleSet",
    "StatusResult",
    "YearPlan",
    "YearPlanItem",
]
