"""The calculation rules of subsidies, as the vector files call them (`kvk2.core.replay`)."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from kvk2.core.replay import Adapter, Input, MalformedVectors
from subsidies import allocation, budget, instalments, scoring, settlement
from subsidies.allocation import (
    AllocationApplication,
    AllocationResult,
    AllocationRound,
    ManualLottery,
    MarginalPolicy,
    Method,
    SeededLottery,
    SubCeiling,
)
from subsidies.budget import BudgetFigures, BudgetLine, ChildCounts, Rule, RuleKind
from subsidies.scoring import Criterion, CriterionWeight, Review, Scored

Output = Mapping[str, Any]
COUNTED_REVIEWS = ("SUBMITTED", "LOCKED")


def _allocate(case: Input) -> Output:
    result = allocation.allocate(
        _round(case.object("round")),
        [_application(item) for item in case.objects("applications")],
    )
    return _allocation_output(result)


def _round(data: Input) -> AllocationRound:
    method = data.code("method", Method)
    policy = data.optional_text("marginal_policy")
    return AllocationRound(
        method=method,
        ceiling=data.decimal("ceiling"),
        marginal_policy=MarginalPolicy.PARTIAL
        if policy is None
        else data.code("marginal_policy", MarginalPolicy),
        floor=data.optional_decimal("floor"),
        min_score=data.optional_decimal("min_score"),
        criteria=_weights(data),
        lottery=_lottery(data),
        sub_ceilings=tuple(
            SubCeiling(pot.text("code"), pot.decimal("amount"), pot.optional_text("overflow_to"))
            for pot in data.objects("sub_ceilings")
        ),
    )


def _weights(data: Input) -> tuple[CriterionWeight, ...]:
    return tuple(
        CriterionWeight(item.text("code"), item.integer("weight"))
        for item in data.objects("criteria")
    )


def _lottery(data: Input) -> SeededLottery | ManualLottery | None:
    if data.raw().get("lottery") is None:
        return None
    lottery = data.object("lottery")
    match lottery.text("mode"):
        case "SEEDED":
            return SeededLottery(lottery.text("seed"))
        case "MANUAL":
            return ManualLottery(tuple(lottery.texts("order")))
    raise MalformedVectors("input.round.lottery has a mode that this portal does not know")


def _application(data: Input) -> AllocationApplication:
    return AllocationApplication(
        number=data.text("number"),
        requested=data.decimal("requested"),
        max_amount=data.optional_decimal("max_amount"),
        budget_total=data.optional_decimal("budget_total"),
        floor=data.optional_decimal("floor"),
        admitted=data.boolean("admitted"),
        tier=data.integer("tier"),
        score=data.optional_decimal("score"),
        criterion_scores=_decimals(data.object("criterion_scores")),
        complete_at=None if data.raw().get("complete_at") is None else data.moment("complete_at"),
        children=data.optional_integer("children"),
        sub_ceiling=data.optional_text("sub_ceiling"),
        accepts_partial=data.boolean("accepts_partial"),
    )


def _decimals(data: Input) -> dict[str, Decimal]:
    return {name: data.decimal(name) for name in data.names()}


def _allocation_output(result: AllocationResult) -> Output:
    return {
        "results": [
            {
                "number": item.number,
                "eligible": str(item.eligible),
                "granted": str(item.granted),
                "outcome": item.outcome.name,
                "reasons": [reason.name for reason in item.reasons],
            }
            for item in result.results
        ],
        "total_granted": str(result.total_granted),
        "free": str(result.free),
        "pots": [{key: str(value) for key, value in asdict(pot).items()} for pot in result.pots],
        "lotteries": [
            {"participants": list(draw.participants), "order": list(draw.order)}
            for draw in result.lotteries
        ],
        "warnings": [warning.name for warning in result.warnings],
    }


def _after_objection(case: Input) -> Output:
    applications = case.objects("applications")
    number = case.text("number")
    original = next((each.raw() for each in applications if each.text("number") == number), {})
    changed = {**original, **case.object("corrected").raw(), "number": number}
    corrected = (
        _application(Input(changed))
        if original
        else AllocationApplication(number=number, requested=Decimal(0))
    )
    result = allocation.after_objection(
        _round(case.object("round")), [_application(each) for each in applications], corrected
    )
    return {
        "original": str(result.original),
        "would_have_been": str(result.would_have_been),
        "additional": str(result.additional),
        "total_granted": str(result.total_granted),
        "flags": [flag.name for flag in result.flags],
    }


def _applicable_ceiling(case: Input) -> Output:
    ceiling = allocation.applicable_ceiling(
        case.decimal("published"),
        case.decimal("changed"),
        filed_before_change=case.boolean("filed_before_change"),
        filed_before_budget=case.boolean("filed_before_budget"),
        follows_from_budget=case.boolean("follows_from_budget"),
        budget_warning_published=case.boolean("budget_warning_published"),
    )
    return {"ceiling": str(ceiling)}


def _eligible_amount(case: Input) -> Output:
    eligible = allocation.eligible_amount(
        case.decimal("requested"),
        case.optional_decimal("max_amount"),
        case.optional_decimal("budget_total"),
    )
    return {"eligible": str(eligible)}


def _lottery_order(case: Input) -> Output:
    drawn = allocation.lottery_order(case.text("seed"), case.texts("numbers"))
    return {"order": list(drawn.order), "hashes": list(drawn.hashes)}


def _weighted_score(case: Input) -> Output:
    result = scoring.weighted_score(
        [
            Criterion(
                item.text("code"),
                item.integer("weight"),
                item.integer("min_score"),
                item.integer("max_score"),
            )
            for item in case.objects("criteria")
        ],
        [_review(item) for item in case.objects("reviews")],
        adopted=_decimals(case.object("adopted")),
        min_reviews=case.integer("min_reviews"),
        spread_limit=case.decimal("spread_limit"),
    )
    return {
        "score": str(result.score),
        "counted_reviews": result.counted_reviews,
        "criterion_scores": {key: str(value) for key, value in result.criterion_scores.items()},
        "reviewer_totals": {key: str(value) for key, value in result.reviewer_totals.items()},
        "spread": str(result.spread),
        "discuss": result.discuss,
    }


def _review(data: Input) -> Review:
    scores = data.object("scores")
    given = {name: scores.optional_integer(name) for name in scores.names()}
    return Review(
        reviewer=data.text("reviewer"),
        scores={name: score for name, score in given.items() if score is not None},
        counts=data.text("status") in COUNTED_REVIEWS and not data.boolean("recused"),
    )


def _rank(case: Input) -> Output:
    applications = [
        Scored(
            item.text("number"),
            item.integer("tier"),
            item.decimal("score"),
            _decimals(item.object("criterion_scores")),
        )
        for item in case.objects("applications")
    ]
    return {"order": [list(group) for group in scoring.rank(_weights(case), applications)]}


def _motivation_ok(case: Input) -> Output:
    return {"ok": scoring.motivation_ok(case.integer("score"), case.text("motivation"))}


def _maximum_amount(case: Input) -> Output:
    children = case.object("children")
    result = budget.maximum_amount(
        budget.parse_formula(case.object("formula").raw()),
        ChildCounts(
            children.integer("age_0_1"), children.integer("age_2_3"), children.integer("age_4_12")
        ),
    )
    return {
        "children_counted": result.children_counted,
        "maximum": str(result.maximum),
        "warnings": list(result.warnings),
    }


# What the cases take for granted when they name no limit: the published norm (domain reference 7.2).
_USUAL_LIMITS = {
    RuleKind.HOURLY_RATE: ("hourly_rate", Decimal(80)),
    RuleKind.PREPARATION: ("preparation_percentage", Decimal(40)),
    RuleKind.OVERHEAD: ("overhead_percentage", Decimal(20)),
}


def _check_budget(case: Input) -> Output:
    figures = BudgetFigures(
        hourly_rates=case.decimals("hourly_rates") if "hourly_rates" in case else (),
        preparation_hours=_given(case, "preparation_hours"),
        professional_hours=_given(case, "professional_hours"),
        overhead=_given(case, "overhead"),
        grant_total=_given(case, "grant_total"),
        requested=_given(case, "requested"),
        maximum=_given(case, "maximum"),
        income=_budget_lines(case, "income"),
        expenditure=_budget_lines(case, "expenditure"),
        asks_other_funding="applied_elsewhere" in case,
        applied_elsewhere=None
        if case.raw().get("applied_elsewhere") is None
        else case.boolean("applied_elsewhere"),
    )
    limits = case.object("limits") if "limits" in case else None
    given = {name: limits.decimal(name) for name in limits.names()} if limits else {}
    rules = [Rule(kind, given.get(name, usual)) for kind, (name, usual) in _USUAL_LIMITS.items()]
    problems = budget.check_budget(figures, rules)
    return {"errors": [problem.code for problem in problems]}


def _given(case: Input, name: str) -> Decimal | None:
    return case.decimal(name) if name in case else None


def _budget_lines(case: Input, name: str) -> list[BudgetLine] | None:
    if name not in case:
        return None
    return [
        BudgetLine(line.decimal("amount"), line.text("explanation")) for line in case.objects(name)
    ]


def _instalments(case: Input) -> Output:
    schedule = instalments.instalments(
        case.decimal("granted"), case.decimal("advance_percentage"), case.integer("count")
    )
    return {
        "advance_total": str(schedule.advance_total),
        "instalments": [str(part) for part in schedule.instalments],
        "balance": str(schedule.balance),
    }


def _accountability_band(case: Input) -> Output:
    result = instalments.accountability_band(
        case.decimal("granted"),
        direct_max=case.decimal("direct_max"),
        activity_max=case.decimal("activity_max"),
    )
    return {
        "band": result.band.name,
        "application_for_determination": result.application_for_determination,
        "documents": [document.name for document in result.documents],
    }


def _subsidy_type(case: Input) -> settlement.SubsidyType:
    try:
        return settlement.SubsidyType[case.text("subsidy_type")]
    except KeyError:
        raise settlement.SubsidyTypeUnknown("Dit soort subsidie kent het portaal niet.") from None


def _determine(case: Input) -> Output:
    result = settlement.determine(
        _subsidy_type(case),
        case.decimal("granted"),
        case.decimal("advances_paid"),
        settlement.Realised(
            lowered_to_percentage=case.optional_decimal("lowered_to_percentage"),
            actual_cost=case.optional_decimal("actual_cost"),
            unnecessary_cost=case.optional_decimal("unnecessary_cost"),
            units_realised=case.optional_integer("units_realised"),
            amount_per_unit=case.optional_decimal("amount_per_unit"),
        ),
    )
    return {
        "determined": str(result.amount),
        "kind": result.kind.name,
        "pay": str(result.balance.pay),
        "recover": str(result.balance.recover),
    }


def _settle(case: Input) -> Output:
    result = settlement.settle(
        case.decimal("determined"),
        case.decimal("advances_paid"),
        announced_on=case.day("announced_on"),
    )
    return {
        "pay": str(result.pay),
        "recover": str(result.recover),
        "due_on": result.due_on.isoformat() if result.due_on else None,
    }


FUNCTIONS: dict[str, Adapter] = {
    "allocate": _allocate,
    "after_objection": _after_objection,
    "applicable_ceiling": _applicable_ceiling,
    "eligible_amount": _eligible_amount,
    "lottery_order": _lottery_order,
    "weighted_score": _weighted_score,
    "rank": _rank,
    "motivation_ok": _motivation_ok,
    "maximum_amount": _maximum_amount,
    "check_budget": _check_budget,
    "instalments": _instalments,
    "accountability_band": _accountability_band,
    "determine": _determine,
    "settle": _settle,
}
