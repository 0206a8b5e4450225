"""Drawings of the subsidy pages: how far the ceiling reaches over what was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kvk2.core.charts import Canvas, Chart, Size
from kvk2.core.charts.canvas import n, text_width
from kvk2.core.charts.scales import in_words

# With more blocks than this a block is thinner than the line around it.
MOST_BLOCKS = 120


@dataclass(frozen=True, slots=True)
class _Block:
    """One application in ranking order: what it gets of what it could get, in euros."""

    granted: Decimal
    eligible: Decimal


def ceiling_picture(
    given: Mapping[str, Any], output: Mapping[str, Any], *, conclusion: str
) -> Chart:
    """All ranked applications in a row, best first, and the line where the money runs out."""
    ranked = sorted(
        (row for row in output["results"] if row["rank"] is not None),
        key=lambda row: (row["rank"], row["number"]),
    )
    blocks = [_Block(Decimal(row["granted"]), Decimal(row["eligible"])) for row in ranked]
    ceiling = Decimal(given["round"]["ceiling"])
    drawing = _Drawing(ceiling, blocks)
    return Chart(
        title="Tot waar het geld reikt",
        description=conclusion,
        headers=("", "Bedrag", "Aanvragen"),
        rows=tuple(drawing.rows()),
        draw=drawing.draw,
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    ceiling: Decimal
    blocks: Sequence[_Block]

    @property
    def granted(self) -> Decimal:
        return sum((block.granted for block in self.blocks), Decimal(0))

    @property
    def refused(self) -> Decimal:
        return sum((block.eligible - block.granted for block in self.blocks), Decimal(0))

    @property
    def free(self) -> Decimal:
        """What is left under the ceiling; never negative."""
        return max(self.ceiling - self.granted, Decimal(0))

    def rows(self) -> list[tuple[str, str, str]]:
        paid = [block for block in self.blocks if block.granted]
        short = [block for block in self.blocks if block.granted < block.eligible]
        return [
            ("Te verlenen", _euros(self.granted), str(len(paid))),
            ("Blijft over", _euros(self.free), "–"),
            ("Past niet in het plafond", _euros(self.refused), str(len(short))),
            ("Subsidieplafond", _euros(self.ceiling), "–"),
        ]

    def draw(self, size: Size) -> Canvas:
        text = size.text
        canvas = Canvas(size, height=(9.6 if size.is_narrow else 7.2) * text)
        top, height = 2.2 * text, 2.6 * text
        most = max(self.ceiling, self.granted) + self.refused
        scale = (size.width - 2) / float(most)
        canvas.rect(1, top, float(self.ceiling) * scale, height, "neutral-100")
        self._blocks(canvas, scale, top, height)
        self._line(canvas, 1 + float(self.ceiling) * scale, top, height)
        self._legend(canvas, top + height + 1.4 * text)
        return canvas

    def _blocks(self, canvas: Canvas, scale: float, top: float, height: float) -> None:
        paid = [block.granted for block in self.blocks if block.granted]
        short = [block.eligible - block.granted for block in self.blocks]
        x = 1.0
        for amount in _merged(paid):
            width = float(amount) * scale
            canvas.rect(x, top, width, height, "series-1", stroke="white")
            x += width
        x += float(self.free) * scale
        for amount in _merged([amount for amount in short if amount]):
            width = float(amount) * scale
            canvas.rect(x, top, width, height, "white", stroke="neutral-400")
            x += width

    def _line(self, canvas: Canvas, x: float, top: float, height: float) -> None:
        text, words = canvas.size.text, f"Plafond {_euros(self.ceiling)}"
        canvas.path(
            f"M{n(x)} {n(top - 0.6 * text)}v{n(height + 1.2 * text)}", "neutral-700", width=3
        )
        half = text_width(words, text) / 2
        middle = min(max(x, half), canvas.size.width - half)
        canvas.text(middle, 0.8 * text, words, anchor="middle", bold=True, colour="neutral-700")

    def _legend(self, canvas: Canvas, y: float) -> None:
        text = canvas.size.text
        parts = (
            ("series-1", "none", f"Te verlenen: {_euros(self.granted)}"),
            ("neutral-100", "neutral-400", f"Blijft over: {_euros(self.free)}"),
            ("white", "neutral-400", f"Past niet: {_euros(self.refused)}"),
        )
        x = 1.0
        for place, (fill, stroke, words) in enumerate(parts):
            if canvas.size.is_narrow and place:
                x, y = 1.0, y + 1.4 * text
            canvas.rect(x, y - 0.5 * text, text, text, fill, stroke=stroke)
            canvas.text(x + 1.5 * text, y, words, colour="neutral-700")
            x += 3.5 * text + text_width(words, text)


def _merged(amounts: Sequence[Decimal]) -> Sequence[Decimal]:
    """The blocks, or one block for all when there are too many to tell apart."""
    return amounts if len(amounts) <= MOST_BLOCKS else [sum(amounts, Decimal(0))]


def _euros(amount: Decimal) -> str:
    return in_words(amount, "€", 0)
