"""What goes with a grant: its obligations (Awb 4:37, 4:38) and its advances (Awb 4:95)."""

from collections.abc import Sequence
from datetime import date, timedelta

from subsidies.instalments import instalments
from subsidies.models import (
    AdvancePayment,
    CommissionAdvice,
    Decision,
    Obligation,
    SubsidyRound,
)

Kind = Decision.Kind
# Awb 4:87: payment within six weeks of the announcement, unless the decision names a later day.
FIRST_PAYMENT_AFTER = timedelta(weeks=6)
STANDARD_OBLIGATIONS = (
    "U voert de activiteiten uit waarvoor u de subsidie krijgt.",
    "U meldt het ons direct als activiteiten niet of anders doorgaan, of als de kosten sterk afwijken "
    "van de begroting.",
    "U houdt een administratie bij van rechten, plichten en betalingen, en bewaart die zeven jaar.",
    "U werkt mee aan de jaarlijkse monitoring en deelt wat u leert met andere IKC’s.",
)


def write_obligations(decisions: Sequence[Decision]) -> None:
    rows = []
    for decision in decisions:
        if decision.kind == Kind.REFUSAL:
            continue
        rows += [
            Obligation(decision=decision, order=order, kind=Obligation.Kind.STANDARD, text=text)
            for order, text in enumerate(STANDARD_OBLIGATIONS, 1)
        ]
        advice = decision.application.advice
        if advice.conclusion == CommissionAdvice.Conclusion.POSITIVE_WITH_EFFORT:
            rows.append(_effort(decision, advice))
    Obligation.objects.bulk_create(rows)


def _effort(decision: Decision, advice: CommissionAdvice) -> Obligation:
    """Awb 4:38: a duty to make an effort within a term, never a condition (Awb 4:33)."""
    return Obligation(
        decision=decision,
        order=len(STANDARD_OBLIGATIONS) + 1,
        kind=Obligation.Kind.EFFORT,
        text=f"U spant zich ervoor in dat {advice.effort_text}. U laat dat zien met {advice.effort_evidence}.",
        due_on=advice.effort_due_on,
    )


def write_advances(decisions: Sequence[Decision], round_: SubsidyRound, *, today: date) -> None:
    """Equal instalments over the subsidy period, the first when it starts or six weeks from now."""
    version = round_.scheme_version
    days = payment_days(round_, today=today)
    rows = []
    for decision in decisions:
        if decision.kind == Kind.REFUSAL:
            continue
        schedule = instalments(decision.amount, version.advance_percentage, version.advance_count)
        rows += [
            AdvancePayment(decision=decision, number=number, amount=amount, due_on=day)
            for number, (amount, day) in enumerate(zip(schedule.instalments, days, strict=False), 1)
        ]
    AdvancePayment.objects.bulk_create(rows)


def payment_days(round_: SubsidyRound, *, today: date) -> list[date]:
    """The day of each instalment, spread evenly over the subsidy period."""
    count = round_.scheme_version.advance_count
    first = max(round_.period_start, today + FIRST_PAYMENT_AFTER)
    length = max((round_.period_end - first).days + 1, count)
    return [first + timedelta(days=length * step // count) for step in range(count)]
