"""Runs of the allocation: stored with input, outcome and hash, so that anybody can do the sum again (rule R6).

The same input always gives the same outcome and the same hash. Only one run of a round is locked, and only
that one feeds decisions; a locked run never changes (a database trigger sees to that).
"""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from subsidies import allocation
from subsidies.allocation import (
    AllocationApplication,
    AllocationRound,
    MarginalPolicy,
    Method,
    SeededLottery,
)
from subsidies.models import AllocationResult, AllocationRun, CommissionAdvice, SubsidyRound
from subsidies.scoring import CriterionWeight
from subsidies.states import (
    ALLOCATION_RUN_WORKFLOW,
    AllocationRunState,
    ApplicationState,
    RoundState,
)

if TYPE_CHECKING:
    from ikc.models import User

BATCH = 10_000
# What takes part in the division: everything that the commission advised on and that was not withdrawn.
DIVIDED = (ApplicationState.ADVISED, ApplicationState.INTENT)


class RoundNotAdvised(DomainError):
    """The division waits for the advice on every application."""


class RunAlreadyLocked(DomainError):
    """The round has its division; it cannot be replaced."""


class RunOutdated(DomainError):
    """Since the run something changed on which it stands, such as a withdrawal."""


@transaction.atomic
def run_allocation(round_: SubsidyRound, *, by: "User", at: datetime) -> AllocationRun:
    """Divide the ceiling over the advised applications; earlier drafts of the round are discarded.

    Raises RoundNotAdvised, RunAlreadyLocked, or what `subsidies.allocation.allocate` refuses.
    """
    round_ = _lock_round(round_)
    if round_.state != RoundState.ADVISED:
        raise RoundNotAdvised("Verdelen kan als het advies over alle aanvragen klaar is.")
    _discard_drafts(round_, at=at, by=by)
    given = _input(round_)
    output = compute(given)
    run = AllocationRun.objects.create(
        round=round_,
        algorithm=allocation.ALGORITHM_VERSION,
        input=given,
        output=output,
        sha256=digest(given, output),
        run_at=at,
        run_by=by,
    )
    _write_results(run, round_)
    record(run, "allocation_run", actor=by, at=at, after=run.state, sha256=run.sha256)
    return run


@transaction.atomic
def lock_run(run: AllocationRun, *, by: "User", at: datetime) -> AllocationRun:
    """Fix this run as the division of the round. Raises RunOutdated, RunAlreadyLocked or TransitionNotAllowed."""
    round_ = _lock_round(run.round)
    run = AllocationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    target = ALLOCATION_RUN_WORKFLOW.target("lock", state=run.state)
    if round_.runs.filter(state=AllocationRunState.LOCKED).exists():
        raise RunAlreadyLocked("Van deze ronde is al een verdeling vastgelegd.")
    if _input(round_) != run.input or not is_reproducible(run):
        raise RunOutdated(
            "Sinds deze berekening is er iets veranderd. Bereken de verdeling opnieuw."
        )
    before, run.state = run.state, target
    run.locked_at, run.locked_by = at, by
    run.save(update_fields=["state", "locked_at", "locked_by"])
    record(
        run, "allocation_locked", actor=by, at=at, before=before, after=target, sha256=run.sha256
    )
    return run


def compute(given: dict[str, Any]) -> dict[str, Any]:
    """The outcome of a stored input, as plain JSON; the same input gives the same outcome."""
    rules = given["round"]
    result = allocation.allocate(
        AllocationRound(
            ceiling=Decimal(rules["ceiling"]),
            method=Method(rules["method"]),
            marginal_policy=MarginalPolicy(rules["marginal_policy"]),
            floor=_decimal(rules["floor"]),
            min_score=_decimal(rules["min_score"]),
            criteria=tuple(CriterionWeight(**criterion) for criterion in rules["criteria"]),
            lottery=SeededLottery(rules["lottery_seed"]) if rules["lottery_seed"] else None,
        ),
        [_entry(row) for row in given["applications"]],
    )
    return {
        "total_granted": str(result.total_granted),
        "free": str(result.free),
        "results": [
            {
                "number": row.number,
                "rank": row.rank,
                "eligible": str(row.eligible),
                "granted": str(row.granted),
                "outcome": row.outcome.value,
                "reasons": [reason.value for reason in row.reasons],
            }
            for row in result.results
        ],
        "lotteries": [
            {
                "participants": list(draw.participants),
                "order": list(draw.order),
                "hashes": list(
                    allocation.lottery_order(rules["lottery_seed"], draw.participants).hashes
                ),
            }
            for draw in result.lotteries
        ],
    }


