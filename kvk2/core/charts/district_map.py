"""A schematic map of the districts (wijken) of a municipality: where is what, not how far.

Small districts in the middle and large ones around them make names on the map unreadable; so each
district carries a number, and the list beside it gives number, name and what is marked there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from math import cos, hypot, radians
from typing import TypeAlias

from kvk2.core.charts.canvas import Canvas, Size, joined
from kvk2.core.charts.chart import Chart
from kvk2.core.charts.scales import Point

Ring: TypeAlias = Sequence[Sequence[float]]
Place: TypeAlias = Callable[[Sequence[float]], Point]

# 1 is true to scale; the smaller, the more room for the middle.
MAGNIFICATION = 0.62
GRID = 14  # how finely the room inside a district is searched
NOTE = "Schematisch: de wijken in het midden zijn groter getekend dan ze zijn."
HEADERS = ("Nummer", "Wijk", "Gemarkeerd")


class Shape(Enum):
    """What its number stands on tells kinds of marked districts apart, also without colour."""

    DISC = "disc"  # filled, with a dark disc
    SQUARE = "square"  # filled, with a dark square
    RING = "ring"  # not filled, with a dashed outline and an open ring


@dataclass(frozen=True)
class MapDistrict:
    """A district to draw; `rings` holds (longitude, latitude) pairs, `mark` says why it is marked."""

    name: str
    rings: Sequence[Ring]
    mark: str = ""
    shape: Shape = Shape.DISC


def district_map(
    districts: Sequence[MapDistrict], *, title: str, description: str, legend: str = ""
) -> Chart:
    """The map with its marked districts outlined and by their shape; districts are numbered as given.

    `legend` says what the shapes mean, when there is more than one.
    """
    rows = tuple(
        (str(number), one.name, one.mark or "–") for number, one in enumerate(districts, 1)
    )

    def draw(size: Size) -> Canvas:
        canvas, place = _projected(districts, size)
        for one in sorted(districts, key=lambda district: bool(district.mark)):
            _district(canvas, one, place)
        for number, one in enumerate(districts, 1):
            _number(canvas, number, one, place)
        return canvas

    note = f"{legend} {NOTE}" if legend else NOTE
    return Chart(title, description, HEADERS, rows, draw, note=note, compact=True)


def _projected(districts: Sequence[MapDistrict], size: Size) -> tuple[Canvas, Place]:
    """A canvas around the districts: north is up, and the middle is drawn larger than the edge."""
    points = [point for one in districts for ring in one.rings for point in ring]
    if not points:
        return Canvas(size, height=1), lambda _point: (0.0, 0.0)
    middles = [_middle(one.rings) for one in districts if one.rings]
    lens = _Lens.around(middles, points)
    drawn = [lens(point) for point in points]
    west, east = min(x for x, _ in drawn), max(x for x, _ in drawn)
    north, south = min(y for _, y in drawn), max(y for _, y in drawn)
    margin = 0.6 * size.text
    unit = (size.width - 2 * margin) / ((east - west) or 1)
    canvas = Canvas(size, height=(south - north) * unit + 2 * margin)

    def place(point: Sequence[float]) -> tuple[float, float]:
        x, y = lens(point)
        return margin + (x - west) * unit, margin + (y - north) * unit

    return canvas, place


@dataclass(frozen=True)
class _Lens:
    """Pulls places away from the middle, where the small districts lie; directions stay as they are."""

    longitude: float
    latitude: float
    shrink: float
    reach: float

    @classmethod
    def around(
        cls, middles: Sequence[Sequence[float]], points: Sequence[Sequence[float]]
    ) -> "_Lens":
        longitude = sum(point[0] for point in middles) / len(middles)
        latitude = sum(point[1] for point in middles) / len(middles)
        flat = cls(longitude, latitude, cos(radians(latitude)), 1.0)
        reach = max(hypot(*flat._flat(point)) for point in points)
        return cls(longitude, latitude, flat.shrink, reach or 1.0)

    def _flat(self, point: Sequence[float]) -> tuple[float, float]:
        """East and south of the middle, in degrees of latitude."""
        return (point[0] - self.longitude) * self.shrink, self.latitude - point[1]

    def __call__(self, point: Sequence[float]) -> tuple[float, float]:
        x, y = self._flat(point)
        factor = (max(hypot(x, y), 1e-9) / self.reach) ** (MAGNIFICATION - 1)
        return x * factor, y * factor


def _district(canvas: Canvas, district: MapDistrict, place: Place) -> None:
    data = "".join(f"M{joined(map(place, ring))}Z" for ring in district.rings)
    if district.mark and district.shape is Shape.RING:
        canvas.path(data, "primary-700", width=2.4, dash="5 4", fill="neutral-100")
    elif district.mark:
        canvas.path(data, "primary-700", width=2.4, fill="accent-300")
    else:
        canvas.path(data, "neutral-400", width=1, fill="neutral-100")


def _number(canvas: Canvas, number: int, district: MapDistrict, place: Place) -> None:
    """Where the district has most room; on its shape when the district is marked."""
    x, y = _roomiest([place(point) for point in max(district.rings, key=len)])
    scale = 0.9 if canvas.size.is_narrow else 1.1
    colour = "neutral-700"
    if district.mark:
        colour = _shape(canvas, district.shape, x, y, canvas.size.text * 0.85)
    canvas.text(x, y, str(number), anchor="middle", colour=colour, bold=True, scale=scale)


def _shape(canvas: Canvas, shape: Shape, x: float, y: float, radius: float) -> str:
    """What the number stands on; the colour of the number."""
    match shape:
        case Shape.RING:
            canvas.disc(x, y, radius, "primary-700", width=1.8, fill="white")
            return "primary-700"
        case Shape.SQUARE:
            side = 2 * radius
            canvas.rect(x - radius, y - radius, side, side, "primary-700", stroke="white")
        case Shape.DISC:
            canvas.disc(x, y, radius, "white", width=1.2, fill="primary-700")
    return "white"


def _middle(rings: Sequence[Ring]) -> tuple[float, float]:
    """The centre of gravity of the largest ring (shoelace formula)."""
    ring = max(rings, key=len)
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x0 * y1 - x1 * y0
        area += cross / 2
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    return (x / (6 * area), y / (6 * area)) if area else (ring[0][0], ring[0][1])


def _roomiest(ring: Sequence[Point]) -> Point:
    """The place of a coarse grid that lies inside the ring and farthest from its border."""
    west, east = min(x for x, _ in ring), max(x for x, _ in ring)
    north, south = min(y for _, y in ring), max(y for _, y in ring)
    grid = [
        (west + (east - west) * across / GRID, north + (south - north) * down / GRID)
        for across in range(1, GRID)
        for down in range(1, GRID)
    ]
    borders = list(pairwise([*ring, ring[0]]))
    inside = [place for place in grid if _is_inside(place, borders)]
    return max(inside or grid, key=lambda place: min(_distance(place, one) for one in borders))


def _is_inside(place: Point, borders: Sequence[tuple[Point, Point]]) -> bool:
    """Whether a line to the east crosses the border an odd number of times."""
    x, y = place
    crossings = 0
    for (x0, y0), (x1, y1) in borders:
        if (y0 > y) != (y1 > y) and x < x0 + (x1 - x0) * (y - y0) / (y1 - y0):
            crossings += 1
    return crossings % 2 == 1


def _distance(place: Point, border: tuple[Point, Point]) -> float:
    (x, y), ((x0, y0), (x1, y1)) = place, border
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    share = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length if length else 0.0
    share = min(max(share, 0.0), 1.0)
    return hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0))
