"""Draws between equals: one that anybody can repeat, and one held by hand (domain reference 4.5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from kvk2.core.errors import DomainError


class LotteryRequired(DomainError):
    """A draw is needed, and the round has no way to hold it; `participants` ascending."""

    code = "LOTTERY_REQUIRED"

    def __init__(self, participants: Sequence[str]) -> None:
        self.participants = tuple(participants)
        super().__init__(
            f"Er is een loting nodig tussen {', '.join(participants)}. Leg de uitslag vast."
        )


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


def lottery_order(seed: str, numbers: Iterable[str]) -> LotteryOrder:
    """Numbers by ascending SHA-256 of `seed|number` (UTF-8, hex), so that anybody can check."""
    drawn = sorted((sha256(f"{seed}|{number}".encode()).hexdigest(), number) for number in numbers)
    return LotteryOrder(
        order=tuple(number for _, number in drawn), hashes=tuple(digest for digest, _ in drawn)
    )


def drawn_order(
    lottery: SeededLottery | ManualLottery | None, participants: Sequence[str]
) -> tuple[str, ...]:
    """The participants as drawn. Raises LotteryRequired when there is no draw that names each of them once."""
    if isinstance(lottery, SeededLottery):
        return lottery_order(lottery.seed, participants).order
    wanted = set(participants)
    order = tuple(number for number in lottery.order if number in wanted) if lottery else ()
    if len(set(order)) != len(participants) or len(order) != len(participants):
        raise LotteryRequired(participants)
    return order
