"""The guards of a year that follow from its returns and its meetings; other parts add their own (`cycle_guards`)."""

from monitoring import cycle_guards
from monitoring.models import MonitoringCycle
from monitoring.states import ADOPTED_STATES


def register_guards() -> None:
    cycle_guards.register("analyse", every_return_is_adopted)


def every_return_is_adopted(cycle: MonitoringCycle) -> str:
    """A dataset is frozen when two people looked at each figure and the Ontwikkelgroep adopted them."""
    waiting = cycle.returns.exclude(state__in=ADOPTED_STATES).count()
    if not waiting:
        return ""
    words = "aanlevering is" if waiting == 1 else "aanleveringen zijn"
    return f"{waiting} {words} nog niet vastgesteld door de Ontwikkelgroep."
