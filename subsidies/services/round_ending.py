"""The end of a round: settled when nothing of it is open any more, then archived with a term to keep it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.models import Decision, Grant, SubsidyRound
from subsidies.services.round_content import lock_round
from subsidies.states import ROUND_WORKFLOW, DecisionState, RoundState

if TYPE_CHECKING:
    from ikc.models import User

# A decision in one of these states cannot change any more.
CLOSED_DECISIONS = (
    DecisionState.FINAL,
    DecisionState.UPHELD,
    DecisionState.REPLACED,
    DecisionState.DISCARDED,
)
# Selectielijst gemeenten 2020, result 8.1.7: seven years after the grant ended.
RETENTION_YEARS = 7


class RetentionMissing(DomainError):
    """A round is archived with the last day to keep it, and on what ground."""

    code = "RETENTION_MISSING"


def missing_for_settlement(round_: SubsidyRound) -> list[str]:
    """Why the round is not settled yet, as sentences; empty when nothing of it is open (domain reference 3.1)."""
    open_decisions = (
        Decision.objects.filter(application__round=round_)
        .exclude(state__in=CLOSED_DECISIONS)
        .count()
    )
    open_grants = Grant.objects.open().filter(application__round=round_).count()
    sentences = []
    if open_decisions:
        sentences.append(
            "1 besluit kan nog veranderen."
            if open_decisions == 1
            else f"{open_decisions} besluiten kunnen nog veranderen."
        )
    if open_grants:
        sentences.append(
            "1 verleende subsidie is nog niet vastgesteld en afgesloten."
            if open_grants == 1
            else f"{open_grants} verleende subsidies zijn nog niet vastgesteld en afgesloten."
        )
    return sentences


def settle_due_rounds(*, at: datetime) -> int:
    """Settle every decided round of which nothing is open; the number settled."""
    grants = Grant.objects.open().filter(application__round=OuterRef("pk"))
    due = SubsidyRound.objects.filter(~Exists(grants), state=RoundState.DECIDED).order_by("pk")
    return sum(_settle(round_, at=at) for round_ in due)


@transaction.atomic
def _settle(round_: SubsidyRound, *, at: datetime) -> bool:
    """False when something is still open, or another worker did it."""
    round_ = lock_round(round_)
    if round_.state != RoundState.DECIDED or missing_for_settlement(round_):
        return False
    before, round_.state = round_.state, ROUND_WORKFLOW.target("settle", state=round_.state)
    round_.save(update_fields=["state"])
    record(round_, "round_settled", actor=None, at=at, before=before, after=round_.state)
    return True


@transaction.atomic
def archive_round(
    round_: SubsidyRound, *, until: date, basis: str, by: "User", at: datetime
) -> SubsidyRound:
    """Archive a settled round until its term ends. Refusals: `RetentionMissing`, `TransitionNotAllowed`."""
    round_ = lock_round(round_)
    target = ROUND_WORKFLOW.target("archive", state=round_.state)
    if until <= local_date(at):
        raise RetentionMissing("De bewaartermijn loopt af in de toekomst.")
    if not basis.strip():
        raise RetentionMissing("Vul in op welke grond de ronde wordt bewaard.")
    before, round_.state = round_.state, target
    round_.retention_until, round_.retention_basis = until, basis.strip()
    round_.save(update_fields=["state", "retention_until", "retention_basis"])
    record(
        round_,
        "round_archived",
        actor=by,
        at=at,
        before=before,
        after=target,
        until=until.isoformat(),
    )
    return round_
