"""The children and the neighbourhood in the frozen dataset of a report: context, and never judged."""

from dataclasses import dataclass, field
from decimal import Decimal

from kvk2.core.documents import ADDED_LATER, Frozen


@dataclass(frozen=True, slots=True)
class Count(Frozen):
    """A number of children on a reference date; `None` = not published or not known."""

    year: int  # calendar year
    count: int | None


@dataclass(frozen=True, slots=True)
class AreaFact(Frozen):
    """One figure about the neighbourhood, never judged."""

    label: str  # "Inwoners van 0 tot 15 jaar"
    value: str  # as printed: "1.240" or "24,1%"
    municipality_value: str = ""  # same figure for the whole municipality
    period: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ContextPoint(Frozen):
    """One figure of a line about the surroundings."""

    year: int  # calendar year
    value: Decimal | None  # None: not published, or too few children to show
    mark: str = ""  # "I": no more than an indication


@dataclass(frozen=True, slots=True)
class ContextLine(Frozen):
    """A figure about the children or the neighbourhood over the years, never judged."""

    name: str
    about: str  # whom it is about: "het IKC" or the name of the district
    unit: str
    decimals: int
    points: tuple[ContextPoint, ...]  # by year
    source: str


@dataclass(frozen=True, slots=True)
class Surroundings(Frozen):
    """The children and the neighbourhood: context, for which the IKC is not alone responsible."""

    pupils: tuple[Count, ...]  # 1996 to now, in order
    pupils_source: str
    area_name: str = ""
    area_facts: tuple[AreaFact, ...] = ()
    notes: tuple[str, ...] = ()  # merger, changed name, break in the series
    lines: tuple[ContextLine, ...] = field(default=(), metadata=ADDED_LATER)
