"""Figures and statuses in words: shared by both reports."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kvk2.core.charts import Sign
from kvk2.core.money import format_number
from kvk2.nlds.templatetags.nlds import dutch_date
from monitoring.explain import LABELS, VERDICT_LABELS, Label
from monitoring.report_dataset import Goal, Indicator, Programme, ProgrammeYear, YearResult
from monitoring.small_numbers import NOT_SHOWN
from monitoring.status import COLOURS, Direction, GoalVerdict, Status

PERCENT = "%"
NOTHING = "–"
# Types of indicators that are measured in levels, and by a day.
SCALE, MILESTONE = "scale", "milestone"
SHORT_UNIT = 4  # characters of a unit that fits behind a figure in a chart
VERDICT_SHAPES = {
    GoalVerdict.ON_COURSE: Status.GREEN,
    GoalVerdict.ON_COURSE_WITH_CONCERNS: Status.AMBER,
    GoalVerdict.ADJUSTMENT_PROPOSED: Status.RED,
    GoalVerdict.NOT_JUDGEABLE: Status.NO_DATA,
    GoalVerdict.NOT_DUE: Status.NOT_YET_DUE,
}
COUNTED = (Status.GREEN, Status.AMBER, Status.RED)
SIGNS = {Status.GREEN: Sign.DISC, Status.AMBER: Sign.HALF, Status.RED: Sign.TRIANGLE}
PARTS = (*((SIGNS[status], LABELS[status].text) for status in COUNTED), (Sign.RING, "geen oordeel"))


@dataclass(frozen=True, slots=True)
class Mark:
    """A status as it is printed: a shape (style `st-<shape>`) and always its words."""

    shape: str
    text: str

    @property
    def label(self) -> Label:
        """Its symbol and tone on a screen."""
        return LABELS[Status(self.shape.upper().replace("-", "_"))]


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of indicators per colour; what has no colour is counted apart, never as bad."""

    green: int
    amber: int
    red: int
    grey: int

    @property
    def judged(self) -> int:
        return self.green + self.amber + self.red

    @property
    def total(self) -> int:
        return self.judged + self.grey

    def parts(self) -> tuple[int, ...]:
        """The counts in the order of `PARTS`, for a bar."""
        return self.green, self.amber, self.red, self.grey

    def words(self) -> str:
        """'5 op koers, 2 aandacht, 1 niet op koers'; groups of zero are left out."""
        coloured = zip(COUNTED, self.parts(), strict=False)
        named = [f"{count} {LABELS[status].text}" for status, count in coloured if count]
        if self.grey:
            named.append(f"{self.grey} niet te beoordelen")
        return ", ".join(named) or "geen indicatoren"


def mark(status: Status, *, provisional: bool = False) -> Mark:
    """The printed form of a status."""
    words = LABELS[status].text
    return Mark(_shape(status), f"{words} (voorlopig)" if provisional else words)


def sign(status: Status) -> Sign:
    """The shape of a status in a chart."""
    return SIGNS.get(status, Sign.RING)


def verdict_mark(verdict: GoalVerdict) -> Mark:
    """The printed form of what the rules say of a whole goal."""
    return Mark(_shape(VERDICT_SHAPES[verdict]), VERDICT_LABELS[verdict])


def _shape(status: Status) -> str:
    return status.value.lower().replace("_", "-")


def result(indicator: Indicator, year: int) -> YearResult:
    """The year's result; `year` is 1 to 8."""
    return indicator.years[year - 1]


def figure(value: Decimal | None, indicator: Indicator) -> str:
    """`79,2%`, `12 uur` or `niveau 3`; a dash when there is none."""
    if value is not None and indicator.kind == SCALE:
        return f"niveau {plain(value, indicator)}"
    return NOTHING if value is None else f"{plain(value, indicator)}{unit(indicator)}"


def short(value: Decimal | None, indicator: Indicator) -> str:
    """The figure for a narrow place: with '%' or a short unit, otherwise without."""
    if len(indicator.unit) <= SHORT_UNIT:
        return figure(value, indicator)
    return plain(value, indicator)


