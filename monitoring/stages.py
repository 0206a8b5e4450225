"""How a level of a scale and a milestone are judged: the part of the status rules that has no figures.

Beside `monitoring.status`, and as pure: no ORM, no clock. Levels are whole numbers, lateness is in days.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitoring.status import Direction, Flag, MissingReason, Reason, Status, StatusResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level that was agreed for a year, and the one that was reached; `due` when it should be there."""

    target: int | None
    reached: int | None
    direction: Direction = Direction.HIGHER
    due: bool = True
    missing_reason: MissingReason | None = None
    same_method: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A day that was agreed, and the day on which it was reached, judged `on` a day.

    Without evidence a milestone is not reached. Up to `leeway_days` late asks for attention.
    """

    due_on: date | None
    on: date
    reached_on: date | None = None
    leeway_days: int = 0
    evidence: bool = True
    missing_reason: MissingReason | None = None


@dataclass(frozen=True, slots=True)
class MilestoneResult:
    """The judgement of a milestone; `days` late, None when that says nothing."""

    status: Status
    reason: Reason
    days: int | None = None
    flags: tuple[Flag, ...] = ()


def judge_scale(level: Level) -> StatusResult:
    """At or above the target level is green, one below amber, two or more below red."""
    if grey := _not_judged(level):
        return grey
    reached, target = level.reached or 0, level.target or 0
    gap = (target - reached) if level.direction is Direction.LOWER else (reached - target)
    if gap >= 0:
        status, reason = Status.GREEN, Reason.TARGET_MET
    elif gap == -1:
        status, reason = Status.AMBER, Reason.ONE_LEVEL_SHORT
    else:
        status, reason = Status.RED, Reason.TWO_OR_MORE_LEVELS_SHORT
    return StatusResult(status=status, reason=reason, value=Decimal(reached), gap=Decimal(gap))


def _not_judged(level: Level) -> StatusResult | None:
    value = None if level.reached is None else Decimal(level.reached)
    if level.target is None:
        return StatusResult(status=Status.NO_TARGET, reason=Reason.NO_TARGET)
    if level.missing_reason is MissingReason.NO_TARGET_GROUP:
        return StatusResult(status=Status.NOT_APPLICABLE, reason=Reason.NO_TARGET_GROUP)
    if value is None and not level.due:
        return StatusResult(status=Status.NOT_YET_DUE, reason=Reason.NOT_MEASURED_YET)
    if value is None:
        return StatusResult(status=Status.NO_DATA, reason=Reason.NO_DATA)
    if not level.same_method:
        return StatusResult(status=Status.NOT_COMPARABLE, reason=Reason.METHOD_CHANGED, value=value)
    return None


def judge_milestone(milestone: Milestone) -> MilestoneResult:
    """Reached with evidence is green, also when late; within the leeway amber; later red."""
    due_on = milestone.due_on
    if due_on is None:
        return MilestoneResult(Status.NO_TARGET, Reason.NO_TARGET)
    if milestone.missing_reason is MissingReason.NO_TARGET_GROUP:
        return MilestoneResult(Status.NOT_APPLICABLE, Reason.NO_TARGET_GROUP)
    reached_on = milestone.reached_on
    if reached_on is not None and milestone.evidence:
        late = (reached_on - due_on).days
        if late > 0:
            return MilestoneResult(Status.GREEN, Reason.MET_LATE, late)
        return MilestoneResult(Status.GREEN, Reason.TARGET_MET)
    flags = () if reached_on is None else (Flag.EVIDENCE_MISSING,)
    late = (milestone.on - due_on).days
    if late <= 0:
        return MilestoneResult(Status.NOT_YET_DUE, Reason.NOT_DUE, flags=flags)
    status = Status.AMBER if late <= milestone.leeway_days else Status.RED
    return MilestoneResult(status, Reason.OVERDUE, late, flags)
