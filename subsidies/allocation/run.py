"""One run of the division over all pots."""

from collections.abc import Iterable
from decimal import Decimal

from kvk2.core.money import cents, from_cents
from subsidies.allocation import entries as rows
from subsidies.allocation.in_order import InOrder, groups_of
from subsidies.allocation.shares import SharedOut
from subsidies.allocation.terms import (
    AllocationApplication,
    AllocationResult,
    AllocationRound,
    AllocationWarning,
    LotteryResult,
    Method,
    ShareResult,
)

# Recorded with every run, so that an old run can be explained by the rules of its day.
ALGORITHM_VERSION = "2"
SHARED = (Method.PRO_RATA, Method.PER_CHILD)


def allocate(
    round_: AllocationRound, applications: Iterable[AllocationApplication]
) -> AllocationResult:
    """Divides the ceiling. Refusals: `AMOUNT_INVALID`, `DUPLICATE_NUMBER`, `UNKNOWN_SUB_CEILING`,
    `SUB_CEILINGS_EXCEED_CEILING`, `DUPLICATE_SUB_CEILING`, `OVERFLOW_ORDER`, `LOTTERY_REQUIRED`, `SCORE_MISSING`,
    `COMPLETE_DATE_MISSING`, `CHILDREN_MISSING`.
    """
    entries = rows.read_entries(round_, applications)
    pots = rows.read_pots(round_)
    lotteries: list[LotteryResult] = []
    shares: list[ShareResult] = []
    warnings: set[AllocationWarning] = set()
    for place, (pot, members) in enumerate(zip(pots, rows.by_pot(pots, entries), strict=True)):
        if round_.method in SHARED:
            shared = SharedOut(round_, pot, members)
            shared.run()
            shares.append(shared.result())
            warnings.update(shared.warnings)
        else:
            in_order = InOrder(round_, pot)
            in_order.run(groups_of(round_, members))
            lotteries += in_order.lotteries
        rows.pass_on(pot, pots[place + 1 :])
    granted = sum(pot.granted for pot in pots)
    return AllocationResult(
        results=tuple(entry.result() for entry in entries),
        total_granted=from_cents(granted),
        free=from_cents(cents(round_.ceiling) - granted),
        pots=tuple(pot.result() for pot in pots if pot.code is not None),
        lotteries=tuple(lotteries),
        warnings=tuple(sorted(warnings)),
        shares=tuple(shares),
    )


def eligible_amount(
    requested: Decimal, max_amount: Decimal | None, budget_total: Decimal | None
) -> Decimal:
    """The smallest of what is asked, the maximum of the scheme and the eligible budget lines, in euros."""
    return from_cents(rows.eligible(cents(requested), max_amount, budget_total))
