"""Applications and pots while a run goes on, in whole cents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

from kvk2.core.errors import DomainError
from kvk2.core.money import cents, from_cents
from subsidies.allocation.terms import (
    AllocationApplication,
    AllocationRound,
    ApplicationResult,
    DuplicateNumber,
    Method,
    Outcome,
    OverflowOrder,
    PotResult,
    RefusalReason,
    SubCeilingsExceedCeiling,
    UnknownSubCeiling,
)

_CRITERIA = (RefusalReason.SCHEME_CRITERIA,)
_CEILING = (RefusalReason.CEILING,)
_ELIGIBILITY = (RefusalReason.ELIGIBILITY,)
_NO_REASONS: tuple[RefusalReason, ...] = ()


class Entry:
    """One application while the run goes on."""

    __slots__ = (
        "application",
        "criterion_scores",
        "eligible",
        "floor",
        "granted",
        "number",
        "rank",
        "requested",
        "score",
        "takes_part",
        "tier",
    )

    def __init__(self, application: AllocationApplication, floor: int, *, takes_part: bool) -> None:
        self.application = application
        self.number = application.number
        self.tier = application.tier
        self.score = application.score
        self.criterion_scores = application.criterion_scores
        self.requested = cents(application.requested)
        self.eligible = eligible(self.requested, application.max_amount, application.budget_total)
        self.floor = floor if application.floor is None else cents(application.floor)
        self.takes_part = takes_part
        self.granted = 0
        self.rank: int | None = None

    def result(self) -> ApplicationResult:
        granted = self.granted
        eligible = from_cents(self.eligible)
        return ApplicationResult(
            self.number,
            eligible,
            eligible if granted == self.eligible else from_cents(granted),
            self._outcome(),
            self._reasons(),
            self.rank,
        )

    def _outcome(self) -> Outcome:
        if self.granted == 0:
            return Outcome.REFUSAL
        return Outcome.GRANT if self.granted == self.requested else Outcome.PARTIAL_GRANT

    def _reasons(self) -> tuple[RefusalReason, ...]:
        if not self.takes_part:
            return _CRITERIA
        at_ceiling = _CEILING if self.granted < self.eligible else _NO_REASONS
        if self.granted and self.eligible < self.requested:
            return at_ceiling + _ELIGIBILITY
        return at_ceiling


@dataclass(slots=True)
class Pot:
    """A sub-ceiling while the run goes on; `code` is `None` where the round has none."""

    code: str | None
    ceiling: int
    overflow_to: str | None
    received: int = 0
    granted: int = 0
    passed_on: int = 0

    @property
    def room(self) -> int:
        return self.ceiling + self.received - self.granted - self.passed_on

    def result(self) -> PotResult:
        return PotResult(
            self.code or "",
            from_cents(self.ceiling),
            from_cents(self.received),
            from_cents(self.granted),
            from_cents(self.passed_on),
            from_cents(self.room),
        )


def read_entries(
    round_: AllocationRound, applications: Iterable[AllocationApplication]
) -> list[Entry]:
    """All applications by number; refuses what cannot be allocated at all."""
    floor = 0 if round_.floor is None else cents(round_.floor)
    by_score = round_.method is Method.TENDER
    min_score = round_.min_score
    entries = [
        Entry(application, floor, takes_part=_takes_part(application, min_score, by_score=by_score))
        for application in applications
    ]
    entries.sort(key=attrgetter("number"))
    if len({entry.number for entry in entries}) != len(entries):
        raise DuplicateNumber("Twee aanvragen hebben hetzelfde nummer.")
    if round_.sub_ceilings:
        codes = {pot.code for pot in round_.sub_ceilings}
        for entry in entries:
            if entry.application.sub_ceiling not in codes:
                raise UnknownSubCeiling(f"Aanvraag {entry.number} valt onder geen deelplafond.")
    return entries


def read_pots(round_: AllocationRound) -> list[Pot]:
    """The pots in the order of processing; one, the ceiling itself, where the round has no sub-ceilings."""
    ceiling = cents(round_.ceiling)
    if not round_.sub_ceilings:
        return [Pot(None, ceiling, None)]
    pots = [Pot(sub.code, cents(sub.amount), sub.overflow_to) for sub in round_.sub_ceilings]
    if sum(pot.ceiling for pot in pots) > ceiling:
        raise SubCeilingsExceedCeiling("De deelplafonds zijn samen hoger dan het plafond.")
    later: set[str | None] = set()
    for pot in reversed(pots):
        if pot.code in later:
            raise DomainError("Twee deelplafonds heten hetzelfde.", code="DUPLICATE_SUB_CEILING")
        if pot.overflow_to is not None and pot.overflow_to not in later:
            raise OverflowOrder("Wat overblijft, kan alleen naar een later deelplafond.")
        later.add(pot.code)
    return pots


def by_pot(pots: Sequence[Pot], entries: Iterable[Entry]) -> list[list[Entry]]:
    """Who takes part, per pot, by number."""
    participants = [entry for entry in entries if entry.takes_part]
    if pots[0].code is None:
        return [participants]
    members: dict[str | None, list[Entry]] = {pot.code: [] for pot in pots}
    for entry in participants:
        members[entry.application.sub_ceiling].append(entry)
    return [members[pot.code] for pot in pots]


def pass_on(pot: Pot, later: Iterable[Pot]) -> None:
    """What a pot leaves over goes to the pot that the round names (R3)."""
    if pot.overflow_to is None:
        return
    for other in later:
        if other.code == pot.overflow_to:
            pot.passed_on = pot.room
            other.received += pot.passed_on


def eligible(requested: int, max_amount: Decimal | None, budget_total: Decimal | None) -> int:
    """The smallest of what is asked, the maximum of the scheme and the eligible budget lines, in cents."""
    smallest = requested
    if max_amount is not None and (limit := cents(max_amount)) < smallest:
        smallest = limit
    if budget_total is not None and (limit := cents(budget_total)) < smallest:
        smallest = limit
    return smallest


def _takes_part(
    application: AllocationApplication, min_score: Decimal | None, *, by_score: bool
) -> bool:
    """R1: admitted, scored when the score ranks, and not below the lowest score that takes part."""
    if not application.admitted:
        return False
    if application.score is None:
        return min_score is None and not by_score
    return min_score is None or application.score >= min_score
