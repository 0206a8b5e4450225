"""Ranking and allocation against the plain Python loop, in a database of `bench.world`.

Times are CPU seconds, the median of some repeats, the loop and ours in turn. The plain loop knows no ties, no
smallest sensible amount and no refusals.
"""

import gc
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ikc.models import User
from kvk2.core.deadlines import AMSTERDAM
from subsidies.allocation import (
    AllocationApplication,
    AllocationRound,
    Method,
    SeededLottery,
    SubCeiling,
    allocate,
)
from subsidies.models import CommissionAdvice, SubsidyRound
from subsidies.scoring import Criterion, CriterionWeight, Review, weighted_score
from subsidies.services.allocations import discard_run, run_allocation

SIZES = (1_000, 10_000)
WEIGHTS = {"plan": 50, "ouders": 30, "draagvlak": 20}
REVIEWS = 5
BUDGETS = 5
HIGHEST = 5
HUNDRED = Decimal(100)
METHOD_SIZES = (10_000, 100_000)
OPENED = datetime(2026, 3, 2, 7, tzinfo=UTC)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Row:
    """One application: 15 scores, one dictionary per review, as whole numbers and as the loop's Decimals."""

    number: str
    tier: int
    budget: str
    requested: Decimal
    given: list[dict[str, int]]
    scores: list[dict[str, Decimal]]


def rows(size: int) -> list[Row]:
    dice = random.Random(size)  # noqa: S311 - the same rows each time
    made = []
    for n in range(size):
        given = [{code: dice.randint(1, 5) for code in WEIGHTS} for _ in range(REVIEWS)]
        made.append(
            Row(
                number=f"KVK2-2026-{n:05d}",
                tier=dice.randint(1, 3),
                budget=f"P{n % BUDGETS}",
                requested=Decimal(dice.randint(4000, 12_000)),
                given=given,
                scores=[{code: Decimal(score) for code, score in row.items()} for row in given],
            )
        )
    return made


# ---------------------------------------------------------------- the plain loop


def mean(scores: list[dict[str, Decimal]]) -> Decimal:
    total = Decimal(0)
    for code, weight in WEIGHTS.items():
        total += weight * sum(review[code] for review in scores) / len(scores)
    return total / HIGHEST


def plain_allocation(scored: list[tuple[Row, Decimal]], ceiling: Decimal) -> dict[str, Decimal]:
    room = {f"P{n}": ceiling / BUDGETS for n in range(BUDGETS)}
    granted = {}
    for row, _ in sorted(scored, key=lambda pair: (pair[0].tier, -pair[1], pair[0].number)):
        amount = min(row.requested, room[row.budget])
        room[row.budget] -= amount
        granted[row.number] = amount
    return granted


# ---------------------------------------------------------------- ours


def our_scores(row: Row) -> tuple[Decimal, dict[str, Decimal]]:
    criteria = [Criterion(code, weight, 1, HIGHEST) for code, weight in WEIGHTS.items()]
    reviews = [Review(str(n), given) for n, given in enumerate(row.given)]
    result = weighted_score(criteria, reviews, min_reviews=3, spread_limit=HUNDRED)
    return result.score, dict(result.criterion_scores)


def our_allocation(
    scored: list[tuple[Row, Decimal]], details: dict[str, dict], ceiling: Decimal
) -> object:
    pots = tuple(SubCeiling(f"P{n}", ceiling / BUDGETS) for n in range(BUDGETS))
    round_ = AllocationRound(
        ceiling=ceiling,
        floor=Decimal(500),
        criteria=tuple(CriterionWeight(code, weight) for code, weight in WEIGHTS.items()),
        lottery=SeededLottery("meting"),
        sub_ceilings=pots,
    )
    entries = [
        AllocationApplication(
            number=row.number,
            requested=row.requested,
            tier=row.tier,
            score=score,
            criterion_scores=details[row.number],
            sub_ceiling=row.budget,
        )
        for row, score in scored
    ]
    return allocate(round_, entries)


