"""Conclusions per agreed result: what the rules suggest, what people make of it, what the parties say, adoption."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from agreements.models import AgreedIndicator, AgreedResult, YearTarget
from ikc.models import Organisation, User
from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from monitoring.models import Action, Conclusion, ConclusionReply, Return, StatusResult
from monitoring.services import judging
from monitoring.services.reviewing import ReviewIsClosed, is_open_for_review
from monitoring.states import EDITABLE
from monitoring.states_pdca import CONCLUSION_WORKFLOW, ActionState, ConclusionState, Verdict
from monitoring.status import Direction, GoalItem, GoalVerdict, RuleSet, Status, goal_verdict

# What the verdict of the rules on the indicators of one result comes down to. `bijstellen` is never suggested: other
# targets are for people to propose.
SUGGESTED = {
    GoalVerdict.ON_COURSE: Verdict.ON_COURSE,
    GoalVerdict.ON_COURSE_WITH_CONCERNS: Verdict.ON_COURSE,
    GoalVerdict.ADJUSTMENT_PROPOSED: Verdict.ADJUST,
    GoalVerdict.NOT_JUDGEABLE: Verdict.NOT_JUDGEABLE,
    GoalVerdict.NOT_DUE: Verdict.NOT_JUDGEABLE,
}
LEFT_OPEN = "Na de uiterste dag vanzelf ingediend. Over een actie is nog niet gesproken."
OFF_COURSE = (Status.RED, Status.AMBER)


class NotFiledYet(DomainError):
    """People conclude after the figures were filed."""


class ReasonMissing(DomainError):
    """Another verdict than that of the rules, or no action, says why."""


class ConclusionIsAdopted(DomainError):
    """The Ontwikkelgroep adopted it: it stands."""


class NothingToAdopt(DomainError):
    """Every conclusion of this return is adopted, or there is none."""


def suggest(items: Iterable[GoalItem], rules: RuleSet, *, end_reached: bool) -> Verdict:
    """What the rules suggest for one result: the rules of a goal, and 'bereikt' when all is at the target of year 8."""
    items = list(items)
    if items and end_reached and all(item.status is Status.GREEN for item in items):
        return Verdict.REACHED
    return SUGGESTED[goal_verdict(items, rules)]


def suggestions(return_: Return, indicators: Iterable[AgreedIndicator]) -> dict[int, Verdict]:
    """result id → verdict of the rules, from the stored judgements; one query beside those for `indicators`."""
    judged = {row.series_key: row for row in return_.results.all()}
    rules = return_.cycle.ruleset.rules()
    items: dict[int, list[GoalItem]] = defaultdict(list)
    reached: dict[int, list[bool]] = defaultdict(list)
    for indicator in indicators:
        row = judged.get(indicator.series_key)
        status = Status(row.status) if row else Status.NOT_YET_DUE
        items[indicator.result_id].append(GoalItem(status, indicator.is_core))
        reached[indicator.result_id].append(row is not None and _at_the_end(indicator, row))
    return {
        result: suggest(found, rules, end_reached=all(reached[result]))
        for result, found in items.items()
    }


def _at_the_end(indicator: AgreedIndicator, row: StatusResult) -> bool:
    """Whether the figure of this year meets the target of the last year already; a milestone when it is reached."""
    definition = indicator.definition_version.definition
    if definition.is_milestone:
        return row.status == Status.GREEN
    last = max(indicator.targets.all(), key=lambda target: target.year.index, default=None)
    if last is None or row.value is None:
        return False
    return _meets(row.value, last, Direction(definition.direction.upper()))


def _meets(value: Decimal, target: YearTarget, direction: Direction) -> bool:
    if target.low is not None and target.high is not None:
        return target.low <= value <= target.high
    if target.number is None:
        return False
    return value <= target.number if direction is Direction.LOWER else value >= target.number


def refresh(return_: Return, indicators: Iterable[AgreedIndicator], *, at: datetime) -> None:
    """One conclusion per result with what the rules suggest now; a verdict that somebody reasoned stays.

    Called where figures are judged for good: at filing and when the cycle closes.
    """
    present = {row.result_id: row for row in return_.conclusions.select_for_update()}
    new, changed = [], []
    for result_id, verdict in suggestions(return_, indicators).items():
        row = present.get(result_id)
        if row is None:
            new.append(_fresh(return_, result_id, verdict, by=None, at=at))
        elif not row.is_adopted and row.suggested != verdict:
            if not row.override_reason:
                row.verdict = verdict
            row.suggested = verdict
            changed.append(row)
    Conclusion.objects.bulk_create(new)
    Conclusion.objects.bulk_update(changed, ["suggested", "verdict"])


def _fresh(
    return_: Return, result_id: int, verdict: Verdict, *, by: User | None, at: datetime
) -> Conclusion:
    return Conclusion(
        of_return=return_,
        result_id=result_id,
        suggested=verdict,
        verdict=verdict,
        concluded_by=by,
        concluded_at=at,
    )


def conclusion_about(
    return_: Return, result: AgreedResult, *, by: User, at: datetime
) -> Conclusion:
    """The conclusion about this result, locked; made with what the rules suggest when there is none yet."""
    return_ = (
        Return.objects.select_for_update(of=("self",))
        .select_related("cycle__ruleset", "cycle__year", "version")
        .defer("version__content")
        .get(pk=return_.pk)
    )
    found = return_.conclusions.filter(result=result).first()
    if found is not None:
        return found
    verdict = suggestions(
        return_, [row for row in judging.indicators_of(return_) if row.result_id == result.pk]
    ).get(result.pk, Verdict.NOT_JUDGEABLE)
    conclusion = _fresh(return_, result.pk, verdict, by=by, at=at)
    conclusion.save()
    return conclusion


@transaction.atomic
def conclude(
    return_: Return,
    result: AgreedResult,
    *,
    verdict: str,
    override_reason: str,
    by: User,
    at: datetime,
) -> Conclusion:
    """Propose a verdict; another than that of the rules has a reason.

    Refusals: `NotFiledYet`, `ConclusionIsAdopted`, `ReasonMissing`.
    """
    if return_.state in EDITABLE:
        raise NotFiledYet("Trek een conclusie nadat de cijfers zijn ingediend.")
    conclusion = conclusion_about(return_, result, by=by, at=at)
    _require_open(conclusion)
    differs = verdict != conclusion.suggested
    if differs and not override_reason.strip():
        raise ReasonMissing("Schrijf op waarom u anders oordeelt dan de rekenregels.")
    before = conclusion.verdict
    conclusion.verdict = Verdict(verdict)
    conclusion.override_reason = override_reason.strip() if differs else ""
    conclusion.concluded_by, conclusion.concluded_at = by, at
    conclusion.save(update_fields=["verdict", "override_reason", "concluded_by", "concluded_at"])
    record(
        return_, "conclusion_proposed", actor=by, at=at, before=before, after=conclusion.verdict,
        reason=conclusion.override_reason, result=str(result),
    )  # fmt: skip
    return conclusion


@transaction.atomic
def explain_no_action(
    return_: Return, result: AgreedResult, *, reason: str, by: User, at: datetime
) -> Conclusion:
    """Write down why nothing is done about a result that is off course (invariant 15)."""
    if not is_open_for_review(return_):
        raise ReviewIsClosed("Dit jaar is vastgesteld.")
    if not reason.strip():
        raise ReasonMissing("Schrijf op waarom er geen actie komt.")
    conclusion = conclusion_about(return_, result, by=by, at=at)
    _require_open(conclusion)
    conclusion.no_action_reason = reason.strip()
    conclusion.save(update_fields=["no_action_reason"])
    record(
        return_, "no_action_explained", actor=by, at=at,
        reason=conclusion.no_action_reason, result=str(result),
    )  # fmt: skip
    return conclusion


@transaction.atomic
def reply(
    conclusion: Conclusion, *, organisation: Organisation, text: str, by: User, at: datetime
) -> ConclusionReply:
    """What a board says to a conclusion before it is adopted (hoor en wederhoor)."""
    conclusion = _locked(conclusion)
    _require_open(conclusion)
    if not text.strip():
        raise ReasonMissing("Schrijf uw reactie op.")
    said = ConclusionReply.objects.create(
        conclusion=conclusion,
        organisation=organisation,
        text=text.strip(),
        written_by=by,
        written_at=at,
    )
    record(
        conclusion.of_return, "conclusion_replied", actor=by, at=at,
        on_behalf_of=organisation.name, reason=said.text, result=str(conclusion.result),
    )  # fmt: skip
    return said


@transaction.atomic
def adopt_all(return_: Return, *, by: User, at: datetime) -> int:
    """The Ontwikkelgroep adopts the conclusions of one IKC; from now on they stand. The number of them."""
    if return_.state in EDITABLE:
        raise NotFiledYet("Stel conclusies vast nadat de cijfers zijn ingediend.")
    waiting = list(
        return_.conclusions.select_for_update()
        .filter(state=ConclusionState.PROPOSED)
        .order_by("pk")
    )
    if not waiting:
        raise NothingToAdopt("Er zijn geen conclusies meer om vast te stellen.")
    for conclusion in waiting:
        conclusion.state = CONCLUSION_WORKFLOW.target("adopt", state=conclusion.state)
        conclusion.save(update_fields=["state"])
    record(return_, "conclusions_adopted", actor=by, at=at, number=len(waiting))
    return len(waiting)


def without_follow_up(
    return_: Return, indicators: Iterable[AgreedIndicator]
) -> list[AgreedIndicator]:
    """Red and amber core indicators that have no action and no reason why not (invariant 15); three queries."""
    judged = dict(
        StatusResult.objects.filter(of_return=return_, status__in=OFF_COURSE).values_list(
            "series_key", "status"
        )
    )
    if not judged:
        return []
    answered = set(
        return_.conclusions.exclude(no_action_reason="").values_list("result_id", flat=True)
    )
    answered |= set(
        Action.objects.filter(conclusion__of_return=return_)
        .exclude(state=ActionState.DROPPED)
        .values_list("conclusion__result_id", flat=True)
    )
    return [
        indicator
        for indicator in indicators
        if indicator.is_core
        and indicator.series_key in judged
        and indicator.result_id not in answered
    ]


def leave_open(return_: Return, indicators: Iterable[AgreedIndicator], *, at: datetime) -> None:
    """Figures that nobody filed in time ask for action too: what is written says that people still have to."""
    results = {indicator.result_id for indicator in indicators}
    return_.conclusions.filter(result__in=results).update(no_action_reason=LEFT_OPEN)
    record(return_, "no_action_explained", actor=None, at=at, reason=LEFT_OPEN)


def _locked(conclusion: Conclusion) -> Conclusion:
    return (
        Conclusion.objects.select_for_update(of=("self",))
        .select_related("of_return__cycle", "result")
        .get(pk=conclusion.pk)
    )


def _require_open(conclusion: Conclusion) -> None:
    if conclusion.is_adopted:
        raise ConclusionIsAdopted("Deze conclusie is vastgesteld en verandert niet meer.")
