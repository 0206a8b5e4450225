"""A chart as a file that people put in a letter or a presentation: SVG, PNG, or its figures as CSV."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils.text import slugify

from kvk2.core.charts.chart import WIDE, Chart
from kvk2.core.csv_export import csv_response

FORMS = ("svg", "png", "csv")
# Sharp on a screen and on paper: about 200 dots an inch over the width of a page.
_PIXELS = 1600


def chart_file(chart: Chart, form: str) -> HttpResponseBase:
    """The download of one chart; `form` is one of FORMS, anything else a ValueError."""
    name = f"{slugify(chart.title)[:80] or 'grafiek'}.{form}"
    if form == "csv":
        return csv_response(name, list(chart.headers), [list(row) for row in chart.rows])
    if form not in FORMS:
        raise ValueError(form)
    drawing = chart.at(WIDE)
    if form == "svg":
        content, kind = drawing.encode(), "image/svg+xml"
    else:
        content, kind = _png(drawing), "image/png"
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _png(drawing: str) -> bytes:
    """Drawn with the portal's own fonts, and with none of the machine."""
    import resvg_py  # noqa: PLC0415 - a compiled library that only a download needs

    fonts = settings.BASE_DIR / "static" / "build" / "fonts" / "pdf"
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawing,
            background="#ffffff",
            width=_PIXELS,
            skip_system_fonts=True,
            font_dirs=[str(fonts)],
            font_family="Source Sans 3",
            sans_serif_family="Source Sans 3",
        )
    )
