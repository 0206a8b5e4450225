"""The lists of agreements and of indicators, on the page and as CSV."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse

from agreements.states import AGREEMENT_BADGES, AgreementState
from kvk2.nlds.tables import DateColumn, NldsTable, RowHeaderColumn
from kvk2.nlds.templatetags.nlds import status_badge


class AgreementTable(NldsTable):
    """One row per IKC with an agreement: how far the version to look at first has come."""

    caption = "Resultaatafspraken"

    ikc = RowHeaderColumn(
        accessor="ikc__name",
        verbose_name="IKC",
        order_by=("ikc__name", "pk"),
        linkify=lambda record: reverse("agreements:agreement_detail", args=[record.pk]),
        attrs={"row_header": True, "a": {"class": "nl-link"}},
    )
    board = tables.Column(accessor="ikc__board__short_name", verbose_name="Schoolbestuur")
    reference = tables.Column(verbose_name="Kenmerk", attrs={"td": {"class": "lw-nowrap"}})
    current_number = tables.Column(verbose_name="Versie")
    signed_count = tables.Column(verbose_name="Getekend", empty_values=())
    current_state = tables.Column(verbose_name="Status")
    current_in_force_from = DateColumn(verbose_name="In werking vanaf")

    class Meta:
        order_by = "ikc"
        empty_text = "Geen afspraak gevonden. Probeer een ander woord of wis de filters."

    def render_current_state(self, value: str) -> str:
        state = AgreementState(value)
        return status_badge(state.label.capitalize(), AGREEMENT_BADGES[state])

    def render_signed_count(self, record: Any) -> str:
        return f"{record.signed_count or 0} van {record.party_count or 0}"


CSV_HEADERS = (
    "IKC",
    "Schoolbestuur",
    "Kenmerk",
    "Versie",
    "Status",
    "Getekend",
    "Partijen",
    "In werking vanaf",
)


def csv_row(agreement: Any) -> tuple[object, ...]:
    """The cells of one agreement that was read `with_current_version()`."""
    return (
        agreement.ikc.name,
        agreement.ikc.board.name,
        agreement.reference,
        agreement.current_number,
        AgreementState(agreement.current_state).label,
        agreement.signed_count or 0,
        agreement.party_count or 0,
        agreement.current_in_force_from,
    )


class DefinitionTable(NldsTable):
    """The library of indicators: what each is, its version now, and in how many agreements it is used."""

    caption = "Indicatoren"

    name = RowHeaderColumn(
        verbose_name="Indicator",
        order_by=("name", "pk"),
        linkify=True,
        attrs={"row_header": True, "a": {"class": "nl-link"}},
    )
    type = tables.Column(verbose_name="Soort")
    direction = tables.Column(verbose_name="Richting")
    unit = tables.Column(verbose_name="Eenheid")
    version_number = tables.Column(verbose_name="Versie")
    valid_from = DateColumn(verbose_name="Geldt vanaf")
    use_count = tables.Column(verbose_name="Afspraken")

    class Meta:
        order_by = "name"
        empty_text = "Geen indicator gevonden. Probeer een ander woord of wis de filters."

    def render_type(self, record: Any) -> str:
        return record.get_type_display()

    def render_direction(self, record: Any) -> str:
        return record.direction_text


DEFINITION_CSV_HEADERS = (
    "Code",
    "Indicator",
    "Soort",
    "Richting",
    "Eenheid",
    "Decimalen",
    "Versie",
    "Geldt vanaf",
    "Breekt de reeks",
    "Afspraken",
)


def definition_csv_row(definition: Any) -> tuple[object, ...]:
    """The cells of one indicator that was read `for_list()`."""
    return (
        definition.code,
        definition.name,
        definition.get_type_display(),
        definition.direction_text,
        definition.unit,
        definition.decimals,
        definition.version_number,
        definition.valid_from,
        "ja" if definition.breaks_series else "nee",
        definition.use_count,
    )
