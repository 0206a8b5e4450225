"""What was agreed against what was measured, year by year: large for one, small for many."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kvk2.core.charts.axes import Frame, draw_line, grid, year_labels
from kvk2.core.charts.canvas import Canvas, Sign, Size, joined, text_width, widest
from kvk2.core.charts.chart import Chart
from kvk2.core.charts.scales import Figure, Point, in_words, tick_words, ticks_for

Values = Sequence[Figure | None]
Bands = Sequence[tuple[Figure, Figure] | None]
NOTHING = "–"


def progress_chart(
    labels: Sequence[str],
    targets: Values,
    actuals: Values,
    *,
    title: str,
    description: str,
    unit: str = "",
    decimals: int = 0,
    baseline: Figure | None = None,
    bands: Bands = (),
    current: int | None = None,
    end_label: str = "doel",
    compact: bool = False,
) -> Chart:
    """Targets as a dashed line and figures as a solid one, with the baseline in front.

    `bands` has for each year what counts as good: around its target, or instead of one. `current`
    is the index of the year that matters; its column is tinted.
    """
    plot = _Progress(labels, targets, actuals, baseline, bands, current, end_label, unit, decimals)
    return Chart(
        title=title,
        description=description,
        headers=("Jaar", "Gemeten", "Doel"),
        rows=tuple(plot.rows()),
        draw=plot.draw,
        compact=compact,
    )


def band(
    target: Decimal | None, low: Decimal | None, high: Decimal | None, tolerance: Decimal
) -> tuple[Decimal, Decimal] | None:
    """What counts as good in a year, for `bands`: between two bounds, or close enough to one figure."""
    if low is not None and high is not None:
        return low, high
    if target is None or not tolerance:
        return None
    return target - tolerance, target + tolerance


@dataclass(frozen=True)
class Panel:
    """One small chart of many: the name over it, its targets and figures, and how it stands."""

    name: str
    targets: Values
    actuals: Values
    sign: Sign
    words: str


def panels_chart(
    panels: Sequence[Panel],
    labels: Sequence[str],
    *,
    title: str,
    description: str,
    background: Values,
    current: int,
    decimals: int = 0,
) -> Chart:
    """Small charts on one scale, with the same `background` as a grey line behind each."""

    def draw(size: Size) -> Canvas:
        columns = 1 if size.is_narrow else 3
        text, gap = size.text, 1.8 * size.text
        width = (size.width - gap * (columns - 1)) / columns
        height = 8.4 * text
        canvas = Canvas(size, height=-(-len(panels) // columns) * height)
        ticks = ticks_for(
            [v for panel in panels for v in (*panel.targets, *panel.actuals)], wanted=3
        )
        for index, panel in enumerate(panels):
            left, top = index % columns * (width + gap), index // columns * height
            frame = Frame(
                left=left + widest(tick_words(ticks), text) + 1.2 * text,
                right=left + width - 0.6 * text,
                top=top + 3.6 * text,
                bottom=top + height - 2 * text,
                low=ticks[0],
                high=ticks[-1],
                count=len(labels),
            )
            _panel(canvas, panel, frame, (left, top), ticks, background)
            for place in sorted({0, current, len(labels) - 1}):
                x = frame.x(place)
                anchor = "end" if place == len(labels) - 1 else "middle"
                canvas.text(x, frame.bottom + text, labels[place], anchor=anchor)
        return canvas

    rows = tuple(
        (panel.name, *(in_words(value, "", decimals) for value in panel.actuals))
        for panel in panels
    )
    return Chart(title, description, ("", *labels), rows, draw)


def _panel(
    canvas: Canvas,
    panel: Panel,
    frame: Frame,
    corner: Point,
    ticks: Sequence[float],
    background: Values,
) -> None:
    text, (left, top) = canvas.size.text, corner
    canvas.text(left, top + 0.8 * text, panel.name, bold=True, colour="primary-700")
    canvas.sign(panel.sign, left + 0.45 * text, top + 2.2 * text, 0.4 * text)
    canvas.text(left + 1.3 * text, top + 2.2 * text, panel.words, bold=True, colour="neutral-700")
    grid(canvas, frame, ticks, tick_words(ticks), edge=0.6 * text)
    draw_line(canvas, frame.stretches(background), "neutral-300", width=4.6)
    draw_line(canvas, frame.stretches(panel.targets), "accent-400", width=1.6, dash="5 4")
    _figures(canvas, frame.stretches(panel.actuals), thin=True)


@dataclass(frozen=True)
class _Progress:
    labels: Sequence[str]
    targets: Values
    actuals: Values
    baseline: Figure | None
    bands: Bands
    current: int | None
    end_label: str
    unit: str
    decimals: int

    def rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        if self.baseline is not None:
            rows.append(("Nulmeting", self._words(self.baseline), NOTHING))
        for index, label in enumerate(self.labels):
            rows.append((label, self._words(self.actuals[index]), self._aim(index)))
        return rows

    def _aim(self, index: int, *, between: str = " tot ") -> str:
        band = self.bands[index] if self.bands else None
        if self.targets[index] is None and band:
            return f"{in_words(band[0], '', self.decimals)}{between}{self._words(band[1])}"
        return in_words(self.targets[index], self.unit, self.decimals, missing=NOTHING)

    def _words(self, value: Figure | None) -> str:
        return in_words(value, self.unit, self.decimals)

    def draw(self, size: Size) -> Canvas:
        text = size.text
        tall = size.width * (0.72 if size.is_narrow else 0.38)
        canvas = Canvas(size, height=max(tall, 13 * text))
        # A band around a target may reach beyond the axis; one instead of a target may not.
        bounds = [
            bound
            for band, target in zip(self.bands, self.targets, strict=False)
            if band and target is None
            for bound in band
        ]
        ticks = ticks_for([*self.targets, *self.actuals, self.baseline, *bounds], wanted=4)
        words = tick_words(ticks, self.unit)
        frame = Frame(  # the first place is that of the baseline
            left=widest(words, text) + 1.9 * text,
            right=size.width - self._end_width(text) - 1.2 * text,
            top=text,
            bottom=canvas.height - 2.2 * text,
            low=ticks[0],
            high=ticks[-1],
            count=len(self.labels) + 1,
        )
        if self.current is not None:
            x, height = frame.x(self.current + 1) - frame.step / 2, frame.bottom - 0.3 * text
            canvas.rect(x, 0.3 * text, frame.step, height, "primary-50")
        self._bands(canvas, frame)
        grid(canvas, frame, ticks, words, edge=text)
        current = None if self.current is None else self.current + 1
        year_labels(
            canvas,
            frame,
            ["" if self.baseline is None else "nul", *self.labels],
            current=current,
        )
        draw_line(
            canvas, frame.stretches(self.targets, first=1), "accent-400", width=2.2, dash="7 5"
        )
        self._baseline(canvas, frame)
        _figures(canvas, frame.stretches(self.actuals, first=1))
        self._names(canvas, frame)
        return canvas

    def _bands(self, canvas: Canvas, frame: Frame) -> None:
        upper = frame.stretches([band and band[1] for band in self.bands], first=1)
        lower = frame.stretches([band and band[0] for band in self.bands], first=1)
        for top, bottom in zip(upper, lower, strict=True):
            canvas.path(f"M{joined(top)}L{joined(bottom[::-1])}Z", "none", fill="accent-100")

    def _baseline(self, canvas: Canvas, frame: Frame) -> None:
        if self.baseline is None:
            return
        x, y = frame.x(0), frame.y(self.baseline)
        if self.actuals[0] is not None:
            first = (frame.x(1), frame.y(self.actuals[0]))
            canvas.line([(x, y), first], "primary-300", width=2.4, dash="2 4")
        part = canvas.size.text / 14
        canvas.disc(x, y, 4.2 * part, "primary-300", fill="white", width=2.2 * part)

    def _end(self) -> str:
        """The last target, or the last band, as it is written at the right."""
        return self._aim(len(self.labels) - 1, between="–")

    def _end_width(self, text: float) -> float:
        end = text_width(self._end(), 1.1 * text, bold=True)
        return max(end, text_width(self.end_label, text))

    def _names(self, canvas: Canvas, frame: Frame) -> None:
        """The last figure of both lines, in words beside its point."""
        text = canvas.size.text
        band = self.bands[-1] if self.bands else None
        aim = self.targets[-1] if self.targets[-1] is not None or not band else band[0]
        if aim is not None:
            x, y = frame.right + text, min(frame.y(aim), frame.bottom - 1.6 * text)
            canvas.text(x, y, self._end(), bold=True, colour="accent-400", scale=1.1)
            canvas.text(x, y + 1.15 * text, self.end_label, colour="accent-400")
        measured = [index for index, value in enumerate(self.actuals) if value is not None]
        if not measured:
            return
        last = measured[-1]
        value, target = self.actuals[last] or 0, self.targets[last]
        is_below = target is not None and float(value) < float(target)
        y = frame.y(value) + (1.4 if is_below else -1.2) * text
        words = self._words(self.actuals[last])
        half = text_width(words, 1.2 * text, bold=True) / 2
        y = min(max(y, 0.6 * text), frame.bottom - 0.7 * text)
        x = max(frame.x(last + 1), frame.left + half)
        canvas.text(x, y, words, anchor="middle", bold=True, colour="primary-600", scale=1.2)


def _figures(canvas: Canvas, runs: Sequence[Sequence[Point]], *, thin: bool = False) -> None:
    """The solid line of what was measured: open dots, and a full one for the last figure."""
    part = canvas.size.text / 14 * (0.8 if thin else 1)
    points = draw_line(canvas, runs, "primary-500", width=2.8 if thin else 3.4)
    for x, y in points:
        is_last = (x, y) == points[-1]
        fill = "primary-500" if is_last else "white"
        radius = (5.6 if is_last else 3.8) * part
        canvas.disc(x, y, radius, "primary-500", fill=fill, width=2.2 * part)
