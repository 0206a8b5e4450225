"""The columns of the list of counts; the exports have the same columns and what a reader looks up besides."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ikc.count_page import STATE_BADGES, CountState, counted_from_two, sources_of, state_of
from ikc.models import AgeBand, ChildCount, Ikc
from ikc.services.child_counts import MANY_CHILDREN
from kvk2.core.money import format_whole
from kvk2.nlds.tables import NUMERIC, NldsTable, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import dutch_date, status_badge, upper_first

NOTHING = "–"
# As a heading has room for.
SHORT_BANDS = {
    AgeBand.ZERO_ONE: "0–1 jaar",
    AgeBand.TWO_THREE: "2–3 jaar",
    AgeBand.FOUR_TWELVE: "4–12 jaar",
}


class BandColumn(tables.Column):
    """The children of one band, with a mark when the figure is disputed."""

    def __init__(self, band: AgeBand) -> None:
        super().__init__(SHORT_BANDS[band], accessor="pk", orderable=False, attrs=NUMERIC)
        self.band = band

    def render(self, record: Ikc) -> str:
        count = _of(record, self.band)
        return NOTHING if count is None else format_whole(count.children)

    def value(self, record: Ikc) -> int | None:
        count = _of(record, self.band)
        return None if count is None else count.children


class CountTable(NldsTable):
    """IKCs `with_child_counts`; `acts` adds what the project leader may do."""

    name = RowHeaderColumn(verbose_name="IKC", linkify=True, order_by=("name", "pk"))
    board = tables.Column(
        "Schoolbestuur",
        accessor="board__short_name",
        order_by=("board__short_name", "name", "pk"),
    )
    young = BandColumn(AgeBand.ZERO_ONE)
    toddlers = BandColumn(AgeBand.TWO_THREE)
    pupils = BandColumn(AgeBand.FOUR_TWELVE)
    total = tables.Column("Telt mee (2+)", accessor="pk", orderable=False, attrs=NUMERIC)
    source = tables.Column("Bron", accessor="pk", orderable=False)
    state = tables.Column("Stand", accessor="pk", orderable=False)
    confirmed = tables.Column("Bevestigd door", accessor="pk", orderable=False, visible=False)
    dispute = tables.Column("Betwist", accessor="pk", orderable=False, visible=False)
    act = tables.Column(
        "Doen", accessor="pk", orderable=False, exclude_from_export=True, visible=False
    )

    caption = "Kindertellingen"

    class Meta:
        empty_text = "Geen IKC gevonden. Probeer een ander woord of wis de filters."

    def __init__(self, data: Any, *, day: date, acts: bool = False, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.day = day
        if acts:
            self.columns.show("act")

    def render_total(self, record: Ikc) -> str | SafeString:
        total = counted_from_two(record.counted)
        if total is None:
            return NOTHING
        if total > MANY_CHILDREN:
            return format_html(
                "{} {}", format_whole(total), status_badge("meer dan 1.500", "warning")
            )
        return format_whole(total)

    def value_total(self, record: Ikc) -> int | None:
        return counted_from_two(record.counted)

    def render_source(self, record: Ikc) -> str:
        return upper_first(sources_of(record.counted)) or NOTHING

    def value_source(self, record: Ikc) -> str:
        return "; ".join(f"{each.get_band_display()}: {each.origin}" for each in record.counted)

    def render_state(self, record: Ikc) -> SafeString:
        state = state_of(record.counted)
        people = dict.fromkeys(each.confirmed_by for each in record.counted if each.confirmed_by)
        badge = status_badge(state.value, STATE_BADGES[state])
        if not people:
            return badge
        who = ", ".join(person.full_name for person in people)
        told = "door" if state == CountState.CONFIRMED else "deels bevestigd door"
        return format_html('{} <span class="lw-small lw-muted">{} {}</span>', badge, told, who)

    def value_state(self, record: Ikc) -> str:
        return state_of(record.counted).value

    def value_confirmed(self, record: Ikc) -> str:
        told = (
            f"{each.confirmed_by.full_name}, {dutch_date(each.confirmed_at)}"
            for each in record.counted
            if each.confirmed_by is not None
        )
        return "; ".join(dict.fromkeys(told))

    def value_dispute(self, record: Ikc) -> str:
        return "; ".join(
            f"{each.get_band_display()}: {each.claimed} volgens {each.disputed_by}, want {each.dispute_note}"
            for each in record.counted
            if each.disputed_by is not None
        )

    def render_act(self, record: Ikc) -> SafeString:
        links = [
            (reverse("ikc:child_count_resolve", args=[each.pk]), "Beslissen", record.name)
            for each in record.counted
            if each.is_disputed
        ]
        links.append(
            (reverse("ikc:child_count_enter", args=[record.pk, self.day]), "Invullen", record.name)
        )
        return format_html_join(
            " ",
            '<a class="nl-link" href="{}">{}<span class="lw-visually-hidden"> bij {}</span></a>',
            links,
        )


def _of(ikc: Ikc, band: AgeBand) -> ChildCount | None:
    return next((count for count in ikc.counted if count.band == band), None)
