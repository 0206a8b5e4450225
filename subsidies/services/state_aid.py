"""The check on state aid, per application (VWEU 107 and 108, Awb 4:35(3); domain reference 3.13)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from subsidies.models import Application, StateAidAssessment
from subsidies.states import ApplicationState

if TYPE_CHECKING:
    from ikc.models import User

# From the check of the application until the decisions are drafted from the division.
ASSESSABLE = (
    ApplicationState.CHECKING,
    ApplicationState.ADMITTED,
    ApplicationState.IN_REVIEW,
    ApplicationState.ADVISED,
)


class StateAidFixed(DomainError):
    """The application is past the point where this can change."""


class StatementMissing(DomainError):
    """De-minimis aid without the statement and the amount that was received before."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """What was found; `received_before` in euros over three years, only for de-minimis aid."""

    outcome: str
    motivation: str
    received_before: Decimal | None = None
    statement_on: date | None = None


@transaction.atomic
def assess_state_aid(
    application: Application, found: Assessed, *, by: "User", at: datetime
) -> StateAidAssessment:
    """Write down whether the subsidy is state aid and why it may be given. Raises StateAidFixed or StatementMissing."""
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if application.state not in ASSESSABLE:
        raise StateAidFixed("De beoordeling van staatssteun kan nu niet meer veranderen.")
    declared = found.outcome in StateAidAssessment.DECLARED
    if declared and (found.received_before is None or found.statement_on is None):
        raise StatementMissing(
            "Vul bij de-minimissteun de datum van de verklaring en het bedrag van eerdere steun in."
        )
    assessment, _ = StateAidAssessment.objects.update_or_create(
        application=application,
        defaults={
            "outcome": found.outcome,
            "motivation": found.motivation.strip(),
            "received_before": found.received_before if declared else None,
            "statement_on": found.statement_on if declared else None,
            "assessed_at": at,
            "assessed_by": by,
        },
    )
    record(application, "state_aid_assessed", actor=by, at=at, outcome=found.outcome)
    return assessment
