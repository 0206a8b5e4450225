"""How a measurement is judged against what was agreed: the one function behind every colour.

Judged is the planned improvement from the baseline to the target of the year, with the agreed
tolerance; never actual divided by target. Boundaries belong to the better colour. Thresholds stand
in a `RuleSet`, which a monitoring round names, so that an old colour can be computed again. All
arithmetic is exact; figures are in the unit of the indicator (percentages in points).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from operator import index
from typing import Any

from kvk2.core.errors import DomainError
from kvk2.core.money import round_half_up

# Gap, share and tolerance are kept with this many decimals.
RESULT_DECIMALS = 4


class Direction(StrEnum):
    """Which way is better: no default, because a wrong one turns every colour round."""

    HIGHER = "HIGHER"
    LOWER = "LOWER"
    RANGE = "RANGE"


class Status(StrEnum):
    """Three colours, and seven ways of not being judged, which are neither good nor bad."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"
    NO_TARGET = "NO_TARGET"
    NOT_YET_DUE = "NOT_YET_DUE"
    NO_DATA = "NO_DATA"
    TOO_SMALL = "TOO_SMALL"
    TOO_EARLY = "TOO_EARLY"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    NOT_COMPARABLE = "NOT_COMPARABLE"


class Reason(StrEnum):
    """The rule that decided on the status."""

    TARGET_MET = "TARGET_MET"
    WITHIN_TOLERANCE = "WITHIN_TOLERANCE"
    ALMOST_ON_COURSE = "ALMOST_ON_COURSE"
    JUST_OUTSIDE_TOLERANCE = "JUST_OUTSIDE_TOLERANCE"
    DECLINE = "DECLINE"
    INSUFFICIENT_PROGRESS = "INSUFFICIENT_PROGRESS"
    OFF_COURSE = "OFF_COURSE"
    ONE_LEVEL_SHORT = "ONE_LEVEL_SHORT"
    TWO_OR_MORE_LEVELS_SHORT = "TWO_OR_MORE_LEVELS_SHORT"
    MET_LATE = "MET_LATE"
    OVERDUE = "OVERDUE"
    NOT_DUE = "NOT_DUE"
    NO_TARGET = "NO_TARGET"
    NO_TARGET_GROUP = "NO_TARGET_GROUP"
    NOT_MEASURED_YET = "NOT_MEASURED_YET"
    NO_DATA = "NO_DATA"
    METHOD_CHANGED = "METHOD_CHANGED"
    INCOMPLETE_SUM = "INCOMPLETE_SUM"
    TOO_FEW_CHILDREN = "TOO_FEW_CHILDREN"
    COVERAGE_TOO_LOW = "COVERAGE_TOO_LOW"


class Flag(StrEnum):
    """What a reader must know besides the colour."""

    BASELINE_MISSING = "BASELINE_MISSING"
    EVIDENCE_MISSING = "EVIDENCE_MISSING"
    KEEP_LEVEL = "KEEP_LEVEL"
    PROVISIONAL = "PROVISIONAL"
    TARGET_PRORATED = "TARGET_PRORATED"
    TOLERANCE_ONE_CHILD = "TOLERANCE_ONE_CHILD"
    WORSE_THAN_BASELINE = "WORSE_THAN_BASELINE"


class MissingReason(StrEnum):
    """Why there is no figure: a reason, never 0 or an empty text."""

    NOT_MEASURED = "NOT_MEASURED"
    NOT_DELIVERED = "NOT_DELIVERED"
    SOURCE_UNAVAILABLE = "SOURCE_UNAVAILABLE"
    NO_TARGET_GROUP = "NO_TARGET_GROUP"
    CONSENT_MISSING = "CONSENT_MISSING"
    OTHER = "OTHER"


class GoalVerdict(StrEnum):
    ON_COURSE = "ON_COURSE"
    ON_COURSE_WITH_CONCERNS = "ON_COURSE_WITH_CONCERNS"
    ADJUSTMENT_PROPOSED = "ADJUSTMENT_PROPOSED"
    NOT_JUDGEABLE = "NOT_JUDGEABLE"
    NOT_DUE = "NOT_DUE"


COLOURS = frozenset({Status.GREEN, Status.AMBER, Status.RED})
_LEFT_OUT_OF_GOAL = frozenset({Status.NO_TARGET, Status.NOT_YET_DUE, Status.NOT_APPLICABLE})

