"""The steps that a reader may take with a return or a year now: the buttons of their pages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from ikc.models import User
    from monitoring.models import MonitoringCycle, Return


@dataclass(frozen=True, slots=True)
class StepButton:
    """A link that looks like a button; the first of a page is the main one."""

    label: str
    url: str
    appearance: str = "secondary"


_RETURN_STEPS = (
    ("monitoring.check_return", "monitoring:return_check", "Cijfers goedkeuren", "primary"),
    ("monitoring.adopt_return", "monitoring:return_adopt", "Cijfers vaststellen", "primary"),
    (
        "monitoring.send_back_return",
        "monitoring:return_send_back",
        "Cijfers teruggeven",
        "secondary",
    ),
    ("monitoring.reopen_return", "monitoring:return_reopen", "Cijfers heropenen", "secondary"),
)
# permission, step (empty: the view has its own address), address, label
_CYCLE_STEPS = (
    ("monitoring.open_cycle", "", "monitoring:cycle_open", "Invoer openen"),
    ("monitoring.close_cycle", "", "monitoring:cycle_close", "Invoer sluiten"),
    ("monitoring.analyse_cycle", "analyse", "monitoring:cycle_step", "Gegevens vastzetten"),
    ("monitoring.draft_cycle", "draft", "monitoring:cycle_step", "Conceptrapport klaarzetten"),
    (
        "monitoring.check_facts_cycle",
        "check_facts",
        "monitoring:cycle_step",
        "Feiten laten controleren",
    ),
    ("monitoring.adopt_cycle", "", "monitoring:cycle_adopt", "Jaarrapport vaststellen"),
    ("monitoring.publish_cycle", "publish", "monitoring:cycle_step", "Publiceren"),
    ("monitoring.act_cycle", "act", "monitoring:cycle_step", "Bijsturen beginnen"),
    ("monitoring.end_cycle", "close", "monitoring:cycle_step", "Jaar afsluiten"),
)


def buttons(return_: "Return", user: "User") -> list[StepButton]:
    """What `user` may do with this return now, the main thing first."""
    return [
        StepButton(label, reverse(view, args=[return_.pk]), appearance)
        for permission, view, label, appearance in _RETURN_STEPS
        if user.has_perm(permission, return_)
    ]


def cycle_buttons(cycle: "MonitoringCycle", user: "User") -> list[StepButton]:
    """What `user` may do with this year now."""
    return [
        StepButton(label, reverse(view, args=[cycle.pk, *filter(None, [step])]), "primary")
        for permission, step, view, label in _CYCLE_STEPS
        if user.has_perm(permission, cycle)
    ]
