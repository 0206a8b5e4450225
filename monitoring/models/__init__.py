from monitoring.models.measuring import Measurement, MonitoringCycle, Return, RuleSet, StatusResult
from monitoring.models.reports import AnnualReport, ReportBatch, ReportReaction, ReportVersion
from monitoring.models.workflow import (
    LONGEST_EXCEPTION,
    CycleDataset,
    LockException,
    ReturnTransition,
)

__all__ = [
    "LONGEST_EXCEPTION",
    "AnnualReport",
    "CycleDataset",
    "LockException",
    "Measurement",
    "MonitoringCycle",
    "ReportBatch",
    "ReportReaction",
    "ReportVersion",
    "Return",
    "ReturnTransition",
    "RuleSet",
    "StatusResult",
]
