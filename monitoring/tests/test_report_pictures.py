"""The ladder of a scale, the small lines of the surroundings, and targets that changed: in dataset, picture and table."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from agreements.models import ProgrammeYear
from agreements.tests.factories import (
    AgreementFactory,
    DefinitionVersionFactory,
    indicator_for,
    version_of,
)
from ikc.models import AgeBand
from ikc.tests.factories import (
    AreaFigureFactory,
    AreaIndicatorFactory,
    ChildCountFactory,
    DistrictFactory,
    PupilCountFactory,
)
from monitoring.dataset_parts import original_targets, with_originals
from monitoring.editions import edition_of
from monitoring.indicator_years import indicator_years
from monitoring.printing import figures
from monitoring.printing.ikc import ikc_context
from monitoring.report_dataset import IkcReportData
from monitoring.small_numbers import NOT_SHOWN, suppressed
from monitoring.status import KVK_1, Status
from monitoring.surroundings import surroundings
from monitoring.tests.factories import open_cycle, return_of
from monitoring.tests.report_samples import ABSENCE, YEAR, ikc_report, indicator, scale


def with_scale(item):
    report = ikc_report()
    goal = replace(report.goals[0], indicators=(item,))
    return replace(report, goals=(goal,))


def ladder_of(report):
    (block,) = ikc_context(report)["indicators"]
    return block.ladder


def test_a_scale_has_a_ladder_with_all_that_was_agreed_and_reached():
    chart = ladder_of(with_scale(scale()))
    stands = {level: words for level, _, words in chart.rows}
    assert stands == {
        "Niveau 4": "doel jaar 8",
        "Niveau 3": "doel 2024/25",
        "Niveau 2": "bereikt 2024/25",
        "Niveau 1": "nulmeting 2020/21",
    }
    assert [words for _, words, _ in chart.rows[::-1]] == list(scale().levels)
    assert "Niveau 2: bereikt 2024/25" in chart.description
    assert ladder_of(with_scale(indicator(ABSENCE))) is None


def test_a_level_about_a_small_group_is_drawn_nowhere():
    item = scale()
    small = replace(item.years[YEAR - 1], numerator=2, denominator=12)
    item = suppressed(
        replace(item, years=(*item.years[: YEAR - 1], small, *item.years[YEAR:])), KVK_1
    )
    assert item.years[YEAR - 1].value is None
    report = with_scale(item)
    chart = ladder_of(report)
    assert not any("bereikt" in words for _, _, words in chart.rows)
    assert "bereikt 2024/25" not in chart.svg + chart.column_svg
    assert f"Welk niveau is bereikt: {NOT_SHOWN}" in chart.description
    told = str([block.value for part in edition_of(report).sections for block in part.blocks])
    assert "bereikt 2024/25" not in told


def test_a_dataset_of_before_the_pictures_keeps_its_hash():
    report = ikc_report()
    bare = replace(
        report,
        goals=tuple(
            replace(goal, indicators=tuple(replace(row, levels=()) for row in goal.indicators))
            for goal in report.goals
        ),
        surroundings=replace(report.surroundings, lines=()),
    )
    kept = bare.as_dict()
    assert "lines" not in kept["surroundings"]
    assert not any("levels" in row for goal in kept["goals"] for row in goal["indicators"])
    assert IkcReportData.from_dict(kept).digest() == bare.digest() != report.digest()
    assert "levels" in report.as_dict()["goals"][1]["indicators"][1]


def test_the_lines_of_the_surroundings_hide_a_small_count_and_mark_an_indication():
    lines = ikc_context(ikc_report())["lines"]
    assert len(lines.rows) == 5
    assert lines.rows[0].cells[0] == "niet te tonen"
    assert lines.rows[3].cells == ("5,4", "–", "5,3", "–", "5,7 (I)", "–")
    assert "Kinderen van 0 tot 4 jaar: 41 in 2021 en 48 in 2025" in lines.chart.description
    none = replace(ikc_report().surroundings, lines=())
    assert ikc_context(replace(ikc_report(), surroundings=none))["lines"] is None


def test_only_an_end_target_that_changed_has_a_slope():
    page = ikc_context(ikc_report())
    assert [row.indicator for row in page["changed"]] == [
        row[0].split(" (")[0] for row in page["slopes"].rows
    ]
    assert ("Uren gezamenlijke scholing per medewerker (uur)", "20", "24") in page["slopes"].rows
    assert ikc_context(with_scale(scale()))["slopes"] is None


def test_a_milestone_has_days_and_no_line():
    item = replace(scale(), kind=figures.MILESTONE, levels=(), unit="dag", baseline=None)
    late = replace(
        item.years[YEAR - 1], status=Status.RED, value=None, target=None, due_on=date(2025, 5, 1)
    )

    def block(year):
        years = (*item.years[: YEAR - 1], year, *item.years[YEAR:])
        (found,) = ikc_context(with_scale(replace(item, years=years)))["indicators"]
        return found

    missed, reached = block(late), block(replace(late, reached_on=date(2025, 4, 28)))
    assert missed.chart is None
    told = [fact.value.replace("\N{NO-BREAK SPACE}", " ") for fact in missed.facts]
    assert told == ["nog niet bereikt", "uiterlijk 1 mei 2025"]
    assert reached.facts[0].value.startswith("bereikt op 28")
    assert missed.better == "op tijd is goed"
    assert figures.target(late, item, with_unit=False) == "1-5-25"


# ------------------------------------------------------------------ out of the rows


@pytest.fixture
def return_(db):
    return return_of(open_cycle())


def test_the_dataset_holds_the_rubric_and_the_first_levels(db):
    version = version_of(AgreementFactory(complete=True))
    row = indicator_for(
        version.results.order_by("pk")[0], DefinitionVersionFactory(definition__scale=True)
    )
    years = list(ProgrammeYear.objects.order_by("index"))
    made = indicator_years(row, years, {}, until=YEAR)
    assert made.levels == ("los", "overleg", "samen", "één team")
    first = original_targets(version.agreement)
    assert first[str(row.series_key), 8] == Decimal(4)
    later = replace(made, years=(*made.years[:-1], replace(made.years[-1], target=Decimal(3))))
    (goal,) = with_originals((replace(ikc_report().goals[0], indicators=(later,)),), first)
    assert goal.indicators[0].years[-1].original_target == Decimal(4)


def test_the_surroundings_are_the_children_and_the_public_figures_of_the_district(
    return_, django_assert_max_num_queries
):
    ikc, district = return_.agreement.ikc, DistrictFactory(name="Oost")
    ikc.district = district
    ikc.save(update_fields=["district"])
    for year, children in ((2022, 3), (2023, 14), (2024, 16)):
        for band in (AgeBand.ZERO_ONE, AgeBand.TWO_THREE):
            half = children // 2 if band == AgeBand.ZERO_ONE else children - children // 2
            ChildCountFactory(ikc=ikc, reference_date=date(year, 10, 1), band=band, children=half)
        PupilCountFactory(ikc=ikc, year=year, pupils=100 + year)
    heavy = AreaIndicatorFactory(name="Index", unit="cijfer", weight=2)
    school = AreaIndicatorFactory(name="Van scholen", family="schools", weight=3)
    once = AreaIndicatorFactory(name="Eén keer")
    for indicator_, years in ((heavy, (2021, 2023, 2031)), (school, (2021, 2023)), (once, (2023,))):
        for year in years:
            AreaFigureFactory(indicator=indicator_, district=district, year=year, reliability="I")
    return_ = (
        type(return_)
        .objects.select_related(
            "agreement__ikc__district", "agreement__ikc__attention_area", "cycle__year"
        )
        .get(pk=return_.pk)
    )
    with django_assert_max_num_queries(3):
        found = surroundings(return_)
    young, pupils, index = found.lines
    assert [point.value for point in young.points] == [None, Decimal(14), Decimal(16)]
    assert pupils.points[-1].value == Decimal(2124)
    assert (index.name, index.about) == ("Index", "Oost")
    assert [(point.year, point.mark) for point in index.points] == [(2021, "I"), (2023, "I")]