_GREY: Mapping[Reason, Status] = {
    Reason.NO_TARGET: Status.NO_TARGET,
    Reason.NO_TARGET_GROUP: Status.NOT_APPLICABLE,
    Reason.NOT_MEASURED_YET: Status.NOT_YET_DUE,
    Reason.NO_DATA: Status.NO_DATA,
    Reason.METHOD_CHANGED: Status.NOT_COMPARABLE,
    Reason.INCOMPLETE_SUM: Status.NO_DATA,
    Reason.TOO_FEW_CHILDREN: Status.TOO_SMALL,
    Reason.COVERAGE_TOO_LOW: Status.TOO_EARLY,
}
_NOTHING_TO_SHOW = frozenset({Reason.NO_TARGET, Reason.NOT_MEASURED_YET, Reason.NO_DATA})


class RuleSetInvalid(DomainError):
    """Stored parameters that are not a rule set."""

    code = "RULE_SET_INVALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The thresholds of one rule set; immutable once a round has used it.

    `min_n`: smallest denominator of a percentage. `min_coverage`: below it is too early;
    `full_coverage`: from there on a year counts as whole. `progress_share`: part of the planned
    improvement that is enough for amber. `amber_tolerances`: how many tolerances from the target
    amber reaches. A goal is judged when one in `judgeable_one_in` indicators has a colour, and
    needs adjustment when more than one in `red_one_in` is red. Forecasts (`outlook`): from
    `forecast_min_points` years on; the pace of the past years over the needed one is enough or almost
    enough. Pools: years taken together, and how many when those hold too few children. Money and hours
    (`delivery`): how far off the promise still is green or amber, and from where hours are more than agreed.
    """

    code: str
    min_n: int
    min_coverage: Decimal
    full_coverage: Decimal
    progress_share: Decimal
    amber_tolerances: Decimal
    trend_min_points: int
    judgeable_one_in: int
    red_one_in: int
    forecast_min_points: int
    pace_enough: Decimal
    pace_almost: Decimal
    pool_years: int
    pool_years_small: int
    money_green: Decimal
    money_amber: Decimal
    hours_green: Decimal
    hours_amber: Decimal
    hours_more: Decimal

    @classmethod
    def from_parameters(cls, code: str, parameters: Mapping[str, Any]) -> "RuleSet":
        """The rule set out of its stored JSON: whole numbers, and decimals as text."""
        try:
            values = {
                field.name: _PARAMETER_READERS[field.type](parameters[field.name])
                for field in fields(cls)
                if field.name != "code"
            }
            return cls(code=code, **values)
        except (KeyError, TypeError, ValueError, ArithmeticError):
            raise RuleSetInvalid(f"De rekenregels {code} zijn niet volledig.") from None

    def parameters(self) -> dict[str, int | str]:
        """The JSON form that `from_parameters` reads."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        del values["code"]
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in values.items()
        }


_PARAMETER_READERS: Mapping[Any, Callable[[Any], Any]] = {
    int: index,
    Decimal: lambda stored: Decimal(str(stored)),
}