def digest(given: dict[str, Any], output: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of input and outcome."""
    whole = {"algorithm": allocation.ALGORITHM_VERSION, "input": given, "output": output}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_reproducible(run: AllocationRun) -> bool:
    """Whether doing the stored sum again gives the stored outcome and hash."""
    if run.algorithm != allocation.ALGORITHM_VERSION:
        return False
    output = compute(run.input)
    return output == run.output and digest(run.input, output) == run.sha256


def _input(round_: SubsidyRound) -> dict[str, Any]:
    """Everything that the division depends on, as plain JSON, applications by number."""
    criteria = round_.criteria.order_by("order").values_list("code", "weight")
    return {
        "round": {
            "name": round_.name,
            "ceiling": str(round_.ceiling),
            "method": round_.allocation_method,
            "marginal_policy": round_.marginal_policy,
            "floor": _text(round_.floor),
            "min_score": _text(round_.min_score),
            "criteria": [{"code": code, "weight": weight} for code, weight in criteria],
            "lottery_seed": round_.lottery_seed,
        },
        "applications": [
            {
                "number": row["number"],
                "requested": str(row["requested_amount"]),
                "max_amount": str(row["eligible_amount"]),
                "proposed_amount": _text(row["advice__proposed_amount"]),
                "advised_against": row["advice__conclusion"]
                == CommissionAdvice.Conclusion.NEGATIVE,
                "tier": row["tier"],
                "score": str(row["score"]),
                "criterion_scores": row["advice__criterion_scores"],
            }
            for row in round_.applications.filter(state__in=DIVIDED)
            .order_by("number")
            .values(
                "number",
                "requested_amount",
                "eligible_amount",
                "tier",
                "score",
                "advice__conclusion",
                "advice__proposed_amount",
                "advice__criterion_scores",
            )
        ],
    }


def _entry(row: dict[str, Any]) -> AllocationApplication:
    """A negative advice keeps an application out of the ranking; a lower proposed amount limits it."""
    return AllocationApplication(
        number=row["number"],
        requested=Decimal(row["requested"]),
        max_amount=Decimal(row["max_amount"]),
        budget_total=_decimal(row["proposed_amount"]),
        admitted=not row["advised_against"],
        tier=row["tier"],
        score=Decimal(row["score"]),
        criterion_scores={code: Decimal(score) for code, score in row["criterion_scores"].items()},
    )


def _write_results(run: AllocationRun, round_: SubsidyRound) -> None:
    ids = dict(round_.applications.filter(state__in=DIVIDED).values_list("number", "pk"))
    AllocationResult.objects.bulk_create(
        (
            AllocationResult(
                run=run,
                application_id=ids[row["number"]],
                rank=row["rank"],
                eligible=Decimal(row["eligible"]),
                granted=Decimal(row["granted"]),
                outcome=row["outcome"],
                reasons=row["reasons"],
            )
            for row in run.output["results"]
        ),
        batch_size=BATCH,
    )


def _discard_drafts(round_: SubsidyRound, *, by: "User", at: datetime) -> None:
    for run in round_.runs.select_for_update(of=("self",)).order_by("pk"):
        if run.state == AllocationRunState.LOCKED:
            raise RunAlreadyLocked("Van deze ronde is al een verdeling vastgelegd.")
        if run.state == AllocationRunState.DRAFT:
            before = run.state
            run.state = ALLOCATION_RUN_WORKFLOW.target("discard", state=before)
            run.save(update_fields=["state"])
            record(run, "allocation_discarded", actor=by, at=at, before=before, after=run.state)


def _lock_round(round_: SubsidyRound) -> SubsidyRound:
    return SubsidyRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
