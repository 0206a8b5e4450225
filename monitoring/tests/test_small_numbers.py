"""Nobody can compute a hidden figure from what is published: tried by brute force, on everything that goes out.

The attacker has the published JSON, and knows besides how many children each IKC has and what all of them are together:
that total somebody else may publish as long as a figure of the table is still shown (docs: with none left it is crossed out).
"""

import json
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kvk2.core.money import round_half_up
from monitoring import status
from monitoring.printing.programme import _pooled, programme_context
from monitoring.public_edition import public_edition
from monitoring.report_dataset import (
    Goal,
    Indicator,
    ProgrammeIkc,
    ProgrammeReportData,
    YearResult,
)
from monitoring.report_pdf import figures_csv
from monitoring.small_numbers import (
    NOT_SHOWN,
    SMALL_GROUP,
    hides_percentage,
    is_small_figure,
    suppressed,
    suppressed_table,
)
from monitoring.status import COLOURS, KVK_1, Direction, GoalVerdict, Status
from monitoring.tests.report_samples import YEAR, programme_report

WORLDS = 45


def judged(part: int, whole: int, target: Decimal, direction: Direction) -> status.StatusResult:
    agreed = status.Agreed(
        direction=direction, target=target, baseline=Decimal(50), tol=Decimal(2), decimals=1
    )
    return status.judge_percentage(agreed, status.MeasuredPercentage(num=part, den=whole), KVK_1)


def row(year: int, part: int, whole: int, target: Decimal, direction: Direction) -> YearResult:
    """As it comes from the database: every figure in it."""
    result = judged(part, whole, target, direction)
    return YearResult(
        year=year,
        status=result.status,
        target=target,
        value=round_half_up(Decimal(100 * part) / whole, 1),
        numerator=part,
        denominator=whole,
        tolerance=result.tol_eff,
        one_child_rule=True,
        explanation=f"{part} van {whole} kinderen",
        reference_date=date(2025, 2, 1),
    )


