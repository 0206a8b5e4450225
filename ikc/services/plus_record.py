"""What every deed on the status Plus does: lock it, follow its table, write it down with the IKC."""

from datetime import datetime
from typing import TYPE_CHECKING

from ikc.models import PlusStatus
from ikc.states import PLUS_WORKFLOW
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User


class PlusRefused(DomainError):
    """This cannot be done with the status Plus, or not now."""

    code = "PLUS_REFUSED"


def lock_status(status: PlusStatus) -> PlusStatus:
    return (
        PlusStatus.objects.select_for_update(of=("self",))
        .select_related("ikc__attention_area")
        .get(pk=status.pk)
    )


def move(status: PlusStatus, transition: str) -> None:
    status.state = PLUS_WORKFLOW.target(transition, state=status.state)


def words(text: str, missing: str) -> str:
    """What was written; refused with the sentence `missing` when that is nothing."""
    if not text.strip():
        raise PlusRefused(missing)
    return text.strip()


def record_plus(
    status: PlusStatus, verb: str, *, by: "User | None", at: datetime, reason: str = ""
) -> None:
    """In the trail of the IKC, where everybody looks."""
    record(
        status.ikc,
        verb,
        actor=by,
        at=at,
        after=status.state,
        reason=reason,
        status=status.pk,
    )
