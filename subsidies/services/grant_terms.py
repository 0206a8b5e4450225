"""What goes with a grant: its obligations (Awb 4:37, 4:38) and its advances (Awb 4:95), by the version of the scheme."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from kvk2.core.deadlines import local_date
from subsidies.models import AdvancePayment, CommissionAdvice, Decision, Obligation, SubsidyRound
from subsidies.services.financial_years import duties
from subsidies.services.scheme_terms import payments
from subsidies.services.schemes import rows_of

Kind = Decision.Kind


def write_obligations(decisions: Sequence[Decision], round_: SubsidyRound) -> None:
    standard = rows_of(round_.scheme_version, "obligations")
    by_law = duties(round_)
    rows = []
    for decision in decisions:
        if decision.kind == Kind.REFUSAL:
            continue
        rows += [
            Obligation(
                decision=decision,
                order=order,
                kind=Obligation.Kind.STANDARD,
                text=duty.text,
                due_on=_due(round_, duty.due_weeks),
            )
            for order, duty in enumerate(standard, 1)
        ]
        rows += [
            Obligation(
                decision=decision,
                order=len(standard) + place,
                kind=Obligation.Kind.STANDARD,
                text=text,
            )
            for place, text in enumerate(by_law, 1)
        ]
        advice = getattr(decision.application, "advice", None)
        if advice and advice.conclusion == CommissionAdvice.Conclusion.POSITIVE_WITH_EFFORT:
            rows.append(_effort(decision, advice, order=len(standard) + len(by_law) + 1))
    Obligation.objects.bulk_create(rows)


def _due(round_: SubsidyRound, weeks: int | None) -> date | None:
    return None if weeks is None else round_.period_end + timedelta(weeks=weeks)


def _effort(decision: Decision, advice: CommissionAdvice, *, order: int) -> Obligation:
    """Awb 4:38: a duty to make an effort within a term, never a condition (Awb 4:33)."""
    return Obligation(
        decision=decision,
        order=order,
        kind=Obligation.Kind.EFFORT,
        text=f"U spant zich ervoor in dat {advice.effort_text}. U laat dat zien met {advice.effort_evidence}.",
        due_on=advice.effort_due_on,
    )


def write_advances(decisions: Sequence[Decision], round_: SubsidyRound, *, today: date) -> None:
    AdvancePayment.objects.bulk_create(
        AdvancePayment(decision=decision, number=number, amount=amount, due_on=day)
        for decision in decisions
        if decision.kind != Kind.REFUSAL
        for number, (amount, day) in enumerate(payments(round_, decision.amount, today=today), 1)
    )


def rewrite_terms(decision: Decision, *, at: datetime) -> None:
    """Duties and instalments anew for a draft whose amount changed."""
    decision.obligations.all().delete()
    decision.advances.all().delete()
    round_ = decision.application.round
    write_obligations([decision], round_)
    write_advances([decision], round_, today=local_date(at))
