"""Charts as SVG, made on the server: pure functions from figures to a `Chart`, for screen and PDF.

A chart is read in three ways, and each must be enough: as a drawing, as the sentence in its
`<title>` (the conclusion, for who cannot see it), and as the table of its figures. Series differ by
dash, marker and the label at their end, never by colour alone; a missing year breaks the line; an
axis that does not start at nought says so; bars always do. The drawings carry presentation
attributes only, so that they obey a strict content security policy and look the same in a PDF.

`scales` turns figures into places and words, `canvas` draws shapes, `axes` is what charts over the
years share; the other modules hold one kind of chart each. A drawing of an app's own starts at
`Canvas`.
"""

from kvk2.core.charts.bars import bar_chart, counts_chart
from kvk2.core.charts.bullets import Journey, bullet_chart, journeys_chart
from kvk2.core.charts.canvas import Canvas, Sign, Size
from kvk2.core.charts.chart import Chart
from kvk2.core.charts.district_map import MapDistrict, Shape, district_map
from kvk2.core.charts.dots import Strip, dots_chart
from kvk2.core.charts.ladder import Stand, ladder_chart
from kvk2.core.charts.lines import Series, history_chart, line_chart
from kvk2.core.charts.multiples import Multiple, multiples_chart
from kvk2.core.charts.progress import Panel, band, panels_chart, progress_chart
from kvk2.core.charts.slopes import Slope, slope_chart

__all__ = [
    "Canvas",
    "Chart",
    "Journey",
    "MapDistrict",
    "Multiple",
    "Panel",
    "Series",
    "Shape",
    "Sign",
    "Size",
    "Slope",
    "Stand",
    "Strip",
    "band",
    "bar_chart",
    "bullet_chart",
    "counts_chart",
    "district_map",
    "dots_chart",
    "history_chart",
    "journeys_chart",
    "ladder_chart",
    "line_chart",
    "multiples_chart",
    "panels_chart",
    "progress_chart",
    "slope_chart",
]
