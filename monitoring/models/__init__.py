from monitoring.models.measuring import Measurement, MonitoringCycle, Return, RuleSet, StatusResult
from monitoring.models.reports import AnnualReport, ReportBatch

__all__ = [
    "AnnualReport",
    "Measurement",
    "MonitoringCycle",
    "ReportBatch",
    "Return",
    "RuleSet",
    "StatusResult",
]
