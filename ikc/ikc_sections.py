"""What the page of an IKC shows besides its own facts: each app registers its part, so that this app need not know it.

A part is left out when its reader may not see it, or has an empty state; each asks a fixed number of queries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ikc.life_chart import Bar

if TYPE_CHECKING:
    from ikc.models import Ikc, User

# More lines than this in one part are on a page of their own.
MOST = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A judgement with how often it was given: a symbol that survives greyscale, its words, its tone."""

    symbol: str
    text: str
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: what it is, where it is found (empty: no page for this reader), and how it stands."""

    title: str
    url: str = ""
    hint: str = ""
    badge: str = ""
    kind: str = "neutral"
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A card: its lines or, without any, the sentence `empty`; `links` are (words, address)."""

    slug: str
    heading: str
    lines: Sequence[Line]
    empty: str
    links: Sequence[tuple[str, str]] = ()
    # For the picture of its life.
    bars: Sequence[Bar] = ()


Teller = Callable[["Ikc", "User", date], Section | None]
_TELLERS: dict[str, tuple[int, Teller]] = {}


def register(slug: str, place: int, teller: Teller) -> None:
    """Called once per section, when its app is ready; `place` is its turn on the page."""
    _TELLERS[slug] = (place, teller)


def sections_of(ikc: "Ikc", user: "User", today: date) -> list[Section]:
    """The parts that `user` may see, in order."""
    tellers = sorted(_TELLERS.values(), key=lambda turn: turn[0])
    found = (teller(ikc, user, today) for _, teller in tellers)
    return [section for section in found if section is not None]
