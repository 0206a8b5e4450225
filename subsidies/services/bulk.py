"""One deed for many applications: each in a transaction of its own, with its own outcome."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core.errors import DomainError
from subsidies.models import Application
from subsidies.services.admission import start_check
from subsidies.states import APPLICATION_WORKFLOW, ApplicationState

if TYPE_CHECKING:
    from ikc.models import User

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class BulkDeed:
    """Something that is safe to do with many applications at once: it asks nothing and can go on one at a time."""

    key: str
    label: str
    done: str
    transition: str
    do: Callable[..., Any]
    consequence: str

    @property
    def states(self) -> frozenset[str]:
        """In which an application allows it."""
        return frozenset(
            state
            for state in ApplicationState
            if APPLICATION_WORKFLOW.allows(self.transition, state=state)
        )


# Admitting is not here: its checklist asks somebody to look at each application.
DEEDS = {
    deed.key: deed
    for deed in (
        BulkDeed(
            "check",
            "In controle nemen",
            "in controle genomen",
            "check",
            start_check,
            "De aanvrager ziet dat de aanvraag ontvangen is. U vult daarna per aanvraag de controle in.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one application: `refusal` says why nothing did."""

    application: Application
    refusal: str = ""


def obstacle(deed: BulkDeed, application: Application) -> str:
    """Why the deed cannot be done with this application as it is now; empty when it can."""
    if application.state in deed.states:
        return ""
    return f"De aanvraag is ‘{application.get_state_display()}’; dan kan dit niet."


def do_for_each(
    deed: BulkDeed, applications: Iterable[Application], *, by: "User", at: datetime
) -> list[Outcome]:
    """Do it with each that allows it. What one refuses, stops no other; nothing is rolled back for another."""
    outcomes = []
    for application in applications:
        try:
            with transaction.atomic():
                deed.do(application, by=by, at=at)
        except DomainError as refusal:
            outcomes.append(Outcome(application, refusal.message))
        else:
            outcomes.append(Outcome(application))
    return outcomes
