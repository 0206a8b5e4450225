"""Small lines beside each other, each on its own scale: what changes around somebody, without a judgement."""

from collections.abc import Sequence
from dataclasses import dataclass

from kvk2.core.charts.axes import Frame, draw_line, grid
from kvk2.core.charts.canvas import Canvas, Size, widest, wrapped
from kvk2.core.charts.chart import Chart
from kvk2.core.charts.scales import MISSING, Figure, Point, in_words, tick_words, ticks_for

COLUMNS = 3
GAP = 1.8  # of the text size, between two lines
NOTE = "Elke lijn heeft een eigen schaal, die niet bij nul begint."
NOTHING = "–"


@dataclass(frozen=True)
class Multiple:
    """One small line: (index of the label, figure); None where there should have been one breaks it."""

    name: str
    points: Sequence[tuple[int, Figure | None]]
    words: str  # the last figure
    unit: str = ""
    decimals: int = 0

    def cell(self, index: int) -> str:
        """The figure at a label, as the table prints it; a dash where nobody counted."""
        found = dict(self.points)
        if index not in found:
            return NOTHING
        unit = "%" if self.unit == "%" else ""
        return in_words(found[index], unit, self.decimals, missing=MISSING)


def multiples_chart(
    multiples: Sequence[Multiple], labels: Sequence[str], *, title: str, description: str
) -> Chart:
    """Three beside each other, or under each other where it is narrow, over the same years."""

    def draw(size: Size) -> Canvas:
        columns = 1 if size.is_narrow else COLUMNS
        text, gap = size.text, GAP * size.text
        width = (size.width - gap * (columns - 1)) / columns
        names = [wrapped(one.name, width, 1.06 * text) for one in multiples]
        head = (1.2 * max(map(len, names), default=1) + 1.5) * text
        height = head + 7 * text
        canvas = Canvas(size, height=-(-len(multiples) // columns) * height)
        for index, one in enumerate(multiples):
            left, top = index % columns * (width + gap), index // columns * height
            canvas.lines(
                left, top + 0.6 * text * len(names[index]), names[index],
                colour="neutral-700", scale=1,
            )  # fmt: skip
            place = top + 1.2 * text * len(names[index]) + 0.6 * text
            canvas.text(left, place, one.words, bold=True, colour="primary-600", scale=1.06)
            _line(canvas, one, labels, (left, top + head), width)
        return canvas

    rows = tuple(
        (_headed(one), *(one.cell(index) for index in range(len(labels)))) for one in multiples
    )
    return Chart(title, description, ("", *labels), rows, draw, note=NOTE)


def _headed(one: Multiple) -> str:
    return f"{one.name} ({one.unit})" if one.unit and one.unit != "%" else one.name


def _line(
    canvas: Canvas, one: Multiple, labels: Sequence[str], corner: Point, width: float
) -> None:
    text, (left, top) = canvas.size.text, corner
    ticks = ticks_for([value for _, value in one.points], wanted=2)
    ticks = [ticks[0], ticks[-1]]  # where a line stands between them, its figures say
    words = tick_words(ticks)
    frame = Frame(
        left=left + widest(words, text) + 1.2 * text,
        right=left + width - 0.6 * text,
        top=top + 0.6 * text,
        bottom=top + 4.6 * text,
        low=ticks[0],
        high=ticks[-1],
        count=len(labels),
    )
    grid(canvas, frame, ticks, words, edge=0.6 * text)
    runs = _runs(one, frame)
    draw_line(canvas, runs, "primary-500", width=2.6)
    for x, y in dict.fromkeys(end for run in runs for end in (run[0], run[-1])):
        canvas.disc(x, y, 0.24 * text, "primary-500", fill="primary-500")
    for index, anchor in ((0, "start"), (len(labels) - 1, "end")):
        x = frame.x(index) + (0.6 * text if anchor == "end" else -0.6 * text)
        canvas.text(x, frame.bottom + 1.1 * text, labels[index], anchor=anchor)


def _runs(one: Multiple, frame: Frame) -> list[list[Point]]:
    """The stretches between figures that are missing; a year in which nobody counts is no gap."""
    runs: list[list[Point]] = [[]]
    for index, value in one.points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((frame.x(index), frame.y(value)))
    return [run for run in runs if run]
