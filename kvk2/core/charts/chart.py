"""What every chart is: a title, a conclusion in words, a table of figures, and drawings of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from math import floor, log10
from typing import NamedTuple, TypeAlias

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kvk2 import theme
from kvk2.core.money import format_number

Figure: TypeAlias = Decimal | float | int
NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
CHARACTER_WIDTH = 0.52  # of the text size: the average of Source Sans 3
MISSING = "niet gemeten"


class Size(NamedTuple):
    """The width of a drawing and the size of its text, in the same units."""

    width: float
    text: float

    @property
    def is_narrow(self) -> bool:
        return self.width < 400


WIDE = Size(860, 14)
COMPACT = Size(340, 13)


@dataclass(frozen=True)
class Chart:
    """A chart for `{% chart_figure chart %}`.

    `description` is the conclusion in one or two sentences. `rows` holds the figures as the table
    prints them, the name of the row first. `note` warns for what the drawing could mislead with.
    """

    title: str
    description: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    draw: "Callable[[Size], Canvas]" = field(repr=False, compare=False)
    note: str = ""
    compact: bool = False  # one small drawing at every width, for inside a card

    @cached_property
    def svg(self) -> SafeString:
        return self.at(COMPACT if self.compact else WIDE)

    @cached_property
    def compact_svg(self) -> SafeString | str:
        """The drawing for a telephone; empty when the other one does for both."""
        return "" if self.compact else self.at(COMPACT)

    def at(self, size: Size) -> SafeString:
        """The drawing at any size, such as the width of a column on paper."""
        return self.draw(size).svg(f"{self.title}. {self.description}")


@dataclass
class Canvas:
    """Collects shapes; colours are names of the theme, or 'white' and 'none'."""

    size: Size
    height: float
    shapes: list[str] = field(default_factory=list)

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, *, stroke: str = "none"
    ) -> None:
        self.shapes.append(
            f'<rect x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}" '
            f'fill="{_colour(fill)}" stroke="{_colour(stroke)}"/>'
        )

    def path(
        self,
        data: str,
        stroke: str,
        *,
        width: float = 1,
        dash: str = "",
        fill: str = "none",
    ) -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.shapes.append(
            f'<path d="{data}" fill="{_colour(fill)}" stroke="{_colour(stroke)}" '
            f'stroke-width="{n(width)}" stroke-linejoin="round"{dashes}/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        colour: str = "neutral-500",
        anchor: str = "start",
        bold: bool = False,
        scale: float = 1,
    ) -> None:
        """`y` is the middle of the line of text."""
        size = self.size.text * scale
        self.shapes.append(
            f'<text x="{n(x)}" y="{n(y + size * 0.34)}" font-size="{n(size)}" '
            f'font-weight="{600 if bold else 400}" text-anchor="{anchor}" '
            f'fill="{_colour(colour)}" font-family="Source Sans 3">{escape(words)}</text>'
        )

    def marker(self, number: int, x: float, y: float, colour: str) -> None:
        """Circle, square, triangle or diamond: the shape tells which series it is."""
        r = 4.5 * self.size.text / 14
        shapes = (
            f"M{n(x - r)} {n(y)}a{n(r)} {n(r)} 0 1 0 {n(2 * r)} 0a{n(r)} {n(r)} 0 1 0 {n(-2 * r)} 0z",
            f"M{n(x - r)} {n(y - r)}h{n(2 * r)}v{n(2 * r)}h{n(-2 * r)}z",
            f"M{n(x)} {n(y - 1.2 * r)}l{n(1.2 * r)} {n(2.1 * r)}h{n(-2.4 * r)}z",
            f"M{n(x)} {n(y - 1.3 * r)}l{n(1.3 * r)} {n(1.3 * r)}l{n(-1.3 * r)} {n(1.3 * r)}"
            f"l{n(-1.3 * r)} {n(-1.3 * r)}z",
        )
        self.path(shapes[number % len(shapes)], colour, width=2.2, fill="white")

    def svg(self, alternative: str) -> SafeString:
        """The drawing, with what a screen reader says instead as its first child."""
        head = (
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {n(self.size.width)} {n(self.height)}" role="img">'
        )
        # Every shape is made above from numbers, colours of the theme and escaped words.
        return mark_safe(  # noqa: S308
            f"{head}<title>{escape(alternative)}</title>{''.join(self.shapes)}</svg>"
        )


def n(value: float) -> str:
    """A coordinate with at most one decimal, so that the same figures give the same bytes."""
    return f"{value:.1f}".removesuffix(".0")


def text_width(words: str, size: float) -> float:
    return len(words) * size * CHARACTER_WIDTH


def decimals_of(values: Iterable[Figure | None]) -> int:
    """One decimal as soon as one of the figures is not whole."""
    return 0 if all(value is None or float(value).is_integer() for value in values) else 1


def in_words(value: Figure | None, unit: str, decimals: int, *, missing: str = MISSING) -> str:
    """`€ 1.250`, `71%`, `12 kinderen`; 'niet gemeten' when there is no figure."""
    if value is None:
        return missing
    number = format_number(Decimal(str(value)), decimals)
    if unit == "€":
        return f"€\N{NO-BREAK SPACE}{number}"
    if unit == "%":
        return f"{number}%"
    return f"{number} {unit}".strip()


def ticks_between(low: float, high: float, *, wanted: int = 5) -> list[float]:
    """Round numbers from at or under `low` to at or over `high`."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** floor(log10(span / wanted))
    step = next(power * nice for nice in NICE_STEPS if span / (power * nice) <= wanted)
    ticks = [floor(low / step) * step]
    while ticks[-1] < high - step * 1e-6 or len(ticks) < 2:
        ticks.append(round(ticks[-1] + step, 6))
    return ticks


def spread(places: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """The places of labels, moved apart until they are `distance` from each other."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + distance)
    if order and moved[order[-1]] > high:
        moved[order[-1]] = high
        for after, before in pairwise(order[::-1]):
            moved[before] = min(moved[before], moved[after] - distance)
    return [max(place, low) for place in moved] if len(moved) == 1 else moved


def _colour(name: str) -> str:
    if name == "white":
        return "#ffffff"
    return name if name == "none" else theme.colour(name)
