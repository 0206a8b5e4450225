"""Horizontal bars, always from nought."""

from collections.abc import Sequence

from kvk2.core.charts.chart import (
    Canvas,
    Chart,
    Size,
    decimals_of,
    in_words,
    text_width,
    ticks_between,
)
from kvk2.core.charts.lines import Series

FILLS = (("series-1", "none"), ("primary-200", "primary-400"), ("neutral-200", "neutral-400"))
MISSING = "niet bekend"
NAME_WIDTH = 0.3  # of the drawing, at most, for the names at the left


def bar_chart(
    series: Sequence[Series],
    labels: Sequence[str],
    *,
    title: str,
    description: str,
    unit: str = "",
    first_header: str = "",
    compact: bool = False,
) -> Chart:
    """Horizontal bars, one group per label with a bar for each series; at most three series.

    Beside each bar stands its figure and, when there are more, the name of its series.
    """
    values = [value for one in series for value in one.values if value is not None]
    places = decimals_of(values)
    highest = ticks_between(0.0, max(map(float, values), default=1.0))[-1]

    def draw(size: Size) -> Canvas:
        text, groups = size.text, len(labels)
        thickness = 1.35 * text
        gap = 1.1 * text + (1.4 * text if size.is_narrow else 0)
        group_height = len(series) * thickness + gap
        canvas = Canvas(size, height=groups * group_height)
        ends = [_bar_words(one, i, unit, places, series) for one in series for i in range(groups)]
        names = 0 if size.is_narrow else min(_widest(labels, text), NAME_WIDTH * size.width) + text
        room = size.width - names - _widest(ends, text) - text
        for index, label in enumerate(labels):
            top = index * group_height + gap / 2
            if size.is_narrow:
                canvas.text(0, top - 0.1 * text, label, bold=True, colour="neutral-700")
                top += 0.8 * text
            else:
                middle = top + len(series) * thickness / 2
                canvas.text(0, middle, label, colour="neutral-700")
            for number, one in enumerate(series):
                y = top + number * thickness
                length = room * float(one.values[index] or 0) / highest
                fill, stroke = FILLS[number % len(FILLS)]
                canvas.rect(names, y, length, thickness - 0.15 * text, fill, stroke=stroke)
                words = _bar_words(one, index, unit, places, series)
                canvas.text(names + length + 0.5 * text, y + thickness / 2, words)
        return canvas

    rows = [
        (label, *(in_words(one.values[index], unit, places, missing=MISSING) for one in series))
        for index, label in enumerate(labels)
    ]
    headers = (first_header, *(one.name for one in series))
    return Chart(title, description, headers, tuple(rows), draw, compact=compact)


def _bar_words(one: Series, index: int, unit: str, places: int, series: Sequence[Series]) -> str:
    words = in_words(one.values[index], unit, places, missing=MISSING)
    return f"{words} {one.short or one.name.lower()}" if len(series) > 1 else words


def _widest(texts: Sequence[str], size: float) -> float:
    return max((text_width(words, size) for words in texts), default=0)
