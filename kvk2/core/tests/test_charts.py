"""Charts are drawings, sentences and tables at once; each of the three must be right."""

import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from kvk2 import theme
from kvk2.core import charts
from kvk2.core.charts.chart import COMPACT, PAPER, PAPER_COLUMN, WIDE
from kvk2.core.charts.scales import in_words, spread, tick_words, ticks_between, ticks_for

SVG = "{http://www.w3.org/2000/svg}"
SIZES = (WIDE, COMPACT, PAPER, PAPER_COLUMN)
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


def a_history(values):
    labels = [str(year) for year in range(2020, 2020 + len(values))]
    return charts.history_chart("Leerlingen", values, labels, title="Leerlingen", description="d")


def a_progress_chart(**changes):
    given = {
        "labels": YEARS,
        "targets": [60, 62, 64, 66, 68, 70, 72, 74],
        "actuals": [61, None, 63.5, 67, None, None, None, None],
        "title": "Taal <op> niveau",
        "description": "Op koers.",
        "unit": "%",
        "decimals": 1,
        "baseline": 58,
        "bands": [(target - 2, target + 2) for target in range(60, 75, 2)],
        "current": 3,
    }
    return charts.progress_chart(**{**given, **changes})


def a_journey(**changes):
    given = {
        "name": "Kinderen die groep 3 met <voldoende> taal beginnen",
        "baseline": 61,
        "target": 70,
        "end_target": 80,
        "tolerance": 3,
        "value": 76,
        "sign": charts.Sign.DISC,
        "baseline_words": "61,0",
        "target_words": "70,0",
        "end_words": "80,0",
        "value_words": "76,0%",
    }
    return charts.Journey(**{**given, **changes})


def a_panels_chart():
    targets, actuals = [60, 65, None, 75], [62, None, 64, None]
    return charts.panels_chart(
        [
            charts.Panel(f"IKC <{number}>", targets, actuals, sign, "64,0%")
            for number, sign in enumerate(charts.Sign)
        ],
        YEARS[:4],
        title="Per IKC",
        description="Alle groeien.",
        background=[61, 62, 63, None],
        current=2,
    )


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
    "history": lambda: a_history([10, None, 12, 11, 9.5]),
    "progress": a_progress_chart,
    "range": lambda: a_progress_chart(targets=[None] * 8, bands=[(60, 70)] * 8),
    "journeys": lambda: charts.journeys_chart(
        [a_journey(), a_journey(value=None), a_journey(baseline=9, end_target=1, value=12)],
        title="Afgelegde weg",
        description="Eén indicator is op koers.",
    ),
    "counts": lambda: charts.counts_chart(
        [("Doel <1>", (17, 5, 2, 0)), ("Doel 2", (0, 1, 30, 1)), ("Doel 3", (0, 0, 0, 0))],
        [(sign, sign.name.lower()) for sign in charts.Sign],
        title="Aantallen",
        description="Doel 2 blijft achter.",
    ),
    "panels": a_panels_chart,
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
    for size in SIZES:
        svg = make().at(size)
        assert not re.search(r"\b(style|class|id|on\w+)=|<script|<style|nan|inf", svg)


def test_the_alternative_comes_first_and_holds_the_conclusion(make):
    chart = make()
    root = tree(chart.svg)
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == f"{chart.title}. {chart.description}"


def test_no_text_is_smaller_than_the_reader_needs(make):
    for size, least in ((WIDE, 11), (COMPACT, 11), (PAPER, 8), (PAPER_COLUMN, 8)):
        for node in tree(make().at(size)).iter(f"{SVG}text"):
            assert float(node.get("font-size")) >= least


def test_all_stays_inside_the_drawing_from_left_to_right(make):
    """Words as wide as they are printed on average; shapes by where they begin and end."""
    for size in SIZES:
        root = tree(make().at(size))
        for node in root.iter(f"{SVG}text"):
            width = 0.47 * len(node.text) * float(node.get("font-size"))
            share = {"start": 0, "middle": 0.5, "end": 1}[node.get("text-anchor")]
            left = float(node.get("x")) - share * width
            assert left >= -0.5, node.text
            assert left + width <= size.width + 0.5, node.text
        for node in root.iter(f"{SVG}rect"):
            x, width = float(node.get("x")), float(node.get("width"))
            assert x >= 0
            assert width >= 0
            assert x + width <= size.width + 0.2


