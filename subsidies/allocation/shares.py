"""PRO_RATA and PER_CHILD: one pot shared out over everybody at once (domain reference 4.4).

Both are one sum: each gets its weight times the level of the water, and never more than is eligible. The weight
is the eligible amount in PRO_RATA and the number of children in PER_CHILD. All in whole cents and exact fractions.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from subsidies.allocation.entries import Entry, Pot
from subsidies.allocation.terms import (
    AllocationRound,
    AllocationWarning,
    ChildrenMissing,
    Method,
    ShareResult,
)


class _Part:
    """One participant: its weight, and where it stands when the water is poured."""

    __slots__ = ("capped", "dropped", "entry", "weight")

    def __init__(self, entry: Entry, weight: int) -> None:
        self.entry = entry
        self.weight = weight
        self.capped = False
        self.dropped = False

    def full_at(self, scale: int) -> int:
        """The level at which it has all that is eligible, times `scale`; the same for all in PRO_RATA."""
        eligible = self.entry.eligible
        if eligible == self.weight:
            return scale if eligible else 0
        return eligible * scale // self.weight


class _Water:
    """The level at which the shares of all that are left add up to `amount`; it only rises as parts drop out.

    The level is `amount` / `weight` (cents per unit of weight): what the capped ones leave over, over the weight of
    the others.
    """

    def __init__(self, amount: int, parts: Sequence[_Part]) -> None:
        self.amount = amount
        self.weight = sum(part.weight for part in parts)
        # A larger factor than any two weights multiplied keeps different fractions apart as whole numbers.
        scale = max((part.weight for part in parts), default=0) ** 2 + 1
        self._waiting = sorted(parts, key=lambda part: part.full_at(scale), reverse=True)
        self._settle()

    def _settle(self) -> None:
        """Cap whoever would get more than is eligible, and pour what it leaves over the others."""
        waiting = self._waiting
        while waiting:
            part = waiting[-1]
            if part.dropped:
                waiting.pop()
            elif part.entry.eligible * self.weight <= part.weight * self.amount:
                waiting.pop()
                part.capped = True
                self.amount -= part.entry.eligible
                self.weight -= part.weight
            else:
                return

    def drop(self, part: _Part) -> None:
        part.dropped = True
        if part.capped:
            self.amount += part.entry.eligible
        else:
            self.weight -= part.weight
        self._settle()

    def whole_cents(self, part: _Part) -> int:
        """The share of one, rounded down to the cent."""
        if part.capped:
            return part.entry.eligible
        return part.weight * self.amount // self.weight

    @property
    def enough(self) -> bool:
        """Everybody who is left is served whole."""
        return not self._waiting

    @property
    def level(self) -> Fraction | None:
        """Cents per unit of weight; `None` when everybody is served whole."""
        return Fraction(self.amount, self.weight) if self._waiting else None


class SharedOut:
    """One pot while it is shared out."""

    def __init__(self, round_: AllocationRound, pot: Pot, entries: Sequence[Entry]) -> None:
        self.pot = pot
        self.per_child = round_.method is Method.PER_CHILD
        self.parts = [_Part(entry, self._weight(entry)) for entry in entries]
        self.dropped: list[_Part] = []
        self.warnings: list[AllocationWarning] = []
        self.level: Fraction | None = None

    def run(self) -> None:
        room = self.pot.room
        if sum(part.entry.eligible for part in self.parts) <= room:
            grants = {part.entry.number: part.entry.eligible for part in self.parts}
        else:
            water = _Water(room, self.parts)
            if ranked := all(part.entry.score is not None for part in self.parts):
                self._drop(water)
            grants = self._poured(water)
            self.level = water.level
            if not ranked:
                self._warn(grants)
        for part in self.parts:
            part.entry.granted = grants.get(part.entry.number, 0)
        self.pot.granted = sum(grants.values())

    def result(self) -> ShareResult:
        # A euro per euro is the same number as a cent per cent; per child the level is in cents.
        level = self.level
        return ShareResult(
            code=self.pot.code,
            per_unit=level / 100 if level is not None and self.per_child else level,
            dropped=tuple(part.entry.number for part in self.dropped),
        )

    def _weight(self, entry: Entry) -> int:
        if not self.per_child:
            return entry.eligible
        children = entry.application.children
        if not children or children < 0:
            raise ChildrenMissing(f"Van aanvraag {entry.number} ontbreekt het aantal kinderen.")
        return children

    def _poured(self, water: _Water) -> dict[str, int]:
        """Rounded down, and the cents that are left one each: largest cut-off part first, then by number."""
        amount, weight = water.amount, water.weight
        grants: dict[str, int] = {}
        remainders: dict[str, int] = {}
        for part in self.parts:
            if part.capped and not part.dropped:
                grants[part.entry.number] = part.entry.eligible
            elif not part.dropped:
                number = part.entry.number
                grants[number], remainders[number] = divmod(part.weight * amount, weight)
        # The parts stand in order of number, and sorting keeps that order between equals.
        spare = amount - sum(grants[number] for number in remainders)
        for number in sorted(remainders, key=remainders.__getitem__, reverse=True)[:spare]:
            grants[number] += 1
        return grants

    def _drop(self, water: _Water) -> None:
        """Drop the lowest-ranked one below its floor, share out again, and so on.

        The level only rises, so whoever reached its floor stays above it. Only within one cent of a floor do the
        cents that are left over decide; those few wait in `at_the_cent` and are looked at with the exact grants.
        """
        at_the_cent: list[_Part] = []
        short_now = (part for part in self.parts if water.whole_cents(part) < part.entry.floor)
        for part in _lowest_first(short_now):
            self._drop_by_the_cent(water, at_the_cent)
            if water.enough:
                return
            short = part.entry.floor - water.whole_cents(part)
            if short > 1 or (short == 1 and part.capped):
                self._drop_one(water, part)
            elif short == 1:
                at_the_cent.append(part)
        self._drop_by_the_cent(water, at_the_cent)

    def _drop_by_the_cent(self, water: _Water, waiting: list[_Part]) -> None:
        while waiting and not water.enough:
            grants = self._poured(water)
            below = (part for part in waiting if grants[part.entry.number] < part.entry.floor)
            if (lowest := next(below, None)) is None:
                waiting[:] = [p for p in waiting if water.whole_cents(p) < p.entry.floor]
                return
            waiting.remove(lowest)
            self._drop_one(water, lowest)

    def _drop_one(self, water: _Water, part: _Part) -> None:
        water.drop(part)
        self.dropped.append(part)

    def _warn(self, grants: dict[str, int]) -> None:
        below = [part for part in self.parts if grants[part.entry.number] < part.entry.floor]
        if below:
            everybody = len(below) == len(self.parts)
            self.warnings.append(
                AllocationWarning.ALL_BELOW_FLOOR
                if everybody
                else AllocationWarning.SOME_BELOW_FLOOR
            )


def _lowest_first(parts: Iterable[_Part]) -> list[_Part]:
    """Who drops out first: the highest tier number, then the lowest score, then the highest number."""
    ordered = sorted(parts, key=lambda part: part.entry.number, reverse=True)
    ordered.sort(key=lambda part: (-part.entry.tier, part.entry.score))
    return ordered
