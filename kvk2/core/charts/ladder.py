"""The levels of a scale as a ladder: what each means, where somebody began, stands, and is to go."""

from collections.abc import Sequence
from dataclasses import dataclass

from kvk2.core.charts.canvas import Canvas, Sign, Size, wrapped
from kvk2.core.charts.chart import Chart

# Of the drawing: from where on the marks stand beside the words.
BESIDE = 0.67
LINE = 1.2  # of the text size, from one line of words to the next
MOST_LINES = 6


@dataclass(frozen=True)
class Stand:
    """Something that is at a level: where it began, what was reached (with its judgement), or a target."""

    level: int
    words: str
    sign: Sign | None = None
    is_target: bool = False
    is_reached: bool = False


def ladder_chart(
    levels: Sequence[str], stands: Sequence[Stand], *, title: str, description: str
) -> Chart:
    """The highest level on top; `levels` in words, the first is level 1. What is not known is not among `stands`."""

    def draw(size: Size) -> Canvas:
        rungs = [
            _Rung(number, words, [stand for stand in stands if stand.level == number], size)
            for number, words in enumerate(levels, 1)
        ]
        canvas = Canvas(size, height=sum(rung.height for rung in rungs))
        reached = max((stand.level for stand in stands if stand.is_reached), default=0)
        top = 0.0
        for rung in reversed(rungs):
            rung.draw(canvas, top, reached)
            top += rung.height
        return canvas

    rows = tuple(
        (
            f"Niveau {number}",
            words,
            ", ".join(stand.words for stand in stands if stand.level == number) or "–",
        )
        for number, words in enumerate(levels, 1)
    )
    return Chart(
        title, description, ("Niveau", "Betekenis", "Stand"), rows[::-1], draw, in_words=True
    )


@dataclass(frozen=True)
class _Rung:
    """One level with what stands at it."""

    number: int
    words: str
    stands: Sequence[Stand]
    size: Size

    @property
    def _lines(self) -> list[str]:
        text = self.size.text
        end = self.size.width if self.size.is_narrow else BESIDE * self.size.width
        return wrapped(self.words, end - 4 * text, text, most=MOST_LINES)

    @property
    def _words_height(self) -> float:
        return len(self._lines) * LINE * self.size.text

    @property
    def _stands_height(self) -> float:
        return len(self.stands) * 1.4 * self.size.text

    @property
    def height(self) -> float:
        parts = (self._words_height, self._stands_height)
        return (sum(parts) if self.size.is_narrow else max(parts)) + 1.3 * self.size.text

    def draw(self, canvas: Canvas, top: float, reached: int) -> None:
        text, is_reached = self.size.text, self.number <= reached
        inside = self.height - 0.35 * text
        canvas.rect(0, top, self.size.width, inside, "primary-50" if is_reached else "neutral-50")
        canvas.rect(0, top, 2.2 * text, inside, "primary-500" if is_reached else "neutral-200")
        colour = "white" if is_reached else "neutral-700"
        middle, narrow = top + inside / 2, self.size.is_narrow
        canvas.text(
            1.1 * text,
            middle,
            str(self.number),
            anchor="middle",
            bold=True,
            colour=colour,
            scale=1.2,
        )
        words = top + 0.47 * text + self._words_height / 2 if narrow else middle
        canvas.lines(3 * text, words, self._lines, colour="neutral-700", scale=1)
        left = 3 * text if narrow else BESIDE * self.size.width
        y = (top + 0.47 * text + self._words_height) if narrow else middle - self._stands_height / 2
        for stand in self.stands:
            y += 0.7 * text
            _stand(canvas, stand, left, y)
            y += 0.7 * text


def _stand(canvas: Canvas, stand: Stand, x: float, y: float) -> None:
    text = canvas.size.text
    if stand.sign:
        canvas.sign(stand.sign, x + 0.5 * text, y, 0.46 * text)
    elif stand.is_target:
        canvas.rect(x + 0.38 * text, y - 0.55 * text, 0.24 * text, 1.1 * text, "accent-500")
    else:
        canvas.disc(x + 0.5 * text, y, 0.32 * text, "primary-300", fill="white", width=0.16 * text)
    colour = "primary-700" if stand.is_reached else "neutral-700"
    canvas.text(x + 1.4 * text, y, stand.words, bold=stand.is_reached, colour=colour)
