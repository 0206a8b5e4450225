"""What another amount does to a grant (Awb 4:48-4:50, 7:11): it goes on with less or more, or it ends."""

from datetime import datetime
from decimal import Decimal

from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from subsidies.instalments import AccountabilityBand
from subsidies.models import Decision, Grant
from subsidies.services.payments import cancel_payment, plan_advance, standing_total
from subsidies.services.scheme_terms import account_due, rule_for
from subsidies.states_grants import GRANT_WORKFLOW
from subsidies.states_payments import PAYMENT_WORKFLOW


class GrantFixed(DomainError):
    """The grant is past the point where its amount can change like this."""

    code = "GRANT_FIXED"


def refuse_fixed(grant: Grant, *, ends: bool) -> None:
    """Raises `GrantFixed` when the amount of the grant cannot change, or it cannot end, any more."""
    if not GRANT_WORKFLOW.allows("revoke" if ends else "amend", state=grant.state):
        raise GrantFixed(
            f"De status van de verlening is ‘{grant.get_state_display()}’. Het bedrag kan daarom niet meer veranderen."
        )


def give_other_amount(
    grant: Grant, decision: Decision, *, in_place: bool = False, at: datetime
) -> Grant:
    """The grant, locked by the caller, gives what `decision` says from the moment that it is announced.

    `in_place`: the decision itself is the grant from now on, with the account that goes with its amount. Raises
    `TransitionNotAllowed`.
    """
    before, was = grant.state, grant.amount
    ends = not decision.amount
    _drop_payments(grant, decision, at=at)
    grant.state = GRANT_WORKFLOW.target("revoke" if ends else "amend", state=before)
    grant.amount = decision.amount
    if ends and grant.is_determined:  # the determination goes with it (Awb 4:49)
        grant.determined_amount = decision.amount
    if in_place:
        grant.decision = decision
        _account_by_amount(grant)
    grant.save(
        update_fields=[
            "state",
            "amount",
            "decision",
            "band",
            "account_due_on",
            "determined_amount",
        ]
    )
    record(
        grant,
        "grant_revoked" if ends else "grant_amended",
        actor=None,
        at=at,
        before=before,
        after=grant.state,
        was=was,
        became=grant.amount,
        decision=decision.reference,
    )
    if in_place and decision.amount > was:
        _plan_more(grant, decision, at=at)
    return grant


def _drop_payments(grant: Grant, decision: Decision, *, at: datetime) -> None:
    """What was planned beyond the new amount lapses, the last instalment first; what was ordered is for a recovery."""
    reason = f"Door besluit {decision.reference} blijft er minder over."
    for payment in grant.payments.filter(order=None).order_by("-due_on", "-pk"):
        if standing_total(grant) <= decision.amount:
            return
        if PAYMENT_WORKFLOW.allows("cancel", state=payment.state):
            cancel_payment(payment, reason=reason, by=None, at=at)


def _plan_more(grant: Grant, decision: Decision, *, at: datetime) -> None:
    """The advances that a higher amount adds, as one payment with the last of them."""
    parts = list(decision.advances.order_by("number"))
    extra = sum((part.amount for part in parts), Decimal(0)) - standing_total(grant)
    if extra > 0:
        plan_advance(grant, decision, amount=extra, pay_on=parts[-1].due_on, at=at)


def _account_by_amount(grant: Grant) -> None:
    """More money may ask for more account; less never undoes what the recipient was told."""
    round_ = grant.application.round
    rule = rule_for(round_.scheme_version, grant.amount)
    if grant.amount and rule.band != AccountabilityBand.DIRECT:
        grant.band, grant.account_due_on = rule.band, account_due(rule, round_)
