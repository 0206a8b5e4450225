"""The project leader's check of a filed application, before the commission gets to see it (domain reference 3.2)."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ikc.roles import Role
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from subsidies.models import Application
from subsidies.states import APPLICATION_WORKFLOW, ApplicationState

if TYPE_CHECKING:
    from ikc.models import User

# The questions of the check; all must be answered with yes to admit (Awb 4:1, 4:2, 4:5, 4:35).
CHECKLIST = {
    "signed": "De aanvraag is ondertekend door iemand met een geldige machtiging.",
    "target_group": "Het IKC hoort bij de doelgroep van de ronde.",
    "activities": "Het plan past bij de activiteiten waarvoor de regeling subsidie geeft.",
    "children": "De aantallen kinderen zijn aannemelijk.",
    "budget": "De begroting is begrijpelijk en sluitend.",
    "attachments": "De verplichte bijlagen zijn er en zijn leesbaar.",
    "no_refusal_ground": "Er is geen verplichte reden om te weigeren.",
}


class CheckNotFinished(DomainError):
    """A question of the checklist is open, or a file is not safe to open."""

    code = "CHECK_NOT_FINISHED"


@transaction.atomic
def start_check(application: Application, *, by: "User | None", at: datetime) -> Application:
    """Take a filed application into the check. Refusal: `TransitionNotAllowed`."""
    return _move(_lock(application), "check", "application_check_started", by=by, at=at)


@transaction.atomic
def admit_application(
    application: Application,
    *,
    checked: Collection[str] = frozenset(CHECKLIST),
    note: str = "",
    by: "User | None",
    at: datetime,
) -> Application:
    """Admit a complete application to the assessment, through the check when that had not started.

    `checked` holds the codes of `CHECKLIST` that were answered with yes. Refusals: `CheckNotFinished`,
    `TransitionNotAllowed`.
    """
    application = _lock(application)
    if application.state == ApplicationState.SUBMITTED:
        application = _move(application, "check", "application_check_started", by=by, at=at)
    if open_questions := set(CHECKLIST) - set(checked):
        raise CheckNotFinished(
            f"Er zijn nog {len(open_questions)} van de {len(CHECKLIST)} punten niet akkoord."
        )
    _require_scanned(application)
    application.complete_at = application.received_at
    return _move(
        application,
        "admit",
        "application_admitted",
        "complete_at",
        by=by,
        at=at,
        reason=note.strip(),
        checklist=sorted(checked),
    )


def _require_scanned(application: Application) -> None:
    states = set(application.attachments.values_list("stored__scan_state", flat=True))
    if StoredFile.ScanState.INFECTED in states:
        raise CheckNotFinished("In een bijlage is een virus gevonden. Vraag om een ander bestand.")
    if StoredFile.ScanState.PENDING in states:
        raise CheckNotFinished(
            "Een bijlage wordt nog gecontroleerd op virussen. Probeer het over een paar minuten opnieuw."
        )


def _lock(application: Application) -> Application:
    return Application.objects.select_for_update(of=("self",)).get(pk=application.pk)


def _move(
    application: Application,
    transition: str,
    verb: str,
    *written: str,
    by: "User | None",
    at: datetime,
    reason: str = "",
    **data: Any,
) -> Application:
    before = application.state
    application.state = APPLICATION_WORKFLOW.target(transition, state=before)
    application.save(update_fields=["state", *written])
    record(
        application,
        verb,
        actor=by,
        at=at,
        role=Role.PROJECT_LEADER.label if by else "",
        before=before,
        after=application.state,
        reason=reason,
        **data,
    )
    return application
