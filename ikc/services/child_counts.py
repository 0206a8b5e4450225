"""Counting the children of an IKC: filled in from DUO, entered, confirmed by the board, disputed and decided on.

A figure is never changed. Another figure takes its place and the former stays as history, so that it can always be
told on what an application of that time stood.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.dateformat import format as date_format

from ikc.models import AgeBand, ChildCount, CountSource, Ikc, PupilCount
from kvk2.core.audit import record
from kvk2.core.errors import DomainError

if TYPE_CHECKING:
    from ikc.models import User

# More children than any IKC has: probably a typing error, so it is asked, not refused (domain reference 7.2).
MANY_CHILDREN = 1500


class CountRefused(DomainError):
    """What is asked does not fit the figure as it is now."""

    code = "COUNT_REFUSED"


class ReasonMissing(DomainError):
    """A dispute and its outcome say why."""

    code = "REASON_MISSING"


class NothingCounted(DomainError):
    """There is no figure to confirm."""

    code = "NOTHING_COUNTED"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of children as somebody gives it; `note` names the file or register with its date."""

    children: int
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class DuoFigure:
    """What DUO counted: None is its '<5', of which no number is known."""

    pupils: int | None
    note: str


def counts_by_band(ikc: Ikc, day: date) -> dict[str, ChildCount]:
    """The figures in force of `ikc` on `day`, by age band."""
    return {
        count.band: count
        for count in ChildCount.objects.in_force().filter(ikc=ikc, reference_date=day)
    }


def is_duo_day(day: date) -> bool:
    """DUO counts pupils on 1 October; of another day it has no figure."""
    return (day.month, day.day) == (10, 1)


def duo_figures(ikcs: Iterable[int], day: date) -> dict[int, DuoFigure]:
    """By IKC, what DUO counted on `day`; nothing on another day than 1 October, or where it was not imported."""
    if not is_duo_day(day):
        return {}
    return {
        count.ikc_id: DuoFigure(count.pupils, count.source)
        for count in PupilCount.objects.filter(ikc__in=list(ikcs), year=day.year)
    }


def duo_words(ikc: Ikc, day: date) -> str:
    """What DUO has for `ikc` on `day`, as a sentence; also when it has nothing."""
    if not is_duo_day(day):
        newest = ikc.pupil_counts.filter(year__lt=day.year + (day > date(day.year, 10, 1)))
        count = newest.order_by("-year").first()
        told = ""
        if count is not None:
            pupils = "minder dan 5" if count.pupils is None else str(count.pupils)
            told = f" Ter vergelijking: op 1 oktober {count.year} telde DUO {pupils} leerlingen."
        return (
            f"DUO telt alleen op 1 oktober, en heeft dus geen aantallen van {_written(day)}.{told}"
        )
    figure = duo_figures([ikc.pk], day).get(ikc.pk)
    if figure is None:
        return f"Er is geen telling van DUO ingelezen voor {ikc} op {_written(day)}."
    if figure.pupils is None:
        return f"DUO telde op {_written(day)} minder dan 5 leerlingen. Het precieze aantal geeft DUO niet."
    return f"DUO telde op {_written(day)} {figure.pupils} leerlingen ({figure.note})."


@transaction.atomic
def prefill_from_duo(
    ikcs: Iterable[Ikc], day: date, *, by: "User | None", at: datetime
) -> list[ChildCount]:
    """Fill in the pupils that DUO counted, where nobody gave a figure yet; what it filled in.

    Nobody has confirmed these figures: that is for the board.
    """
    known = {ikc.pk: ikc for ikc in ikcs}
    _lock(known)
    figures = duo_figures(known, day)
    given = set(
        ChildCount.objects.in_force()
        .filter(ikc__in=list(known), reference_date=day, band=AgeBand.FOUR_TWELVE)
        .values_list("ikc_id", flat=True)
    )
    made = ChildCount.objects.bulk_create(
        ChildCount(
            ikc_id=pk,
            reference_date=day,
            band=AgeBand.FOUR_TWELVE,
            children=figure.pupils,
            source=CountSource.DUO,
            source_note=figure.note,
            entered_at=at,
            entered_by=by,
        )
        for pk, figure in sorted(figures.items())
        if figure.pupils is not None and pk not in given
    )
    for count in made:
        record(
            known[count.ikc_id],
            "ikc.count_prefilled",
            actor=by,
            at=at,
            day=day,
            children=count.children,
            source=count.source_note,
        )
    return made


