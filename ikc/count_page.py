"""The counts of children as pages show them: per IKC and reference date, in one row, with where they stand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from ikc.models import AgeBand, ChildCount, CountSource, Ikc
from ikc.roles import Role
from kvk2.core.capitals import upper_first
from kvk2.core.suppression import suppress_row
from kvk2.nlds.components import Detail
from kvk2.nlds.templatetags.nlds import dutch_date

if TYPE_CHECKING:
    from ikc.models import User

# Below this number others than the municipality and the IKC itself see '<5' (domain reference 8.2).
SMALLEST_SHOWN = 5


class CountState(StrEnum):
    """Where the count of one IKC on one day stands; the value is what is shown."""

    DISPUTED = "betwist"
    NONE = "geen telling"
    PARTIAL = "niet volledig"
    WAITING = "niet bevestigd"
    CONFIRMED = "bevestigd"


STATE_BADGES = {
    CountState.DISPUTED: "danger",
    CountState.NONE: "inactive",
    CountState.PARTIAL: "warning",
    CountState.WAITING: "warning",
    CountState.CONFIRMED: "success",
}


def state_of(counts: Sequence[ChildCount]) -> CountState:
    """Of the figures in force of one IKC on one day."""
    if any(count.is_disputed for count in counts):
        return CountState.DISPUTED
    if not counts:
        return CountState.NONE
    if len(counts) < len(AgeBand):
        return CountState.PARTIAL
    if all(count.confirmed_at or count.resolved_at for count in counts):
        return CountState.CONFIRMED
    return CountState.WAITING


# As a column has room for; `ChildCount.origin` is the whole of it.
SHORT_SOURCES = {
    CountSource.DUO: "voorgevuld uit DUO",
    CountSource.SCHOOL: "school",
    CountSource.CHILDCARE: "kinderopvang",
    CountSource.MUNICIPALITY: "gemeente",
}


def sources_of(counts: Iterable[ChildCount]) -> str:
    """Each source once, in short, in the order of the bands."""
    told = (SHORT_SOURCES[CountSource(count.source)] for count in counts)
    return upper_first(", ".join(dict.fromkeys(told)))


def duo_origin(counts: Iterable[ChildCount]) -> str:
    """The file and date of a figure that DUO counted; empty when there is none."""
    return next((count.origin for count in counts if count.source == CountSource.DUO), "")


def counted_from_two(counts: Iterable[ChildCount]) -> int | None:
    """The children that count for the maximum amount; None while a band is not counted (domain reference 4.7)."""
    older = [count.children for count in counts if count.band != AgeBand.ZERO_ONE]
    return sum(older) if len(older) == len(AgeBand) - 1 else None


def sees_small_numbers(user: "User", ikc: Ikc) -> bool:
    """The municipality, and who works for the IKC, its board or its childcare."""
    if user.is_municipal or ikc.pk in user.ikc_ids(Role.IKC_DIRECTOR):
        return True
    own = user.organisation_ids(Role.SCHOOL_BOARD, Role.CHILDCARE_BOARD)
    return ikc.board_id in own or ikc.partners.filter(organisation__in=own).exists()


@dataclass(frozen=True, slots=True)
class CountDay:
    """One reference date of an IKC: the texts to show, `?` for what is not known."""

    day: date
    counts: tuple[ChildCount, ...]
    cells: tuple[str, ...]
    total: str

    @property
    def state(self) -> CountState:
        return state_of(self.counts)

    @property
    def badge(self) -> str:
        return STATE_BADGES[self.state]

    @property
    def sources(self) -> str:
        return sources_of(self.counts)

    @property
    def duo_origin(self) -> str:
        return duo_origin(self.counts)

    @property
    def disputed(self) -> list[ChildCount]:
        return [count for count in self.counts if count.is_disputed]

    @property
    def disputable(self) -> list[ChildCount]:
        """What the board may still say no to."""
        return [
            count
            for count in self.counts
            if count.confirmed_at is None and count.disputed_at is None
        ]

    @property
    def waits(self) -> bool:
        """There is something for the board to confirm."""
        return self.state in (CountState.PARTIAL, CountState.WAITING) and any(
            count.confirmed_at is None for count in self.counts
        )


UNKNOWN = "–"


def count_history(ikc: Ikc, day: date) -> list[Detail]:
    """Every figure that anybody gave for `day`, also those that another replaced, with what was said about each."""
    rows = ikc.child_counts.filter(reference_date=day).select_related(
        "entered_by", "confirmed_by", "disputed_by", "resolved_by"
    )
    return [
        Detail(f"{count.get_band_display()}: {count.children}", " ".join(_told(count)))
        for count in rows.order_by("band", "-pk")
    ]


def _told(count: ChildCount) -> Iterator[str]:
    who = f" door {count.entered_by}" if count.entered_by else ""
    yield f"Volgens {count.origin}, ingevuld{who} op {dutch_date(count.entered_at)}."
    if count.confirmed_at:
        yield f"Bevestigd door {count.confirmed_by} op {dutch_date(count.confirmed_at)}."
    if count.disputed_at:
        yield f"Betwist door {count.disputed_by} op {dutch_date(count.disputed_at)}: {count.claimed}. {count.dispute_note}"
    if count.resolved_at:
        yield f"Beslist door {count.resolved_by} op {dutch_date(count.resolved_at)}. {count.resolution}"
    if count.replaced_at:
        yield f"Vervangen op {dutch_date(count.replaced_at)}."


def count_days(ikc: Ikc, *, exact: bool) -> list[CountDay]:
    """The reference dates of `ikc`, the newest first; small numbers only when `exact`."""
    rows = ikc.child_counts.in_force().select_related("confirmed_by", "disputed_by")
    ordered = rows.order_by("-reference_date", "band")
    return [
        _day(day, tuple(counts), exact=exact)
        for day, counts in groupby(ordered, key=lambda count: count.reference_date)
    ]


def _day(day: date, counts: tuple[ChildCount, ...], *, exact: bool) -> CountDay:
    by_band = {count.band: count.children for count in counts}
    given = [by_band.get(band) for band in AgeBand]
    total = counted_from_two(counts)
    cells, shown = [UNKNOWN if each is None else str(each) for each in given], str(total or 0)
    if not exact:
        youngest, older = given[:1], [each for each in given[1:] if each is not None]
        hidden = suppress_row(older, total, k=SMALLEST_SHOWN)
        told = iter(hidden.cells)
        cells = [
            UNKNOWN if each is None else suppress_row([each], None, k=SMALLEST_SHOWN).cells[0]
            for each in youngest
        ] + [UNKNOWN if each is None else next(told) for each in given[1:]]
        shown = hidden.total or UNKNOWN
    return CountDay(day, counts, tuple(cells), UNKNOWN if total is None else shown)
