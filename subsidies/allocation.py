"""Dividing a subsidy ceiling over applications (Awb 4:25-4:26; domain reference 4).

Pure: the same round and applications always give the same result, in whatever order they come.
Amounts are `Decimal` euros outside and whole cents inside. The method is TENDER: by score, within
published priority tiers, with a lottery only where a full tie straddles the ceiling.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from kvk2.core.errors import DomainError
from kvk2.core.money import cents, from_cents
from subsidies.scoring import CriterionWeight, ranking_groups

# Recorded with every run, so that an old run can be explained by the rules of its day.
ALGORITHM_VERSION = "1"


class Method(StrEnum):
    TENDER = "tender"
    FIRST_COME = "first_come"
    PRO_RATA = "pro_rata"
    PER_CHILD = "per_child"


class MarginalPolicy(StrEnum):
    """What happens to the first application that does not fit (R4)."""

    PARTIAL = "partial"
    REFUSE_STOP = "refuse_stop"
    REFUSE_SKIP = "refuse_skip"


class Outcome(StrEnum):
    GRANT = "grant"
    PARTIAL_GRANT = "partial_grant"
    REFUSAL = "refusal"


class RefusalReason(StrEnum):
    """Why an application gets less than it asked for."""

    CEILING = "ceiling"
    ELIGIBILITY = "eligibility"
    SCHEME_CRITERIA = "scheme_criteria"


OUTCOME_LABELS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.GRANT: "verlenen",
        Outcome.PARTIAL_GRANT: "deels verlenen",
        Outcome.REFUSAL: "weigeren",
    }
)
REASON_LABELS: Mapping[RefusalReason, str] = MappingProxyType(
    {
        RefusalReason.CEILING: "het subsidieplafond is bereikt",
        RefusalReason.ELIGIBILITY: "een deel van het bedrag komt niet in aanmerking",
        RefusalReason.SCHEME_CRITERIA: "de aanvraag voldoet niet aan de regeling",
    }
)


class MethodNotAvailable(DomainError):
    """A way of dividing that this version of the portal does not offer."""

    code = "METHOD_NOT_AVAILABLE"


class DuplicateNumber(DomainError):
    """Two applications with the same number."""

    code = "DUPLICATE_NUMBER"


class SubCeilingsExceedCeiling(DomainError):
    """The sub-ceilings together are more than the ceiling of the round."""

    code = "SUB_CEILINGS_EXCEED_CEILING"


class UnknownSubCeiling(DomainError):
    """An application that belongs to none of the sub-ceilings of the round."""

    code = "UNKNOWN_SUB_CEILING"


class OverflowOrder(DomainError):
    """Overflow may only go to a sub-ceiling that is processed later (R3)."""

    code = "OVERFLOW_ORDER"


class LotteryRequired(DomainError):
    """A draw is needed, and the round has no way to hold it."""

    code = "LOTTERY_REQUIRED"


@dataclass(frozen=True, slots=True)
class SeededLottery:
    """A draw that anybody can repeat; `seed` is published beforehand and serves the whole run."""

    seed: str


@dataclass(frozen=True, slots=True)
class ManualLottery:
    """A draw held by hand, with a signed record: the application numbers as they were drawn."""

    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LotteryOrder:
    """A seeded order with the SHA-256 hash (hex) behind each place."""

    order: tuple[str, ...]
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubCeiling:
    """Part of the ceiling; what it leaves over goes to the pot `overflow_to`, or to nobody."""

    code: str
    amount: Decimal
    overflow_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRound:
    """The published rules of a round. `floor`: the smallest partial grant that makes sense."""

    ceiling: Decimal
    method: Method = Method.TENDER
    marginal_policy: MarginalPolicy = MarginalPolicy.PARTIAL
    floor: Decimal | None = None
    min_score: Decimal | None = None
    criteria: tuple[CriterionWeight, ...] = ()
    lottery: SeededLottery | ManualLottery | None = None
    sub_ceilings: tuple[SubCeiling, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationApplication:
    """One application as the allocation sees it; a limit of `None` is no limit.

    `admitted` is false as well when a refusal ground applies. `floor` replaces that of the round.
    `accepts_partial` is the answer on the question whether a reduced plan can be carried out (R5).
    """

    number: str
    requested: Decimal
    max_amount: Decimal | None = None
    budget_total: Decimal | None = None
    floor: Decimal | None = None
    admitted: bool = True
    tier: int = 1
    score: Decimal | None = None
    criterion_scores: Mapping[str, Decimal] = field(default_factory=dict)
    sub_ceiling: str | None = None
    accepts_partial: bool = True


class ApplicationResult(NamedTuple):
    """What one application gets. `rank` is its place in its pot, `None` when it did not take part.

    Equals share a rank, unless a lottery was held between them.
    """

    number: str
    eligible: Decimal
    granted: Decimal
    outcome: Outcome
    reasons: tuple[RefusalReason, ...]
    rank: int | None


@dataclass(frozen=True, slots=True)
class PotResult:
    """Euros of one sub-ceiling: its own, received, granted, passed on, and left after that."""

    code: str
    ceiling: Decimal
    received: Decimal
    granted: Decimal
    passed_on: Decimal
    free: Decimal


@dataclass(frozen=True, slots=True)
class LotteryResult:
    """One draw that was held."""

    participants: tuple[str, ...]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllocationResult:
    """The whole run: results by number, pots and lotteries in the order of processing."""

    results: tuple[ApplicationResult, ...]
    total_granted: Decimal
    free: Decimal
    pots: tuple[PotResult, ...]
    lotteries: tuple[LotteryResult, ...]
    warnings: tuple[str, ...]


def allocate(
    round_: AllocationRound, applications: Iterable[AllocationApplication]
) -> AllocationResult:
    """Divides the ceiling. Refusals: `AMOUNT_INVALID`, `DUPLICATE_NUMBER`, `UNKNOWN_SUB_CEILING`,
    `SUB_CEILINGS_EXCEED_CEILING`, `OVERFLOW_ORDER`, `LOTTERY_REQUIRED`, `SCORE_MISSING`,
    `METHOD_NOT_AVAILABLE`.
    """
    if round_.method is not Method.TENDER:
        raise MethodNotAvailable("Deze verdeelwijze is er nog niet. Kies de tender.")
    entries = _entries(round_, applications)
    pots = _pots(round_)
    lotteries: list[LotteryResult] = []
    for place, pot in enumerate(pots):
        members = [entry for entry in entries if pot.takes(entry)]
        _Tender(round_, pot, lotteries).run(members)
        _pass_on(pot, pots[place + 1 :])
    granted = sum(entry.granted for entry in entries)
    return AllocationResult(
        results=tuple(entry.result() for entry in entries),
        total_granted=from_cents(granted),
        free=from_cents(cents(round_.ceiling) - granted),
        pots=tuple(pot.result() for pot in pots if pot.code is not None),
        lotteries=tuple(lotteries),
        warnings=(),
    )


def eligible_amount(
    requested: Decimal, max_amount: Decimal | None, budget_total: Decimal | None
) -> Decimal:
    """The smallest of what is asked, the maximum of the scheme and the eligible budget lines."""
    return from_cents(_eligible(cents(requested), max_amount, budget_total))


def lottery_order(seed: str, numbers: Iterable[str]) -> LotteryOrder:
    """Numbers by ascending SHA-256 of `seed|number` (UTF-8, hex), so that anybody can check."""
    drawn = sorted((sha256(f"{seed}|{number}".encode()).hexdigest(), number) for number in numbers)
    return LotteryOrder(
        order=tuple(number for _, number in drawn), hashes=tuple(digest for digest, _ in drawn)
    )


class _Entry:
    """One application while the run goes on, in cents."""

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

    def __init__(
        self, application: AllocationApplication, floor: int, min_score: Decimal | None
    ) -> None:
        self.application = application
        self.number = application.number
        self.tier = application.tier
        self.score = application.score
        self.criterion_scores = application.criterion_scores
        self.requested = cents(application.requested)
        self.eligible = _eligible(self.requested, application.max_amount, application.budget_total)
        self.floor = floor if application.floor is None else cents(application.floor)
        self.takes_part = _takes_part(application, min_score)
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
            return (RefusalReason.SCHEME_CRITERIA,)
        at_ceiling = (RefusalReason.CEILING,) if self.granted < self.eligible else ()
        if self.granted and self.eligible < self.requested:
            return (*at_ceiling, RefusalReason.ELIGIBILITY)
        return at_ceiling


@dataclass(slots=True)
class _Pot:
    """A sub-ceiling while the run goes on, in cents; `code` is `None` where the round has none."""

    code: str | None
    ceiling: int
    overflow_to: str | None
    received: int = 0
    granted: int = 0
    passed_on: int = 0

    @property
    def room(self) -> int:
        return self.ceiling + self.received - self.granted - self.passed_on

    def takes(self, entry: _Entry) -> bool:
        if self.code is None:
            return entry.takes_part
        return entry.takes_part and entry.application.sub_ceiling == self.code

    def result(self) -> PotResult:
        return PotResult(
            self.code or "",
            from_cents(self.ceiling),
            from_cents(self.received),
            from_cents(self.granted),
            from_cents(self.passed_on),
            from_cents(self.room),
        )


class _Tender:
    """One pot handed out in ranking order."""

    def __init__(self, round_: AllocationRound, pot: _Pot, lotteries: list[LotteryResult]) -> None:
        self.criteria = round_.criteria
        self.lottery = round_.lottery
        self.partial = round_.marginal_policy is MarginalPolicy.PARTIAL
        self.skip = round_.marginal_policy is MarginalPolicy.REFUSE_SKIP
        self.pot = pot
        self.room = pot.room
        self.stopped = False
        self.lotteries = lotteries

    def run(self, entries: Sequence[_Entry]) -> None:
        rank = 1
        for group in ranking_groups(self.criteria, entries):
            if len(group) > 1 and self._needs_draw(group):
                for place, entry in enumerate(self._draw(group), start=rank):
                    self._serve(entry, place)
            else:
                for entry in group:
                    self._serve(entry, rank)
            rank += len(group)
        self.pot.granted = self.pot.room - self.room

    def _needs_draw(self, group: Sequence[_Entry]) -> bool:
        """A draw is held where it makes a difference: not all fit, and somebody could."""
        if self.stopped or sum(entry.eligible for entry in group) <= self.room:
            return False
        return any(entry.eligible <= self.room or self._can_offer(entry) for entry in group)

    def _can_offer(self, entry: _Entry) -> bool:
        """R4: the room that is left is worth offering to an application that does not fit."""
        return self.partial and 0 < self.room >= entry.floor

    def _serve(self, entry: _Entry, rank: int) -> None:
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

    def _grant(self, entry: _Entry, amount: int) -> None:
        entry.granted = amount
        self.room -= amount

    def _draw(self, group: Sequence[_Entry]) -> list[_Entry]:
        by_number = {entry.number: entry for entry in group}
        order = _drawn_order(self.lottery, sorted(by_number))
        self.lotteries.append(LotteryResult(tuple(sorted(by_number)), order))
        return [by_number[number] for number in order]


def _drawn_order(
    lottery: SeededLottery | ManualLottery | None, participants: Sequence[str]
) -> tuple[str, ...]:
    if isinstance(lottery, SeededLottery):
        return lottery_order(lottery.seed, participants).order
    wanted = set(participants)
    order = tuple(number for number in lottery.order if number in wanted) if lottery else ()
    if len(set(order)) != len(participants) or len(order) != len(participants):
        raise LotteryRequired(
            "Er is een loting nodig tussen " + ", ".join(participants) + ". Leg de uitslag vast."
        )
    return order


def _entries(
    round_: AllocationRound, applications: Iterable[AllocationApplication]
) -> list[_Entry]:
    """All applications in cents, by number; refuses what cannot be allocated at all."""
    floor = 0 if round_.floor is None else cents(round_.floor)
    entries = [_Entry(application, floor, round_.min_score) for application in applications]
    entries.sort(key=attrgetter("number"))
    if len({entry.number for entry in entries}) != len(entries):
        raise DuplicateNumber("Twee aanvragen hebben hetzelfde nummer.")
    if round_.sub_ceilings:
        codes = {pot.code for pot in round_.sub_ceilings}
        for entry in entries:
            if entry.application.sub_ceiling not in codes:
                raise UnknownSubCeiling(f"Aanvraag {entry.number} valt onder geen deelplafond.")
    return entries


def _pots(round_: AllocationRound) -> list[_Pot]:
    ceiling = cents(round_.ceiling)
    if not round_.sub_ceilings:
        return [_Pot(None, ceiling, None)]
    pots = [_Pot(sub.code, cents(sub.amount), sub.overflow_to) for sub in round_.sub_ceilings]
    if sum(pot.ceiling for pot in pots) > ceiling:
        raise SubCeilingsExceedCeiling("De deelplafonds zijn samen hoger dan het plafond.")
    for place, pot in enumerate(pots):
        later = {other.code for other in pots[place + 1 :]}
        if pot.code in later:
            raise DomainError("Twee deelplafonds heten hetzelfde.", code="DUPLICATE_SUB_CEILING")
        if pot.overflow_to is not None and pot.overflow_to not in later:
            raise OverflowOrder("Wat overblijft, kan alleen naar een later deelplafond.")
    return pots


def _pass_on(pot: _Pot, later: Sequence[_Pot]) -> None:
    for other in later:
        if pot.overflow_to is not None and other.code == pot.overflow_to:
            pot.passed_on = pot.room
            other.received += pot.passed_on


def _takes_part(application: AllocationApplication, min_score: Decimal | None) -> bool:
    """R1: admitted, scored, and not below the lowest score that takes part."""
    if not application.admitted or application.score is None:
        return False
    return min_score is None or application.score >= min_score


def _eligible(requested: int, max_amount: Decimal | None, budget_total: Decimal | None) -> int:
    eligible = requested
    if max_amount is not None and (limit := cents(max_amount)) < eligible:
        eligible = limit
    if budget_total is not None and (limit := cents(budget_total)) < eligible:
        eligible = limit
    return eligible