@transaction.atomic
def enter_counts(
    ikc: Ikc, day: date, *, figures: Mapping[str, Figure], by: "User", at: datetime
) -> list[ChildCount]:
    """Record what the municipality was told, by age band; the board has to confirm it. What was new.

    A figure that the board disputes waits for a decision with its reason; refusal: `CountRefused`.
    """
    _lock([ikc.pk])
    counts = counts_by_band(ikc, day)
    disputed = {band for band, count in counts.items() if count.is_disputed}
    entered = _put(ikc, day, figures, counts, by=by, at=at)
    if disputed.intersection(count.band for count in entered):
        raise CountRefused("Dit aantal is betwist. Beslis eerst welk aantal geldt.")
    if entered:
        record(ikc, "ikc.count_entered", actor=by, at=at, day=day, figures=_plain(entered))
    return entered


@transaction.atomic
def confirm_counts(ikc: Ikc, day: date, *, by: "User", at: datetime) -> list[ChildCount]:
    """The board says that the figures of `day` are right. Refusals: `NothingCounted`, `CountRefused`."""
    _lock([ikc.pk])
    counts = counts_by_band(ikc, day)
    if not counts:
        raise NothingCounted("Er is nog geen telling om te bevestigen.")
    if any(count.is_disputed for count in counts.values()):
        raise CountRefused("U hebt een aantal betwist. De gemeente beslist daar eerst over.")
    waiting = [count for count in counts.values() if count.confirmed_at is None]
    if not waiting:
        raise CountRefused("Deze telling is al bevestigd.")
    _confirm(waiting, by=by, at=at)
    record(ikc, "ikc.count_confirmed", actor=by, at=at, day=day, figures=_plain(waiting))
    return waiting


@transaction.atomic
def dispute_count(
    count: ChildCount, *, claimed: int, note: str, by: "User", at: datetime
) -> ChildCount:
    """The board says that a figure is wrong, what it should be and why. Refusals: `ReasonMissing`, `CountRefused`."""
    _lock([count.ikc_id])
    count = ChildCount.objects.select_related("ikc").get(pk=count.pk)
    if count.replaced_at is not None or count.disputed_at is not None or count.confirmed_at:
        raise CountRefused("Over dit aantal is al iets gezegd. Bekijk de telling opnieuw.")
    if claimed == count.children:
        raise CountRefused("Dit aantal staat er al.")
    if not note.strip():
        raise ReasonMissing("Leg uit waarom het aantal niet klopt.")
    _dispute(count, claimed, note, by=by, at=at)
    record(
        count.ikc,
        "ikc.count_disputed",
        actor=by,
        at=at,
        day=count.reference_date,
        was=count.children,
        now=claimed,
        reason=count.dispute_note,
    )
    return count


@transaction.atomic
def resolve_dispute(
    count: ChildCount, *, follow_board: bool, reason: str, by: "User", at: datetime
) -> ChildCount:
    """Decide on a disputed figure, with the reason; the figure that is in force from then on.

    A filed application keeps its own figures: whether it has to be corrected is asked there.
    Refusals: `ReasonMissing`, `CountRefused`.
    """
    _lock([count.ikc_id])
    count = ChildCount.objects.select_related("ikc").get(pk=count.pk)
    if not count.is_disputed or count.replaced_at is not None or count.claimed is None:
        raise CountRefused("Over dit aantal is al beslist.")
    if not reason.strip():
        raise ReasonMissing("Leg uit waarom u zo beslist.")
    count.resolved_at, count.resolved_by, count.resolution = at, by, reason.strip()
    count.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    ruling = count
    if follow_board:
        _replace([count], at=at)
        ruling = ChildCount.objects.create(
            ikc=count.ikc,
            reference_date=count.reference_date,
            band=count.band,
            children=count.claimed,
            source=CountSource.SCHOOL,
            entered_at=at,
            entered_by=by,
            confirmed_at=count.disputed_at,
            confirmed_by=count.disputed_by,
        )
    record(
        count.ikc,
        "ikc.count_resolved",
        actor=by,
        at=at,
        day=count.reference_date,
        followed_board=follow_board,
        children=ruling.children,
        reason=count.resolution,
    )
    return ruling


