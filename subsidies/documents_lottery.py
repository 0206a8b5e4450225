"""L31, the record of a draw (proces-verbaal van loting)."""

from dataclasses import dataclass
from datetime import date, datetime

from kvk2.core.documents import Frozen, Municipality
from subsidies.documents import Addressee, letter_pdf


@dataclass(frozen=True, slots=True)
class DrawnPlace(Frozen):
    """One place in the draw; `sha256` (hex) only when the portal drew."""

    place: int
    number: str
    ikc: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LotteryContext(Frozen):
    """The record of one draw: who took part, how it was drawn, by whom and who stood by."""

    municipality: Municipality
    addressee: Addressee
    reference: str
    round_title: str
    by_hand: bool
    seed: str
    drawn_on: date
    place: str
    drawn_by: str
    witnesses: str
    recorded_at: datetime
    recorded_by: str
    document_sha256: str  # of the signed record that was uploaded
    places: tuple[DrawnPlace, ...]
    demo: bool = False


def render_lottery(lottery: LotteryContext) -> bytes:
    """The PDF of the record."""
    return letter_pdf(
        "subsidies/pdf/lottery.html", lottery, {"letter": lottery}, created=lottery.recorded_at
    )
