"""What every chart is: a title, a conclusion in words, a table of figures, and drawings of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.safestring import SafeString

from kvk2.core.charts.canvas import Canvas, Size

# On a screen a unit is a pixel; on paper it is a point, and no text may be smaller than 8.
WIDE = Size(860, 14)
COMPACT = Size(340, 13)
PAPER = Size(482, 8.8)
PAPER_COLUMN = Size(300, 8.6)


@dataclass(frozen=True)
class Chart:
    """A chart for `{% chart_figure chart %}` on a page, and `{{ chart.paper_svg }}` in a PDF.

    `description` is the conclusion in one or two sentences. `rows` holds the figures as the table
    prints them, the name of the row first. `note` warns for what the drawing could mislead with.
    """

    title: str
    description: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    draw: Callable[[Size], Canvas] = field(repr=False, compare=False)
    note: str = ""
    in_words: bool = (
        False  # the table holds sentences: not aligned as figures, and broken over lines
    )
    compact: bool = False  # one small drawing at every width, for inside a card or a column

    @cached_property
    def svg(self) -> SafeString:
        return self.at(COMPACT if self.compact else WIDE)

    @cached_property
    def compact_svg(self) -> SafeString | str:
        """The drawing for a telephone; empty when the other one does for both."""
        return "" if self.compact else self.at(COMPACT)

    @cached_property
    def paper_svg(self) -> SafeString:
        """The drawing for a PDF, as wide as its text or, when compact, as one of its columns."""
        return self.at(PAPER_COLUMN if self.compact else PAPER)

    @cached_property
    def column_svg(self) -> SafeString:
        """The drawing for a column of a PDF, also when it is not compact on a screen."""
        return self.at(PAPER_COLUMN)

    def at(self, size: Size) -> SafeString:
        """The drawing at any size."""
        return self.draw(size).svg(f"{self.title}. {self.description}")
