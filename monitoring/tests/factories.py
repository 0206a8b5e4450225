"""Cycles, returns and figures for tests; the returns come from agreements in force, through the real services."""

from datetime import UTC, date, datetime
from decimal import Decimal

from agreements.models import AgreedIndicator
from agreements.tests.factories import AgreementFactory, ProgrammeFactory
from ikc.models import AgendaItem, User
from ikc.tests.factories import AgendaItemFactory, UserFactory
from kvk2.tests.worlds import world
from monitoring.models import CycleDataset, MonitoringCycle, ReportBatch, Return, RuleSet
from monitoring.services import cycles, judging, measuring, reports, returns
from monitoring.services.measuring import Figure
from monitoring.states import ADOPTED_YEARS, FROZEN
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


@world
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
    figures = [(one, on_target(return_, one)) for one in indicators(return_)]
    measuring.enter_figures(return_, figures, by=by or UserFactory(researcher=True), at=AT)
    return return_


def submitted(return_: Return, by: User | None = None) -> Return:
    by = by or UserFactory(researcher=True)
    return returns.submit_return(filled(return_, by), by=by, at=AT)


def ordered(cycle: MonitoringCycle) -> ReportBatch:
    return reports.order_reports(cycle, by=UserFactory(project_leader=True), at=AT)


def adopted(return_: Return) -> Return:
    """Submitted, checked and adopted by three people."""
    submitted(return_)
    returns.check_return(return_, by=UserFactory(researcher=True), at=AT)
    return returns.adopt_return(return_, by=UserFactory(development_group=True), at=AT)


def analysed(cycle: MonitoringCycle) -> MonitoringCycle:
    """All figures on target, adopted, locked and frozen."""
    for return_ in cycle.returns.select_related("cycle__ruleset", "version", "agreement__ikc"):
        adopted(return_)
    cycles.close_cycle(cycle, by=None, at=AT)
    return cycles.start_analysis(cycle, by=UserFactory(researcher=True), at=AT)


def discussed(cycle: MonitoringCycle) -> AgendaItem:
    """A point in a meeting of the Ontwikkelgroep that took place."""
    return AgendaItemFactory(subject=cycle, discussed=True, meeting__body__kind="development_group")


def in_state(cycle: MonitoringCycle, state: str) -> MonitoringCycle:
    """The year in any state, with the rows that the state asks for; past the services."""
    if state in FROZEN and not cycle.datasets.exists():
        CycleDataset.objects.create(
            cycle=cycle, number=1, content={}, sha256="0" * 64, frozen_at=AT
        )
    item = discussed(cycle) if state in ADOPTED_YEARS else None
    MonitoringCycle.objects.filter(pk=cycle.pk).update(state=state, adopted_in=item)
    cycle.refresh_from_db()
    return cycle