def in_turn(repeats: int, *deeds: Callable[[], object]) -> list[float]:
    """The median CPU seconds of each deed; whose garbage is collected is left out, it would hit one of them."""
    times: list[list[float]] = [[] for _ in deeds]
    for _ in range(repeats):
        for deed, taken in zip(deeds, times, strict=True):
            gc.collect()
            gc.disable()
            begun = time.process_time()
            deed()
            taken.append(time.process_time() - begun)
            gc.enable()
    return [statistics.median(taken) for taken in times]


def compare(size: int, repeats: int) -> dict[str, float]:
    """Seconds of the plain loop and of ours, over the same rows."""
    given = rows(size)
    ceiling = sum((row.requested for row in given), Decimal(0)) / 2
    plain_scored = [(row, mean(row.scores)) for row in given]
    results = {row.number: our_scores(row) for row in given}
    our_scored = [(row, results[row.number][0]) for row in given]
    details = {number: scores for number, (_, scores) in results.items()}

    def plain_whole() -> None:
        plain_allocation([(row, mean(row.scores)) for row in given], ceiling)

    def our_whole() -> None:
        scored = {row.number: our_scores(row) for row in given}
        our_allocation(
            [(row, scored[row.number][0]) for row in given],
            {number: scores for number, (_, scores) in scored.items()},
            ceiling,
        )

    names = (
        "plain_scores_and_allocation",
        "our_scores_and_allocation",
        "plain_allocation",
        "our_allocation",
    )
    seconds = in_turn(
        repeats,
        plain_whole,
        our_whole,
        lambda: plain_allocation(plain_scored, ceiling),
        lambda: our_allocation(our_scored, details, ceiling),
    )
    return dict(zip(names, seconds, strict=True))


# ---------------------------------------------------------------- each method, up to 100.000 applications


def method_entries(size: int) -> list[AllocationApplication]:
    """Ties, floors, several days and different numbers of children; half of what is asked is there."""
    dice = random.Random(size)  # noqa: S311 - the same applications each time
    return [
        AllocationApplication(
            number=f"KVK2-{n:06d}",
            requested=Decimal(dice.randint(400_000, 1_200_000)).scaleb(-2),
            tier=dice.randint(1, 3),
            score=Decimal(dice.randint(4000, 10_000)).scaleb(-2),
            criterion_scores={code: Decimal(dice.randint(1, 5)) for code in WEIGHTS},
            complete_at=OPENED + timedelta(minutes=dice.randint(0, 40 * 24 * 60)),
            children=dice.randint(20, 400),
        )
        for n in range(size)
    ]


def plain_method(method: Method, entries: list[AllocationApplication], ceiling: Decimal) -> object:
    """What the method comes down to in a loop that knows no ties, draws, floors or cents that are left."""
    if method in (Method.TENDER, Method.FIRST_COME):
        return _plain_in_order(method, entries, ceiling)
    granted: dict[str, Decimal] = {}
    left = list(entries)
    if method is Method.PRO_RATA:
        factor = ceiling / sum((entry.requested for entry in entries), Decimal(0))
        return {
            entry.number: (entry.requested * factor).quantize(CENT, ROUND_DOWN) for entry in entries
        }
    while True:
        each = ceiling / sum(entry.children or 0 for entry in left)
        full = [entry for entry in left if entry.requested <= each * (entry.children or 0)]
        if not full:
            break
        for entry in full:
            granted[entry.number] = entry.requested
            ceiling -= entry.requested
        left = [entry for entry in left if entry.number not in granted]
    for entry in left:
        granted[entry.number] = (each * (entry.children or 0)).quantize(CENT, ROUND_DOWN)
    return granted


def _plain_in_order(
    method: Method, entries: list[AllocationApplication], ceiling: Decimal
) -> dict[str, Decimal]:
    if method is Method.TENDER:
        ordered = sorted(entries, key=lambda row: (row.tier, -(row.score or 0), row.number))
    else:
        ordered = sorted(
            entries,
            key=lambda row: (
                row.tier,
                (row.complete_at or OPENED).astimezone(AMSTERDAM).date(),
                row.number,
            ),
        )
    granted = {}
    for entry in ordered:
        amount = min(entry.requested, ceiling)
        ceiling -= amount
        granted[entry.number] = amount
    return granted


