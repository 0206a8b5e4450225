"""Line charts: a few series over the years, against a target."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kvk2.core.charts.axes import Frame, draw_line, grid, year_labels
from kvk2.core.charts.canvas import Canvas, Size, joined, n, text_width, widest
from kvk2.core.charts.chart import Chart
from kvk2.core.charts.scales import Figure, decimals_of, in_words, spread, tick_words, ticks_between

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
    return Chart(
        title=title,
        description=description,
        headers=("Jaar", *(one.name for one in series), *([target_label] if has_target else [])),
        rows=tuple(rows),
        draw=plot.draw,
        note=_note(ticks, unit),
        compact=compact,
    )


def history_chart(
    name: str,
    values: Sequence[Figure | None],
    labels: Sequence[str],
    *,
    title: str,
    description: str,
) -> Chart:
    """One long series as a filled line from nought; the first, highest and last figure are named."""
    places = decimals_of(values)
    plot = _History(values, labels, places)
    rows = tuple(
        (label, in_words(value, "", places)) for label, value in zip(labels, values, strict=True)
    )
    return Chart(title, description, ("Jaar", name), rows, plot.draw)


def _note(ticks: Sequence[float], unit: str) -> str:
    """The warning for an axis that does not start at nought."""
    return "" if ticks[0] == 0 else f"De as begint bij {tick_words(ticks, unit)[0]}, niet bij nul."


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
        grid(canvas, frame, self.ticks, tick_words(self.ticks, self.unit))
        year_labels(canvas, frame, self.labels)
        if self.targets:
            runs = frame.stretches(self.targets)
            draw_line(canvas, runs, "neutral-500", width=1.8, dash="3 5")
        for number, one in enumerate(self.series):
            colour, dash = f"series-{number % 4 + 1}", DASHES[number % len(DASHES)]
            runs = frame.stretches(one.values)
            for x, y in draw_line(canvas, runs, colour, width=2.8, dash=dash):
                canvas.marker(number, x, y, colour)
        self._end_labels(canvas, frame)
        return canvas

    def _frame(self, canvas: Canvas) -> Frame:
        text = canvas.size.text
        ends = max((text_width(end, text, bold=True) for _, _, end in self._ends()), default=0)
        return Frame(
            left=widest(tick_words(self.ticks, self.unit), text) + 0.9 * text,
            right=canvas.size.width - ends - 1.3 * text,
            top=text,
            bottom=canvas.height - 2.2 * text,
            low=self.ticks[0],
            high=self.ticks[-1],
            count=len(self.labels),
        )

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

    def _end_labels(self, canvas: Canvas, frame: Frame) -> None:
        text, ends = canvas.size.text, self._ends()
        places = spread(
            [frame.y(value) for value, _, _ in ends], 1.3 * text, frame.top, frame.bottom
        )
        for (_, colour, words), y in zip(ends, places, strict=True):
            bold = colour != "neutral-500"
            canvas.text(frame.right + 0.8 * text, y, words, colour=colour, bold=bold)


@dataclass(frozen=True)
class _History:
    values: Sequence[Figure | None]
    labels: Sequence[str]
    decimals: int

    def draw(self, size: Size) -> Canvas:
        text = size.text
        canvas = Canvas(size, height=size.width * (0.6 if size.is_narrow else 0.31))
        known = [float(value) for value in self.values if value is not None]
        ticks = ticks_between(0.0, max(known, default=1.0), wanted=4)
        words = tick_words(ticks)
        frame = Frame(
            left=widest(words, text) + 1.6 * text,
            right=size.width - 2 * text,
            top=1.7 * text,
            bottom=canvas.height - 2.2 * text,
            low=0,
            high=ticks[-1],
            count=len(self.labels),
        )
        runs = frame.stretches(self.values)
        for run in runs:
            floor = n(frame.bottom)
            area = f"M{n(run[0][0])} {floor}L{joined(run)}L{n(run[-1][0])} {floor}Z"
            canvas.path(area, "none", fill="primary-50")
        grid(canvas, frame, ticks, words, edge=0.6 * text)
        year_labels(canvas, frame, self.labels)
        draw_line(canvas, runs, "primary-500", width=2.8)
        self._told(canvas, frame)
        for (x, y), *others in runs:
            if not others:  # a year alone has no line to be seen by
                canvas.disc(x, y, 0.25 * text, "primary-500", fill="primary-500")
        return canvas

    def _told(self, canvas: Canvas, frame: Frame) -> None:
        text = canvas.size.text
        for index, value in _landmarks(self.values):
            x, y = frame.x(index), frame.y(value)
            canvas.disc(x, y, 0.34 * text, "primary-500", fill="primary-500")
            words = in_words(value, "", self.decimals)
            half = text_width(words, 1.2 * text, bold=True) / 2
            x = min(max(x, half), canvas.size.width - half)
            canvas.text(
                x, y - text, words, anchor="middle", colour="primary-600", bold=True, scale=1.2
            )


def _landmarks(values: Sequence[Figure | None]) -> list[tuple[int, Figure]]:
    """The first, the highest and the last known figure, with their places."""
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return known
    first, last, highest = known[0], known[-1], max(known, key=lambda pair: pair[1])
    # A figure close to another one would be printed over it.
    is_apart = min(highest[0] - first[0], last[0] - highest[0]) > len(values) / 12
    return [first, highest, last] if is_apart else [first, last]
