"""Charts of the printed reports: pure functions from figures to SVG.

One unit is one point on paper, so sizes are chosen per place and no text is smaller than 8. Only
presentation attributes: a style sheet does not reach into an SVG in a PDF. The whole text
alternative stands in `<title>`, which becomes the figure's description; the same figures stand in
the annex as a table. Series differ by dash, marker and a label beside the line, never by colour
alone. A missing year breaks the line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from kvk2.core.money import format_number
from monitoring.printing.canvas import (
    LABEL,
    NORMAL,
    SMALL,
    Canvas,
    Points,
    Scale,
    dots,
    grid,
    joined,
    line,
    n,
    runs,
    scale,
    ticks_for,
    up,
    wrapped,
)
from monitoring.status import Status

NARROW_PART = 28  # a part of a bar that has no room for a mark and a number at full size


def progress_chart(
    labels: Sequence[str],
    targets: Points,
    actuals: Points,
    *,
    baseline: float | None,
    tolerance: float,
    decimals: int,
    current: int,
    alternative: str,
    width: float = 300,
    height: float = 112,
) -> SafeString:
    """Target and measurement over the eight years, the baseline in front, tolerance as a band.

    `current` is the index of the year of the report; its column is tinted.
    """
    canvas = Canvas(width, height)
    left, right, top, bottom = 30.0, 50.0, 8.0, 20.0
    ticks = ticks_for([*targets, *actuals, baseline])
    x = scale(0, len(labels), left + 8, width - right)
    y = scale(ticks[0], ticks[-1], height - bottom, top)
    places = [x(index + 1) for index in range(len(labels))]
    step = places[1] - places[0]
    canvas.rect(places[current] - step / 2, top - 6, step, height - bottom - top + 6, "primary-50")
    grid(canvas, ticks, y, left, width - right + step / 2)
    _tolerance_band(canvas, places, targets, tolerance, y)
    for index, label in enumerate(labels):
        is_current = index == current
        canvas.text(
            places[index],
            height - 6,
            label,
            size=SMALL,
            anchor="middle",
            colour="primary-600" if is_current else "neutral-400",
            weight=700 if is_current else 400,
        )
    line(canvas, places, [up(value, y) for value in targets], "accent-400", 1.4, dash="4 3")
    _baseline_point(canvas, x(0), places, actuals, baseline, y, height)
    heights = [up(value, y) for value in actuals]
    line(canvas, places, heights, "primary-500", 2.2)
    dots(canvas, places, heights, "primary-500")
    _end_labels(canvas, places, targets, actuals, y, decimals, height - bottom)
    return canvas.svg(alternative)


def children_chart(
    years: Sequence[int], counts: Points, *, alternative: str, width: float = 482
) -> SafeString:
    """Number of children per year, from zero, with the first, highest and last figure named."""
    height = 150.0
    canvas = Canvas(width, height)
    left, right, top, bottom = 30.0, 34.0, 14.0, 20.0
    ticks = ticks_for([0.0, *counts])
    x = scale(years[0], years[-1], left + 4, width - right)
    y = scale(0, ticks[-1], height - bottom, top)
    grid(canvas, ticks, y, left, width - right)
    places = [x(year) for year in years]
    heights = [up(value, y) for value in counts]
    for run in runs(places, heights):
        area = f"M{n(run[0][0])} {n(y(0))}L{joined(run)}L{n(run[-1][0])} {n(y(0))}Z"
        canvas.path(area, "primary-50", 0.1, fill="primary-50")
    line(canvas, places, heights, "primary-500", 2.0)
    for index, year in enumerate(years):
        if year % 5 == 0 or year in (years[0], years[-1]):
            near_end = year != years[-1] and years[-1] - year < 3
            if not near_end and not (year != years[0] and year - years[0] < 3):
                canvas.text(places[index], height - 6, str(year), size=SMALL, anchor="middle")
    for index in _told(counts):
        canvas.dot(places[index], heights[index] or 0, 3, "primary-500", fill="primary-500")
        words = format_number(Decimal(str(counts[index])), 0)
        canvas.text(
            places[index],
            (heights[index] or 0) - 6,
            words,
            size=LABEL,
            colour="primary-600",
            weight=700,
            anchor="middle",
        )
    return canvas.svg(alternative)


@dataclass(frozen=True)
class BulletRow:
    """One indicator in a bullet chart, all figures in its own unit."""

    name: str
    baseline: float
    end_target: float
    target: float
    tolerance: float
    value: float | None
    value_text: str
    baseline_text: str
    end_text: str
    status: Status


def bullet_chart(rows: Sequence[BulletRow], *, alternative: str, width: float = 482) -> SafeString:
    """Per indicator the way from the baseline (left) to the target of year eight (right).

    The bar is what was reached, the stroke the target of this year, the band its tolerance. Every
    row has its own scale, so bars of different rows are not compared in length.
    """
    row_height, label_width, right = 30.0, 168.0, 84.0
    canvas = Canvas(width, row_height * len(rows) + 4)
    for index, row in enumerate(rows):
        middle = row_height * index + row_height / 2
        _bullet_label(canvas, row, middle)
        start, end = label_width + 34, width - right - 34
        place = scale(row.baseline, row.end_target, start, end)
        low, high = label_width + 22, width - right - 22

        def at(value: float, place: Scale = place, low: float = low, high: float = high) -> float:
            return min(max(place(value), low), high)

        canvas.rect(low, middle - 6, high - low, 12, "neutral-100")
        band = sorted((at(row.target - row.tolerance), at(row.target + row.tolerance)))
        canvas.rect(band[0], middle - 6, band[1] - band[0], 12, "accent-200")
        if row.value is not None:
            left_edge, right_edge = sorted((start, at(row.value)))
            canvas.rect(left_edge, middle - 3, max(right_edge - left_edge, 1), 6, "primary-500")
        canvas.rect(at(row.target) - 1, middle - 9, 2, 18, "accent-500")
        canvas.text(low - 4, middle + 3, row.baseline_text, size=SMALL, anchor="end")
        canvas.text(high + 4, middle + 3, row.end_text, size=SMALL)
        canvas.mark(row.status, width - 56, middle)
        canvas.text(
            width,
            middle + 3.4,
            row.value_text,
            size=10,
            anchor="end",
            weight=600,
            colour="neutral-700",
        )
    return canvas.svg(alternative)


@dataclass(frozen=True)
class PairedBar:
    """Planned against realised, for example of one party."""

    name: str
    planned: float
    realised: float | None
    planned_text: str
    realised_text: str


def paired_bars(rows: Sequence[PairedBar], *, alternative: str, width: float = 482) -> SafeString:
    """Bars from zero: the light one was promised, the dark one under it was given."""
    label_width, right = 150.0, 96.0
    has_realised = any(row.realised is not None for row in rows)
    row_height = 34.0 if has_realised else 22.0
    canvas = Canvas(width, row_height * len(rows) + 4)
    largest = max(max(row.planned, row.realised or 0) for row in rows) or 1
    x = scale(0, largest, label_width, width - right)
    for index, row in enumerate(rows):
        top = row_height * index + 5
        for number, words in enumerate(lines := wrapped(row.name, 30)):
            shift = (number - (len(lines) - 1) / 2) * 11
            middle = top + (14 if has_realised else 8) + shift
            canvas.text(0, middle, words, size=10, colour="neutral-700")
        canvas.rect(label_width, top, max(x(row.planned) - label_width, 1), 10, "primary-200")
        canvas.text(x(row.planned) + 5, top + 8.4, row.planned_text, size=SMALL)
        if row.realised is None:
            continue
        end = x(row.realised)
        canvas.rect(label_width, top + 12, max(end - label_width, 1), 10, "primary-500")
        canvas.text(
            end + 5, top + 20.4, row.realised_text, size=SMALL, colour="primary-600", weight=600
        )
    return canvas.svg(alternative)


@dataclass(frozen=True)
class CountRow:
    """How many indicators have which status."""

    name: str
    counts: tuple[tuple[Status, int], ...]  # green, amber, red, not judged


def stacked_counts(rows: Sequence[CountRow], *, alternative: str, width: float = 482) -> SafeString:
    """One bar per row; each part shows its mark and its number."""
    row_height, label_width = 26.0, 150.0
    canvas = Canvas(width, row_height * len(rows) + 4)
    largest = max(sum(count for _, count in row.counts) for row in rows) or 1
    unit = (width - label_width) / largest
    tints = {Status.GREEN: "#dcefe3", Status.AMBER: "#fbe6cf", Status.RED: "#f9dcd9"}
    for index, row in enumerate(rows):
        top = row_height * index + 4
        canvas.text(0, top + 13, row.name, size=10, colour="neutral-700")
        at = label_width
        for status, count in row.counts:
            if not count:
                continue
            size = unit * count
            canvas.rect(at, top, size - 1.5, 18, tints.get(status, "neutral-100"))
            narrow = size < NARROW_PART
            canvas.mark(status, at + (5 if narrow else 9), top + 9, 3 if narrow else 4)
            canvas.text(
                at + (9 if narrow else 17),
                top + 12.6,
                str(count),
                size=SMALL if narrow else 10,
                weight=600,
                colour="neutral-700",
            )
            at += size
    return canvas.svg(alternative)


@dataclass(frozen=True)
class Panel:
    """One small chart: an IKC, its targets and measurements."""

    title: str
    targets: Points
    actuals: Points
    status: Status
    value_text: str


def panel_grid(
    panels: Sequence[Panel],
    *,
    labels: Sequence[str],
    background: Points,
    current: int,
    alternative: str,
    width: float = 482,
) -> SafeString:
    """Small charts on one scale, three to a row, with the programme as a grey line behind each."""
    columns, gap, panel_height = 3, 16.0, 104.0
    rows = -(-len(panels) // columns)
    canvas = Canvas(width, rows * panel_height)
    ticks = ticks_for([value for panel in panels for value in (*panel.targets, *panel.actuals)], 3)
    panel_width = (width - gap * (columns - 1)) / columns
    for index, panel in enumerate(panels):
        left = (index % columns) * (panel_width + gap)
        top = (index // columns) * panel_height
        _panel(canvas, panel, left, top, panel_width, ticks, labels, background, current)
    return canvas.svg(alternative)


def _panel(
    canvas: Canvas,
    panel: Panel,
    left: float,
    top: float,
    width: float,
    ticks: Sequence[float],
    labels: Sequence[str],
    background: Points,
    current: int,
) -> None:
    canvas.text(left, top + 10, panel.title, size=NORMAL, weight=600, colour="primary-700")
    canvas.mark(panel.status, left + 4, top + 19, 3.6)
    canvas.text(left + 11, top + 22.4, panel.value_text, weight=600, colour="neutral-700")
    y = scale(ticks[0], ticks[-1], top + 86, top + 32)
    grid(canvas, ticks, y, left + 20, left + width)
    x = scale(0, len(labels) - 1, left + 28, left + width - 6)
    places = [x(index) for index in range(len(labels))]
    line(canvas, places, [up(value, y) for value in background], "neutral-300", 3)
    line(canvas, places, [up(value, y) for value in panel.targets], "accent-400", 1, dash="3 2.5")
    heights = [up(value, y) for value in panel.actuals]
    line(canvas, places, heights, "primary-500", 1.8)
    dots(canvas, places, heights, "primary-500", radius=1.8)
    for index in (0, current, len(labels) - 1):
        anchor = "end" if index == len(labels) - 1 else "middle"
        canvas.text(places[index], top + 97, labels[index], size=8, anchor=anchor)


def _tolerance_band(
    canvas: Canvas, places: Sequence[float], targets: Points, tolerance: float, y: Scale
) -> None:
    if not tolerance:
        return
    upper = [None if value is None else y(value + tolerance) for value in targets]
    lower = [None if value is None else y(value - tolerance) for value in targets]
    for top, bottom in zip(runs(places, upper), runs(places, lower), strict=True):
        outline = f"M{joined(top)}L{joined(bottom[::-1])}Z"
        canvas.path(outline, "accent-100", 0.1, fill="accent-100")


def _baseline_point(
    canvas: Canvas,
    place: float,
    places: Sequence[float],
    actuals: Points,
    baseline: float | None,
    y: Scale,
    height: float,
) -> None:
    if baseline is None:
        return
    canvas.text(place, height - 6, "nul", size=SMALL, anchor="middle", colour="neutral-400")
    if actuals[0] is not None:
        data = f"M{n(place)} {n(y(baseline))}L{n(places[0])} {n(y(actuals[0]))}"
        canvas.path(data, "primary-300", 1.6, dash="1.5 2.5")
    canvas.dot(place, y(baseline), 2.6, "primary-300")


def _end_labels(
    canvas: Canvas,
    places: Sequence[float],
    targets: Points,
    actuals: Points,
    y: Scale,
    decimals: int,
    floor: float,
) -> None:
    """The last figure of both lines, in words beside the point; nothing is printed below `floor`."""
    if targets[-1] is not None:
        end = places[-1] + 8
        words = format_number(Decimal(str(targets[-1])), decimals)
        height = min(y(targets[-1]), floor - 12)
        canvas.text(end, height + 2, words, size=LABEL, weight=600, colour="accent-400")
        canvas.text(end, height + 11, "doel jaar 8", size=SMALL, colour="accent-400")
    measured = [index for index, value in enumerate(actuals) if value is not None]
    if not measured:
        return
    last = measured[-1]
    value = actuals[last] or 0.0
    aimed = targets[last]
    below = aimed is not None and value < aimed
    words = format_number(Decimal(str(value)), decimals)
    canvas.text(
        places[last],
        y(value) + (15 if below else -8),
        words,
        size=LABEL,
        weight=700,
        colour="primary-600",
        anchor="middle",
    )


def _bullet_label(canvas: Canvas, row: BulletRow, middle: float) -> None:
    lines = wrapped(row.name, 34)
    for number, words in enumerate(lines):
        shift = (number - (len(lines) - 1) / 2) * 11
        canvas.text(0, middle + 3.4 + shift, words, size=9.6, colour="neutral-700")


def _told(counts: Points) -> list[int]:
    """The places of the first, the highest and the last known figure."""
    known = [index for index, value in enumerate(counts) if value is not None]
    if not known:
        return []
    highest = max(known, key=lambda index: counts[index] or 0)
    # A figure close to another one would be printed over it.
    keep = [known[0]]
    if highest - known[0] > 2 and known[-1] - highest > 2:
        keep.append(highest)
    return [*keep, known[-1]] if known[-1] != known[0] else keep
