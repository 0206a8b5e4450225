"""A bullet chart: one figure as a bar against the mark of its target."""

from dataclasses import dataclass
from decimal import Decimal

from kvk2.core.charts.chart import (
    Canvas,
    Chart,
    Figure,
    Size,
    decimals_of,
    in_words,
    n,
    text_width,
    ticks_between,
)


def bullet_chart(
    actual: Figure | None,
    target: Figure,
    *,
    title: str,
    description: str,
    unit: str = "",
    actual_label: str = "Nu",
    target_label: str = "Doel",
    baseline: Figure | None = None,
    tolerance: Figure | None = None,
    compact: bool = False,
) -> Chart:
    """A bar from nought, a line for the target and, when given, more.

    `baseline` is a dashed mark where it started; `tolerance` a band at both sides of the target, in
    the same unit.
    """
    plot = _Plot(actual, target, baseline, tolerance, unit, actual_label, target_label)
    return Chart(title, description, ("", "Waarde"), tuple(plot.rows()), plot.draw, compact=compact)


@dataclass(frozen=True)
class _Plot:
    actual: Figure | None
    target: Figure
    baseline: Figure | None
    tolerance: Figure | None
    unit: str
    actual_label: str
    target_label: str

    @property
    def _known(self) -> list[Figure]:
        return [v for v in (self.actual, self.target, self.baseline) if v is not None]

    @property
    def _ticks(self) -> list[float]:
        most = max(*map(float, self._known), float(self.target) + float(self.tolerance or 0), 1e-9)
        return ticks_between(0.0, most, wanted=4)

    def _words(self, value: Figure | None) -> str:
        return in_words(value, self.unit, decimals_of(self._known))

    def rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = [(self.actual_label, self._words(self.actual))]
        if self.baseline is not None:
            rows.append(("Nulmeting", self._words(self.baseline)))
        rows.append((self.target_label, self._words(self.target)))
        if self.tolerance:
            rows.append(("Tolerantie", in_words(Decimal(str(self.tolerance)), self.unit, 1)))
        return rows

    def draw(self, size: Size) -> Canvas:
        text = size.text
        canvas = Canvas(size, height=7 * text)
        ticks = self._ticks
        tick_words = [in_words(tick, self.unit, decimals_of(ticks)) for tick in ticks]
        left = text_width(tick_words[0], text) / 2
        room = size.width - left - text_width(tick_words[-1], text) / 2
        frame = _Frame(left, room / ticks[-1], top=1.9 * text, height=1.9 * text)
        canvas.rect(left, frame.top, room, frame.height, "neutral-100")
        for tick, words in zip(ticks, tick_words, strict=True):
            data = f"M{n(frame.x(tick))} {n(frame.bottom)}v{n(0.35 * text)}"
            canvas.path(data, "neutral-400")
            canvas.text(frame.x(tick), frame.bottom + 1.1 * text, words, anchor="middle")
        self._marks(canvas, frame)
        self._labels(canvas, frame)
        return canvas

    def _marks(self, canvas: Canvas, frame: "_Frame") -> None:
        text = canvas.size.text
        if self.tolerance:
            low = max(float(self.target) - float(self.tolerance), 0.0)
            high = float(self.target) + float(self.tolerance)
            width = frame.x(high) - frame.x(low)
            canvas.rect(frame.x(low), frame.top, width, frame.height, "neutral-300")
        if self.actual is not None:
            length = frame.x(self.actual) - frame.left
            canvas.rect(frame.left, frame.top + 0.5 * text, length, 0.9 * text, "series-1")
        if self.baseline is not None:
            data = f"M{n(frame.x(self.baseline))} {n(frame.top)}v{n(frame.height)}"
            canvas.path(data, "neutral-600", width=1.8, dash="3 2")
        data = f"M{n(frame.x(self.target))} {n(frame.top - 0.35 * text)}v{n(2.6 * text)}"
        canvas.path(data, "neutral-700", width=0.22 * text)

    def _labels(self, canvas: Canvas, frame: "_Frame") -> None:
        text, width = canvas.size.text, canvas.size.width
        words = f"{self.target_label} {self._words(self.target)}"
        half = text_width(words, text) / 2
        middle = min(max(frame.x(self.target), half), width - half)
        canvas.text(middle, 0.7 * text, words, anchor="middle", bold=True, colour="neutral-700")
        words, y = f"{self.actual_label}: {self._words(self.actual)}", frame.bottom + 2.5 * text
        canvas.text(frame.left, y, words, bold=True, colour="series-1")
        if self.baseline is not None:
            after = frame.left + text_width(words, text) + 1.5 * text
            canvas.text(after, y, f"Nulmeting: {self._words(self.baseline)} (streepjes)")


@dataclass(frozen=True)
class _Frame:
    """Where the bar lies, and the way from figures to places on it."""

    left: float
    unit: float
    top: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def x(self, value: Figure) -> float:
        return self.left + float(value) * self.unit
