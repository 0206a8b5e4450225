"""The drawing surface of the printed charts: shapes, scales and lines as SVG.

One unit is one point on paper. Only presentation attributes: a style sheet does not reach into an
SVG in a PDF.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import floor, log10

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kvk2.core.money import format_number
from kvk2.core.pdf.assets import palette
from monitoring.status import Status

FONT = "Source Sans 3"
NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
SMALL, NORMAL, LABEL = 8.2, 9.0, 10.5
MARKS = {Status.GREEN: "status-green", Status.AMBER: "status-orange", Status.RED: "status-red"}

Scale = Callable[[float], float]
Points = Sequence[float | None]


@dataclass
class Canvas:
    """Collects the shapes of one drawing; `colour` names come from the theme."""

    width: float
    height: float
    shapes: list[str] = field(default_factory=list)

    def rect(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.shapes.append(
            f'<rect x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}" '
            f'fill="{_colour(colour)}"/>'
        )

    def path(
        self, data: str, colour: str, width: float, *, dash: str = "", fill: str = "none"
    ) -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.shapes.append(
            f'<path d="{data}" fill="{_colour(fill)}" stroke="{_colour(colour)}" '
            f'stroke-width="{width}" stroke-linejoin="round"{dashes}/>'
        )

    def dot(self, x: float, y: float, radius: float, colour: str, fill: str = "white") -> None:
        self.shapes.append(
            f'<circle cx="{n(x)}" cy="{n(y)}" r="{radius}" fill="{_colour(fill)}" '
            f'stroke="{_colour(colour)}" stroke-width="1.4"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = NORMAL,
        colour: str = "neutral-500",
        anchor: str = "start",
        weight: int = 400,
    ) -> None:
        self.shapes.append(
            f'<text x="{n(x)}" y="{n(y)}" font-size="{size}" font-weight="{weight}" '
            f'text-anchor="{anchor}" fill="{_colour(colour)}" font-family="{FONT}">'
            f"{escape(words)}</text>"
        )

    def mark(self, status: Status, x: float, y: float, radius: float = 4.5) -> None:
        """The shape of a status: disc, half disc, triangle, or an open ring when not judged."""
        colour = MARKS.get(status, "status-grey")
        if status is Status.RED:
            data = f"M{n(x)} {n(y - radius)}L{n(x + radius)} {n(y + radius * 0.8)}"
            self.path(f"{data}H{n(x - radius)}Z", colour, 1, fill=colour)
            return
        self.dot(x, y, radius, colour, fill=colour if status is Status.GREEN else "white")
        if status is Status.AMBER:
            half = f"M{n(x)} {n(y - radius)}A{radius} {radius} 0 0 0 {n(x)} {n(y + radius)}Z"
            self.path(half, colour, 0.5, fill=colour)

    def svg(self, alternative: str) -> SafeString:
        """The drawing, with the sentence that a screen reader says instead."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {n(self.width)} '
            f'{n(self.height)}" width="{n(self.width)}" height="{n(self.height)}" role="img">'
        )
        body = "".join(self.shapes)
        # Every shape is made above from numbers, theme colours and escaped words.
        return mark_safe(f"{head}<title>{escape(alternative)}</title>{body}</svg>")  # noqa: S308


def grid(canvas: Canvas, ticks: Iterable[float], y: Scale, left: float, right: float) -> None:
    for tick in ticks:
        canvas.path(f"M{n(left)} {n(y(tick))}H{n(right)}", "neutral-200", 0.7)
        words = format_number(Decimal(str(tick)), 0 if float(tick).is_integer() else 1)
        canvas.text(left - 5, y(tick) + 3, words, size=SMALL, anchor="end", colour="neutral-400")


def line(
    canvas: Canvas,
    places: Sequence[float],
    heights: Points,
    colour: str,
    width: float,
    *,
    dash: str = "",
) -> None:
    for run in runs(places, heights):
        if len(run) > 1:
            canvas.path(f"M{joined(run)}", colour, width, dash=dash)


def dots(
    canvas: Canvas,
    places: Sequence[float],
    heights: Points,
    colour: str,
    radius: float = 2.4,
) -> None:
    known = [(x, y) for x, y in zip(places, heights, strict=True) if y is not None]
    for x, y in known:
        is_last = (x, y) == known[-1]
        canvas.dot(x, y, radius * (1.5 if is_last else 1), colour, colour if is_last else "white")


def wrapped(words: str, length: int) -> list[str]:
    """At most two lines; the second ends in an ellipsis when the words do not fit."""
    first, second = "", ""
    for word in words.split():
        if not second and len(f"{first} {word}".strip()) <= length:
            first = f"{first} {word}".strip()
        else:
            second = f"{second} {word}".strip()
    if len(second) > length:
        second = f"{second[: length - 1].rstrip()}…"
    return [line for line in (first, second) if line]


def runs(places: Sequence[float], heights: Points) -> list[list[tuple[float, float]]]:
    """Stretches of known points: a missing year ends one."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(places, heights, strict=True):
        if y is None:
            stretches.append([])
        else:
            stretches[-1].append((x, y))
    return [run for run in stretches if run]


def ticks_for(values: Iterable[float | None], wanted: int = 4) -> list[float]:
    """Round numbers that span the values."""
    known = [value for value in values if value is not None] or [0.0, 1.0]
    low, high = min(known), max(known)
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** floor(log10(span / wanted))
    step = next(power * nice for nice in NICE_STEPS if span / (power * nice) <= wanted)
    ticks = [floor(low / step) * step]
    while ticks[-1] < high - step * 1e-6:
        ticks.append(round(ticks[-1] + step, 6))
    return ticks if len(ticks) > 1 else [ticks[0], ticks[0] + step]


def scale(low: float, high: float, start: float, end: float) -> Scale:
    span = (high - low) or 1.0
    return lambda value: start + (end - start) * (value - low) / span


def up(value: float | None, y: Scale) -> float | None:
    return None if value is None else y(value)


def joined(points: Iterable[tuple[float, float]]) -> str:
    return "L".join(f"{n(x)} {n(y)}" for x, y in points)


def _colour(name: str) -> str:
    if name == "white":
        return "#ffffff"
    return name if name == "none" or name.startswith("#") else palette()[name]


def n(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")
