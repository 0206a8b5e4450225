"""TENDER and FIRST_COME: one pot handed out in order, with a draw where equals do not all fit (4.2, 4.3)."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from kvk2.core.deadlines import local_date
from subsidies.allocation.entries import Entry, Pot
from subsidies.allocation.lottery import drawn_order
from subsidies.allocation.terms import (
    AllocationRound,
    CompleteDateMissing,
    LotteryResult,
    MarginalPolicy,
    Method,
)
from subsidies.scoring import ranking_groups


def groups_of(round_: AllocationRound, entries: Sequence[Entry]) -> Iterable[Sequence[Entry]]:
    """Equals together, in the order in which they are served."""
    if round_.method is Method.TENDER:
        return ranking_groups(round_.criteria, entries)
    return _days(entries)


class InOrder:
    """One pot while it is handed out."""

    def __init__(self, round_: AllocationRound, pot: Pot) -> None:
        self.lottery = round_.lottery
        self.partial = round_.marginal_policy is MarginalPolicy.PARTIAL
        self.skip = round_.marginal_policy is MarginalPolicy.REFUSE_SKIP
        self.pot = pot
        self.room = pot.room
        self.stopped = False
        self.lotteries: list[LotteryResult] = []

    def run(self, groups: Iterable[Sequence[Entry]]) -> None:
        rank = 1
        for group in groups:
            if len(group) > 1 and self._needs_draw(group):
                for place, entry in enumerate(self._draw(group), start=rank):
                    self._serve(entry, place)
            else:
                for entry in group:
                    self._serve(entry, rank)
            rank += len(group)
        self.pot.granted = self.pot.room - self.room

    def _needs_draw(self, group: Sequence[Entry]) -> bool:
        """A draw is held where it makes a difference: not all fit, and somebody could."""
        if self.stopped or sum(entry.eligible for entry in group) <= self.room:
            return False
        return any(entry.eligible <= self.room or self._can_offer(entry) for entry in group)

    def _can_offer(self, entry: Entry) -> bool:
        """R4: the room that is left is worth offering to an application that does not fit."""
        return self.partial and 0 < self.room >= entry.floor

    def _serve(self, entry: Entry, rank: int) -> None:
        entry.rank = rank
        if self.stopped:
            return
        if entry.eligible <= self.room:
            self._grant(entry, entry.eligible)
        elif not self._can_offer(entry):
            self.stopped = not self.skip
        elif entry.application.accepts_partial:
            self._grant(entry, self.room)
            self.stopped = True

    def _grant(self, entry: Entry, amount: int) -> None:
        entry.granted = amount
        self.room -= amount

    def _draw(self, group: Sequence[Entry]) -> list[Entry]:
        by_number = {entry.number: entry for entry in group}
        participants = tuple(sorted(by_number))
        order = drawn_order(self.lottery, participants)
        self.lotteries.append(LotteryResult(participants, order))
        return [by_number[number] for number in order]


def _days(entries: Sequence[Entry]) -> Iterable[list[Entry]]:
    """By tier, then by the day in Europe/Amsterdam on which each became complete; the hour plays no part."""
    days = {}
    for entry in entries:
        if entry.application.complete_at is None:
            raise CompleteDateMissing(
                f"Van aanvraag {entry.number} ontbreekt de dag van volledigheid."
            )
        days[entry.number] = local_date(entry.application.complete_at)

    def key(entry: Entry) -> tuple:
        return entry.tier, days[entry.number]

    return (list(group) for _, group in groupby(sorted(entries, key=key), key=key))
