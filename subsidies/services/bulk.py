"""One deed for many applications: each in a transaction of its own, with its own outcome."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core.errors import DomainError
from subsidies.models import Application
from subsidies.services.admission import start_check
from subsidies.services.term_changes import extend_completion, tell_later_decision
from subsidies.states import UNDECIDED, ApplicationState

if TYPE_CHECKING:
    from ikc.models import User

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class BulkDeed:
    """Something that is safe to do with many applications at once: it can go on one at a time.

    `do` is the service for one application in one of `states`. What it asks besides is the same for all of them: a form
    of the page.
    """

    key: str
    label: str
    done: str
    permission: str
    states: frozenset[str]
    do: Callable[..., Any]
    consequence: str
    sends_letters: bool = False


# Admitting is not here: its checklist asks somebody to look at each application.
DEEDS = {
    deed.key: deed
    for deed in (
        BulkDeed(
            "check",
            "In controle nemen",
            "in controle genomen",
            "subsidies.check_application",
            frozenset({ApplicationState.SUBMITTED}),
            start_check,
            "De aanvrager ziet dat de aanvraag ontvangen is. U vult daarna per aanvraag de controle in.",
        ),
        BulkDeed(
            "longer",
            "Meer tijd geven om aan te vullen",
            "meer tijd gegeven",
            "subsidies.extend_completion",
            frozenset({ApplicationState.INCOMPLETE}),
            extend_completion,
            "Elke aanvrager krijgt een brief met de nieuwe dag en de reden. Zolang de aanvrager kan aanvullen, "
            "staat onze beslistermijn stil. Dit kan niet worden teruggedraaid.",
            sends_letters=True,
        ),
        BulkDeed(
            "later",
            "Melden dat het besluit later komt",
            "bericht gestuurd",
            "subsidies.tell_later_decision",
            UNDECIDED,
            tell_later_decision,
            "Elke aanvrager krijgt een brief met de nieuwe dag en de reden (artikel 4:14 Awb). De wettelijke "
            "termijn verandert niet. Dit kan niet worden teruggedraaid.",
            sends_letters=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one application: `refusal` says why nothing did."""

    application: Application
    refusal: str = ""


def obstacle(deed: BulkDeed, application: Application, *, by: "User") -> str:
    """Why `by` cannot do the deed with this application as it is now; empty when it can."""
    if application.state in deed.states and by.has_perm(deed.permission, application):
        return ""
    return f"De aanvraag is ‘{application.get_state_display()}’; dan kan dit niet."


def do_for_each(
    deed: BulkDeed, applications: Iterable[Application], *, by: "User", at: datetime, **values: Any
) -> list[Outcome]:
    """Do it with each that allows it. What one refuses, stops no other; nothing is rolled back for another."""
    outcomes = []
    for application in applications:
        if reason := obstacle(deed, application, by=by):
            outcomes.append(Outcome(application, reason))
            continue
        try:
            with transaction.atomic():
                deed.do(application, by=by, at=at, **values)
        except DomainError as refusal:
            outcomes.append(Outcome(application, refusal.message))
        else:
            outcomes.append(Outcome(application))
    return outcomes
