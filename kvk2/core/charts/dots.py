"""How far figures lie apart: a dot for each on one line, numbered by name and never ranked."""

from collections.abc import Sequence
from dataclasses import dataclass

from kvk2.core.charts.canvas import Canvas, Sign, Size, n, wrapped
from kvk2.core.charts.chart import Chart
from kvk2.core.charts.scales import Figure, in_words, scale, spread, tick_words, ticks_for


@dataclass(frozen=True)
class Strip:
    """One line of dots: a figure and a sign for each name; None where there is no figure."""

    name: str
    values: Sequence[Figure | None]
    signs: Sequence[Sign]
    unit: str = ""
    decimals: int = 0


def dots_chart(
    strips: Sequence[Strip], names: Sequence[str], *, title: str, description: str
) -> Chart:
    """Each strip on its own scale; the number over a dot is the place of its name in `names`, from 1."""

    def draw(size: Size) -> Canvas:
        height = (7.6 if size.is_narrow else 5.4) * size.text
        canvas = Canvas(size, height=height * len(strips))
        for index, strip in enumerate(strips):
            _strip(canvas, strip, height * index)
        return canvas

    rows = tuple(
        (
            name,
            *(in_words(strip.values[index], strip.unit, strip.decimals) for strip in strips),
        )
        for index, name in enumerate(names)
    )
    return Chart(title, description, ("", *(strip.name for strip in strips)), rows, draw)


def _strip(canvas: Canvas, strip: Strip, top: float) -> None:
    text, width = canvas.size.text, canvas.size.width
    is_narrow = canvas.size.is_narrow
    names = 0.0 if is_narrow else 0.32 * width
    middle = top + (4.4 if is_narrow else 2.6) * text
    lines = wrapped(strip.name, (width if is_narrow else names) - text, text)
    canvas.lines(0, top + text if is_narrow else middle, lines, colour="neutral-700", scale=1)
    ticks = ticks_for(strip.values, wanted=4)
    place = scale(ticks[0], ticks[-1], names + 2 * text, width - 2 * text)
    canvas.path(
        f"M{n(place(ticks[0]))} {n(middle)}H{n(place(ticks[-1]))}", "neutral-300", width=canvas.hair
    )
    for tick, words in zip(ticks, tick_words(ticks, strip.unit), strict=True):
        canvas.text(place(tick), middle + 1.5 * text, words, anchor="middle")
    known = [
        (number, place(value), sign)
        for number, (value, sign) in enumerate(zip(strip.values, strip.signs, strict=True), 1)
        if value is not None
    ]
    apart = spread([x for _, x, _ in known], 1.2 * text, names + text, width - text)
    for (number, x, sign), at in zip(known, apart, strict=True):
        canvas.sign(sign, x, middle, 0.4 * text)
        canvas.text(at, middle - 1.3 * text, str(number), anchor="middle", colour="neutral-700")
