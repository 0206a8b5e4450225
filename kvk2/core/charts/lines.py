"""Line charts: a few series over the years, against a target."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from kvk2.core.charts.chart import (
    Canvas,
    Chart,
    Figure,
    Size,
    decimals_of,
    in_words,
    n,
    spread,
    text_width,
    ticks_between,
)

DASHES = ("", "9 5", "2 6", "12 4 2 4")
# An axis starts at nought anyway when the lowest figure is less than this part of the highest.
NEAR_ZERO = 0.35


@dataclass(frozen=True)
class Series:
    """One line: `values` has a figure or None for each label; `short` stands at its end."""

    name: str
    values: Sequence[Figure | None]
    short: str = ""


def line_chart(
    series: Sequence[Series],
    labels: Sequence[str],
    *,
    title: str,
    description: str,
    unit: str = "",
    target: Figure | Sequence[Figure | None] | None = None,
    target_label: str = "Doel",
    decimals: int | None = None,
    compact: bool = False,
) -> Chart:
    """Lines over the years that `labels` names.

    `target` is one figure for all years, or one for each. `unit` is '%', '€' or a word.
    """
    targets = list(target) if isinstance(target, Sequence) else [target] * len(labels)
    has_target = any(value is not None for value in targets)
    known = [float(value) for value in _all(series, targets) if value is not None]
    places = decimals_of(_all(series, targets)) if decimals is None else decimals
    low, high = min(known, default=0.0), max(known, default=1.0)
    ticks = ticks_between(0.0 if 0 <= low < NEAR_ZERO * high else low, high)
    plot = _Plot(series, labels, targets if has_target else [], target_label, ticks, unit, places)
    rows = [
        (label, *(in_words(one.values[index], unit, places) for one in series))
        + ((in_words(targets[index], unit, places),) if has_target else ())
        for index, label in enumerate(labels)
    ]
    start = in_words(ticks[0], unit, decimals_of(ticks))
    return Chart(
        title=title,
        description=description,
        headers=("Jaar", *(one.name for one in series), *([target_label] if has_target else [])),
        rows=tuple(rows),
        draw=plot.draw,
        note="" if ticks[0] == 0 else f"De as begint bij {start}, niet bij nul.",
        compact=compact,
    )


def _all(series: Sequence[Series], targets: Iterable[Figure | None]) -> Iterable[Figure | None]:
    return [*(value for one in series for value in one.values), *targets]


@dataclass(frozen=True)
class _Plot:
    series: Sequence[Series]
    labels: Sequence[str]
    targets: Sequence[Figure | None]
    target_label: str
    ticks: Sequence[float]
    unit: str
    decimals: int

    def draw(self, size: Size) -> Canvas:
        canvas = Canvas(size, height=size.width * (0.72 if size.is_narrow else 0.38))
        frame = self._frame(canvas)
        self._axes(canvas, frame)
        if self.targets:
            self._line(canvas, frame, self.targets, "neutral-500", width=1.8, dash="3 5")
        for number, one in enumerate(self.series):
            colour, dash = f"series-{number % 4 + 1}", DASHES[number % len(DASHES)]
            points = self._line(canvas, frame, one.values, colour, width=2.8, dash=dash)
            for x, y in points:
                canvas.marker(number, x, y, colour)
        self._end_labels(canvas, frame)
        return canvas

    def _frame(self, canvas: Canvas) -> "_Frame":
        text = canvas.size.text
        ends = [words for _, _, words in self._ends()] or [""]
        ticks = [in_words(tick, self.unit, decimals_of(self.ticks)) for tick in self.ticks]
        return _Frame(
            left=max(text_width(words, text) for words in ticks) + 0.9 * text,
            right=canvas.size.width - max(text_width(words, text) for words in ends) - 1.3 * text,
            top=text,
            bottom=canvas.height - 2.2 * text,
            low=self.ticks[0],
            high=self.ticks[-1],
            count=len(self.labels),
        )

    def _axes(self, canvas: Canvas, frame: "_Frame") -> None:
        text = canvas.size.text
        for tick in self.ticks:
            colour = "neutral-400" if tick == self.ticks[0] else "neutral-200"
            canvas.path(f"M{n(frame.left)} {n(frame.y(tick))}H{n(frame.right)}", colour)
            words = in_words(tick, self.unit, decimals_of(self.ticks))
            canvas.text(frame.left - 0.5 * text, frame.y(tick), words, anchor="end")
        room = (frame.right - frame.left) / max(1, len(self.labels) - 1)
        widest = max((text_width(label, text) for label in self.labels), default=0)
        every = ceil((widest + 0.7 * text) / room)
        for index, label in enumerate(self.labels):
            if (len(self.labels) - 1 - index) % every == 0:  # the last year always has its label
                y = frame.bottom + 1.3 * text
                canvas.text(frame.x(index), y, label, anchor="middle")

    def _line(
        self,
        canvas: Canvas,
        frame: "_Frame",
        values: Sequence[Figure | None],
        colour: str,
        *,
        width: float,
        dash: str,
    ) -> list[tuple[float, float]]:
        """Draw the stretches without missing years; return all known points."""
        stretches: list[list[tuple[float, float]]] = [[]]
        for index, value in enumerate(values):
            if value is None:
                stretches.append([])
            else:
                stretches[-1].append((frame.x(index), frame.y(float(value))))
        for stretch in stretches:
            if len(stretch) > 1:
                data = "M" + "L".join(f"{n(x)} {n(y)}" for x, y in stretch)
                canvas.path(data, colour, width=width * canvas.size.text / 14, dash=dash)
        return [point for stretch in stretches for point in stretch]

    def _ends(self) -> list[tuple[float, str, str]]:
        """The last figure, the colour and the words of each label at the right."""
        ends = []
        for number, one in enumerate(self.series):
            known = [value for value in one.values if value is not None]
            if known:
                words = f"{one.short or one.name} {in_words(known[-1], self.unit, self.decimals)}"
                ends.append((float(known[-1]), f"series-{number % 4 + 1}", words))
        known = [value for value in self.targets if value is not None]
        if known:
            words = f"{self.target_label} {in_words(known[-1], self.unit, self.decimals)}"
            ends.append((float(known[-1]), "neutral-500", words))
        return ends

    def _end_labels(self, canvas: Canvas, frame: "_Frame") -> None:
        text, ends = canvas.size.text, self._ends()
        places = spread(
            [frame.y(value) for value, _, _ in ends], 1.3 * text, frame.top, frame.bottom
        )
        for (_, colour, words), y in zip(ends, places, strict=True):
            bold = colour != "neutral-500"
            canvas.text(frame.right + 0.8 * text, y, words, colour=colour, bold=bold)


@dataclass(frozen=True)
class _Frame:
    """The rectangle in which the lines are drawn, and the way from figures to places in it."""

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

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - (self.bottom - self.top) * share
