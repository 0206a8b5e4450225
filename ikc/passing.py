"""What passes from a director who leaves to the next: each app registers its own, so that this app need not know it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kvk2.core.worklist import WorkItem

if TYPE_CHECKING:
    from ikc.models import Ikc, User


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingOver:
    """Who gives what of which IKC to whom; `by` records it."""

    ikc: "Ikc"
    leaving: "User"
    successor: "User"
    by: "User"
    at: datetime


# What waits for the director: `tell` lists it, `take` gives what hangs on the person to the successor.
Tell = Callable[["Ikc", "User"], Iterable[WorkItem]]
Take = Callable[[HandingOver], None]
_TELLERS: list[Tell] = []
_TAKERS: list[Take] = []


def register(tell: Tell, take: Take | None = None) -> None:
    """Called once per app, when it is ready. What hangs on the role of director needs no `take`."""
    if tell not in _TELLERS:
        _TELLERS.append(tell)
        if take is not None:
            _TAKERS.append(take)


def of_leaving(ikc: "Ikc", leaving: "User") -> list[WorkItem]:
    """Everything that waits for `leaving` as director of `ikc`."""
    return [item for tell in _TELLERS for item in tell(ikc, leaving)]


def take_over(deed: HandingOver) -> None:
    """Inside the transaction of the hand-over."""
    for take in _TAKERS:
        take(deed)
