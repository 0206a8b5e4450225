"""What charts over the years share: the rectangle they are drawn in, its grid, and its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from kvk2.core.charts.canvas import Canvas, n, text_width, widest
from kvk2.core.charts.scales import Figure, Point, stretches

GAP = 0.25  # of the text size, between the labels of two years
MANY = 16  # more years than this are read by fives


@dataclass(frozen=True)
class Frame:
    """The rectangle of a chart, and the way from figures and years to places in it."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    count: int

    def x(self, index: int) -> float:
        if self.count < 2:
            return (self.left + self.right) / 2
        return self.left + (self.right - self.left) * index / (self.count - 1)

    def y(self, value: Figure) -> float:
        """What lies beyond the lowest or highest tick is drawn at it."""
        share = min(max((float(value) - self.low) / (self.high - self.low), 0.0), 1.0)
        return self.bottom - (self.bottom - self.top) * share

    @property
    def step(self) -> float:
        """From one year to the next."""
        return (self.right - self.left) / max(1, self.count - 1)

    def stretches(self, values: Sequence[Figure | None], first: int = 0) -> list[list[Point]]:
        """The points of the values, parted where one is missing; `first` is the index of the first."""
        places = [self.x(first + index) for index in range(len(values))]
        return stretches(places, [None if value is None else self.y(value) for value in values])


def grid(
    canvas: Canvas, frame: Frame, ticks: Sequence[float], words: Sequence[str], edge: float = 0
) -> None:
    """A line with its figure for each tick, `edge` wider than the frame; the lowest is the axis."""
    for tick, label in zip(ticks, words, strict=True):
        y, colour = frame.y(tick), "neutral-400" if tick == ticks[0] else "neutral-200"
        canvas.path(
            f"M{n(frame.left - edge)} {n(y)}H{n(frame.right + edge)}", colour, width=canvas.hair
        )
        canvas.text(frame.left - edge - 0.5 * canvas.size.text, y, label, anchor="end")


def year_labels(
    canvas: Canvas, frame: Frame, labels: Sequence[str], *, current: int | None = None
) -> None:
    """As many labels as fit: always the `current` one, in bold, or else the last."""
    text = canvas.size.text
    kept = len(labels) - 1 if current is None else current
    every = ceil((widest(labels, text) + GAP * text) / (frame.step or 1))
    if len(labels) > MANY:
        every = ceil(every / 5) * 5
    for index, label in enumerate(labels):
        if (kept - index) % every:
            continue
        half = text_width(label, text) / 2
        x = min(max(frame.x(index), half), canvas.size.width - half)
        is_current = index == current
        colour = "primary-600" if is_current else "neutral-500"
        y = frame.bottom + 1.3 * text
        canvas.text(x, y, label, anchor="middle", colour=colour, bold=is_current)


def draw_line(
    canvas: Canvas, runs: Sequence[Sequence[Point]], colour: str, *, width: float, dash: str = ""
) -> list[Point]:
    """Draw the stretches of two points and more; return all points."""
    for run in runs:
        if len(run) > 1:
            canvas.line(run, colour, width=width, dash=dash)
    return [point for run in runs for point in run]