def methods() -> dict[str, dict[str, dict[str, object]]]:
    """CPU seconds of the plain loop and of ours per method and size, and whether a rerun gives the same bytes."""
    found: dict[str, dict[str, dict[str, object]]] = {}
    for size in METHOD_SIZES:
        entries = method_entries(size)
        ceiling = sum((entry.requested for entry in entries), Decimal(0)) / 2
        ceiling = ceiling.quantize(CENT, ROUND_DOWN)
        for method in Method:
            found.setdefault(method.value, {})[str(size)] = _measure_method(
                method, entries, ceiling
            )
    return found


def _measure_method(
    method: Method, entries: list[AllocationApplication], ceiling: Decimal
) -> dict[str, object]:
    round_ = AllocationRound(
        ceiling=ceiling,
        method=method,
        floor=Decimal(500),
        criteria=tuple(CriterionWeight(code, weight) for code, weight in WEIGHTS.items()),
        lottery=SeededLottery("meting"),
    )
    plain, ours = in_turn(
        3, lambda: plain_method(method, entries, ceiling), lambda: allocate(round_, entries)
    )
    again = [repr(allocate(round_, rows)) for rows in (entries, entries[::-1])]
    return {"plain": plain, "ours": ours, "same_bytes": again[0] == again[1]}


# ---------------------------------------------------------------- in the database


def advise(round_: SubsidyRound) -> None:
    """Give every application its advice, past the triggers, as `bench.world` fills the round."""
    codes = list(round_.criteria.order_by("order").values_list("code", flat=True))
    secretary = User.objects.get(email="secretaris@demo.example")
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        CommissionAdvice.objects.filter(application__round=round_).delete()
        CommissionAdvice.objects.bulk_create(
            (
                CommissionAdvice(
                    application=application,
                    state="sent",
                    conclusion="positive",
                    text="De commissie adviseert positief.",
                    proposed_amount=application.eligible_amount,
                    score=application.score or Decimal(60),
                    criterion_scores={
                        code: f"{(application.pk * (n + 1)) % 9 / 2 + 1:.2f}"
                        for n, code in enumerate(codes)
                    },
                    reviews_counted=3,
                    spread=Decimal(10),
                    meeting_on=now.date(),
                    adopted_at=now,
                    adopted_by=secretary,
                )
                for application in round_.applications.order_by("pk")
            ),
            batch_size=2000,
        )
        round_.applications.filter(score=None).update(score=Decimal(60))
        total = round_.applications.count() * 4000
        round_.applications.update(state="advised")
        SubsidyRound.objects.filter(pk=round_.pk).update(state="advised", ceiling=total)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def through_the_database(repeats: int) -> dict[str, object]:
    """The real service: read, divide, store the run and its results; wall-clock seconds, queries, same outcome?"""
    round_ = SubsidyRound.objects.get(state="assessing", is_demo=True)
    advise(round_)
    leader = User.objects.get(email="projectleider@demo.example")
    seconds, digests, queries = [], set(), 0
    now = timezone.now()  # the trail differs by moment, the outcome may not
    for _ in range(repeats):
        with CaptureQueriesContext(connection) as captured:
            begun = time.perf_counter()
            run = run_allocation(round_, by=leader, at=now)
            seconds.append(time.perf_counter() - begun)
        digests.add(run.sha256)
        # Without BEGIN and COMMIT, which travel with the first and the last statement.
        queries = sum(query["sql"] not in ("BEGIN", "COMMIT") for query in captured)
        discard_run(run, by=leader, at=now)
    return {
        "applications": round_.applications.count(),
        "seconds": statistics.median(seconds),
        "queries": queries,
        "same_outcome": len(digests) == 1,
    }


def measure(repeats: int) -> dict[str, object]:
    sizes = {size: compare(size, repeats) for size in SIZES}
    return {
        "sizes": sizes,
        "methods": methods(),
        "service": through_the_database(min(repeats, 3)),
    }
