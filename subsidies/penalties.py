"""What a late decision costs after a default notice (Awb 4:17): computed from days, never typed. Dates are Amsterdam days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kvk2.core.deadlines import (
    DAY,
    PENALTY_DAYS_PER_RATE,
    DeadlineKind,
    deadline,
    penalty,
)

MOST_DAYS = 3 * PENALTY_DAYS_PER_RATE


class NoticeState(StrEnum):
    """How a default notice stands; computed, as it follows from days alone."""

    TOO_EARLY = "te vroeg"
    NO_PENALTY = "geen dwangsom"
    GRACE = "twee weken om te beslissen"
    IN_TIME = "op tijd beslist"
    RUNNING = "dwangsom loopt"
    MAXIMUM = "hoogste dwangsom bereikt"
    STOPPED = "dwangsom gestopt"


@dataclass(frozen=True, slots=True)
class RateStep:
    """Part of the sum: so many days at so many euros."""

    first_day: int
    last_day: int
    days: int
    rate: Decimal

    @property
    def amount(self) -> Decimal:
        return self.days * self.rate


@dataclass(frozen=True, slots=True)
class Penalty:
    """`grace_ends` is the last day to decide without a penalty; `days` and `amount` are owed up to now."""

    state: NoticeState
    grace_ends: date
    days: int
    amount: Decimal
    steps: tuple[RateStep, ...]

    @property
    def first_day(self) -> date:
        """The first day that costs money: when two weeks have passed (Awb 4:17(3))."""
        return self.grace_ends + DAY

    @property
    def last_day(self) -> date:
        """The last day that costs money; before the first, that of the two weeks."""
        return self.grace_ends + self.days * DAY

    def is_over(self, today: date) -> bool:
        """Money is due, and no day is added to it any more: the decision of Awb 4:18 can be taken."""
        if self.state is NoticeState.STOPPED:
            return True
        return self.state is NoticeState.MAXIMUM and today > self.last_possible_day

    @property
    def last_possible_day(self) -> date:
        return self.grace_ends + MOST_DAYS * DAY


def grace_ends(received_on: date, holidays: Collection[date]) -> date:
    """The last of the two weeks after the day of receipt; it moves to a working day (Awb 4:17(3), Atw 1)."""
    return deadline(DeadlineKind.DEFAULT_PENALTY, received_on, extra_holidays=holidays).last_day


def decide_until(penalty: Penalty, holidays: Collection[date]) -> date:
    """The last of the two weeks in which the amount is fixed (Awb 4:18)."""
    kind = DeadlineKind.PENALTY_DECIDE
    return deadline(kind, penalty.last_day, extra_holidays=holidays).last_day


def penalty_of(
    *,
    received_on: date,
    term_ended_on: date,
    ended_on: date | None,
    today: date,
    rates: Sequence[Decimal],
    holidays: Collection[date] = (),
    without_penalty: bool = False,
) -> Penalty:
    """How a notice of `received_on` stands on `today`.

    `ended_on` is the day on which the decision was announced, or the application withdrawn: no longer a day of default.
    A notice up to and with the last day of the term is too early: there was no default yet (Awb 4:17(3), 6:12).
    """
    ends = grace_ends(received_on, holidays)
    until = today if ended_on is None else min(today, ended_on - DAY)
    counts = received_on > term_ended_on and not without_penalty
    days = min(max((until - ends).days, 0), MOST_DAYS) if counts else 0
    steps = steps_of(days, rates)
    state = _state(received_on <= term_ended_on, without_penalty, days, ended_on, ends, today)
    return Penalty(state, ends, days, penalty(days, rates), steps)


def _state(
    too_early: bool, without: bool, days: int, ended_on: date | None, ends: date, today: date
) -> NoticeState:
    if too_early:
        return NoticeState.TOO_EARLY
    if without:
        return NoticeState.NO_PENALTY
    if ended_on is not None and ended_on <= today:
        return NoticeState.STOPPED if days else NoticeState.IN_TIME
    if today <= ends:
        return NoticeState.GRACE
    return NoticeState.MAXIMUM if days == MOST_DAYS else NoticeState.RUNNING


def steps_of(days: int, rates: Sequence[Decimal]) -> tuple[RateStep, ...]:
    """The sum of so many days, per amount a day."""
    return tuple(
        RateStep(
            place * PENALTY_DAYS_PER_RATE + 1,
            (place + 1) * PENALTY_DAYS_PER_RATE,
            min(max(days - place * PENALTY_DAYS_PER_RATE, 0), PENALTY_DAYS_PER_RATE),
            rate,
        )
        for place, rate in enumerate(rates)
    )
