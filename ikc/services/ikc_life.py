"""The life of an IKC: opened, renamed, of another form, under another board, merged, split, closed (domain reference 1.3)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from ikc.models import Ikc, IkcBoard, IkcFormPeriod, IkcName, IkcSuccession, Organisation
from ikc.services.boards import follow_board
from ikc.services.centres import ChangeRefused
from ikc.services.ikc_forms import follow_form
from ikc.services.plus_life import take_into_recalibration
from ikc.states import PLUS_WORKFLOW
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date

if TYPE_CHECKING:
    from ikc.models import User

DAY = timedelta(days=1)


@transaction.atomic
def open_ikc(ikc: Ikc, *, opened_on: date, source: str, by: "User", at: datetime) -> Ikc:
    """The IKC is founded no longer: it works. Refusal: `ChangeRefused`."""
    ikc = _lock(ikc)
    if not ikc.founding:
        raise ChangeRefused("Dit IKC is niet in oprichting.")
    _require_past(opened_on, at)
    ikc.founding, ikc.opened_on = False, opened_on
    ikc.save(update_fields=["founding", "opened_on"])
    record(ikc, "ikc.opened", actor=by, at=at, reason=_source(source), on=opened_on)
    return ikc


@transaction.atomic
def rename(
    ikc: Ikc, *, name: str, valid_from: date, source: str, by: "User", at: datetime
) -> IkcName:
    """Give the IKC another name from a day on; the old one ends the day before. Refusal: `ChangeRefused`."""
    ikc = _lock(ikc)
    name, source = name.strip(), _source(source)
    if not name or name == ikc.name:
        raise ChangeRefused("Dit is al de naam van het IKC.")
    _require_past(valid_from, at)
    running = ikc.names.filter(valid_until=None).first()
    if running is None:
        running = IkcName(ikc=ikc, name=ikc.name, source="register")
    if ikc.names.filter(valid_until__gte=valid_from).exists() or (
        running.valid_from is not None and running.valid_from >= valid_from
    ):
        raise ChangeRefused("Op die dag had het IKC al een andere naam. Kies een latere dag.")
    running.valid_until = valid_from - DAY
    running.save()
    new = IkcName.objects.create(ikc=ikc, name=name, valid_from=valid_from, source=source)
    ikc.name = name
    ikc.save(update_fields=["name"])
    record(ikc, "ikc.renamed_by_hand", actor=by, at=at, reason=f"{running.name} → {name}. {source}")
    return new


@transaction.atomic
def change_board(
    ikc: Ikc, *, board: Organisation, valid_from: date, source: str, by: "User", at: datetime
) -> IkcBoard:
    """Another school board from a day on; the former stays in the history. Refusal: `ChangeRefused`."""
    ikc = _lock(ikc)
    source = _source(source)
    if board.kind != Organisation.Kind.SCHOOL_BOARD:
        raise ChangeRefused(f"{board} is geen schoolbestuur.")
    if board.pk == ikc.board_id:
        raise ChangeRefused(f"{ikc} hoort al bij {board}.")
    _require_past(valid_from, at)
    former, new = follow_board(ikc, board, valid_from=valid_from, source=source)
    ikc.save(update_fields=["board"])
    reason = f"{former.organisation} → {board}. {source}"
    record(ikc, "ikc.board_changed", actor=by, at=at, reason=reason)
    return new


@transaction.atomic
def change_form(
    ikc: Ikc,
    *,
    form: str,
    special_education: bool,
    valid_from: date,
    source: str,
    by: "User",
    at: datetime,
) -> IkcFormPeriod:
    """Another form, or special education from a day on; what was stays in the history. Refusal: `ChangeRefused`."""
    ikc = _lock(ikc)
    source = _source(source)
    if (form, special_education) == (ikc.form, ikc.special_education):
        raise ChangeRefused(f"{ikc} is al: {ikc.form_words}.")
    _require_past(valid_from, at)
    former, new = follow_form(
        ikc, form=form, special_education=special_education, valid_from=valid_from, source=source
    )
    ikc.save(update_fields=["form", "special_education", "attention_area"])
    record(ikc, "ikc.form_changed", actor=by, at=at, reason=f"{former} → {new}. {source}")
    return new


@transaction.atomic
def close_ikc(
    ikc: Ikc,
    *,
    closed_on: date,
    successors: Sequence[Ikc],
    source: str,
    by: "User",
    at: datetime,
) -> Ikc:
    """Close the IKC: without a successor, merged into one, or split into several. Refusal: `ChangeRefused`.

    A running status Plus goes into review: it never ends by itself.
    """
    ikc = _lock(ikc)
    source = _source(source)
    if ikc.closed_on is not None:
        raise ChangeRefused(f"{ikc} is al gesloten.")
    _require_past(closed_on, at)
    for successor in successors:
        _require_open(ikc, successor, closed_on)
        succession, _ = IkcSuccession.objects.get_or_create(
            predecessor=ikc, successor=successor, defaults={"source": source}
        )
        succession.confirmed, succession.happened_on, succession.source = True, closed_on, source
        succession.save(update_fields=["confirmed", "happened_on", "source"])
        record(successor, "ikc.took_over", actor=by, at=at, reason=f"{ikc}. {source}")
    ikc.closed_on = closed_on
    ikc.save(update_fields=["closed_on"])
    into = ", ".join(str(successor) for successor in successors)
    words = f"Opgegaan in {into}. {source}" if into else source
    record(ikc, "ikc.closed", actor=by, at=at, reason=words, on=closed_on)
    for status in ikc.plus_statuses.running().order_by("pk"):
        if PLUS_WORKFLOW.allows("recalibrate", state=status.state):
            take_into_recalibration(status, reason=f"Het IKC sluit. {words}", by=by, at=at)
    return ikc


@transaction.atomic
def merge(
    predecessors: Sequence[Ikc],
    successor: Ikc,
    *,
    merged_on: date,
    source: str,
    by: "User",
    at: datetime,
) -> None:
    """Several IKCs go on in one. Refusal: `ChangeRefused`."""
    if not predecessors:
        raise ChangeRefused("Kies welke IKC’s hierin opgaan.")
    for predecessor in predecessors:
        close_ikc(
            predecessor, closed_on=merged_on, successors=[successor], source=source, by=by, at=at
        )


def _require_open(ikc: Ikc, successor: Ikc, day: date) -> None:
    if successor.pk == ikc.pk:
        raise ChangeRefused("Een IKC kan niet in zichzelf opgaan.")
    if successor.closed_on is not None and successor.closed_on <= day:
        raise ChangeRefused(f"{successor} is zelf gesloten.")


def _require_past(day: date, at: datetime) -> None:
    """What is recorded has happened: what is still to come is a plan, and may change."""
    if day > local_date(at):
        raise ChangeRefused("Deze dag ligt in de toekomst. Leg het vast als het zover is.")


def _source(source: str) -> str:
    if not source.strip():
        raise ChangeRefused("Schrijf op waar dit uit blijkt.")
    return source.strip()


def _lock(ikc: Ikc) -> Ikc:
    return Ikc.objects.select_for_update(of=("self",)).select_related("board").get(pk=ikc.pk)
