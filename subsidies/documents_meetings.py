"""The minutes of a meeting of the commission, as one reader may see them (domain reference 3.4, 6.3 C7, 8.4)."""

from dataclasses import dataclass
from datetime import date, datetime

from kvk2.core.documents import Frozen, Municipality
from subsidies.documents import Addressee, letter_pdf


@dataclass(frozen=True, slots=True)
class MinutedChange(Frozen):
    """A score that changed after the conversation; `who` is 'De commissie' or 'Een lid', never a name."""

    who: str
    criterion: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class MinutedItem(Frozen):
    """One application on the agenda."""

    title: str
    time: str
    left: tuple[str, ...]  # name and why
    questions: tuple[str, ...]
    answer: tuple[str, ...]
    changes: tuple[MinutedChange, ...]
    votes: str
    conclusion: str
    obligation: str = ""  # proposed duty to improve something


@dataclass(frozen=True, slots=True)
class MinutesContext(Frozen):
    """The minutes without the items that the reader may not see."""

    municipality: Municipality
    addressee: Addressee
    reference: str
    round_title: str
    met_on: date
    time: str
    place: str
    present: tuple[str, ...]
    absent: tuple[str, ...]
    items: tuple[MinutedItem, ...]
    made_at: datetime
    adopted_at: datetime | None = None
    adopted_by: str = ""
    public: bool = False
    demo: bool = False


def render_minutes(minutes: MinutesContext) -> bytes:
    """The PDF; a draft says so while the minutes are not adopted."""
    return letter_pdf(
        "subsidies/pdf/minutes.html", minutes, {"letter": minutes}, created=minutes.made_at
    )
