"""From where something came, to where it is, to where it is to go: a line for each, named at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kvk2.core.charts.axes import Frame
from kvk2.core.charts.canvas import Canvas, Sign, Size, n, widest, wrapped
from kvk2.core.charts.chart import Chart
from kvk2.core.charts.scales import Figure, in_words, spread, ticks_for

NAME = 1.12  # of the text size, from one name to the next


@dataclass(frozen=True)
class Slope:
    """One line: a figure for each moment (None breaks it), and how it stands `at` one of them."""

    name: str
    values: Sequence[Figure | None]
    sign: Sign


def slope_chart(
    slopes: Sequence[Slope],
    moments: Sequence[str],
    *,
    title: str,
    description: str,
    unit: str = "",
    decimals: int = 0,
) -> Chart:
    """All lines on one scale; the last stretch, to what is still to come, is dashed.

    The sign at the moment before the last tells how each stands, by its shape.
    """

    def draw(size: Size) -> Canvas:
        text = size.text
        canvas = Canvas(size, height=max(len(slopes) * NAME * text + 2.4 * text, 11 * text))
        values = [value for slope in slopes for value in slope.values]
        ticks = ticks_for(values, wanted=4)
        ends = [in_words(slope.values[-1], unit, decimals) for slope in slopes]
        names = 0.34 * size.width
        frame = Frame(
            left=0.13 * size.width,
            right=size.width - names - widest(ends, text) - 0.8 * text,
            top=2.2 * text,
            bottom=canvas.height - 0.7 * text,
            low=ticks[0],
            high=ticks[-1],
            count=len(moments),
        )
        for index, moment in enumerate(moments):
            x = frame.x(index)
            canvas.path(f"M{n(x)} {n(frame.top)}V{n(frame.bottom)}", "neutral-200")
            canvas.text(x, 0.8 * text, moment, anchor="middle", colour="neutral-700", bold=True)
        for slope in slopes:
            _line(canvas, frame, slope)
        _starts(
            canvas, frame, [in_words(slope.values[0], unit, decimals) for slope in slopes], slopes
        )
        _ends(canvas, frame, ends, slopes)
        return canvas

    rows = tuple(
        (slope.name, *(in_words(value, unit, decimals) for value in slope.values))
        for slope in slopes
    )
    return Chart(title, description, ("", *moments), rows, draw)


def _line(canvas: Canvas, frame: Frame, slope: Slope) -> None:
    points = [
        None if value is None else (frame.x(index), frame.y(value))
        for index, value in enumerate(slope.values)
    ]
    last = len(points) - 2
    for index, (start, end) in enumerate(pairwise(points)):
        if start and end:
            to_come = index == last
            canvas.line(
                (start, end),
                "accent-400" if to_come else "primary-500",
                width=1.4 if to_come else 2,
                dash="5 4" if to_come else "",
            )
    if now := points[last]:
        canvas.sign(slope.sign, *now, 0.42 * canvas.size.text)


def _starts(canvas: Canvas, frame: Frame, words: Sequence[str], slopes: Sequence[Slope]) -> None:
    """The first figures, each once."""
    text = canvas.size.text
    places = {
        word: frame.y(value)
        for word, slope in zip(words, slopes, strict=True)
        if (value := slope.values[0]) is not None
    }
    moved = spread(list(places.values()), 1.1 * text, frame.top, frame.bottom)
    for word, y in zip(places, moved, strict=True):
        canvas.text(frame.left - 0.6 * text, y, word, anchor="end")


def _ends(canvas: Canvas, frame: Frame, words: Sequence[str], slopes: Sequence[Slope]) -> None:
    """The name and last figure of each line; what ends at the same place stands under each other."""
    text = canvas.size.text
    known = [
        (slope, word, frame.y(value))
        for slope, word in zip(slopes, words, strict=True)
        if (value := slope.values[-1]) is not None
    ]
    room = canvas.size.width - frame.right - 0.8 * text
    moved = spread([y for _, _, y in known], NAME * text, 2 * text, frame.bottom)
    for (slope, word, _), y in zip(known, moved, strict=True):
        name = wrapped(slope.name, room - widest([f"{word}  "], text), 1.1 * text)[0]
        canvas.text(frame.right + 0.8 * text, y, f"{word}  {name}", colour="neutral-700")
