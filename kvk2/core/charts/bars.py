"""Horizontal bars, always from nought: amounts beside each other, or counts in one row."""

from collections.abc import Sequence

from kvk2.core.charts.canvas import Canvas, Sign, Size, widest, wrapped
from kvk2.core.charts.chart import Chart
from kvk2.core.charts.lines import Series
from kvk2.core.charts.scales import decimals_of, in_words, ticks_between

# The last series is what came of it, and the darkest.
FILLS = (("series-1", "none"), ("primary-200", "primary-400"), ("neutral-200", "neutral-400"))
MISSING = "niet bekend"
NAME_WIDTH = 0.3  # of the drawing, at most, for the names at the left
TINT = 15  # percent of the colour of a sign, behind it


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
    drawn = 0 if unit == "€" else places  # cents stand in the table under the picture
    written = 2 * places if unit == "€" else places
    highest = ticks_between(0.0, max(map(float, values), default=1.0))[-1]

    def words(one: Series, index: int) -> str:
        figure = in_words(one.values[index], unit, drawn, missing=MISSING)
        if len(series) == 1:
            return figure
        name = one.short or one.name.lower()
        return f"{name}: {figure}" if one.values[index] is None else f"{figure} {name}"

    def draw(size: Size) -> Canvas:
        text, groups = size.text, range(len(labels))
        thickness = 1.35 * text
        gap = 1.1 * text + (1.4 * text if size.is_narrow else 0)
        group_height = max(len(series) * thickness, 0 if size.is_narrow else 2.2 * text) + gap
        canvas = Canvas(size, height=len(labels) * group_height)
        ends = [words(one, index) for one in series for index in groups]
        names = 0.0 if size.is_narrow else _name_width(labels, size)
        unit_width = (size.width - names - widest(ends, text) - text) / highest
        for index, label in enumerate(labels):
            top = _named(canvas, label, index * group_height, group_height, names)
            top += (group_height - gap - len(series) * thickness) / 2 + gap / 2
            for number, one in enumerate(series):
                y = top + number * thickness
                length = unit_width * float(one.values[index] or 0)
                fill, stroke = FILLS[(len(series) - 1 - number) % len(FILLS)]
                if length:
                    canvas.rect(names, y, length, thickness - 0.2 * text, fill, stroke=stroke)
                middle = y + thickness / 2 - 0.1 * text
                is_last = number == len(series) - 1
                canvas.text(
                    names + length + 0.5 * text,
                    middle,
                    words(one, index),
                    colour="primary-600" if is_last else "neutral-500",
                    bold=is_last,
                )
        return canvas

    rows = [
        (label, *(in_words(one.values[index], unit, written, missing=MISSING) for one in series))
        for index, label in enumerate(labels)
    ]
    headers = (first_header, *(one.name for one in series))
    return Chart(title, description, headers, tuple(rows), draw, compact=compact)


def counts_chart(
    rows: Sequence[tuple[str, Sequence[int]]],
    parts: Sequence[tuple[Sign, str]],
    *,
    title: str,
    description: str,
) -> Chart:
    """One bar per row, parted by judgement; each part shows its sign and its number.

    A row is its name and a count for each of `parts`.
    """

    def draw(size: Size) -> Canvas:
        text = size.text
        height = (4.4 if size.is_narrow else 3) * text
        canvas = Canvas(size, height=len(rows) * height)
        names = 0.0 if size.is_narrow else _name_width([name for name, _ in rows], size)
        least = 1.9 * text  # a sign and a figure
        unit_width = _unit_width([counts for _, counts in rows], size.width - names, least)
        for index, (name, counts) in enumerate(rows):
            top = _named(canvas, name, index * height, height, names) + 0.45 * text
            at = names
            for (sign, _), count in zip(parts, counts, strict=True):
                if count:
                    width = max(unit_width * count, least)
                    _part(canvas, sign, count, at, top, width)
                    at += width
        return canvas

    table = tuple((name, *map(str, counts)) for name, counts in rows)
    return Chart(title, description, ("", *(words for _, words in parts)), table, draw)


def _unit_width(rows: Sequence[Sequence[int]], room: float, least: float) -> float:
    """The width of a count of one, such that every row fits with no part smaller than `least`."""
    unit = room
    for counts in rows:
        own = room / (sum(counts) or 1)
        for _ in counts:  # each round can make one more part too small
            small = [count for count in counts if 0 < own * count < least]
            own = (room - least * len(small)) / ((sum(counts) - sum(small)) or 1)
        unit = min(unit, own)
    return unit


def _part(canvas: Canvas, sign: Sign, count: int, x: float, top: float, width: float) -> None:
    """A part of a bar; where it is narrow, its sign and number stand close together."""
    text = canvas.size.text
    is_narrow = width < 3.3 * text
    canvas.rect(x, top, width - 0.15 * text, 2.1 * text, f"{sign.value}/{TINT}")
    middle, start = top + 1.05 * text, x + (0.6 if is_narrow else 1.1) * text
    canvas.sign(sign, start, middle, (0.34 if is_narrow else 0.46) * text)
    shift = (0.45 if is_narrow else 0.9) * text
    canvas.text(start + shift, middle, str(count), bold=True, colour="neutral-700")


def _name_width(labels: Sequence[str], size: Size) -> float:
    return min(widest(labels, 1.1 * size.text), NAME_WIDTH * size.width) + size.text


def _named(canvas: Canvas, name: str, top: float, height: float, width: float) -> float:
    """The name of a row, left of its bars or, without `width`, over them; where the bars begin."""
    text = canvas.size.text
    if not width:
        canvas.text(0, top + 1.15 * text, name, bold=True, colour="neutral-700")
        return top + 1.1 * text
    lines = wrapped(name, width - text, 1.1 * text)
    canvas.lines(0, top + height / 2, lines, colour="neutral-700", scale=1.1)
    return top
