"""The life of an IKC as bars over the years: its names, forms, boards and area and its status Plus."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ikc.models import (
    Ikc,
    IkcBoard,
    IkcFormPeriod,
    IkcName,
    IkcPartner,
    PlusStatus,
    RoleAssignment,
)
from kvk2.core.charts.canvas import Canvas, Size, text_width
from kvk2.core.charts.chart import Chart
from kvk2.nlds.templatetags.nlds import dutch_date

# How far back the picture looks at most, and how far ahead.
BACK, AHEAD = 10, 3
FILLS = ("primary-200", "neutral-200")


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that was so from a day to a day, both included; without one it runs on."""

    lane: str
    label: str
    start: date | None
    end: date | None


def bars_of(
    ikc: Ikc,
    *,
    names: Iterable[IkcName],
    boards: Iterable[IkcBoard],
    statuses: Iterable[PlusStatus],
    forms: Iterable[IkcFormPeriod] = (),
    directors: Iterable[RoleAssignment] = (),
    partners: Iterable[IkcPartner] = (),
) -> list[Bar]:
    """In the order of their lanes, each lane by time."""
    rows = [Bar("Naam", row.name, row.valid_from, row.valid_until) for row in names]
    runs = [
        Bar("Schoolbestuur", row.organisation.short_name, row.valid_from, row.valid_until)
        for row in boards
    ] or [Bar("Schoolbestuur", ikc.board.short_name, None, None)]
    kinds = [Bar("Vorm", str(row), row.valid_from, row.valid_until) for row in forms]
    kinds = kinds or [Bar("Vorm", ikc.form_words, None, None)]
    plus = [
        Bar("Plus", str(row.get_state_display()), row.valid_from, row.valid_until)
        for row in statuses
        if row.was_given
    ]
    area = ikc.attention_area
    areas = [Bar("Gebied", area.name, area.valid_from, area.valid_until)] if area else []
    led = [Bar("Directeur", str(row.user), row.valid_from, row.valid_until) for row in directors]
    care = [
        Bar("Kinderopvang", row.organisation.short_name, row.valid_from, row.valid_until)
        for row in partners
    ]
    lanes = (rows or [Bar("Naam", ikc.name, None, None)], kinds, runs, led, care, areas, plus)
    return [bar for lane in lanes for bar in sorted(lane, key=lambda bar: bar.start or date.min)]


def life_chart(ikc: Ikc, bars: Sequence[Bar], *, today: date) -> Chart:
    """A lane for each kind, a line for today; the table has every bar with its days."""
    first, last = _years(bars, today, ikc.closed_on)
    lanes = _lanes(bars)

    def draw(size: Size) -> Canvas:
        text = size.text
        names = 0.0 if size.is_narrow else 9.5 * text
        height = (4.2 if size.is_narrow else 2.8) * text
        top = 2 * text
        canvas = Canvas(size, height=top + len(lanes) * height + text)
        per_year = (size.width - names) / (last - first + 1)

        def at(day: date) -> float:
            return names + per_year * (day.year - first + (day.timetuple().tm_yday - 1) / 366)

        step = 1 if per_year > 3 * text else 2
        for year in range(first, last + 1, step):
            canvas.text(at(date(year, 1, 1)), text * 0.8, str(year), scale=0.9)
        for number, (lane, own) in enumerate(lanes):
            y = top + number * height
            label_at = y + text * 0.6 if size.is_narrow else y + text * 1.1
            canvas.text(0, label_at, lane, bold=True)
            for index, bar in enumerate(own):
                left = max(at(bar.start), names) if bar.start else names
                right = min(at(bar.end), size.width) if bar.end else size.width
                below = y + (1.3 * text if size.is_narrow else 0)
                if right <= left:
                    continue
                canvas.rect(
                    left, below, right - left, 2.2 * text, FILLS[index % 2], stroke="neutral-400"
                )
                if text_width(bar.label, text) < right - left - text:
                    canvas.text(left + text / 2, below + 1.1 * text, bar.label)
        now = at(today)
        canvas.line(
            [(now, top - 0.4 * text), (now, canvas.height)], "neutral-500", width=1.5, dash="4 3"
        )
        return canvas

    rows = tuple(
        (
            f"{bar.lane}: {bar.label}",
            dutch_date(bar.start) or "niet bekend",
            dutch_date(bar.end) or "loopt door",
        )
        for bar in bars
    )
    return Chart(
        "Door de jaren heen", _conclusion(ikc, bars), ("", "Vanaf", "Tot en met"), rows, draw
    )


def _lanes(bars: Sequence[Bar]) -> list[tuple[str, list[Bar]]]:
    """What runs at the same time goes in a lane of its own under the first, which alone is named."""
    lanes: list[tuple[str, list[Bar]]] = []
    for lane in dict.fromkeys(bar.lane for bar in bars):
        rows: list[list[Bar]] = []
        for bar in (bar for bar in bars if bar.lane == lane):
            start = bar.start or date.min
            free = [row for row in rows if (row[-1].end or date.max) < start]
            if free:
                free[0].append(bar)
            else:
                rows.append([bar])
        lanes += [("" if number else lane, row) for number, row in enumerate(rows)]
    return lanes


def _years(bars: Sequence[Bar], today: date, closed_on: date | None) -> tuple[int, int]:
    starts = [bar.start.year for bar in bars if bar.start]
    ends = [bar.end.year for bar in bars if bar.end]
    first = max(min([*starts, today.year - 4]), today.year - BACK)
    last = min(max([*ends, today.year, closed_on.year if closed_on else 0]), today.year + AHEAD)
    return first, last


def _conclusion(ikc: Ikc, bars: Sequence[Bar]) -> str:
    counts = [
        f"{count} {one if count == 1 else many}"
        for lane, one, many in (
            ("Naam", "naam", "namen"),
            ("Schoolbestuur", "schoolbestuur", "schoolbesturen"),
            ("Plus", "periode als Plus IKC", "periodes als Plus IKC"),
            ("Directeur", "directeur", "directeuren"),
            ("Subsidie", "verleende subsidie", "verleende subsidies"),
            ("Afspraak", "resultaatafspraak", "resultaatafspraken"),
        )
        if (count := sum(bar.lane == lane for bar in bars))
    ]
    return f"{ikc} had {', '.join(counts)}."
