"""The drawing surface of every chart: shapes and words in colours of the theme, as SVG.

Presentation attributes only: a strict content security policy allows no style, and no style sheet
reaches into an SVG in a PDF.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kvk2 import theme
from kvk2.core.charts.scales import Point

FONT = "Source Sans 3"
CHARACTER_WIDTH = 0.52  # of the text size: the average of Source Sans 3
BOLD_WIDTH = 1.06  # of the width of the same words in regular
NARROW = 30  # in text sizes: a drawing less wide than this puts things under each other


class Size(NamedTuple):
    """The width of a drawing and the size of its text, in the same units."""

    width: float
    text: float

    @property
    def is_narrow(self) -> bool:
        return self.width < NARROW * self.text


class Sign(Enum):
    """The shape that tells a judgement without its colour, and that colour."""

    DISC = "status-green"
    HALF = "status-orange"
    TRIANGLE = "status-red"
    RING = "status-grey"


@dataclass
class Canvas:
    """Collects shapes; a colour is a name of the theme, its tint `name/percent`, 'white' or 'none'."""

    size: Size
    height: float
    shapes: list[str] = field(default_factory=list)

    @property
    def hair(self) -> float:
        """The width of the thinnest line: a pixel, or less on paper."""
        return min(1.0, self.size.text / 14)

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, *, stroke: str = "none"
    ) -> None:
        outline = ""
        if stroke != "none":
            outline = f' stroke="{_colour(stroke)}" stroke-width="{n(self.hair)}"'
        self.shapes.append(
            f'<rect x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}" '
            f'fill="{_colour(fill)}"{outline}/>'
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

    def line(self, points: Iterable[Point], stroke: str, *, width: float, dash: str = "") -> None:
        """`width` and `dash` are for text of size 14, and shrink with it."""
        part = self.size.text / 14
        dashes = " ".join(n(float(length) * part) for length in dash.split())
        self.path(f"M{joined(points)}", stroke, width=width * part, dash=dashes)

    def disc(
        self, x: float, y: float, radius: float, stroke: str, *, fill: str, width: float = 1
    ) -> None:
        self.shapes.append(
            f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(radius)}" fill="{_colour(fill)}" '
            f'stroke="{_colour(stroke)}" stroke-width="{n(width)}"/>'
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
            f'fill="{_colour(colour)}" font-family="{FONT}">{escape(words)}</text>'
        )

    def lines(self, x: float, y: float, lines: Sequence[str], *, colour: str, scale: float) -> None:
        """A few lines of text of which the middle lies at `y`."""
        height = 1.12 * self.size.text * scale
        for number, words in enumerate(lines):
            place = y + (number - (len(lines) - 1) / 2) * height
            self.text(x, place, words, colour=colour, scale=scale)

    def marker(self, number: int, x: float, y: float, colour: str) -> None:
        """Circle, square, triangle or diamond: the shape tells which series it is."""
        part = self.size.text / 14
        r, width = 4.5 * part, 2.2 * part
        if number % 4 == 0:
            self.disc(x, y, r, colour, fill="white", width=width)
            return
        shapes = (
            f"M{n(x - r)} {n(y - r)}h{n(2 * r)}v{n(2 * r)}h{n(-2 * r)}z",
            f"M{n(x)} {n(y - 1.2 * r)}l{n(1.2 * r)} {n(2.1 * r)}h{n(-2.4 * r)}z",
            f"M{n(x)} {n(y - 1.3 * r)}l{n(1.3 * r)} {n(1.3 * r)}l{n(-1.3 * r)} {n(1.3 * r)}"
            f"l{n(-1.3 * r)} {n(-1.3 * r)}z",
        )
        self.path(shapes[number % 4 - 1], colour, width=width, fill="white")

    def sign(self, sign: Sign, x: float, y: float, radius: float) -> None:
        """Disc, half disc, triangle, or an open ring for what is not judged."""
        colour, r = sign.value, radius
        if sign is Sign.TRIANGLE:
            data = f"M{n(x)} {n(y - r)}L{n(x + r)} {n(y + 0.8 * r)}H{n(x - r)}Z"
            self.path(data, colour, fill=colour)
            return
        self.disc(x, y, r, colour, fill=colour if sign is Sign.DISC else "white", width=0.3 * r)
        if sign is Sign.HALF:
            half = f"M{n(x)} {n(y - r)}A{n(r)} {n(r)} 0 0 0 {n(x)} {n(y + r)}Z"
            self.path(half, colour, width=0.1 * r, fill=colour)

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


def joined(points: Iterable[Point]) -> str:
    """Points as the data of a path, after its `M`."""
    return "L".join(f"{n(x)} {n(y)}" for x, y in points)


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    return len(words) * size * CHARACTER_WIDTH * (BOLD_WIDTH if bold else 1)


def widest(texts: Iterable[str], size: float) -> float:
    return max((text_width(words, size) for words in texts), default=0)


def wrapped(words: str, width: float, size: float, *, most: int = 2) -> list[str]:
    """At most two lines, or `most`; the last ends in an ellipsis when the words do not fit."""
    length = max(int(width / (size * CHARACTER_WIDTH) + 1e-6), 2)
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(longer) > length and len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) == most and len(lines[-1]) > length:
        lines[-1] = f"{lines[-1][: length - 1].rstrip()}…"
    return [line for line in lines if line]


@cache
def _colour(name: str) -> str:
    if name == "none":
        return name
    if name == "white":
        return "#ffffff"
    colour, _, percent = name.partition("/")
    return theme.tint(colour, int(percent)) if percent else theme.colour(colour)
