"""The steps of a year of monitoring, from the end of entering to the end of acting (domain reference 5.6)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from ikc.models import AgendaItem, User
from ikc.states_governance import BodyKind
from kvk2.core.audit import record
from kvk2.core.dates import in_figures
from kvk2.core.deadlines import is_working_day, local_date
from kvk2.core.errors import DomainError
from kvk2.core.models import LegalHoliday
from monitoring import cycle_guards
from monitoring.models import Measurement, MonitoringCycle, Return
from monitoring.services import freezing, judging, returns
from monitoring.services.measuring import is_not_asked
from monitoring.services.moving import locked_return
from monitoring.states import CYCLE_WORKFLOW, EDITABLE, CycleState, ReturnState

# Working days that the parties have to check the facts (domain reference 5.6).
FACT_CHECK_DAYS = 10
NOT_DELIVERED = (
    "Op de uiterste dag was er geen cijfer en geen reden. Het systeem heeft dit zo vastgelegd."
)

VERBS = {
    "validate": "cycle_closed",
    "analyse": "cycle_analysed",
    "draft": "cycle_drafted",
    "check_facts": "cycle_facts_checked",
    "adopt": "cycle_adopted",
    "publish": "cycle_published",
    "act": "cycle_acting",
    "close": "cycle_ended",
}


class StepNotReady(DomainError):
    """Something must be there first; the sentence says what."""

    code = "STEP_NOT_READY"


def locked_cycle(cycle: MonitoringCycle) -> MonitoringCycle:
    return (
        MonitoringCycle.objects.select_for_update(of=("self",))
        .select_related("year__programme", "ruleset")
        .get(pk=cycle.pk)
    )


def _move(
    cycle: MonitoringCycle, step: str, *, by: User | None, at: datetime, **changed: object
) -> MonitoringCycle:
    before = cycle.state
    cycle.state = CYCLE_WORKFLOW.target(step, state=before)
    for name, value in changed.items():
        setattr(cycle, name, value)
    cycle.save(update_fields=["state", *changed])
    record(cycle, VERBS[step], actor=by, at=at, before=before, after=cycle.state)
    return cycle


def _require_ready(cycle: MonitoringCycle, step: str) -> None:
    CYCLE_WORKFLOW.target(step, state=cycle.state)
    if found := cycle_guards.obstacles(step, cycle):
        raise StepNotReady(" ".join(found))


@transaction.atomic
def close_cycle(cycle: MonitoringCycle, *, by: User | None, at: datetime) -> MonitoringCycle:
    """Stop entering: what is missing gets its reason, what was not filed is filed, and checking begins."""
    cycle = locked_cycle(cycle)
    CYCLE_WORKFLOW.target("validate", state=cycle.state)
    for return_ in cycle.returns.filter(state__in=EDITABLE).order_by("pk"):
        _file_as_it_stands(return_, at=at)
    _move(cycle, "validate", by=by, at=at)
    rules = cycle.ruleset.rules()
    returns = cycle.returns.select_related("version", "cycle__ruleset").defer("version__content")
    for return_ in returns.order_by("pk"):
        judging.store_judgements(return_, rules=rules, at=at, day=date.max)
    return cycle


def _file_as_it_stands(return_: Return, *, at: datetime) -> None:
    """'Values present or marked as not available with a reason' (domain reference 5.6): missing is a reason, never 0."""
    return_ = locked_return(return_)
    present = set(return_.measurements.values_list("series_key", flat=True))
    Measurement.objects.bulk_create(
        Measurement(
            of_return=return_,
            series_key=indicator.series_key,
            definition_version=indicator.definition_version,
            missing_reason=Measurement.MissingReason.NOT_DELIVERED,
            note=NOT_DELIVERED,
            via=Measurement.Via.SYSTEM,
            entered_at=at,
        )
        for indicator in judging.indicators_of(return_)
        if indicator.series_key not in present and not is_not_asked(indicator, return_)
    )
    returns.file(return_, by=None, at=at)


def close_due_cycles(*, at: datetime) -> int:
    """Sweep, daily: stops the entering of years whose last day has passed; how many."""
    due = MonitoringCycle.objects.filter(
        state=CycleState.COLLECTING, submit_by__lt=local_date(at)
    ).order_by("pk")
    for cycle in due:
        close_cycle(cycle, by=None, at=at)
    return len(due)


@transaction.atomic
def start_analysis(cycle: MonitoringCycle, *, by: User, at: datetime) -> MonitoringCycle:
    """Lock the adopted figures of the year and freeze them as one dataset with its hash. Refusal: `StepNotReady`."""
    cycle = locked_cycle(cycle)
    _require_ready(cycle, "analyse")
    for return_ in cycle.returns.filter(state=ReturnState.ADOPTED).order_by("pk"):
        returns.lock_return(locked_return(return_), at=at)
    freezing.freeze(cycle, by=by, at=at)
    return _move(cycle, "analyse", by=by, at=at)


@transaction.atomic
def draft_report(cycle: MonitoringCycle, *, by: User, at: datetime) -> MonitoringCycle:
    """The reports of the year are made and can be read as a draft. Refusal: `StepNotReady`."""
    cycle = locked_cycle(cycle)
    _require_ready(cycle, "draft")
    return _move(cycle, "draft", by=by, at=at)


@transaction.atomic
def start_fact_check(cycle: MonitoringCycle, *, by: User, at: datetime) -> MonitoringCycle:
    """Give the parties ten working days to say which facts are wrong. Refusal: `StepNotReady`."""
    cycle = locked_cycle(cycle)
    _require_ready(cycle, "check_facts")
    until = working_days_after(local_date(at), FACT_CHECK_DAYS)
    return _move(cycle, "check_facts", by=by, at=at, fact_check_until=until)


@transaction.atomic
def adopt_cycle(
    cycle: MonitoringCycle, *, item: AgendaItem, by: User, at: datetime
) -> MonitoringCycle:
    """Adopt the report of the year at a meeting of the Ontwikkelgroep. Refusal: `StepNotReady`."""
    cycle = locked_cycle(cycle)
    _require_ready(cycle, "adopt")
    if cycle.fact_check_until is not None and local_date(at) <= cycle.fact_check_until:
        raise StepNotReady(
            f"De partijen kunnen de feiten nog controleren tot en met {in_figures(cycle.fact_check_until)}."
        )
    if not meetings_about(cycle).filter(pk=item.pk).exists():
        raise StepNotReady(
            "Kies een vergadering van de Ontwikkelgroep waarin dit jaarrapport is besproken."
        )
    return _move(cycle, "adopt", by=by, at=at, adopted_in=item)


def meetings_about(cycle: MonitoringCycle) -> QuerySet[AgendaItem]:
    """The points on the agenda at which the Ontwikkelgroep discussed this year, the last meeting first."""
    return (
        AgendaItem.objects.discussed(cycle, in_body=BodyKind.DEVELOPMENT_GROUP)
        .select_related("meeting__body")
        .order_by("-meeting__takes_place_on", "pk")
    )


@transaction.atomic
def advance(cycle: MonitoringCycle, step: str, *, by: User, at: datetime) -> MonitoringCycle:
    """Publish, begin to act, or close the year. Refusal: `StepNotReady`."""
    cycle = locked_cycle(cycle)
    _require_ready(cycle, step)
    return _move(cycle, step, by=by, at=at)


def working_days_after(day: date, amount: int) -> date:
    """The last of `amount` working days that begin the day after `day`."""
    extra = frozenset(LegalHoliday.objects.values_list("date", flat=True))
    while amount:
        day += timedelta(days=1)
        amount -= is_working_day(day, extra)
    return day
