"""Charts are drawings, sentences and tables at once; each of the three must be right."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from kvk2.core import charts
from kvk2.core.charts.chart import COMPACT, WIDE, in_words, spread, ticks_between

SVG = "{http://www.w3.org/2000/svg}"
YEARS = [str(year) for year in range(2019, 2027)]


def a_line_chart(**changes):
    series = [
        charts.Series("Taal op niveau", [58, 59, 57, 61, 63, 66, 68, 71], "Taal"),
        charts.Series("Rekenen <op> niveau", [61, 60, None, 59, 62, 64, 65, 70.5], "Rekenen"),
    ]
    given = {"title": "Taal & rekenen", "description": "Taal stijgt.", "unit": "%", "target": 75}
    return charts.line_chart(series, YEARS, **{**given, **changes})


def a_map(mark="aandachtsgebied"):
    ring = [(5.7, 53.1), (5.8, 53.1), (5.8, 53.2), (5.7, 53.2), (5.7, 53.1)]
    other = [(5.8, 53.1), (5.9, 53.1), (5.9, 53.2), (5.8, 53.2), (5.8, 53.1)]
    districts = [charts.MapDistrict("Oost", [ring], mark), charts.MapDistrict("West", [other])]
    return charts.district_map(districts, title="Wijken", description="Eén wijk is gemarkeerd.")


EVERY_KIND = {
    "line": a_line_chart,
    "bar": lambda: charts.bar_chart(
        [charts.Series("Gevraagd", [200, 100]), charts.Series("Verleend", [150, None])],
        ["IKC Één", "IKC Twee"],
        title="Bedragen",
        description="IKC Één vraagt het meest.",
        unit="€",
    ),
    "bullet": lambda: charts.bullet_chart(
        66, 70, title="Op koers", description="d", unit="%", baseline=58, tolerance=2
    ),
    "map": a_map,
}


@pytest.fixture(params=EVERY_KIND)
def make(request):
    return EVERY_KIND[request.param]


def tree(svg):
    return ElementTree.fromstring(svg)


def texts(svg):
    return ["".join(node.itertext()) for node in tree(svg).iter(f"{SVG}text")]


def test_the_same_figures_give_the_same_bytes(make):
    assert make().svg == make().svg
    assert make().at(COMPACT) == make().at(COMPACT)


def test_a_drawing_needs_no_style_and_no_script(make):
    for size in (WIDE, COMPACT):
        svg = make().at(size)
        assert not re.search(r"\b(style|class|id|on\w+)=|<script|<style", svg)


def test_the_alternative_comes_first_and_holds_the_conclusion(make):
    chart = make()
    root = tree(chart.svg)
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == f"{chart.title}. {chart.description}"


def test_no_text_is_smaller_than_the_reader_needs(make):
    for size in (WIDE, COMPACT):
        for node in tree(make().at(size)).iter(f"{SVG}text"):
            assert float(node.get("font-size")) >= 11


def test_text_stays_inside_the_drawing_from_top_to_bottom(make):
    for size in (WIDE, COMPACT):
        root = tree(make().at(size))
        height = float(root.get("viewBox").split()[3])
        assert all(0 <= float(node.get("y")) <= height for node in root.iter(f"{SVG}text"))


def test_every_row_of_the_table_has_a_cell_for_every_header(make):
    chart = make()
    assert chart.rows
    assert {len(row) for row in chart.rows} == {len(chart.headers)}


def test_names_are_escaped():
    chart = charts.bar_chart([charts.Series("n", [1])], ["<b>&"], title='"<t>"', description="d")
    assert "<b>" not in chart.svg
    assert "<b>&" in texts(chart.svg)


def test_a_missing_year_breaks_the_line_and_is_named_in_the_table():
    def stretches(values):
        chart = charts.line_chart(
            [charts.Series("a", values)], list("1234567"), title="t", description="d"
        )
        lines = tree(chart.svg).iter(f"{SVG}path")
        return sum(node.get("stroke-width") == "2.8" for node in lines), chart

    assert stretches([1, 2, 3, 4, 5, 6, 7])[0] == 1
    parts, chart = stretches([1, 2, None, 4, 5, None, 7])
    assert parts == 2  # the last year stands alone: a marker and no line
    assert chart.rows[2] == ("3", "niet gemeten")


def test_an_axis_that_does_not_start_at_nought_says_so():
    assert a_line_chart().note == "De as begint bij 55%, niet bij nul."
    low = charts.line_chart([charts.Series("a", [1, 9])], ["1", "2"], title="t", description="d")
    assert low.note == ""


def test_the_labels_at_the_ends_never_overlap():
    chart = a_line_chart(target=71)
    for size in (WIDE, COMPACT):
        ends = [
            float(node.get("y"))
            for node in tree(chart.at(size)).iter(f"{SVG}text")
            if node.text.startswith(("Taal", "Rekenen", "Doel"))
        ]
        assert len(ends) == 3
        assert all(after - before >= 1.25 * size.text for before, after in pairwise(sorted(ends)))


def test_a_target_may_differ_per_year():
    chart = a_line_chart(target=[60, 62, 64, 66, 68, 70, None, None], target_label="Afspraak")
    assert chart.headers[-1] == "Afspraak"
    assert chart.rows[0][-1] == "60,0%"
    assert chart.rows[-1][-1] == "niet gemeten"
    assert "Afspraak 70,0%" in texts(chart.svg)


def test_the_last_year_always_has_its_label():
    assert "2026" in texts(a_line_chart().at(COMPACT))


def test_one_small_drawing_for_inside_a_card():
    chart = a_line_chart(compact=True)
    assert chart.compact_svg == ""
    assert tree(chart.svg).get("viewBox").startswith("0 0 340 ")


def test_a_bar_is_as_long_as_its_figure():
    chart = charts.bar_chart(
        [charts.Series("a", [50, 100])], ["x", "y"], title="t", description="d"
    )
    half, whole = (float(node.get("width")) for node in tree(chart.svg).iter(f"{SVG}rect"))
    assert whole == pytest.approx(2 * half, abs=0.2)


def test_a_map_lists_its_districts_with_their_mark():
    assert a_map().rows == (("1", "Oost", "aandachtsgebied"), ("2", "West", "–"))
    assert texts(a_map().svg) == ["1", "2"]


def test_neighbours_on_the_map_keep_their_common_border():
    paths = [node.get("d") for node in tree(a_map(mark="").svg).iter(f"{SVG}path")]
    corners = [set(re.findall(r"[\d.]+ [\d.]+", path)) for path in paths]
    assert len(corners[0] & corners[1]) == 2


def test_a_map_without_outlines_is_empty_but_still_lists():
    chart = charts.district_map([], title="t", description="d")
    assert texts(chart.svg) == []


def test_labels_are_moved_apart_and_kept_above_the_floor():
    assert spread([10, 11, 50], 5, 0, 100) == [10, 15, 50]
    assert spread([98, 99], 5, 0, 100) == [95, 100]
    assert spread([], 5, 0, 100) == []


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 100, [0, 20, 40, 60, 80, 100]), (57, 75, [55, 60, 65, 70, 75]), (3, 3, [3, 4])],
)
def test_ticks_are_round_and_span_the_figures(low, high, expected):
    assert ticks_between(low, high) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1250, "€", "€\N{NO-BREAK SPACE}1.250"),
        (71, "%", "71%"),
        (3, "kinderen", "3 kinderen"),
        (None, "%", "niet gemeten"),
    ],
)
def test_a_figure_carries_its_unit(value, unit, expected):
    assert in_words(value, unit, 0) == expected
