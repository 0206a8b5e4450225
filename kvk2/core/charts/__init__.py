"""Charts as SVG, made on the server: pure functions from figures to a `Chart`.

A chart is read in three ways, and each must be enough: as a drawing, as the sentence in its
`<title>` (the conclusion, for who cannot see it), and as the table of its figures. Series differ by
dash, marker and the label at their end, never by colour alone; a missing year breaks the line; an
axis that does not start at nought says so; bars always do. The drawings carry presentation
attributes only, so that they obey a strict content security policy and look the same in a PDF.
"""

from kvk2.core.charts.bars import bar_chart
from kvk2.core.charts.bullets import bullet_chart
from kvk2.core.charts.chart import Chart
from kvk2.core.charts.district_map import MapDistrict, district_map
from kvk2.core.charts.lines import Series, line_chart

__all__ = [
    "Chart",
    "MapDistrict",
    "Series",
    "bar_chart",
    "bullet_chart",
    "district_map",
    "line_chart",
]