# The rule set that the parties agreed on first; 0,60 is a choice of theirs, not a law.
KVK_1 = RuleSet(
    code="KvK-1",
    min_n=10,
    min_coverage=Decimal("0.50"),
    full_coverage=Decimal("0.95"),
    progress_share=Decimal("0.60"),
    amber_tolerances=Decimal(2),
    trend_min_points=3,
    judgeable_one_in=2,
    red_one_in=3,
    forecast_min_points=4,
    pace_enough=Decimal("0.95"),
    pace_almost=Decimal("0.60"),
    pool_years=3,
    pool_years_small=5,
    money_green=Decimal("0.05"),
    money_amber=Decimal("0.15"),
    hours_green=Decimal("0.90"),
    hours_amber=Decimal("0.75"),
    hours_more=Decimal("1.10"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the agreement says of one indicator in one year.

    `tol` is the agreed tolerance. `flow`: the value is an amount that grows over the year;
    `prev_target` is then the target of the year before, for a cumulative series.
    """

    direction: Direction
    target: Decimal | None
    tol: Decimal
    decimals: int
    baseline: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    flow: bool = False
    prev_target: Decimal | None = None
    one_child_rule: bool = True

    @property
    def has_target(self) -> bool:
        if self.direction is Direction.RANGE:
            return self.low is not None and self.high is not None
        return self.target is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure, not rounded. `coverage`: part of the period (0-1); `n`: base of a percentage.

    `incomplete`: a sum over years of which one is missing, so that the value is at least this.
    """

    value: Decimal | Fraction | None
    due: bool = True
    missing_reason: MissingReason | None = None
    coverage: Decimal = Decimal(1)
    same_method: bool = True
    is_percentage: bool = False
    n: int | None = None
    incomplete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPercentage:
    """A measured percentage as its two counts of children, of so many `years` together."""

    num: int | None
    den: int | None
    due: bool = True
    missing_reason: MissingReason | None = None
    coverage: Decimal = Decimal(1)
    same_method: bool = True
    years: int = 1

    def as_measured(self) -> Measured:
        """The percentage itself; nobody in the denominator means that there is no target group."""
        value = None
        if self.num is not None and self.den:
            value = Fraction(100 * self.num, self.den)
        return Measured(
            value=value,
            due=self.due,
            missing_reason=MissingReason.NO_TARGET_GROUP if self.den == 0 else self.missing_reason,
            coverage=self.coverage,
            same_method=self.same_method,
            is_percentage=True,
            n=self.den,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusResult:
    """The judgement. `value` is the rounded figure that was judged, and is shown.

    `gap`: distance to the target, positive is better. `share`: part of the planned improvement.
    `tol_eff`, `target_eff` and `baseline_eff` are what was judged with, after part-year and
    one-child rules. All are `None` when there was nothing to judge.
    """

    status: Status
    reason: Reason
    value: Decimal | None = None
    gap: Decimal | None = None
    share: Decimal | None = None
    tol_eff: Decimal | None = None
    target_eff: Decimal | None = None
    baseline_eff: Decimal | None = None
    provisional: bool = False
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalItem:
    """One indicator under a goal."""

    status: Status
    is_core: bool


def judge(agreed: Agreed, measured: Measured, rules: RuleSet) -> StatusResult:
    """The status of one indicator in one year."""
    value = None if measured.value is None else round_half_up(measured.value, agreed.decimals)
    if grey := _not_judged(agreed, measured, rules):
        return StatusResult(
            status=_GREY[grey], reason=grey, value=None if grey in _NOTHING_TO_SHOW else value
        )
    assert value is not None  # noqa: S101 - step 0 returned otherwise
    terms = _terms(agreed, measured, rules)
    judged = _judge_range if agreed.direction is Direction.RANGE else _judge_target
    status, reason, gap, share, flags = judged(agreed, Fraction(value), terms, rules)
    return StatusResult(
        status=status,
        reason=reason,
        value=value,
        gap=_shown(gap),
        share=_shown(share),
        tol_eff=_shown(terms.tol),
        target_eff=_shown(terms.target),
        baseline_eff=_shown(terms.baseline),
        provisional=Flag.PROVISIONAL in terms.flags,
        flags=tuple(sorted({*terms.flags, *flags})),
    )


def judge_percentage(agreed: Agreed, measured: MeasuredPercentage, rules: RuleSet) -> StatusResult:
    """As `judge`, for a percentage given as counts."""
    return judge(agreed, measured.as_measured(), rules)


def goal_verdict(items: Iterable[GoalItem], rules: RuleSet) -> GoalVerdict:
    """Colours under one goal are counted, never averaged; people decide, this proposes."""
    counted = [item for item in items if item.status not in _LEFT_OUT_OF_GOAL]
    if not counted:
        return GoalVerdict.NOT_DUE
    coloured = [item for item in counted if item.status in COLOURS]
    if len(coloured) * rules.judgeable_one_in < len(counted):
        return GoalVerdict.NOT_JUDGEABLE
    red = [item for item in coloured if item.status is Status.RED]
    if any(item.is_core for item in red) or len(red) * rules.red_one_in > len(coloured):
        return GoalVerdict.ADJUSTMENT_PROPOSED
    if any(item.status is not Status.GREEN for item in coloured):
        return GoalVerdict.ON_COURSE_WITH_CONCERNS
    return GoalVerdict.ON_COURSE


@dataclass(frozen=True, slots=True)
class _Terms:
    """Target, baseline and tolerance after the part-year and one-child rules."""

    target: Fraction | None
    baseline: Fraction | None
    tol: Fraction
    flags: tuple[Flag, ...] = ()


_Judgement = tuple[Status, Reason, Fraction, Fraction | None, tuple[Flag, ...]]


def _not_judged(agreed: Agreed, measured: Measured, rules: RuleSet) -> Reason | None:
    """Step 0: can it be judged? The first reason why not."""
    if not agreed.has_target:
        return Reason.NO_TARGET
    if measured.missing_reason is MissingReason.NO_TARGET_GROUP:
        return Reason.NO_TARGET_GROUP
    if measured.value is None:
        return Reason.NO_DATA if measured.due else Reason.NOT_MEASURED_YET
    if not measured.same_method:
        return Reason.METHOD_CHANGED
    if measured.incomplete:
        return Reason.INCOMPLETE_SUM
    if measured.is_percentage and measured.n is not None and measured.n < rules.min_n:
        return Reason.TOO_FEW_CHILDREN
    if measured.coverage < rules.min_coverage:
        return Reason.COVERAGE_TOO_LOW
    return None


def _terms(agreed: Agreed, measured: Measured, rules: RuleSet) -> _Terms:
    """Steps 2 and 3."""
    terms = _Terms(_exact(agreed.target), _exact(agreed.baseline), Fraction(agreed.tol))
    if measured.coverage < rules.full_coverage:
        terms = replace(terms, flags=(Flag.PROVISIONAL,))
        if agreed.flow and agreed.direction is not Direction.RANGE:
            terms = _prorated(terms, Fraction(measured.coverage), _exact(agreed.prev_target))
    if agreed.one_child_rule and measured.is_percentage and measured.n:
        one_child = Fraction(round_half_up(Fraction(100, measured.n), agreed.decimals))
        if one_child > terms.tol:
            flags = (*terms.flags, Flag.TOLERANCE_ONE_CHILD)
            terms = replace(terms, tol=one_child, flags=flags)
    return terms


def _prorated(terms: _Terms, coverage: Fraction, prev_target: Fraction | None) -> _Terms:
    """Only flows are scaled: a year total whole, a cumulative one from last year's target on."""
    target, baseline = terms.target, terms.baseline
    if target is not None and prev_target is not None:
        target = prev_target + coverage * (target - prev_target)
    elif target is not None:
        target = coverage * target
        baseline = None if baseline is None else coverage * baseline
    return _Terms(target, baseline, coverage * terms.tol, (*terms.flags, Flag.TARGET_PRORATED))


def _judge_range(agreed: Agreed, value: Fraction, terms: _Terms, rules: RuleSet) -> _Judgement:
    low, high = Fraction(agreed.low or 0), Fraction(agreed.high or 0)
    gap = min(value - low, high - value)
    return (*_by_distance(gap, terms.tol, rules), gap, None, ())


def _judge_target(agreed: Agreed, value: Fraction, terms: _Terms, rules: RuleSet) -> _Judgement:
    """Step 4 for higher or lower is better; `sign` makes both the same."""
    sign = -1 if agreed.direction is Direction.LOWER else 1
    target, baseline = terms.target or Fraction(0), terms.baseline
    gap = sign * (value - target)
    if baseline is None:
        return (*_by_distance(gap, terms.tol, rules), gap, None, (Flag.BASELINE_MISSING,))
    planned, gained = sign * (target - baseline), sign * (value - baseline)
    if planned <= 0:
        return (*_by_distance(gap, terms.tol, rules), gap, None, (Flag.KEEP_LEVEL,))
    flags = (Flag.WORSE_THAN_BASELINE,) if gained < 0 else ()
    share = gained / planned
    return (*_by_progress(gap, gained, share, terms.tol, rules), gap, share, flags)


def _by_progress(
    gap: Fraction, gained: Fraction, share: Fraction, tol: Fraction, rules: RuleSet
) -> tuple[Status, Reason]:
    """List a: an improvement was planned."""
    if gap >= -tol:
        return Status.GREEN, Reason.TARGET_MET if gap >= 0 else Reason.WITHIN_TOLERANCE
    if gained < -tol:
        return Status.RED, Reason.DECLINE
    if share >= Fraction(rules.progress_share) or gap >= -Fraction(rules.amber_tolerances) * tol:
        return Status.AMBER, Reason.ALMOST_ON_COURSE
    return Status.RED, Reason.INSUFFICIENT_PROGRESS


def _by_distance(gap: Fraction, tol: Fraction, rules: RuleSet) -> tuple[Status, Reason]:
    """List b: a level to keep, a range, or no baseline."""
    if gap >= -tol:
        return Status.GREEN, Reason.TARGET_MET if gap >= 0 else Reason.WITHIN_TOLERANCE
    if gap >= -Fraction(rules.amber_tolerances) * tol:
        return Status.AMBER, Reason.JUST_OUTSIDE_TOLERANCE
    return Status.RED, Reason.OFF_COURSE


def _exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _shown(value: Fraction | None) -> Decimal | None:
    return None if value is None else round_half_up(value, RESULT_DECIMALS)