def measured(dice: random.Random, name: str) -> ProgrammeIkc:
    """One IKC with an indicator of eight years; groups are small, and many figures are at the edges."""
    direction = dice.choice((Direction.HIGHER, Direction.LOWER))
    target = Decimal(dice.choice((5, 20, 60, 85, 95, 100)))
    years = []
    for year in range(1, 9):
        whole = dice.choice((10, 12, 14, 18, 24, 40))
        part = dice.choice((0, 1, 2, 4, whole // 2, whole - 3, whole - 1, whole))
        years.append(row(year, part, whole, target, direction))
    item = Indicator(
        key=f"{name}-vve",
        code="vve",
        name="Bereik van voorschoolse educatie",
        definition="",
        unit="%",
        decimals=1,
        direction=direction,
        is_core=True,
        tolerance=Decimal(2),
        baseline=Decimal(50),
        baseline_label="2020/21",
        source="",
        years=tuple(years),
        kind="percentage",
    )
    goal = Goal(1, "Ongelijkheid verkleinen", "", GoalVerdict.ON_COURSE, (item,))
    return ProgrammeIkc(name=name, goals=(goal,))


def world(seed: int) -> tuple[ProgrammeIkc, ...]:
    dice = random.Random(seed)
    return tuple(measured(dice, f"IKC {letter}") for letter in "ABCDE"[: dice.randint(1, 5)])


def published(ikcs: tuple[ProgrammeIkc, ...]) -> ProgrammeReportData:
    return replace(programme_report(), ikcs=suppressed_table(ikcs, KVK_1), goal_titles=("Een",))


def cells_of(ikcs: tuple[ProgrammeIkc, ...], year: int) -> list[tuple[Indicator, YearResult]]:
    return [(item, item.years[year - 1]) for ikc in ikcs for item in ikc.goals[0].indicators]


def possible(item: Indicator, told: dict, truth: YearResult) -> set[int]:
    """What the attacker thinks that a hidden part may be, who knows how many children there are."""
    whole = truth.denominator
    small = hides_percentage(truth.numerator, whole, min_n=10)
    return {
        part
        for part in range(whole + 1)
        if hides_percentage(part, whole, min_n=10) == small
        and (
            told["status"] not in COLOURS
            or judged(part, whole, truth.target, item.direction).status == told["status"]
        )
    }


def sums(options: list[set[int]]) -> set[int]:
    found = {0}
    for values in options:
        found = {before + value for before in found for value in values}
    return found


def told_cells(whole: tuple[ProgrammeIkc, ...]) -> list[str]:
    """The hidden figures that the attacker can compute from the published JSON; and how many are hidden at all."""
    data = json.loads(published(whole).canonical())
    found = []
    for year in range(1, 9):
        truths = cells_of(whole, year)
        tells = [ikc["goals"][0]["indicators"][0]["years"][year - 1] for ikc in data["ikcs"]]
        hidden = [
            (possible(item, told, truth), truth.numerator)
            for (item, truth), told in zip(truths, tells, strict=True)
            if told["numerator"] is None
        ]
        total = sum(part for _, part in hidden)  # from the total that somebody else published
        for index, (options, part) in enumerate(hidden):
            others = sums([other for place, (other, _) in enumerate(hidden) if place != index])
            fitting = {option for option in options if total - option in others}
            assert part in fitting
            if len(fitting) < 2 and any(told["numerator"] for told in tells):
                found.append(f"jaar {year}: {part}")
            if len(options) < 2:
                found.append(f"jaar {year}: {part}, zonder totaal")
    return found


@pytest.mark.parametrize("part", range(3))
def test_no_hidden_figure_can_be_computed_from_a_programme_table(part):
    for seed in range(part * WORLDS // 3, (part + 1) * WORLDS // 3):
        assert told_cells(world(seed)) == [], f"seed {seed}"


def test_no_hidden_figure_can_be_computed_when_many_are_looked_at_in_groups(monkeypatch):
    monkeypatch.setattr("monitoring.small_numbers.TOGETHER", 2)
    for seed in range(WORLDS // 3):
        assert told_cells(world(seed)) == [], f"seed {seed}"


def test_the_attacker_bites(monkeypatch):
    """Without the second step he finds some: the test would notice."""
    monkeypatch.setattr("monitoring.small_numbers._told", lambda cells, options: False)
    monkeypatch.setattr("monitoring.tests.test_small_numbers.suppressed_table", _only_small)
    assert any(told_cells(world(seed)) for seed in range(40))


def _only_small(ikcs, rules):
    """What a careless portal does: the small figure goes, its colour and its neighbour stay."""
    return tuple(
        replace(
            ikc,
            goals=(
                replace(
                    ikc.goals[0],
                    indicators=tuple(
                        replace(
                            item,
                            years=tuple(
                                replace(row, numerator=None, denominator=None, value=None)
                                if is_small_figure(item, row)
                                else row
                                for row in item.years
                            ),
                        )
                        for item in ikc.goals[0].indicators
                    ),
                ),
            ),
        )
        for ikc in ikcs
    )


def test_one_hidden_ikc_hides_a_second():
    dice = random.Random(1)
    ikcs = tuple(measured(dice, f"IKC {letter}") for letter in "ABC")
    for year in range(1, 9):
        small = [is_small_figure(item, cell) for item, cell in cells_of(ikcs, year)]
        hidden = [
            cell.numerator is None for _, cell in cells_of(suppressed_table(ikcs, KVK_1), year)
        ]
        others = [
            cell.numerator
            for (_, cell), is_small in zip(cells_of(ikcs, year), small, strict=True)
            if not is_small
        ]
        if sum(small) == 1 and any(others):
            assert sum(hidden) >= 2
        assert all(
            is_hidden for is_hidden, was_small in zip(hidden, small, strict=True) if was_small
        )


@pytest.mark.parametrize("seed", range(0, 30, 6))
def test_what_is_hidden_is_in_no_form_of_the_report(seed):
    """Not in the JSON or CSV, nor in a table, picture or sentence that is made of them."""
    whole = world(seed)
    data = published(whole)
    lines = [line.split(";") for line in figures_csv(data).decode().splitlines()]
    for year in range(1, 9):
        label = data.programme.years[year - 1].label
        for (item, truth), (_, shown) in zip(
            cells_of(whole, year), cells_of(data.ikcs, year), strict=True
        ):
            if shown.numerator is None:
                name = item.key.removesuffix("-vve")
                (line,) = [cells for cells in lines if (cells[0], cells[5]) == (name, label)]
                assert line[7:11] == ["", "", "", ""]
                assert (shown.value, shown.tolerance, shown.missing_reason) == (
                    None,
                    None,
                    NOT_SHOWN,
                )
                assert str(truth.numerator) not in shown.explanation


@pytest.mark.parametrize("seed", range(0, 30, 6))
def test_a_table_and_a_picture_show_what_the_data_hold(seed):
    data = published(world(seed))
    now = {
        ikc.name: cell for ikc, (_, cell) in zip(data.ikcs, cells_of(data.ikcs, YEAR), strict=True)
    }
    for chapter in programme_context(data)["goals"]:
        for comparison in chapter.comparisons:
            hidden = [line for line in comparison.rows if now[line.name].value is None]
            assert {line.now for line in hidden} <= {"–"}
            # the line of all IKCs together is drawn for years in which every figure is shown
            assert not (hidden and _pooled_now(data))


def _pooled_now(data) -> bool:
    members = [ikc.goals[0].indicators[0] for ikc in data.ikcs]
    return _pooled(members, YEAR)[YEAR - 1] is not None


def test_a_report_about_one_ikc_keeps_its_status_only_when_it_tells_nothing():
    """All but one of twenty-four, with a target of 95%: the colour alone would tell that it is one."""
    cell = row(1, 23, 24, Decimal(100), Direction.HIGHER)
    item = replace(measured(random.Random(3), "A").goals[0].indicators[0], years=(cell,) * 8)
    (shown,) = {one.status for one in suppressed(item, KVK_1).years}
    fitting = {
        part
        for part in range(25)
        if hides_percentage(part, 24, min_n=10)
        and judged(part, 24, Decimal(100), Direction.HIGHER).status == cell.status
    }
    assert (shown == Status.TOO_SMALL) == (len(fitting) < 2)


def test_the_public_edition_holds_no_figure_of_one_ikc():
    edition = public_edition(programme_report())
    text = edition.canonical().decode()
    for key in ("numerator", "denominator", '"value"', "indicators", "remark"):
        assert key not in text
    few = replace(programme_report(), ikcs=programme_report().ikcs[: SMALL_GROUP - 3])
    assert all(goal.now is None for goal in public_edition(few).goals)