@transaction.atomic(savepoint=False)
def declare_counts(
    ikc: Ikc,
    day: date,
    *,
    figures: Mapping[str, Figure],
    dispute_note: str = "",
    by: "User",
    at: datetime,
) -> None:
    """What the board signed for becomes the count in force, confirmed by who signed.

    With a `dispute_note`, a figure of DUO that differs stays in force and is disputed: the municipality decides.
    It is part of filing, where each statement counts: an IKC that nobody counted costs four.
    """
    if is_duo_day(day):
        prefill_from_duo([ikc], day, by=None, at=at)
    else:
        _lock([ikc.pk])
    counts, note = counts_by_band(ikc, day), dispute_note.strip()
    own: dict[str, Figure] = {}
    for band, figure in figures.items():
        present = counts.get(band)
        if present is not None and present.is_disputed and present.children == figure.children:
            counts[band] = _undisputed(present, at)  # the board takes its word back
        if not note or present is None or not _differs_from_duo(present, figure):
            own[band] = figure
        elif present.claimed != figure.children:
            _dispute(_undisputed(present, at), figure.children, note, by=by, at=at)
    confirmed = {"confirmed_at": at, "confirmed_by": by}
    new = _put(ikc, day, own, counts, by=by, at=at, **confirmed)
    same = own.keys() - {count.band for count in new}
    waiting = [counts[band].pk for band in same if counts[band].confirmed_at is None]
    if waiting:
        ChildCount.objects.filter(pk__in=waiting).update(**confirmed)
    record(
        ikc,
        "ikc.count_declared",
        actor=by,
        at=at,
        day=day,
        figures={band: figure.children for band, figure in figures.items()},
        reason=note,
    )


def _differs_from_duo(present: ChildCount, figure: Figure) -> bool:
    return present.source == CountSource.DUO and present.children != figure.children


def _lock(ikcs: Iterable[int]) -> None:
    """Nobody else counts for these IKCs until the transaction ends."""
    list(
        Ikc.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=list(ikcs))
        .order_by("pk")
        .values_list("pk")
    )


def _put(
    ikc: Ikc,
    day: date,
    figures: Mapping[str, Figure],
    counts: Mapping[str, ChildCount],
    *,
    by: "User",
    at: datetime,
    **said: Any,
) -> list[ChildCount]:
    """Let `figures` take the place of what differs of `counts`; `said` is what is known of the new ones at once."""
    new = {
        band: figure
        for band, figure in figures.items()
        if band not in counts or counts[band].children != figure.children
    }
    _replace([counts[band] for band in new if band in counts], at=at)
    return ChildCount.objects.bulk_create(
        ChildCount(
            ikc=ikc,
            reference_date=day,
            band=band,
            children=figure.children,
            source=figure.source,
            source_note=figure.note,
            entered_at=at,
            entered_by=by,
            **said,
        )
        for band, figure in new.items()
    )


def _replace(counts: Iterable[ChildCount], *, at: datetime) -> None:
    for count in counts:
        count.replaced_at = at
        count.save(update_fields=["replaced_at"])


def _confirm(counts: Iterable[ChildCount], *, by: "User", at: datetime) -> None:
    for count in counts:
        count.confirmed_at, count.confirmed_by = at, by
        count.save(update_fields=["confirmed_at", "confirmed_by"])


def _dispute(count: ChildCount, claimed: int, note: str, *, by: "User", at: datetime) -> None:
    count.disputed_at, count.disputed_by = at, by
    count.dispute_note, count.claimed = note.strip(), claimed
    count.save(update_fields=["disputed_at", "disputed_by", "dispute_note", "claimed"])


def _undisputed(count: ChildCount, at: datetime) -> ChildCount:
    """The same figure of DUO, without what was said about it before: that stays as history."""
    if count.disputed_at is None and count.confirmed_at is None:
        return count
    _replace([count], at=at)
    return ChildCount.objects.create(
        ikc_id=count.ikc_id,
        reference_date=count.reference_date,
        band=count.band,
        children=count.children,
        source=count.source,
        source_note=count.source_note,
        entered_at=at,
        entered_by=None,
    )


def _written(day: date) -> str:
    return date_format(day, "j F Y").lower()


def _plain(counts: Iterable[ChildCount]) -> dict[str, int]:
    return {count.band: count.children for count in counts}
