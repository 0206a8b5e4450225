"""Small groups in the reports: what may not be read is taken out before a dataset is frozen (domain reference 8.2).

One place for screen, CSV, JSON, PDF, picture and its words: they are all made from what comes out of here. A figure is
hidden when it would show 1 to k - 1 children, or all but 1 to k - 1. With the figure go its counts, the tolerance (one
child in it tells how many there are) and the sentence about it. Its status stays only as long as it fits two different
figures for who knows how many children there are. In a table over IKCs a reader may know what all of them are together:
as long as that tells a hidden figure, the smallest one that is left is hidden too, and at last the statuses.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kvk2.core.suppression import SMALL_GROUP, is_small, percentage_display
from monitoring import status
from monitoring.report_dataset import Goal, Indicator, ProgrammeIkc, YearResult
from monitoring.status import COLOURS, RuleSet, Status

# cells whose sum is looked at together
TOGETHER = 40
NOT_SHOWN = "niet te tonen"
WORDS = "Het cijfer is niet te tonen: de groep is zo klein dat een kind te herkennen kan zijn."
COUNT = "number"  # the type of an indicator that counts


def hides_percentage(numerator: int, denominator: int, *, min_n: int) -> bool:
    """Whether the part or the rest is a small group, or the whole too small for a percentage."""
    shown = percentage_display(numerator, denominator, k=SMALL_GROUP, min_denominator=min_n)
    return shown is None


def hides_count(count: int) -> bool:
    return is_small(count, SMALL_GROUP)


def is_small_figure(indicator: Indicator, row: YearResult) -> bool:
    """Whether the figure of this row may not be shown."""
    if row.numerator is not None and row.denominator is not None:
        return hides_percentage(row.numerator, row.denominator, min_n=indicator.min_n)
    return _counts(indicator, row) and row.value is not None and hides_count(int(row.value))


def suppressed(indicator: Indicator, rules: RuleSet) -> Indicator:
    """The indicator without its small figures: what a report about one IKC may hold."""
    years = tuple(
        _alone(indicator, row, rules) if _must_go(indicator, row, rules) else row
        for row in indicator.years
    )
    return replace(indicator, years=years)


def _must_go(indicator: Indicator, row: YearResult, rules: RuleSet) -> bool:
    """Whether the row is small, or adds up years of which one is: with the other years, its sum would tell that one."""
    if not indicator.pools_years:
        return is_small_figure(indicator, row)
    return any(
        is_small_figure(indicator, other)
        for other in indicator.years
        if row.year - rules.pool_years_small < other.year <= row.year
    )


def _alone(indicator: Indicator, row: YearResult, rules: RuleSet) -> YearResult:
    cell = _Cell(0, indicator, row)
    return cell.hidden(tells=len(cell.possible(rules, small=True)) < 2)


def suppressed_table(ikcs: Sequence[ProgrammeIkc], rules: RuleSet) -> tuple[ProgrammeIkc, ...]:
    """The IKCs beside each other without small figures, nor what tells them to who knows the total.

    `ikcs` hold every figure; what comes out is what may be frozen.
    """
    replaced: dict[tuple[int, str, int], YearResult] = {}
    for code, year in _tables(ikcs):
        cells = [
            _Cell(index, item, item.years[year - 1])
            for index, ikc in enumerate(ikcs)
            for goal in ikc.goals
            for item in goal.indicators
            if item.code == code
        ]
        for cell, row in _protected(cells, rules):
            replaced[cell.ikc, cell.indicator.key, year] = row
    return tuple(
        replace(ikc, goals=_with_rows(ikc.goals, index, replaced)) for index, ikc in enumerate(ikcs)
    )


def _tables(ikcs: Iterable[ProgrammeIkc]) -> list[tuple[str, int]]:
    """Each indicator and year over all IKCs, in the order in which they are met."""
    return list(
        dict.fromkeys(
            (item.code, row.year)
            for ikc in ikcs
            for goal in ikc.goals
            for item in goal.indicators
            for row in item.years
        )
    )


def _with_rows(
    goals: tuple[Goal, ...], ikc: int, replaced: dict[tuple[int, str, int], YearResult]
) -> tuple[Goal, ...]:
    return tuple(
        replace(
            goal,
            indicators=tuple(
                replace(
                    item,
                    years=tuple(replaced.get((ikc, item.key, row.year), row) for row in item.years),
                )
                for item in goal.indicators
            ),
        )
        for goal in goals
    )


def _protected(cells: Sequence["_Cell"], rules: RuleSet) -> Iterable[tuple["_Cell", YearResult]]:
    """The cells to hide, with what is left of them."""
    hidden = [cell for cell in cells if _must_go(cell.indicator, cell.row, rules)]
    if not hidden:
        return []
    small = {cell.ikc for cell in hidden}
    # leftmost first among equals: sorting is stable
    spare = sorted(
        (cell for cell in cells if cell.ikc not in small and cell.part), key=lambda cell: cell.part
    )
    if len(hidden) == 1 and spare:
        hidden.append(spare.pop(0))
    if any(cell.indicator.pools_years for cell in hidden):
        return [(cell, cell.hidden(tells=True)) for cell in hidden]

    options = {cell.ikc: cell.options(rules, small=cell.ikc in small) for cell in hidden}
    while spare and _told(hidden, options):
        cell = spare.pop(0)
        hidden.append(cell)
        options[cell.ikc] = cell.options(rules, small=False)
    told = _told(hidden, options)
    return [(cell, cell.hidden(tells=told or options[cell.ikc].tells)) for cell in hidden]


def _told(cells: Sequence["_Cell"], options: Mapping[int, "_Options"]) -> bool:
    """Whether somebody who knows what the hidden cells are together can tell one of them.

    Of many cells no one is told when none is told to somebody who knows all but a group of them: the time then grows
    with the number of cells, and not with its square.
    """
    groups = -(-len(cells) // TOGETHER)
    return any(_tells(cells[first::groups], options) for first in range(groups))


def _tells(cells: Sequence["_Cell"], options: Mapping[int, "_Options"]) -> bool:
    """Whether their sum tells one of these cells.

    Sums are the bits of a number: bit 12 says that 12 can be made.
    """
    sets = [options[cell.ikc].parts for cell in cells]
    total = sum(cell.part for cell in cells)
    room = (1 << (total + 1)) - 1
    before, after = [1], [1]
    for parts, places in ((sets, before), (sets[::-1], after)):
        for values in parts:
            places.append(_shifted(places[-1], values) & room)
    for index, values in enumerate(sets):
        others = _added(before[index], after[len(sets) - index - 1]) & room
        if sum(value <= total and others >> (total - value) & 1 for value in values) < 2:
            return True
    return False


def _shifted(sums: int, values: Iterable[int]) -> int:
    """Every sum with each of `values` added to it."""
    found = 0
    for value in values:
        found |= sums << value
    return found


def _added(one: int, other: int) -> int:
    """Every sum of the one with every sum of the other."""
    found, place = 0, 0
    while one:
        if one & 1:
            found |= other << place
        one, place = one >> 1, place + 1
    return found


@dataclass(frozen=True, slots=True)
class _Options:
    """What a hidden part may be; `tells`: its colour is hidden as well, for it fits one part only."""

    parts: frozenset[int]
    tells: bool


@dataclass(frozen=True, slots=True)
class _Cell:
    """The figure of one IKC in one year."""

    ikc: int
    indicator: Indicator
    row: YearResult

    @property
    def part(self) -> int:
        """The children that the figure is about; 0 when there is no figure."""
        if self.row.numerator is not None:
            return self.row.numerator
        return (
            int(self.row.value)
            if self.row.value is not None and _counts(self.indicator, self.row)
            else 0
        )

    def hidden(self, *, tells: bool) -> YearResult:
        """What is left of the row: why there is nothing, and the status unless that `tells` the figure."""
        row = self.row
        return replace(
            row,
            value=None,
            numerator=None,
            denominator=None,
            reached_on=None,
            tolerance=None,
            one_child_rule=False,
            original_status=None,
            original_explanation="",
            missing_reason=NOT_SHOWN,
            explanation=WORDS,
            status=Status.TOO_SMALL if tells and row.status in COLOURS else row.status,
        )

    def options(self, rules: RuleSet, *, small: bool) -> _Options:
        """What the part may be for a reader: with the colour, or without it when that would tell."""
        found = self.possible(rules, small=small)
        if len(found) > 1:
            return _Options(frozenset(found), tells=False)
        return _Options(frozenset(self.uncoloured(small=small)), tells=True)

    def uncoloured(self, *, small: bool) -> set[int]:
        """The parts that a reader cannot tell apart who sees no colour."""
        row = self.row
        if row.denominator is not None:
            return {
                part
                for part in range(row.denominator + 1)
                if hides_percentage(part, row.denominator, min_n=self.indicator.min_n) == small
            }
        if small:
            return set(range(1, SMALL_GROUP))
        return set(range(SMALL_GROUP, 2 * self.part + SMALL_GROUP))

    def possible(self, rules: RuleSet, *, small: bool) -> set[int]:
        """The parts that a reader cannot tell apart who knows how many children there are.

        `small`: the figure is hidden because it is small, and otherwise to protect another.
        """
        row = self.row
        if self.indicator.pools_years:
            return set()  # the colour is that of several years: it goes with the figure
        found = self.uncoloured(small=small)
        if row.status not in COLOURS or row.provisional:
            return found if row.status not in COLOURS else set()
        return {part for part in found if self._status(part, rules) == row.status}

    def _status(self, part: int, rules: RuleSet) -> Status:
        """How `part` would be judged, with what the report says of the agreement."""
        item, row = self.indicator, self.row
        agreed = status.Agreed(
            direction=item.direction,
            target=row.target,
            low=row.low,
            high=row.high,
            baseline=item.baseline,
            tol=item.tolerance,
            decimals=item.decimals,
        )
        if row.denominator is None:
            return status.judge(agreed, status.Measured(value=Decimal(part)), rules).status
        measured = status.MeasuredPercentage(num=part, den=row.denominator)
        rules = replace(rules, min_n=item.min_n)
        return status.judge_percentage(agreed, measured, rules).status


def _counts(indicator: Indicator, row: YearResult) -> bool:
    """Whether the value is a number of things, not a percentage, an amount or a level."""
    return row.denominator is None and indicator.kind == COUNT and indicator.decimals == 0
