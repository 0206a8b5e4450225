"""The drawing of a ranking: each application with its score between those of its members, its group, and the ceiling."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from kvk2.core.charts import Canvas, Chart, Size
from kvk2.core.charts.canvas import CHARACTER_WIDTH, n, text_width
from kvk2.core.charts.scales import Scale, in_words, scale, tick_words, ticks_for
from kvk2.core.money import format_number

# More rows than this are no picture any more; the table below it has them all.
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Span:
    """One application in ranking order: its score, the lowest and highest of its members, and the group it shares."""

    name: str
    score: Decimal
    low: Decimal | None
    high: Decimal | None
    places: str
    band: int | None
    fits: bool


def ranking_picture(spans: Sequence[Span], *, ceiling: Decimal | None, conclusion: str) -> Chart:
    """Scores from left to right, the best application on top; `ceiling` in euros, or None where no line can be drawn."""
    shown = spans[:MOST_ROWS]
    rest = len(spans) - len(shown)
    note = (
        "De stip is de score, de streep loopt van het laagste naar het hoogste lid. Een vlak houdt aanvragen bij elkaar "
        "die ongeveer gelijk scoren."
    )
    if rest:
        note += f" De eerste {len(shown)} staan in beeld; de andere {rest} staan in de lijst."
    return Chart(
        title="De rangschikking in beeld",
        description=conclusion,
        headers=("IKC", "Score", "Laagste lid", "Hoogste lid", "Plaats"),
        rows=tuple(
            (span.name, _figure(span.score), _figure(span.low), _figure(span.high), span.places)
            for span in spans
        ),
        draw=_Drawing(shown, ceiling).draw,
        note=note,
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    spans: Sequence[Span]
    ceiling: Decimal | None

    def draw(self, size: Size) -> Canvas:
        text = size.text
        step = (2.9 if size.is_narrow else 1.9) * text
        top = 1.6 * text
        # The line of the ceiling gets room of its own between two rows.
        gap = 1.7 * text if self._line_at is not None else 0.0
        canvas = Canvas(size, height=top + step * len(self.spans) + gap + 0.6 * text)
        left = 1.0 if size.is_narrow else 19 * text
        across, ticks = self._scale(left + text, size.width - 2.5 * text)
        bottom = canvas.height - 0.4 * text
        for tick, words in zip(ticks, tick_words(ticks), strict=True):
            x = across(tick)
            canvas.path(f"M{n(x)} {n(top)}V{n(bottom)}", "neutral-200", width=canvas.hair)
            canvas.text(x, 0.7 * text, words, anchor="middle")
        places = [
            top + step * (place + 0.5) + (gap if self._is_below(place) else 0)
            for place in range(len(self.spans))
        ]
        self._groups(canvas, places, step)
        for span, y in zip(self.spans, places, strict=True):
            self._row(canvas, span, y, across)
        if self._line_at is not None and self.ceiling is not None:
            self._line(canvas, top + step * self._line_at + gap / 2, self.ceiling)
        return canvas

    @property
    def _line_at(self) -> int | None:
        """The number of rows above the line; None when everything that is shown fits."""
        if self.ceiling is None:
            return None
        fitting = sum(span.fits for span in self.spans)
        return fitting if fitting < len(self.spans) else None

    def _is_below(self, place: int) -> bool:
        return self._line_at is not None and place >= self._line_at

    def _scale(self, start: float, end: float) -> tuple[Scale, list[float]]:
        known = [
            figure
            for span in self.spans
            for figure in (span.score, span.low, span.high)
            if figure is not None
        ]
        ticks = ticks_for(known)
        return scale(ticks[0], ticks[-1], start, end), ticks

    def _groups(self, canvas: Canvas, places: Sequence[float], step: float) -> None:
        numbered = list(zip(self.spans, places, strict=True))
        for band, members in groupby(numbered, key=lambda pair: pair[0].band):
            if band is None:
                continue
            heights = [y for _, y in members]
            canvas.rect(
                0.5,
                heights[0] - 0.46 * step,
                canvas.size.width - 1,
                heights[-1] - heights[0] + 0.92 * step,
                "series-1/8",
                stroke="series-1/30",
            )

    def _row(self, canvas: Canvas, span: Span, y: float, across: Scale) -> None:
        text, narrow = canvas.size.text, canvas.size.is_narrow
        colour = "series-1" if span.fits else "neutral-500"
        middle = y + 0.55 * text if narrow else y
        room = canvas.size.width - text if narrow else 18.5 * text
        name = _shortened(span.name, room, text)
        canvas.text(0.5 * text, y - 0.7 * text if narrow else y, name, colour="neutral-700")
        if span.low is not None and span.high is not None:
            canvas.line([(across(span.low), middle), (across(span.high), middle)], colour, width=3)
        canvas.disc(
            across(span.score),
            middle,
            0.38 * text,
            colour,
            fill=colour if span.fits else "white",
            width=2,
        )

    def _line(self, canvas: Canvas, y: float, ceiling: Decimal) -> None:
        text, width = canvas.size.text, canvas.size.width
        words = f"Plafond {in_words(ceiling, '€', 0)}"
        end = width - text_width(words, text, bold=True) - 1.2 * text
        canvas.line([(0.5, y), (end, y)], "neutral-700", width=2, dash="6 4")
        canvas.text(width - 0.4 * text, y, words, anchor="end", bold=True, colour="neutral-700")


def _shortened(name: str, room: float, size: float) -> str:
    """The name, cut off with an ellipsis when it is longer than `room`."""
    most = int(room / (size * CHARACTER_WIDTH))
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _figure(value: Decimal | None) -> str:
    return "–" if value is None else format_number(value, 2)
