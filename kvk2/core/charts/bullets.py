"""Bullet charts: a figure as a bar against the mark of its target."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kvk2.core.charts.canvas import Canvas, Sign, Size, n, text_width, wrapped
from kvk2.core.charts.chart import Chart
from kvk2.core.charts.scales import (
    Figure,
    decimals_of,
    in_words,
    scale,
    tick_words,
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
class Journey:
    """The way of one figure from its baseline to its last target, all in its own unit."""

    name: str
    baseline: Figure
    target: Figure
    end_target: Figure
    tolerance: Figure
    value: Figure | None
    sign: Sign
    baseline_words: str
    target_words: str
    end_words: str
    value_words: str


def journeys_chart(journeys: Sequence[Journey], *, title: str, description: str) -> Chart:
    """A row for each: from the baseline (left) to the last target (right), each on its own scale.

    The bar is what was reached, the stroke the target of this year, the band its tolerance.
    """

    def draw(size: Size) -> Canvas:
        height = (6 if size.is_narrow else 3.4) * size.text
        canvas = Canvas(size, height=height * len(journeys))
        for index, journey in enumerate(journeys):
            _journey(canvas, journey, height * index, height)
        return canvas

    rows = tuple(
        (one.name, one.baseline_words, one.value_words, one.target_words, one.end_words)
        for one in journeys
    )
    return Chart(title, description, ("", "Nulmeting", "Gemeten", "Doel", "Einddoel"), rows, draw)


def _journey(canvas: Canvas, journey: Journey, top: float, height: float) -> None:
    text, width = canvas.size.text, canvas.size.width
    is_narrow = canvas.size.is_narrow
    names = 0.0 if is_narrow else 0.35 * width
    middle = top + height / 2 + (1.4 * text if is_narrow else 0)
    if is_narrow:
        lines = wrapped(journey.name, width, text)
        canvas.lines(0, top + 1.4 * text, lines, colour="neutral-700", scale=1)
    else:
        lines = wrapped(journey.name, names - 0.4 * text, 1.06 * text)
        canvas.lines(0, middle, lines, colour="neutral-700", scale=1.06)
    low, high = names + 3.4 * text, width - 12.4 * text
    # The figures of both ends lie a little inside, so that going back or beyond can be seen.
    place = scale(journey.baseline, journey.end_target, low + 1.4 * text, high - 1.4 * text)

    def at(value: Figure) -> float:
        return min(max(place(value), low), high)

    canvas.rect(low, middle - 0.7 * text, high - low, 1.4 * text, "neutral-100")
    target, tolerance = float(journey.target), float(journey.tolerance)
    left, right = sorted((at(target - tolerance), at(target + tolerance)))
    canvas.rect(left, middle - 0.7 * text, right - left, 1.4 * text, "accent-200")
    if journey.value is not None:
        left, right = sorted((at(journey.baseline), at(journey.value)))
        length = max(right - left, 0.1 * text)
        canvas.rect(left, middle - 0.35 * text, length, 0.7 * text, "primary-500")
    canvas.rect(at(target) - 0.12 * text, middle - text, 0.24 * text, 2 * text, "accent-500")
    canvas.text(low - 0.45 * text, middle, journey.baseline_words, anchor="end")
    canvas.text(high + 0.45 * text, middle, journey.end_words)
    canvas.sign(journey.sign, width - 6.4 * text, middle, 0.5 * text)
    words = journey.value_words
    canvas.text(width, middle, words, anchor="end", bold=True, colour="neutral-700", scale=1.12)


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
        marks = tick_words(ticks, self.unit)
        left = text_width(marks[0], text) / 2
        room = size.width - left - text_width(marks[-1], text) / 2
        frame = _Frame(left, room / ticks[-1], top=1.9 * text, height=1.9 * text)
        canvas.rect(left, frame.top, room, frame.height, "neutral-100")
        for tick, words in zip(ticks, marks, strict=True):
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
