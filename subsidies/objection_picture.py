"""The terms of one objection as a drawing: each as a bar on one line of time, and today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kvk2.core.charts import Canvas, Chart, Size
from kvk2.core.charts.canvas import n, text_width
from kvk2.nlds.templatetags.nlds import dutch_date

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A term with its first and last day; `colour` is a name of the theme."""

    label: str
    first: date
    last: date
    colour: str = "series-1"

    @property
    def words(self) -> str:
        if self.first == self.last:
            return dutch_date(self.last)
        return f"{dutch_date(self.first)} t/m {dutch_date(self.last)}"


def terms_picture(bars: Sequence[Bar], *, today: date, conclusion: str) -> Chart:
    """The bars below each other in the order given."""
    return Chart(
        title="De termijnen van dit bezwaar",
        description=conclusion,
        headers=("", "Van en tot en met"),
        rows=tuple((bar.label, bar.words) for bar in bars),
        draw=_Drawing(tuple(bars), today).draw,
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    bars: tuple[Bar, ...]
    today: date

    def draw(self, size: Size) -> Canvas:
        text = size.text
        row = 3.4 * text
        canvas = Canvas(size, height=2 * text + len(self.bars) * row + 1.4 * text)
        first = min(bar.first for bar in self.bars)
        last = max(max(bar.last for bar in self.bars) + DAY, min(self.today + DAY, self._latest()))
        days = max((last - first).days, 1)

        def x(day: date) -> float:
            return 1 + (day - first).days / days * (size.width - 2)

        for place, bar in enumerate(self.bars):
            top = 2 * text + place * row
            canvas.text(1, top + 0.6 * text, f"{bar.label}: {bar.words}", colour="neutral-700")
            width = max(x(bar.last + DAY) - x(bar.first), 0.5 * text)
            canvas.rect(x(bar.first), top + 1.3 * text, width, 1.1 * text, bar.colour)
        if first <= self.today <= last:
            self._now(canvas, x(self.today))
        return canvas

    def _latest(self) -> date:
        """Today is in the drawing while it is near: an objection of years ago stays readable."""
        return max(bar.last for bar in self.bars) + 60 * DAY

    def _now(self, canvas: Canvas, x: float) -> None:
        text, words = canvas.size.text, "Vandaag"
        canvas.path(
            f"M{n(x)} {n(1.3 * text)}v{n(canvas.height - 1.6 * text)}", "neutral-700", width=2
        )
        half = text_width(words, text) / 2
        middle = min(max(x, half), canvas.size.width - half)
        canvas.text(middle, 0.7 * text, words, anchor="middle", bold=True, colour="neutral-700")
