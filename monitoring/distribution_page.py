"""What the page about the sending of a report shows: how many opened it and confirmed, in a picture and a table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from kvk2.core.charts import Chart, Series, bar_chart
from kvk2.nlds.components import Tile
from kvk2.nlds.forms import NldsForm
from kvk2.nlds.tables import DateColumn, NldsTable, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import status_badge
from monitoring.models import AnnualReport, ReportRecipient
from monitoring.querysets_distribution import ReportRecipientQuerySet
from monitoring.states import ReportStage

STANDS = {
    "": "Alle ontvangers",
    "unopened": "Nog niet geopend",
    "opened": "Geopend, niet bevestigd",
    "confirmed": "Ontvangst bevestigd",
}
OWN_CHOICE = "geen e-mail, eigen keuze"


class RecipientFilterForm(NldsForm):
    q = forms.CharField(label="Zoek op naam, organisatie of e-mailadres", required=False)
    stand = forms.ChoiceField(label="Ontvangst", required=False, choices=list(STANDS.items()))

    def matching(self, found: ReportRecipientQuerySet) -> ReportRecipientQuerySet:
        """Those of `found` that fit what was typed."""
        if not self.is_valid():
            return found
        for word in self.cleaned_data["q"].split():
            found = found.search(word)
        match self.cleaned_data["stand"]:
            case "unopened":
                return found.filter(opened_at=None)
            case "opened":
                return found.filter(opened_at__isnull=False, confirmed_at=None)
            case "confirmed":
                return found.filter(confirmed_at__isnull=False)
        return found


def delivery_of(row: ReportRecipient) -> tuple[str, str]:
    """How the e-mail went, in words, and the kind of its badge."""
    mail = row.notice.mail if row.notice else row.mail
    if row.withdrawn_at:
        return "ingetrokken", "inactive"
    if row.sent_at is None:
        return "gaat uit na publicatie", "inactive"
    if mail is None:
        return ("in de e-mail van 7 uur", "neutral") if row.notice else (OWN_CHOICE, "inactive")
    if mail.sent_at:
        return "bezorgd bij de mailserver", "success"
    return (
        ("mislukt, wordt herhaald", "danger") if mail.error else ("wacht op verzending", "neutral")
    )


class RecipientTable(NldsTable):
    """One row per recipient."""

    caption = "Ontvangers van het rapport"

    name = RowHeaderColumn(verbose_name="Naam", order_by=("name", "pk"))
    organisation = tables.Column("Organisatie", default="–", order_by=("organisation", "pk"))
    capacity = tables.Column("Als", order_by=("capacity", "pk"))
    last_sent_at = DateColumn(
        with_time=True, verbose_name="Verstuurd", default="–", order_by=("last_sent_at", "pk")
    )
    delivery = tables.Column("E-mail", empty_values=(), orderable=False)
    opened_at = DateColumn(
        with_time=True, verbose_name="Geopend", default="nog niet", order_by=("opened_at", "pk")
    )
    confirmed_at = DateColumn(
        with_time=True,
        verbose_name="Bevestigd",
        default="nog niet",
        order_by=("confirmed_at", "pk"),
    )

    class Meta:
        order_by = "name"
        empty_text = "Geen ontvanger gevonden. Probeer een ander woord of wis de filters."

    def render_delivery(self, record: ReportRecipient) -> SafeString:
        return status_badge(*delivery_of(record))


class ChangeableRecipientTable(RecipientTable):
    """For who may take an address off."""

    change = tables.TemplateColumn(
        template_name="monitoring/_recipient_withdraw.html",
        verbose_name="Adres",
        orderable=False,
    )


CSV_HEADERS = (
    "Naam",
    "Organisatie",
    "Als",
    "E-mailadres",
    "Eerst verstuurd",
    "Laatst verstuurd",
    "Keren verstuurd",
    "E-mail",
    "Geopend",
    "Bevestigd",
)


def csv_row(row: Any) -> tuple[str | datetime | int | None, ...]:
    return (
        row.name,
        row.organisation,
        row.get_capacity_display(),
        row.email,
        row.sent_at,
        row.last_sent_at,
        row.times_sent,
        delivery_of(row)[0],
        row.opened_at,
        row.confirmed_at,
    )


class DistributionPage:
    """The recipients of one report, and the sums over all of them."""

    def __init__(self, report: AnnualReport) -> None:
        self.report = report

    @property
    def recipients(self) -> QuerySet[ReportRecipient]:
        found: ReportRecipientQuerySet = ReportRecipient.objects.filter(report=self.report)
        return found.with_receipts()

    @cached_property
    def sums(self) -> list[tuple[str, int, int, int]]:
        """Of each kind of recipient that there is: sent, opened, confirmed."""
        found: ReportRecipientQuerySet = ReportRecipient.objects.filter(report=self.report)
        rows = {
            row["capacity"]: (row["sent"], row["opened"], row["confirmed"])
            for row in found.standing()
            .with_receipts()
            .values("capacity")
            .annotate(
                sent=Count("pk", filter=Q(sent_at__isnull=False)),
                opened=Count("pk", filter=Q(opened_at__isnull=False)),
                confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
            )
            .order_by("capacity")
        }
        return [
            (label, *rows[value])
            for value, label in ReportRecipient.Capacity.choices
            if rows.get(value, (0,))[0]
        ]

    def _total(self, place: int) -> int:
        return sum(int(row[place]) for row in self.sums)

    @property
    def tiles(self) -> list[Tile]:
        sent = self._total(1)
        return [
            Tile("Verstuurd", sent),
            Tile("Geopend", self._total(2), f"van {sent}"),
            Tile("Ontvangst bevestigd", self._total(3), f"van {sent}"),
        ]

    @property
    def unopened(self) -> int:
        return self._total(1) - self._total(2)

    @property
    def may_be_sent(self) -> bool:
        return self.report.stage == ReportStage.PUBLISHED and self.unopened > 0

    @property
    def chart(self) -> Chart | None:
        """How far each kind of recipient is."""
        if not self.sums:
            return None
        sent, opened, confirmed = (self._total(place) for place in (1, 2, 3))
        return bar_chart(
            [
                Series("Verstuurd", self._column(1), "verstuurd"),
                Series("Geopend", self._column(2), "geopend"),
                Series("Bevestigd", self._column(3), "bevestigd"),
            ],
            [label.capitalize() for label, *_ in self.sums],
            title=f"{opened} van {sent} ontvangers openden het rapport",
            description=f"{confirmed} van {sent} bevestigden de ontvangst.",
            first_header="Ontvangers",
        )

    def _column(self, place: int) -> Sequence[int]:
        return [int(row[place]) for row in self.sums]
