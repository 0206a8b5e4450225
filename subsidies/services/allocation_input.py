"""What a division stands on, and what comes out of it, as plain JSON that anybody can do the sum with (rule R6).

The same input always gives the same outcome, the same text and the same hash.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, QuerySet
from django.db.models.functions import Cast, JSONObject

from subsidies import allocation
from subsidies.allocation import (
    AllocationApplication,
    AllocationResult,
    AllocationRound,
    LotteryRequired,
    ManualLottery,
    MarginalPolicy,
    Method,
    SeededLottery,
    SubCeiling,
)
from subsidies.models import (
    CommissionAdvice,
    Criterion,
    LotteryRecord,
    PartialAcceptance,
    PriorityTier,
    RefusalFinding,
    StateAidAssessment,
    SubsidyRound,
)
from subsidies.models import SubCeiling as SubCeilingRow
from subsidies.scoring import CriterionWeight
from subsidies.states import ApplicationState, PartialOfferState

# A round from `with_rules`: it carries the annotations that are no fields of the model.
RoundWithRules = Any
# What takes part in the division: everything that the commission advised on and that was not withdrawn.
DIVIDED = (ApplicationState.ADVISED, ApplicationState.INTENT)
# A scenario never waits for a draw by hand: it draws with this text, and is marked as not real anyhow.
HYPOTHETICAL_SEED = "denkbeeldige loting"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sum:
    """One division as JSON, with its canonical texts and the SHA-256 over both."""

    given: Json
    output: Json
    given_text: str
    output_text: str
    sha256: str


def with_rules(rounds: QuerySet[SubsidyRound]) -> QuerySet[SubsidyRound]:
    """Rounds with the published rules that stand in other tables, in the same statement."""
    mine = {"round": OuterRef("pk")}
    criteria = Criterion.objects.filter(**mine).order_by("order")
    pots = SubCeilingRow.objects.filter(**mine).order_by("order")
    tiers = PriorityTier.objects.filter(**mine).order_by("rank")
    draws = LotteryRecord.objects.filter(**mine, mode=LotteryRecord.Mode.MANUAL).order_by("pk")
    offers = PartialAcceptance.objects.filter(application__round=OuterRef("pk")).order_by("pk")
    return rounds.annotate(
        rule_criteria=_rows(criteria, code="code", weight="weight"),
        rule_pots=_rows(
            pots,
            code="code",
            name="name",
            amount=Cast("amount", CharField()),
            overflow_to="overflow_to__code",
        ),
        rule_tiers=_rows(tiers, rank="rank", rule="rule"),
        rule_draws=_rows(draws, order="order"),
        offers=_rows(offers, number="application__number", state="state", until="answer_until"),
    )


def read_input(round_: RoundWithRules, *, day: date) -> Json:
    """Everything that the division depends on, applications by number; `round_` comes from `with_rules`.

    Who was asked about a lower amount and did not say yes by `day`, does not accept it (rule R5).
    """
    refused = _refused_offers(round_, day)
    rows = list(
        round_.applications.filter(state__in=DIVIDED)
        .order_by("number")
        .values_list(
            JSONObject(
                number="number",
                requested=Cast("requested_amount", CharField()),
                max_amount=Cast("eligible_amount", CharField()),
                proposed_amount=Cast("advice__proposed_amount", CharField()),
                conclusion="advice__conclusion",
                state_aid="state_aid__outcome",
                grounds=_rows(
                    RefusalFinding.objects.filter(
                        application=OuterRef("pk"), withdrawn_at=None
                    ).order_by("pk"),
                    code="code",
                    why="motivation",
                ),
                tier="tier",
                score=Cast("score", CharField()),
                criterion_scores="advice__criterion_scores",
                complete_at="complete_at",
                children=F("children_2_3") + F("children_4_12"),
                sub_ceiling="sub_ceiling__code",
            ),
            flat=True,
        )
    )
    for row in rows:
        row["accepts_partial"] = row["number"] not in refused
    return {"round": _rules(round_), "applications": rows}


def compute(given: Mapping[str, Any]) -> Json:
    """The outcome of a stored input. Raises what `allocate` refuses, such as LotteryRequired."""
    result = allocation.allocate(
        round_rules(given["round"]), [_application(row) for row in given["applications"]]
    )
    return _output(result, given["round"]["lottery"])


def do_sum(given: Json) -> Sum:
    output = compute(given)
    given_text, output_text = _canonical(given), _canonical(output)
    return Sum(given, output, given_text, output_text, _digest(given_text, output_text))


def digest(given: Json, output: Json) -> str:
    """SHA-256 over the canonical JSON of version, input and outcome."""
    return _digest(_canonical(given), _canonical(output))


def required_draw(given: Json) -> tuple[str, ...]:
    """Between whom a draw by hand has to be held before the division can be made; nobody: empty."""
    try:
        compute(given)
    except LotteryRequired as refusal:
        return refusal.participants
    return ()


def round_rules(rules: Mapping[str, Any]) -> AllocationRound:
    return AllocationRound(
        ceiling=Decimal(rules["ceiling"]),
        method=Method(rules["method"]),
        marginal_policy=MarginalPolicy(rules["marginal_policy"]),
        floor=_decimal(rules["floor"]),
        min_score=_decimal(rules["min_score"]),
        criteria=tuple(CriterionWeight(**criterion) for criterion in rules["criteria"]),
        lottery=_lottery(rules["lottery"]),
        sub_ceilings=tuple(
            SubCeiling(pot["code"], Decimal(pot["amount"]), pot["overflow_to"])
            for pot in rules["sub_ceilings"]
        ),
    )


def _rules(round_: RoundWithRules) -> Json:
    breaks_ties = SubsidyRound.TieBreak.CRITERIA in round_.tie_chain
    return {
        "name": round_.name,
        "ceiling": str(round_.ceiling),
        "method": round_.allocation_method,
        "marginal_policy": round_.marginal_policy,
        "floor": _text(round_.floor),
        "min_score": _text(round_.min_score),
        "criteria": round_.rule_criteria if breaks_ties else [],
        "sub_ceilings": round_.rule_pots,
        "tiers": [
            {"rank": tier["rank"], "label": PriorityTier.Rule(tier["rule"]).label}
            for tier in round_.rule_tiers
        ],
        "lottery": _lottery_rule(round_),
    }


def _lottery_rule(round_: RoundWithRules) -> Json:
    if round_.lottery_mode == SubsidyRound.LotteryMode.SEEDED:
        return {"mode": "seeded", "seed": round_.lottery_seed}
    # A later record replaces the places that an earlier one gave to the same applications.
    order: list[str] = []
    for draw in round_.rule_draws:
        again = set(draw["order"])
        order = [number for number in order if number not in again] + draw["order"]
    return {"mode": "manual", "order": order}


def _refused_offers(round_: RoundWithRules, day: date) -> set[str]:
    """Who said no to a lower amount, or let the term pass; the last question counts."""
    refused: set[str] = set()
    for offer in round_.offers:
        lapsed = offer["state"] == PartialOfferState.LAPSED or (
            offer["state"] == PartialOfferState.ASKED and date.fromisoformat(offer["until"]) < day
        )
        if lapsed or offer["state"] == PartialOfferState.DECLINED:
            refused.add(offer["number"])
        else:
            refused.discard(offer["number"])
    return refused


def _application(row: Mapping[str, Any]) -> AllocationApplication:
    """A negative advice, incompatible state aid or a ground that was found keeps an application out (rule R1)."""
    complete_at = row["complete_at"]
    return AllocationApplication(
        number=row["number"],
        requested=Decimal(row["requested"]),
        max_amount=_decimal(row["max_amount"]),
        budget_total=_decimal(row["proposed_amount"]),
        admitted=row["conclusion"] != CommissionAdvice.Conclusion.NEGATIVE
        and row["state_aid"] != StateAidAssessment.Outcome.INCOMPATIBLE
        and not row.get("grounds"),
        tier=row["tier"],
        score=_decimal(row["score"]),
        criterion_scores={
            code: Decimal(score) for code, score in (row["criterion_scores"] or {}).items()
        },
        complete_at=None if complete_at is None else datetime.fromisoformat(complete_at),
        children=row["children"],
        sub_ceiling=row["sub_ceiling"],
        accepts_partial=row["accepts_partial"],
    )


def _output(result: AllocationResult, lottery: Mapping[str, Any]) -> Json:
    return {
        "total_granted": str(result.total_granted),
        "free": str(result.free),
        "results": [
            {
                "number": number,
                "rank": rank,
                "eligible": str(eligible),
                "granted": str(granted),
                "outcome": outcome.value,
                "reasons": [reason.value for reason in reasons],
            }
            for number, eligible, granted, outcome, reasons, rank in result.results
        ],
        "pots": [
            {
                "code": pot.code,
                "ceiling": str(pot.ceiling),
                "received": str(pot.received),
                "granted": str(pot.granted),
                "passed_on": str(pot.passed_on),
                "free": str(pot.free),
            }
            for pot in result.pots
        ],
        "lotteries": [
            {
                "participants": list(draw.participants),
                "order": list(draw.order),
                "hashes": _hashes(lottery, draw.participants),
            }
            for draw in result.lotteries
        ],
        "shares": [
            {
                "code": share.code,
                "per_unit": None if share.per_unit is None else str(share.per_unit),
                "dropped": list(share.dropped),
            }
            for share in result.shares
        ],
        "warnings": [warning.value for warning in result.warnings],
    }


def _hashes(lottery: Mapping[str, Any], participants: Sequence[str]) -> list[str]:
    """Of a draw by the portal; a draw by hand has none."""
    if lottery["mode"] != "seeded":
        return []
    return list(allocation.lottery_order(lottery["seed"], participants).hashes)


def _lottery(rule: Mapping[str, Any]) -> SeededLottery | ManualLottery | None:
    if rule["mode"] == "manual":
        return ManualLottery(tuple(rule["order"]))
    return SeededLottery(rule["seed"]) if rule["seed"] else None


def _rows(queryset: QuerySet, **columns: Any) -> ArraySubquery:
    return ArraySubquery(queryset.values(row=JSONObject(**columns)))


def _canonical(part: Mapping[str, Any]) -> str:
    return json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digest(given_text: str, output_text: str) -> str:
    """Put together as the canonical JSON of one object would be, so that the large parts are written once."""
    version = json.dumps(allocation.ALGORITHM_VERSION)
    whole = f'{{"algorithm":{version},"input":{given_text},"output":{output_text}}}'
    return hashlib.sha256(whole.encode()).hexdigest()


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
