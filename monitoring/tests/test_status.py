"""The judgement of a measurement: properties that hold for every indicator, and its boundaries."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvk2.core.errors import DomainError
from monitoring.status import (
    COLOURS,
    KVK_1,
    Agreed,
    Direction,
    Flag,
    GoalItem,
    GoalVerdict,
    Measured,
    MeasuredPercentage,
    MissingReason,
    Reason,
    RuleSet,
    Status,
    StatusResult,
    goal_verdict,
    judge,
    judge_percentage,
)

CASES = settings(max_examples=250, deadline=None, database=None)
# Worse to better; grey is neither.
ORDER = {Status.RED: 0, Status.AMBER: 1, Status.GREEN: 2}

figures = st.decimals(min_value=-200, max_value=200, places=1)
tolerances = st.decimals(min_value=0, max_value=30, places=1)
coverages = st.sampled_from([Decimal("0.5"), Decimal("0.75"), Decimal("0.95"), Decimal(1)])


@st.composite
def agreements(draw) -> Agreed:
    """Higher or lower is better, with and without a baseline."""
    return Agreed(
        direction=draw(st.sampled_from([Direction.HIGHER, Direction.LOWER])),
        target=draw(figures),
        baseline=draw(st.none() | figures),
        tol=draw(tolerances),
        decimals=draw(st.integers(0, 2)),
        flow=draw(st.booleans()),
        prev_target=draw(st.none() | figures),
        one_child_rule=draw(st.booleans()),
    )


@st.composite
def measurements(draw) -> Measured:
    is_percentage = draw(st.booleans())
    return Measured(
        value=draw(figures),
        coverage=draw(coverages),
        is_percentage=is_percentage,
        n=draw(st.integers(10, 60)) if is_percentage else None,
    )


def colour(agreed: Agreed, measured: Measured) -> int:
    return ORDER[judge(agreed, measured, KVK_1).status]


@CASES
@given(agreements(), measurements(), st.decimals(min_value=0, max_value=50, places=2))
def test_a_better_value_never_gets_a_worse_colour(agreed, measured, step):
    assert measured.value is not None
    better = -step if agreed.direction is Direction.LOWER else step
    after = replace(measured, value=measured.value + better)
    assert colour(agreed, after) >= colour(agreed, measured)


@CASES
@given(agreements(), measurements(), tolerances)
def test_a_wider_tolerance_never_gives_a_worse_colour(agreed, measured, wider):
    after = replace(agreed, tol=agreed.tol + wider)
    assert colour(after, measured) >= colour(agreed, measured)


def mirrored(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else -figure


def mirror_of(agreed: Agreed, measured: Measured) -> StatusResult:
    """The judgement of the same case, upside down."""
    turned = Direction.HIGHER if agreed.direction is Direction.LOWER else Direction.LOWER
    return judge(
        replace(
            agreed,
            direction=turned,
            target=mirrored(agreed.target),
            baseline=mirrored(agreed.baseline),
            prev_target=mirrored(agreed.prev_target),
        ),
        replace(measured, value=mirrored(measured.value)),
        KVK_1,
    )


# What turns with the case: the figures themselves.
TURNED = ("value", "target_eff", "baseline_eff")


@CASES
@given(agreements(), measurements())
def test_lower_is_the_exact_mirror_of_higher(agreed, measured):
    mirror, result = mirror_of(agreed, measured), judge(agreed, measured, KVK_1)
    assert replace(mirror, **{name: getattr(result, name) for name in TURNED}) == result


def random_case(dice: Random) -> tuple[Agreed, Measured]:
    """As large and as odd as figures of an agreement come, with one decimal."""

    def figure() -> Decimal:
        return Decimal(dice.randint(-2000, 2000)).scaleb(-1)

    is_percentage = dice.random() < 0.5
    agreed = Agreed(
        direction=dice.choice([Direction.HIGHER, Direction.LOWER]),
        target=figure(),
        baseline=None if dice.random() < 0.1 else figure(),
        tol=Decimal(dice.randint(0, 300)).scaleb(-1),
        decimals=dice.randint(0, 2),
        flow=dice.random() < 0.3,
        prev_target=None if dice.random() < 0.5 else figure(),
        one_child_rule=dice.random() < 0.7,
    )
    measured = Measured(
        value=figure(),
        coverage=dice.choice([Decimal("0.5"), Decimal("0.75"), Decimal("0.95"), Decimal(1)]),
        is_percentage=is_percentage,
        n=dice.randint(10, 60) if is_percentage else None,
    )
    return agreed, measured


@pytest.mark.parametrize("seed", range(4))
def test_twenty_thousand_random_cases_hold_the_three_properties(seed):
    """Four times five thousand (monitoring reference 4)."""
    dice = Random(seed)
    for _ in range(5000):
        agreed, measured = random_case(dice)
        result = judge(agreed, measured, KVK_1)
        step = Decimal(dice.randint(0, 500)).scaleb(-1)
        better = measured.value + (-step if agreed.direction is Direction.LOWER else step)
        assert colour(agreed, replace(measured, value=better)) >= ORDER[result.status]
        assert colour(replace(agreed, tol=agreed.tol + step), measured) >= ORDER[result.status]
        mirror = mirror_of(agreed, measured)
        assert replace(mirror, **{name: getattr(result, name) for name in TURNED}) == result


def test_all_three_hold_in_every_small_case():
    """Each combination of whole numbers in a small world: about two thousand per direction."""
    values = [Decimal(figure) for figure in range(-6, 7)]
    for target, baseline in product(values[3:10], [None, *values[3:10]]):
        previous = None
        for tol in (Decimal(0), Decimal(1), Decimal(2)):
            agreed = Agreed(
                direction=Direction.HIGHER, target=target, baseline=baseline, tol=tol, decimals=0
            )
            turned = replace(
                agreed,
                direction=Direction.LOWER,
                target=mirrored(target),
                baseline=mirrored(baseline),
            )
            colours = [colour(agreed, Measured(value=value)) for value in values]
            assert colours == sorted(colours)
            assert colours == [colour(turned, Measured(value=-value)) for value in values]
            assert previous is None or all(a <= b for a, b in zip(previous, colours, strict=True))
            previous = colours


@CASES
@given(agreements(), measurements())
def test_a_figure_at_the_target_is_green(agreed, measured):
    at_target = replace(measured, value=agreed.target, coverage=Decimal(1))
    result = judge(replace(agreed, decimals=1), at_target, KVK_1)
    assert (result.status, result.reason, result.gap) == (Status.GREEN, Reason.TARGET_MET, 0)


@CASES
@given(agreements(), measurements())
def test_a_judged_result_is_complete_and_never_minus_zero(agreed, measured):
    result = judge(agreed, measured, KVK_1)
    assert result.status in COLOURS
    assert result.provisional == (measured.coverage < Decimal("0.95"))
    assert result.provisional == (Flag.PROVISIONAL in result.flags)
    assert list(result.flags) == sorted(result.flags)
    for figure in (result.value, result.gap, result.share, result.tol_eff, result.target_eff):
        assert figure is None or not (figure == 0 and figure.is_signed())


AGREED = Agreed(
    direction=Direction.HIGHER,
    target=Decimal(60),
    baseline=Decimal(50),
    tol=Decimal(2),
    decimals=1,
)


def of(value: str | None, agreed: Agreed = AGREED, **fields) -> StatusResult:
    figure = None if value is None else Decimal(value)
    return judge(agreed, Measured(value=figure, **fields), KVK_1)


@pytest.mark.parametrize(
    ("value", "status", "reason"),
    [
        ("60.0", Status.GREEN, Reason.TARGET_MET),
        ("59.95", Status.GREEN, Reason.TARGET_MET),
        ("59.94", Status.GREEN, Reason.WITHIN_TOLERANCE),
        ("58.0", Status.GREEN, Reason.WITHIN_TOLERANCE),
        ("57.9", Status.AMBER, Reason.ALMOST_ON_COURSE),
        ("56.0", Status.AMBER, Reason.ALMOST_ON_COURSE),
        ("55.9", Status.RED, Reason.INSUFFICIENT_PROGRESS),
        ("48.0", Status.RED, Reason.INSUFFICIENT_PROGRESS),
        ("47.9", Status.RED, Reason.DECLINE),
    ],
)
def test_boundaries_belong_to_the_better_colour(value, status, reason):
    result = of(value)
    assert (result.status, result.reason) == (status, reason)


@pytest.mark.parametrize(
    ("value", "status", "reason"),
    [
        ("22", Status.GREEN, Reason.TARGET_MET),
        ("28", Status.GREEN, Reason.TARGET_MET),
        ("29", Status.GREEN, Reason.WITHIN_TOLERANCE),
        ("20", Status.AMBER, Reason.JUST_OUTSIDE_TOLERANCE),
        ("19.9", Status.RED, Reason.OFF_COURSE),
        ("30.1", Status.RED, Reason.OFF_COURSE),
    ],
)
def test_a_range_has_two_sides(value, status, reason):
    agreed = Agreed(
        direction=Direction.RANGE,
        target=None,
        low=Decimal(22),
        high=Decimal(28),
        tol=Decimal(1),
        decimals=1,
    )
    result = of(value, agreed)
    assert (result.status, result.reason) == (status, reason)
    assert result.share is None


NO_TARGET = replace(AGREED, target=None)
HALF_A_RANGE = replace(AGREED, direction=Direction.RANGE, low=Decimal(1))


@pytest.mark.parametrize(
    ("agreed", "fields", "reason", "shown"),
    [
        (NO_TARGET, {"value": Decimal(5)}, Reason.NO_TARGET, None),
        (HALF_A_RANGE, {"value": Decimal(5)}, Reason.NO_TARGET, None),
        (
            AGREED,
            {"value": None, "missing_reason": MissingReason.NO_TARGET_GROUP},
            Reason.NO_TARGET_GROUP,
            None,
        ),
        (AGREED, {"value": None, "due": False}, Reason.NOT_MEASURED_YET, None),
        (AGREED, {"value": None}, Reason.NO_DATA, None),
        (AGREED, {"value": Decimal(5), "same_method": False}, Reason.METHOD_CHANGED, "5.0"),
        (
            AGREED,
            {"value": Decimal(5), "is_percentage": True, "n": 9},
            Reason.TOO_FEW_CHILDREN,
            "5.0",
        ),
        (
            AGREED,
            {"value": Decimal(5), "coverage": Decimal("0.49")},
            Reason.COVERAGE_TOO_LOW,
            "5.0",
        ),
    ],
    ids=range(8),
)
def test_what_cannot_be_judged_stays_grey(agreed, fields, reason, shown):
    result = judge(agreed, Measured(**fields), KVK_1)
    assert result.reason is reason
    assert result.status not in COLOURS
    assert result.value == (None if shown is None else Decimal(shown))
    assert (result.gap, result.share, result.tol_eff, result.flags) == (None, None, None, ())


def test_the_first_reason_not_to_judge_wins():
    everything = {"same_method": False, "coverage": Decimal("0.1"), "is_percentage": True, "n": 3}
    missing = MissingReason.NO_TARGET_GROUP
    assert of(None, NO_TARGET, missing_reason=missing, **everything).reason is Reason.NO_TARGET
    assert of(None, missing_reason=missing, **everything).reason is Reason.NO_TARGET_GROUP
    assert of(None, **everything).reason is Reason.NO_DATA
    assert of("5", **everything).reason is Reason.METHOD_CHANGED
    assert of("5", **{**everything, "same_method": True}).reason is Reason.TOO_FEW_CHILDREN


@pytest.mark.parametrize(
    ("coverage", "status", "provisional"),
    [
        ("0.4999", Status.TOO_EARLY, False),
        ("0.50", Status.GREEN, True),
        ("0.9499", Status.GREEN, True),
        ("0.95", Status.GREEN, False),
    ],
)
def test_coverage_decides_whether_a_result_is_provisional(coverage, status, provisional):
    result = of("61", coverage=Decimal(coverage))
    assert (result.status, result.provisional) == (status, provisional)


@pytest.mark.parametrize(("n", "status"), [(9, Status.TOO_SMALL), (10, Status.GREEN)])
def test_ten_children_are_enough(n, status):
    assert of("61", is_percentage=True, n=n).status is status


def test_percentages_are_exact():
    agreed = replace(AGREED, target=Decimal(80), baseline=Decimal(70), tol=Decimal(0))
    result = judge_percentage(agreed, MeasuredPercentage(num=19, den=24), KVK_1)
    assert (result.value, result.tol_eff) == (Decimal("79.2"), Decimal("4.2"))
    assert MeasuredPercentage(num=1, den=3).as_measured().value == Fraction(100, 3)


@pytest.mark.parametrize(
    ("num", "den", "due", "status"),
    [
        (0, 0, True, Status.NOT_APPLICABLE),
        (None, 0, False, Status.NOT_APPLICABLE),
        (None, None, True, Status.NO_DATA),
        (None, None, False, Status.NOT_YET_DUE),
        (3, None, True, Status.NO_DATA),
        (3, 9, True, Status.TOO_SMALL),
    ],
)
def test_counts_without_a_percentage(num, den, due, status):
    result = judge_percentage(AGREED, MeasuredPercentage(num=num, den=den, due=due), KVK_1)
    assert result.status is status


def test_only_flows_are_scaled_to_the_part_of_the_year():
    half = {"coverage": Decimal("0.5")}
    stock = of("58", **half)
    assert (stock.target_eff, stock.flags) == (60, (Flag.PROVISIONAL,))
    flow = of("29", replace(AGREED, flow=True), **half)
    assert (flow.target_eff, flow.baseline_eff, flow.tol_eff) == (30, 25, 1)
    cumulative = of("55", replace(AGREED, flow=True, prev_target=Decimal(50)), **half)
    assert (cumulative.target_eff, cumulative.baseline_eff, cumulative.tol_eff) == (55, 50, 1)


def test_thresholds_come_from_the_rule_set():
    strict = replace(KVK_1, progress_share=Decimal("0.95"), amber_tolerances=Decimal(1), min_n=30)
    assert of("57.9").status is Status.AMBER
    assert judge(AGREED, Measured(value=Decimal("57.9")), strict).status is Status.RED
    percentage = Measured(value=Decimal(61), is_percentage=True, n=29)
    assert judge(AGREED, percentage, strict).status is Status.TOO_SMALL


def test_a_rule_set_survives_being_stored():
    assert RuleSet.from_parameters("KvK-1", KVK_1.parameters()) == KVK_1


@pytest.mark.parametrize(
    "change", [{"min_n": "ten"}, {"min_n": 10.5}, {"progress_share": "much"}, {"min_n": None}]
)
def test_a_broken_rule_set_is_refused(change):
    with pytest.raises(DomainError) as refused:
        RuleSet.from_parameters("KvK-1", {**KVK_1.parameters(), **change})
    assert refused.value.code == "RULE_SET_INVALID"
    with pytest.raises(DomainError):
        RuleSet.from_parameters("KvK-1", {})


def items(text: str) -> list[GoalItem]:
    """`G A R` are colours, `-` no data, `.` not due; `*` marks a core indicator."""
    letters = {
        "G": Status.GREEN,
        "A": Status.AMBER,
        "R": Status.RED,
        "-": Status.NO_DATA,
        ".": Status.NOT_YET_DUE,
    }
    return [GoalItem(letters[item[0]], item.endswith("*")) for item in text.split()]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("", GoalVerdict.NOT_DUE),
        (". .*", GoalVerdict.NOT_DUE),
        ("G", GoalVerdict.ON_COURSE),
        ("G -", GoalVerdict.ON_COURSE),
        ("G - -", GoalVerdict.NOT_JUDGEABLE),
        ("- .", GoalVerdict.NOT_JUDGEABLE),
        ("G A", GoalVerdict.ON_COURSE_WITH_CONCERNS),
        ("A* A", GoalVerdict.ON_COURSE_WITH_CONCERNS),
        ("G G R", GoalVerdict.ON_COURSE_WITH_CONCERNS),
        ("G R", GoalVerdict.ADJUSTMENT_PROPOSED),
        ("G G G G R*", GoalVerdict.ADJUSTMENT_PROPOSED),
        ("G G G G R", GoalVerdict.ON_COURSE_WITH_CONCERNS),
    ],
)
def test_colours_under_a_goal_are_counted(text, verdict):
    assert goal_verdict(items(text), KVK_1) is verdict
