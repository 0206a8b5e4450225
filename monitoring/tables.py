"""The lists of the returns of one year and of figures of elsewhere, on the page and as CSV."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.safestring import SafeString

from kvk2.core.money import format_number
from kvk2.nlds.tables import NldsTable, NumberColumn, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import dutch_date, status_badge
from monitoring.models import Benchmark, Return


class ReturnTable(NldsTable):
    """One row per IKC: how far its figures are."""

    caption = "Aanleveringen"

    ikc = RowHeaderColumn(
        accessor="version__ikc_name",
        verbose_name="IKC",
        order_by=("version__ikc_name", "pk"),
        linkify=lambda record: record.get_absolute_url(),
        attrs={"row_header": True, "a": {"class": "nl-link"}},
    )
    board = tables.Column(
        "Schoolbestuur",
        accessor="agreement__ikc__board__short_name",
        order_by=("agreement__ikc__board__short_name", "pk"),
    )
    state = tables.Column("Status", order_by=("state", "pk"))
    measured_count = tables.Column("Ingevuld", order_by=("measured_count", "pk"))
    open_questions = NumberColumn(verbose_name="Open vragen", order_by=("open_questions", "pk"))
    submitted_at = tables.Column("Ingediend", default="–", order_by=("submitted_at", "pk"))

    class Meta:
        order_by = "ikc"
        empty_text = "Geen aanlevering gevonden. Probeer een ander woord of wis de filters."

    def render_state(self, record: Return) -> SafeString:
        return status_badge(record.get_state_display(), record.badge)

    def render_measured_count(self, record: Any) -> str:
        return f"{record.measured_count} van {record.indicator_count}"

    def render_submitted_at(self, value: datetime) -> str:
        return dutch_date(timezone.localdate(value))


CSV_HEADERS = (
    "IKC",
    "Schoolbestuur",
    "Kenmerk",
    "Status",
    "Ingevuld",
    "Indicatoren",
    "Open vragen",
    "Ingediend op",
    "Ingediend door",
    "Gecontroleerd op",
    "Vastgesteld op",
)


def csv_row(return_: Any) -> tuple[object, ...]:
    """The cells of one return that was read `for_return_list()`."""
    return (
        return_.version.ikc_name,
        return_.agreement.ikc.board.name,
        return_.agreement.reference,
        return_.get_state_display(),
        return_.measured_count,
        return_.indicator_count,
        return_.open_questions,
        _day(return_.submitted_at),
        _submitted_by(return_),
        _day(return_.checked_at),
        _day(return_.adopted_at),
    )


def _day(moment: datetime | None) -> object:
    return timezone.localdate(moment) if moment else None


def _submitted_by(return_: Return) -> str:
    if return_.submitted_at is None:
        return ""
    return return_.submitted_by.full_name if return_.submitted_by else "systeem, op de uiterste dag"


class BenchmarkTable(NldsTable):
    """One figure of elsewhere per row."""

    caption = "Vergelijkingscijfers"

    indicator = RowHeaderColumn(
        accessor="definition_version__definition__name",
        verbose_name="Indicator",
        order_by=("definition_version__definition__name", "pk"),
        linkify=lambda record, table: record.get_absolute_url() if table.may_edit else None,
        attrs={"row_header": True, "a": {"class": "nl-link"}},
    )
    place = tables.Column("Gebied", order_by=("place", "pk"))
    year = tables.Column("Jaar", order_by=("year", "pk"))
    value = NumberColumn(verbose_name="Cijfer", order_by=("value", "pk"))
    n = NumberColumn(verbose_name="Aantal", default="–", order_by=("n", "pk"))
    source = tables.Column("Bron", order_by=("source", "pk"))
    licence = tables.Column("Licentie", order_by=("licence", "pk"))
    may_edit = False

    class Meta:
        order_by = "-year"
        empty_text = "Geen vergelijkingscijfer gevonden. Probeer een ander woord of wis de filters."

    def render_value(self, record: Benchmark) -> str:
        definition = record.definition_version.definition
        text = format_number(record.value, definition.decimals)
        return f"{text}%" if definition.unit == "%" else f"{text} {definition.unit}"


BENCHMARK_CSV_HEADERS = (
    "Indicator",
    "Versie",
    "Soort gebied",
    "Gebied",
    "Jaar",
    "Cijfer",
    "Eenheid",
    "Aantal",
    "Bron",
    "Opgehaald op",
    "Licentie",
)


def benchmark_csv_row(row: Benchmark) -> tuple[object, ...]:
    """The cells of one figure of elsewhere."""
    definition = row.definition_version.definition
    return (
        definition.name,
        row.definition_version.number,
        row.get_geography_display(),
        row.place,
        row.year,
        row.value,
        definition.unit,
        row.n,
        row.source,
        row.retrieved_on,
        row.licence,
    )
