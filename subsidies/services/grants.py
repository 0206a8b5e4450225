"""A grant comes to be when its decision is announced (Awb 3:40), and holds what was given."""

from datetime import datetime

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from subsidies.instalments import AccountabilityBand
from subsidies.models import Decision, Grant
from subsidies.services.payments import plan_payments
from subsidies.services.scheme_terms import account_due, rule_for
from subsidies.states_grants import GrantState


def open_grant(decision: Decision, *, at: datetime) -> Grant:
    """The grant of a decision that was announced just now, in the transaction of its letter.

    A small grant is determined with the decision itself (Awb 4:42, 4:43).
    """
    round_ = decision.application.round
    rule = rule_for(round_.scheme_version, decision.amount)
    direct = rule.band == AccountabilityBand.DIRECT
    grant = Grant.objects.create(
        application=decision.application,
        decision=decision,
        subsidy_type=round_.scheme_version.subsidy_type,
        state=GrantState.DETERMINED if direct else GrantState.ACTIVE,
        amount=decision.amount,
        period_start=round_.period_start,
        period_end=round_.period_end,
        band=rule.band,
        account_due_on=account_due(rule, round_),
        determined_amount=decision.amount if direct else None,
        determined_on=local_date(at) if direct else None,
    )
    record(grant, "grant_opened", actor=None, at=at, after=grant.state, amount=grant.amount)
    plan_payments(grant, at=at)
    return grant
