"""A ladder of levels, and small lines beside each other: as drawing and as table."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from kvk2 import theme
from kvk2.core import charts
from kvk2.core.tests.test_charts import SIZES, SVG, YEARS

LEVELS = (
    "Los van elkaar.",
    "Er is overleg over kinderen die van de opvang naar school gaan.",
    "Eén plan.",
)


@pytest.mark.parametrize("size", SIZES)
def test_a_ladder_says_what_each_level_means_and_who_stands_there(size):
    stands = [
        charts.Stand(2, "bereikt 2024/25", charts.Sign.HALF, is_reached=True),
        charts.Stand(1, "nulmeting 2020/21"),
        charts.Stand(3, "doel jaar 8", is_target=True),
    ]
    chart = charts.ladder_chart(LEVELS, stands, title="Samenwerking", description="Niveau 2.")
    assert chart.rows[0] == ("Niveau 3", "Eén plan.", "doel jaar 8")
    assert chart.rows[2] == ("Niveau 1", "Los van elkaar.", "nulmeting 2020/21")
    drawn = str(chart.at(size))
    for stand in stands:
        assert f">{stand.words}<" in drawn
    words = [text.text for text in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert " ".join(LEVELS[1].split()) in " ".join(words)
    assert drawn.count(theme.colour("primary-500")) == 2  # two rungs are climbed


def test_a_ladder_without_a_reached_level_climbs_no_rung():
    chart = charts.ladder_chart(
        LEVELS, [charts.Stand(3, "doel", is_target=True)], title="t", description="d"
    )
    assert theme.colour("primary-500") not in str(chart.paper_svg)
    assert chart.rows[1][2] == "–"


def test_small_lines_break_where_a_figure_is_hidden_and_not_where_nobody_counts():
    lines = [
        charts.Multiple(
            "Peuters", [(0, 40), (1, None), (2, 44), (3, 46)], "46 in 2023", "kinderen"
        ),
        charts.Multiple("Index", [(0, Decimal("5.4")), (2, Decimal("5.7"))], "5,7 in 2022", "%", 1),
    ]
    chart = charts.multiples_chart(lines, YEARS[:4], title="t", description="d")
    assert chart.rows == (
        ("Peuters (kinderen)", "40", "niet gemeten", "44", "46"),
        ("Index", "5,4%", "–", "5,7%", "–"),
    )
    drawn = str(chart.paper_svg)
    assert drawn.count("<circle") == 5  # both ends of each stretch, once where it is one figure
    assert "nan" not in drawn
