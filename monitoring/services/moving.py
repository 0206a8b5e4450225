"""One step of one return: the row of the step, the new state, and a line in the trail."""

from datetime import date, datetime
from typing import Any

from ikc.models import User
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from monitoring.models import MonitoringCycle, Return, ReturnTransition
from monitoring.states import EXPLAINED_STEPS, RETURN_WORKFLOW

VERBS = {
    "submit": "return_submitted",
    "return": "return_sent_back",
    "check": "return_checked",
    "adopt": "return_adopted",
    "lock": "return_locked",
    "reopen": "return_reopened",
    "relock": "return_locked_again",
}


class CommentMissing(DomainError):
    """Giving back and reopening say why."""

    code = "COMMENT_MISSING"


def locked_return(return_: Return) -> Return:
    """The row, locked, with its cycle (kept from changing state meanwhile)."""
    MonitoringCycle.objects.select_for_update(no_key=True).get(pk=return_.cycle_id)
    return (
        Return.objects.select_for_update(of=("self",))
        .select_related("cycle__ruleset", "cycle__year", "version", "agreement__ikc")
        .defer("version__content")
        .get(pk=return_.pk)
    )


def move(
    return_: Return,
    step: str,
    *,
    by: User | None,
    at: datetime,
    comment: str = "",
    until: date | None = None,
    **changed: Any,
) -> Return:
    """Take one step and write it down; `changed` are the other fields. Refusals: `TransitionNotAllowed`, `CommentMissing`.

    The caller holds the lock on the row. The row of the step comes first: a trigger looks for it.
    """
    before = return_.state
    after = RETURN_WORKFLOW.target(step, state=before)
    if step in EXPLAINED_STEPS and not comment.strip():
        raise CommentMissing("Schrijf op waarom.")
    ReturnTransition.objects.create(
        of_return=return_,
        step=step,
        source=before,
        target=after,
        actor=by,
        at=at,
        comment=comment.strip(),
        until=until,
    )
    return_.state = after
    for name, value in changed.items():
        setattr(return_, name, value)
    return_.save(update_fields=["state", *changed])
    told: dict[str, Any] = {"until": until} if until else {}
    record(
        return_,
        VERBS[step],
        actor=by,
        at=at,
        before=before,
        after=after,
        reason=comment.strip(),
        **told,
    )
    return return_
