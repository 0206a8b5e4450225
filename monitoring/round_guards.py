"""The guards of a year: what its returns, reports and conclusions must have come to (domain reference 5.6)."""

from django.db.models import Exists, OuterRef, Q

from monitoring import cycle_guards
from monitoring.models import (
    Action,
    AmendmentTrigger,
    AnnualReport,
    Conclusion,
    MonitoringCycle,
    ReportBatch,
)
from monitoring.states import ADOPTED_STATES, ReportStage, ReportState
from monitoring.states_pdca import ActionState, Verdict


def register_guards() -> None:
    cycle_guards.register("analyse", every_return_is_adopted)
    cycle_guards.register("draft", reports_are_made)
    cycle_guards.register("publish", public_edition_is_adopted)
    cycle_guards.register("close", every_verdict_has_its_follow_up)


def every_return_is_adopted(cycle: MonitoringCycle) -> str:
    """A dataset is frozen when two people looked at each figure and the Ontwikkelgroep adopted them."""
    waiting = cycle.returns.exclude(state__in=ADOPTED_STATES).count()
    if not waiting:
        return ""
    words = "aanlevering is" if waiting == 1 else "aanleveringen zijn"
    return f"{waiting} {words} nog niet vastgesteld door de Ontwikkelgroep."


def reports_are_made(cycle: MonitoringCycle) -> str:
    """Who is asked to check the facts has a report to read."""
    last = _last_batch(cycle)
    if last is None:
        return "De projectleider heeft nog geen jaarrapporten over dit jaar besteld."
    waiting = last.reports.exclude(state=ReportState.DONE).count()
    if not waiting:
        return ""
    words = "jaarrapport is" if waiting == 1 else "jaarrapporten zijn"
    return f"{waiting} {words} nog niet gemaakt."


def public_edition_is_adopted(cycle: MonitoringCycle) -> str:
    """What everybody may read is the public edition, and only as the Ontwikkelgroep adopted it."""
    last = _last_batch(cycle)
    stages = (ReportStage.ADOPTED, ReportStage.PUBLISHED)
    if (
        last is not None
        and last.reports.filter(kind=AnnualReport.Kind.PUBLIC, stage__in=stages).exists()
    ):
        return ""
    return "De Ontwikkelgroep heeft de publieksversie van het jaarrapport nog niet vastgesteld."


def every_verdict_has_its_follow_up(cycle: MonitoringCycle) -> str:
    """'Bijsturen' has an action that stands, or why there is none; 'bijstellen' has an amendment."""
    of_this = OuterRef("pk")
    open_ends = Conclusion.objects.filter(of_return__cycle=cycle).filter(
        Q(verdict=Verdict.ADJUST, no_action_reason="")
        & ~Exists(Action.objects.filter(conclusion=of_this).exclude(state=ActionState.DROPPED))
        | Q(verdict=Verdict.AMEND) & ~Exists(AmendmentTrigger.objects.filter(conclusion=of_this))
    )
    count = open_ends.count()
    if not count:
        return ""
    words = "conclusie heeft" if count == 1 else "conclusies hebben"
    return f"{count} {words} nog geen actie of bijstelling."


def _last_batch(cycle: MonitoringCycle) -> ReportBatch | None:
    return cycle.batches.order_by("-number").first()