def plain(value: Decimal | None, indicator: Indicator) -> str:
    """The figure without its unit."""
    return NOTHING if value is None else format_number(value, indicator.decimals)


def unit(indicator: Indicator) -> str:
    """The unit as it stands behind a figure: '%' close to it, a long one on the next line if need be."""
    if not indicator.unit or indicator.unit == PERCENT:
        return indicator.unit
    space = "\N{NO-BREAK SPACE}" if len(indicator.unit) <= SHORT_UNIT else " "
    return f"{space}{indicator.unit}"


def target(outcome: YearResult, indicator: Indicator, *, with_unit: bool = True) -> str:
    """The target of a year: a figure, the two bounds of a range, or the last day of a milestone."""
    shown = figure if with_unit else plain
    if outcome.due_on is not None:
        return f"uiterlijk {dutch_date(outcome.due_on)}" if with_unit else _in_short(outcome.due_on)
    if outcome.low is not None and outcome.high is not None:
        return f"{plain(outcome.low, indicator)} tot {shown(outcome.high, indicator)}"
    return shown(outcome.target, indicator)


def measured(outcome: YearResult, indicator: Indicator, *, with_unit: bool = True) -> str:
    """What was measured in a year, or the day on which a milestone was reached; a dash when there is nothing."""
    if outcome.reached_on is not None:
        if with_unit:
            return f"bereikt op {dutch_date(outcome.reached_on)}"
        return _in_short(outcome.reached_on)
    return (figure if with_unit else plain)(outcome.value, indicator)


def missing(outcome: YearResult, indicator: Indicator) -> str:
    """Why there is nothing, in a few words; a milestone that nobody reported is not reached."""
    if indicator.kind == MILESTONE and outcome.due_on and outcome.missing_reason != NOT_SHOWN:
        return "nog niet bereikt"
    return outcome.missing_reason or mark(outcome.status).text


def _in_short(day: date) -> str:
    """'1-5-25', for a narrow column."""
    return f"{day.day}-{day.month}-{day:%y}"


def tolerance(indicator: Indicator) -> str:
    """The agreed tolerance; of a percentage in points. A level and a day have none."""
    if indicator.kind in (SCALE, MILESTONE):
        return NOTHING
    words = format_number(indicator.tolerance, indicator.decimals)
    points = f"{words}\N{NO-BREAK SPACE}punt"
    return points if indicator.unit == PERCENT else f"{words}{unit(indicator)}"


def count(results: Iterable[YearResult]) -> Counts:
    """Count the colours of a set of results; years without a target are left out."""
    statuses: Counter[Status] = Counter(item.status for item in results)
    del statuses[Status.NO_TARGET]
    return Counts(
        green=statuses[Status.GREEN],
        amber=statuses[Status.AMBER],
        red=statuses[Status.RED],
        grey=sum(number for status, number in statuses.items() if status not in COLOURS),
    )


def goal_counts(goals: Iterable[Goal], year: int) -> Counts:
    """Counts over all indicators of some goals in one year."""
    return count(result(item, year) for goal in goals for item in goal.indicators)


def year_of(programme: Programme, index: int) -> ProgrammeYear:
    """The programme year with this index, 1 to 8."""
    return programme.years[index - 1]


def short_labels(programme: Programme) -> list[str]:
    """Labels that fit under an axis: '24/25' for '2024/25'."""
    return [item.label[2:] if len(item.label) > 5 else item.label for item in programme.years]


def better(indicator: Indicator) -> str:
    """Which way is better, in words."""
    if indicator.kind == MILESTONE:
        return "op tijd is goed"
    return {
        Direction.HIGHER: "hoger is beter",
        Direction.LOWER: "lager is beter",
        Direction.RANGE: "binnen de grenzen is goed",
    }[indicator.direction]


def joined(words: Sequence[str]) -> str:
    """'a, b en c'."""
    return " en ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
