"""Draws held by hand: the order as drawn, with who stood by, and the signed record (domain reference 4.5, L31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.documents import Municipality
from kvk2.core.errors import DomainError
from kvk2.core.models import StoredFile
from kvk2.core.scanning import require_openable
from kvk2.core.storage import store
from kvk2.core.uploads import FileRefused, accept_file
from subsidies.allocation import lottery_order
from subsidies.documents import Addressee
from subsidies.documents_lottery import DrawnPlace, LotteryContext, render_lottery
from subsidies.models import Application, LotteryRecord, SubsidyRound
from subsidies.services.allocations import draw_needed

if TYPE_CHECKING:
    from ikc.models import User

PDF = "application/pdf"


class DrawNotNeeded(DomainError):
    """There is no group of equals for which a draw by hand is waiting."""


class DrawInvalid(DomainError):
    """The order does not name each participant once, or the draw lies in the future."""


@dataclass(frozen=True, slots=True)
class HeldDraw:
    """What the record says; `order` are the application numbers as they were drawn."""

    order: tuple[str, ...]
    drawn_on: date
    place: str
    drawn_by: str
    witnesses: str


@transaction.atomic
def record_draw(
    round_: SubsidyRound, draw: HeldDraw, *, name: str, content: bytes, by: "User", at: datetime
) -> LotteryRecord:
    """Keep a draw that was held by hand, with the signed record as a PDF.

    Raises DrawNotNeeded, DrawInvalid, or FileRefused of `kvk2.core.uploads`.
    """
    round_ = SubsidyRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    today = local_date(at)
    participants = draw_needed(round_, day=today)
    if not participants or round_.lottery_mode != SubsidyRound.LotteryMode.MANUAL:
        raise DrawNotNeeded("Er hoeft op dit moment niet met de hand te worden geloot.")
    if sorted(draw.order) != sorted(participants):
        raise DrawInvalid("Geef elke aanvraag een eigen plaats in de loting.")
    if draw.drawn_on > today:
        raise DrawInvalid("De datum van de loting ligt in de toekomst.")
    accepted = accept_file(name, content)
    if accepted.content_type != PDF:
        raise FileRefused("Voeg het ondertekende proces-verbaal toe als PDF.")
    stored = store(
        accepted.content,
        name=accepted.name,
        content_type=accepted.content_type,
        scan_state=StoredFile.ScanState.PENDING,
        by=by,
        at=at,
    )
    lottery = LotteryRecord.objects.create(
        round=round_,
        mode=LotteryRecord.Mode.MANUAL,
        participants=list(participants),
        order=list(draw.order),
        drawn_on=draw.drawn_on,
        place=draw.place,
        drawn_by=draw.drawn_by,
        witnesses=draw.witnesses,
        document=stored,
        recorded_at=at,
        recorded_by=by,
    )
    record(round_, "lottery_recorded", actor=by, at=at, order=lottery.order, sha256=stored.sha256)
    return lottery


@transaction.atomic
def open_document(lottery: LotteryRecord, *, by: "User", at: datetime) -> StoredFile:
    """Hand out the signed record and write down who took it. Raises NotScannedYet or FileInfected."""
    stored = lottery.document
    if stored is None:
        raise DrawNotNeeded("Bij een loting door het portaal hoort geen ondertekend stuk.")
    require_openable(stored)
    record(lottery.round, "lottery_downloaded", actor=by, at=at, sha256=stored.sha256)
    return stored


def lottery_pdf(lottery: LotteryRecord) -> bytes:
    """The record L31 as a PDF, always the same bytes."""
    return render_lottery(lottery_context(lottery))


def lottery_context(lottery: LotteryRecord) -> LotteryContext:
    names: dict[str, str] = dict(
        Application.objects.filter(number__in=lottery.participants).values_list(
            "number", "ikc__name"
        )
    )
    return LotteryContext(
        municipality=Municipality.from_settings(),
        addressee=Addressee(organisation="Dossier van de ronde", salutation=""),
        demo=settings.DEMO,
        reference=f"{lottery.round.year}-L{lottery.pk}",
        round_title=lottery.round.name,
        by_hand=lottery.mode == LotteryRecord.Mode.MANUAL,
        seed=lottery.seed,
        drawn_on=lottery.drawn_on,
        place=lottery.place,
        drawn_by=lottery.drawn_by,
        witnesses=lottery.witnesses,
        recorded_at=lottery.recorded_at,
        recorded_by=lottery.recorded_by.full_name,
        document_sha256=lottery.document.sha256 if lottery.document else "",
        places=_places(lottery, names),
    )


def _places(lottery: LotteryRecord, names: dict[str, str]) -> tuple[DrawnPlace, ...]:
    hashes: Sequence[str] = [""] * len(lottery.order)
    if lottery.mode == LotteryRecord.Mode.SEEDED:
        hashes = lottery_order(lottery.seed, lottery.participants).hashes
    return tuple(
        DrawnPlace(place, number, names.get(number, ""), digest)
        for place, (number, digest) in enumerate(zip(lottery.order, hashes, strict=True), 1)
    )