def test_text_stays_inside_the_drawing_from_top_to_bottom(make):
    for size in SIZES:
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


def test_a_missing_year_breaks_the_filled_line_and_a_year_alone_has_a_dot():
    root = tree(a_history([1, 2, None, 4, 5, None, 3, None, 6, 7]).at(PAPER))
    paths = list(root.iter(f"{SVG}path"))
    assert sum(path.get("stroke") == theme.colour("primary-500") for path in paths) == 3
    assert sum(path.get("fill") == theme.colour("primary-50") for path in paths) == 4
    assert len(list(root.iter(f"{SVG}circle"))) == 3  # first and last are named, one stands alone


def test_a_history_names_its_first_highest_and_last_figure():
    values = [200, 210, 260, 300, 280, 250, 240, 230]
    bold = [
        node.text
        for node in tree(a_history(values).svg).iter(f"{SVG}text")
        if node.get("font-weight") == "600"
    ]
    assert bold == ["200", "300", "230"]
    assert a_history([None, None]).rows == (("2020", "niet gemeten"), ("2021", "niet gemeten"))


def test_progress_tells_baseline_target_and_figure():
    chart = a_progress_chart()
    assert chart.rows[0] == ("Nulmeting", "58,0%", "–")
    assert chart.rows[2] == ("2020", "niet gemeten", "62,0%")
    assert {"nul", "67,0%", "74,0%", "doel"} <= set(texts(chart.svg))
    ranged = EVERY_KIND["range"]()
    assert ranged.rows[1] == ("2019", "61,0%", "60,0 tot 70,0%")
    assert "60,0–70,0%" in texts(ranged.svg)


def test_a_band_beyond_the_axis_ends_at_its_edge():
    chart = a_progress_chart(targets=[96] * 8, bands=[(90, 110)] * 8, actuals=[95, *[None] * 7])
    height = float(tree(chart.svg).get("viewBox").split()[3])
    (band,) = [
        node.get("d")
        for node in tree(chart.svg).iter(f"{SVG}path")
        if node.get("fill") == theme.colour("accent-100")
    ]
    heights = [float(pair.split()[1]) for pair in re.findall(r"[\d.]+ [\d.]+", band)]
    assert min(heights) >= 0
    assert max(heights) <= height


def test_every_sign_has_a_shape_of_its_own():
    for sign, shapes in {
        charts.Sign.DISC: ("circle",),
        charts.Sign.HALF: ("circle", "path"),
        charts.Sign.TRIANGLE: ("path",),
        charts.Sign.RING: ("circle",),
    }.items():
        canvas = charts.Canvas(PAPER, height=20)
        canvas.sign(sign, 10, 10, 5)
        _, *drawn = tree(canvas.svg("t"))
        assert tuple(node.tag.removeprefix(SVG) for node in drawn) == shapes
        assert {node.get("stroke") for node in drawn} == {theme.colour(sign.value)}


def test_a_way_back_is_drawn_to_the_other_side():
    def bar(value):
        chart = charts.journeys_chart([a_journey(value=value)], title="t", description="d")
        bars = list(tree(chart.svg).iter(f"{SVG}rect"))
        return next(one for one in bars if one.get("fill") == theme.colour("primary-500"))

    start = float(bar(70).get("x"))
    back = bar(60)
    assert float(back.get("x")) + float(back.get("width")) == pytest.approx(start, abs=0.2)


def test_the_parts_of_a_count_are_as_long_as_their_numbers():
    rects = list(tree(EVERY_KIND["counts"]().svg).iter(f"{SVG}rect"))
    lengths = [float(node.get("width")) for node in rects]
    assert len(lengths) == 6  # a count of nought has no part
    assert lengths[0] / lengths[1] == pytest.approx(17 / 5, rel=0.05)


