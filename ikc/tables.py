"""The columns of the lists of IKCs, organisations and users; the CSV export has the same columns."""

from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ikc.graphs import pupil_sparkline
from ikc.models import Ikc, Organisation, User
from ikc.plus import PLUS_BADGES, plus_label
from kvk2.nlds.tables import NldsTable, NumberColumn, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import status_badge


def _nulls_last(queryset: QuerySet, field: str, is_descending: bool) -> tuple[QuerySet, bool]:
    """What has no figure comes last, whichever way the list is sorted."""
    by = F(field)
    ordering = by.desc(nulls_last=True) if is_descending else by.asc(nulls_last=True)
    return queryset.order_by(ordering, "name", "pk"), True


class IkcTable(NldsTable):
    """IKCs; `newest_year` is the latest year of which there are figures at all."""

    name = RowHeaderColumn(verbose_name="IKC", linkify=True, order_by=("name", "pk"))
    city = tables.Column("Plaats", order_by=("city", "name", "pk"), default="onbekend")
    board = tables.Column(
        "Schoolbestuur",
        accessor="board__short_name",
        order_by=("board__short_name", "name", "pk"),
    )
    form = tables.Column(
        "Vorm", accessor="form_words", order_by=("form", "special_education", "name", "pk")
    )
    plus = tables.Column("Plus", empty_values=(), orderable=False)
    pupils = NumberColumn(verbose_name="Leerlingen", empty_values=(), order_by=("pupils", "pk"))
    trend = tables.Column(
        "Verloop", empty_values=(), orderable=False, exclude_from_export=True, accessor="pk"
    )

    caption = "IKC’s"

    class Meta:
        empty_text = "Geen IKC gevonden. Probeer een ander woord of wis de filters."

    def __init__(self, data: Any, *, newest_year: int | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.newest_year = newest_year

    def order_pupils(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        return _nulls_last(queryset, "pupils", is_descending)

    def render_plus(self, record: Ikc) -> str | SafeString:
        label = plus_label(record)
        return status_badge(label, PLUS_BADGES[label]) if label else "–"

    def value_plus(self, record: Ikc) -> str:
        return plus_label(record)

    def render_pupils(self, record: Ikc) -> str | SafeString:
        """The latest figure; with its year when that is not the latest of all."""
        if record.pupils_year is None:
            return "–"
        figure = "minder dan 5" if record.pupils is None else str(record.pupils)
        if record.pupils_year == self.newest_year:
            return figure
        return format_html(
            '{} <span class="lw-small lw-muted">({})</span>', figure, record.pupils_year
        )

    def value_pupils(self, record: Ikc) -> int | str | None:
        return "<5" if record.pupils is None and record.pupils_year else record.pupils

    def render_trend(self, record: Ikc) -> str | SafeString:
        line = pupil_sparkline(record)
        if not line:
            return "–"
        return format_html('<span class="lw-chart lw-chart--inline">{}</span>', line)


class OrganisationTable(NldsTable):
    name = RowHeaderColumn(verbose_name="Organisatie", linkify=True, order_by=("name", "pk"))
    kind = tables.Column("Soort", order_by=("kind", "name", "pk"))
    board_number = tables.Column("Nummer", default="–", order_by=("board_number", "name", "pk"))
    city = tables.Column("Plaats", default="–", order_by=("city", "name", "pk"))
    ikcs = NumberColumn(
        verbose_name="IKC’s", accessor="board_count", empty_values=(), orderable=False
    )

    caption = "Organisaties"

    class Meta:
        empty_text = "Geen organisatie gevonden. Probeer een ander woord of wis de filters."

    def render_ikcs(self, record: Organisation) -> int:
        """As board or as partner: an organisation is one of the two."""
        return record.board_count + record.partner_count

    def value_ikcs(self, record: Organisation) -> int:
        return self.render_ikcs(record)


class UserTable(NldsTable):
    name = RowHeaderColumn(
        verbose_name="Naam",
        accessor="full_name",
        linkify=True,
        order_by=("last_name", "first_name", "pk"),
    )
    email = tables.Column("E-mailadres", order_by=("email",))
    roles = tables.Column("Rollen vandaag", accessor="pk", orderable=False)
    last_login = tables.DateColumn(
        verbose_name="Laatst ingelogd", format="j F Y", default="nog nooit",
        order_by=("last_login", "pk"),
    )  # fmt: skip
    access = tables.Column("Toegang", accessor="is_active", orderable=False)

    caption = "Gebruikers"

    class Meta:
        empty_text = "Geen gebruiker gevonden. Probeer een ander woord of wis de filters."

    def order_last_login(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        by = F("last_login")
        ordering = by.desc(nulls_last=True) if is_descending else by.asc(nulls_last=True)
        return queryset.order_by(ordering, "pk"), True

    def render_roles(self, record: User) -> str | SafeString:
        return "; ".join(_role_lines(record)) or status_badge("geen rol", "warning")

    def value_roles(self, record: User) -> str:
        return "; ".join(_role_lines(record))

    def render_access(self, record: User) -> SafeString:
        if record.is_active:
            return status_badge("mag inloggen", "success")
        return status_badge("geblokkeerd", "inactive")

    def value_access(self, record: User) -> str:
        return "mag inloggen" if record.is_active else "geblokkeerd"


def _role_lines(user: User) -> list[str]:
    """'IKC-directeur van IKC Het Palet', 'schoolbestuur bij Proloog'; over `with_roles`."""
    return [
        f"{row.get_role_display()} van {row.ikc}"
        if row.ikc
        else f"{row.get_role_display()} ({row.organisation.short_name})"
        for row in user.roles_today
    ]
