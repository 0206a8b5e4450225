"""Cycles, returns and figures for tests; the returns come from agreements in force, through the real services."""

from datetime import UTC, date, datetime
from decimal import Decimal

from agreements.models import AgreedIndicator
from agreements.tests.factories import AgreementFactory, ProgrammeFactory
from ikc.models import User
from ikc.tests.factories import UserFactory
from monitoring.models import MonitoringCycle, ReportBatch, Return, RuleSet
from monitoring.services import judging, measuring, reports
from monitoring.services.measuring import Figure
from monitoring.status import KVK_1

AT = datetime(2025, 9, 1, 9, tzinfo=UTC)
YEAR = 4


def ruleset() -> RuleSet:
    """KvK-1, as adopted."""
    row, _ = RuleSet.objects.get_or_create(
        code=KVK_1.code,
        defaults={
            "parameters": KVK_1.parameters(),
            "valid_from": date(2021, 8, 1),
            "adopted_by": "Ontwikkelgroep",
        },
    )
    return row


def planned_cycle(index: int = YEAR, submit_by: date = date(2025, 10, 15)) -> MonitoringCycle:
    year = ProgrammeFactory().years.get(index=index)
    return measuring.plan_cycle(year, ruleset=ruleset(), submit_by=submit_by, by=None, at=AT)


def open_cycle(*, agreements: int = 1, index: int = YEAR) -> MonitoringCycle:
    """A cycle that collects, with one return for each agreement in force."""
    for _ in range(agreements):
        AgreementFactory(in_force=True)
    return measuring.open_cycle(planned_cycle(index), by=None, at=AT)


def return_of(cycle: MonitoringCycle) -> Return:
    return cycle.returns.select_related("cycle__ruleset", "version", "agreement__ikc").order_by(
        "pk"
    )[0]


def indicators(return_: Return) -> list[AgreedIndicator]:
    return judging.indicators_of(return_)


def on_target(return_: Return, indicator: AgreedIndicator, **changes) -> Figure:
    """A figure that meets the target of the year."""
    target = judging.target_of(indicator, return_.cycle.year_id).value
    if indicator.definition_version.definition.is_percentage:
        facts = {"numerator": int(target * 2), "denominator": 200, "note": "gecontroleerd"}
    else:
        facts = {"value": Decimal(target), "note": "gecontroleerd"}
    return Figure(**{**facts, **changes})


def filled(return_: Return, by: User | None = None) -> Return:
    """All figures entered, each on target."""
    by = by or UserFactory(researcher=True)
    for indicator in indicators(return_):
        measuring.enter_figure(return_, indicator, on_target(return_, indicator), by=by, at=AT)
    return return_


def submitted(return_: Return, by: User | None = None) -> Return:
    by = by or UserFactory(researcher=True)
    return measuring.submit_return(filled(return_, by), by=by, at=AT)


def ordered(cycle: MonitoringCycle) -> ReportBatch:
    return reports.order_reports(cycle, by=UserFactory(project_leader=True), at=AT)
