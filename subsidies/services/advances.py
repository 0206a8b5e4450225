"""A separate decision on an advance (Awb 4:95): more of what was granted is paid before the subsidy is determined (L11)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.facts import known
from subsidies.models import Decision, Grant
from subsidies.services.acts import draft_act
from subsidies.services.payments import limit_of, plan_advance, standing_total
from subsidies.states_grants import GrantState

if TYPE_CHECKING:
    from ikc.models import User

ADVANCEABLE = (GrantState.ACTIVE, GrantState.ACCOUNTING)


class AdvanceRefused(DomainError):
    """No advance can be given on this grant, or not this much."""

    code = "ADVANCE_REFUSED"


def draft_advance(
    grant: Grant,
    *,
    amount: Decimal,
    pay_on: date,
    motivation: str,
    by: "User",
    at: datetime,
) -> Decision:
    """A draft of the decision; it pays nothing before it is announced. Refusals: `AdvanceRefused`, and those of a draft."""
    return draft_act(
        grant.application,
        Decision.Kind.ADVANCE,
        amount=amount,
        motivation=motivation,
        details={"pay_on": pay_on.isoformat()},
        grant=grant,
        by=by,
        at=at,
    )


def refuse_advance(decision: Decision, at: datetime) -> None:
    """Refusal: `AdvanceRefused`, when the grant was determined or revoked, or has no room for it."""
    grant = Grant.objects.get(pk=known(decision.grant).pk)
    room = limit_of(grant) - standing_total(grant)
    checks = (
        (grant.state in ADVANCEABLE, "Een voorschot kan tot de subsidie is vastgesteld."),
        (decision.amount > 0, "Een voorschot is meer dan nul euro."),
        (decision.amount <= room, "Met dit voorschot komt er meer in de planning dan is verleend."),
        (
            decision.taken_at is not None or pay_on(decision) >= local_date(at),
            "De dag om te betalen ligt in het verleden.",
        ),
        (
            not grant.suspensions.filter(ended_on=None).exists(),
            "De betaling van deze subsidie is opgeschort.",
        ),
        (
            decision.application.board.known_account,
            "Van dit bestuur is nog geen bankrekening bekend.",
        ),
    )
    for holds, sentence in checks:
        if not holds:
            raise AdvanceRefused(sentence)


def letter_values(decision: Decision, at: datetime) -> Mapping[str, Any]:
    """The merge fields of L11."""
    grant = known(decision.grant)
    account = known(decision.application.board.known_account)
    return {
        "voorschot": decision.amount,
        "verleend": grant.amount,
        "verleend_op": local_date(known(grant.decision.announced_at)),
        "betalen_op": pay_on(decision),
        "eerder": standing_total(grant),
        "laatste4": account.last4,
    }


def pay_advance(decision: Decision, *, at: datetime) -> None:
    """The decision was announced: its payment is planned."""
    plan_advance(
        known(decision.grant), decision, amount=decision.amount, pay_on=pay_on(decision), at=at
    )


def pay_on(decision: Decision) -> date:
    """The day that the decision names."""
    return date.fromisoformat(decision.details["pay_on"])
