"""The guards of a year that follow from its returns and its meetings; other parts add their own (`cycle_guards`)."""

from django.db.models import Exists, OuterRef

from monitoring import cycle_guards
from monitoring.models import Action, Conclusion, MonitoringCycle
from monitoring.states import ADOPTED_STATES
from monitoring.states_pdca import ActionState, Verdict


def register_guards() -> None:
    cycle_guards.register("analyse", every_return_is_adopted)
    cycle_guards.register("close", every_conclusion_is_followed)


def every_return_is_adopted(cycle: MonitoringCycle) -> str:
    """A dataset is frozen when two people looked at each figure and the Ontwikkelgroep adopted them."""
    waiting = cycle.returns.exclude(state__in=ADOPTED_STATES).count()
    if not waiting:
        return ""
    words = "aanlevering is" if waiting == 1 else "aanleveringen zijn"
    return f"{waiting} {words} nog niet vastgesteld door de Ontwikkelgroep."


def every_conclusion_is_followed(cycle: MonitoringCycle) -> str:
    """Bijsturen has an action or a reason why not, bijstellen a text of the agreement (domain reference 5.6)."""
    actions = Action.objects.filter(conclusion=OuterRef("pk")).exclude(state=ActionState.DROPPED)
    conclusions = Conclusion.objects.filter(of_return__cycle=cycle)
    waiting = (
        conclusions.filter(verdict=Verdict.ADJUST, no_action_reason="")
        .exclude(Exists(actions))
        .count()
        + conclusions.filter(verdict=Verdict.AMEND, amendment=None).count()
    )
    if not waiting:
        return ""
    words = "conclusie heeft" if waiting == 1 else "conclusies hebben"
    return f"{waiting} {words} nog geen actie of bijstelling."
