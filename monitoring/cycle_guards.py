"""What must hold before a year takes its next step: each part of the portal registers its own guards (domain reference 5.6).

A guard gives the sentence that says what is lacking, or an empty text. So the steps of the year need not know reports,
reviews of goals or actions: who owns those rows registers here when the app is ready.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitoring.models import MonitoringCycle

Guard = Callable[["MonitoringCycle"], str]

_GUARDS: dict[str, list[Guard]] = {}


def register(step: str, guard: Guard) -> None:
    """Have `guard` asked before `step` (a name of `CYCLE_WORKFLOW`); once per guard."""
    guards = _GUARDS.setdefault(step, [])
    if guard not in guards:
        guards.append(guard)


def obstacles(step: str, cycle: "MonitoringCycle") -> list[str]:
    """The sentences that say why `step` cannot be taken yet; empty when it can."""
    return [sentence for guard in _GUARDS.get(step, ()) if (sentence := guard(cycle))]
