from monitoring.models.context import Benchmark
from monitoring.models.details import Breakdown, Category, Check, Dimension, Evidence
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
    "Benchmark",
    "Breakdown",
    "Category",
    "Check",
    "CycleDataset",
    "Dimension",
    "Evidence",
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