def test_long_names_take_two_lines_at_most():
    chart = charts.bar_chart(
        [charts.Series("n", [1])], ["Stichting " * 12], title="t", description="d"
    )
    names = [words for words in texts(chart.at(PAPER)) if words.startswith("Stichting")]
    assert len(names) == 2
    assert names[1].endswith("…")


def test_an_axis_that_does_not_start_at_nought_says_so():
    assert a_line_chart().note == "De as begint bij 55%, niet bij nul."
    low = charts.line_chart([charts.Series("a", [1, 9])], ["1", "2"], title="t", description="d")
    assert low.note == ""


def test_the_labels_at_the_ends_never_overlap():
    chart = a_line_chart(target=71)
    for size in SIZES:
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


def test_cents_stand_in_the_table_and_not_beside_the_bar():
    chart = charts.bar_chart(
        [charts.Series("Bedrag", [Decimal("89900.70"), Decimal(5)])],
        ["Verantwoord", "Betaald"],
        title="Bedragen",
        description="d",
        unit="€",
    )
    assert chart.rows[0][1].endswith("89.900,70")
    assert "€\N{NO-BREAK SPACE}89.901" in texts(chart.svg)


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


def test_kinds_of_marked_districts_are_told_apart_without_colour():
    ring = [[0, 0], [1, 0], [1, 1], [0, 1]]
    drawn = [
        charts.MapDistrict(f"Wijk {number}", [ring], "m", shape)
        for number, shape in enumerate(charts.Shape)
    ]
    chart = charts.district_map(drawn, title="t", description="d", legend="Rondje: blijft.")

    assert (chart.svg.count("<circle"), chart.svg.count("<rect")) == (2, 1)
    assert chart.svg.count("stroke-dasharray") == 1
    assert chart.note.startswith("Rondje: blijft. ")


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
    ("values", "ticks"),
    [
        ([0, 100], [0, 25, 50, 75, 100]),
        ([61, 80], [60, 65, 70, 75, 80]),
        ([3.9, 1.0], [1, 2, 3, 4]),
        ([5, 5], [4, 6]),
        ([0, 0], [0, 0.25]),
        ([None], [0, 0.25, 0.5, 0.75, 1]),
    ],
)
def test_ticks_span_what_is_known(values, ticks):
    made = ticks_for(values, wanted=4)
    known = [value for value in values if value is not None]
    assert made == ticks
    assert made[0] <= min(known, default=0)
    assert made[-1] >= max(known, default=0)


def test_ticks_have_the_decimals_that_they_need():
    assert tick_words([0, 0.25, 0.5]) == ["0,00", "0,25", "0,50"]
    assert tick_words([0, 2.5, 5], "%") == ["0,0%", "2,5%", "5,0%"]
    assert tick_words([0, 50]) == ["0", "50"]


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


def test_a_slope_names_each_line_and_tells_by_shape_how_it_stands():
    chart = charts.slope_chart(
        [
            charts.Slope("IKC A", (60, 70, 80), charts.Sign.DISC),
            charts.Slope("IKC B", (60, None, 80), charts.Sign.RING),
        ],
        ("Nulmeting", "2024/25", "Doel jaar 8"),
        title="Van nulmeting naar doel",
        description="IKC A ligt op koers.",
        unit="%",
    )
    assert chart.rows == (("IKC A", "60%", "70%", "80%"), ("IKC B", "60%", "niet gemeten", "80%"))
    drawn = str(chart.paper_svg)
    assert "80%  IKC A" in drawn
    assert drawn.count("<circle") == 1  # the sign of A; nothing stands for what was not measured
    assert drawn.count('text-anchor="end"') == 1  # the shared first figure is written once


def test_dots_are_numbered_by_name_and_leave_out_what_is_not_known():
    chart = charts.dots_chart(
        [charts.Strip("Bereik", (80, None, 60), (charts.Sign.DISC,) * 3, "%")],
        ["IKC A", "IKC B", "IKC C"],
        title="Hoe ver zij uit elkaar liggen",
        description="Op alfabet.",
    )
    drawn = str(chart.paper_svg)
    assert drawn.count("<circle") == 2
    assert ">1<" in drawn
    assert ">3<" in drawn
    assert ">2<" not in drawn
    assert chart.rows[1] == ("IKC B", "niet gemeten")
