"""The shapes of requests and answers: what the OpenAPI description shows the bureau."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

MOST_FIGURES = 200


class Round(Schema):
    """De ronde van de sleutel."""

    jaar: str
    status: str
    indienen_uiterlijk: date
    neemt_cijfers_aan: bool
    afspraken: int


class Agreement(Schema):
    """Eén afspraak in deze ronde, met haar aanlevering."""

    aanlevering: int
    ikc: str
    brin: str | None
    versie: int
    status: str
    open: bool


class Agreements(Schema):
    """Een bladzijde van de lijst."""

    afspraken: list[Agreement]
    totaal: int
    pagina: int
    per_pagina: int


class Measured(Schema):
    """Een cijfer zoals het portaal het heeft."""

    waarde: Decimal | None = None
    teller: int | None = None
    noemer: int | None = None
    niveau: int | None = None
    bereikt_op: date | None = None
    reden: str = ""
    peildatum: date | None = None
    bron: str = ""
    toelichting: str = ""


class Indicator(Schema):
    """Wat er van een IKC wordt gemeten."""

    reeks: UUID
    code: str
    naam: str
    doel: str
    soort: str
    eenheid: str
    velden: list[str]
    niveaus: list[str]
    streefwaarde: str
    vorig_jaar: str
    meting: Measured | None
    oordeel: str


class AgreementDetail(Agreement):
    """Een afspraak met haar indicatoren."""

    indicatoren: list[Indicator]


Number = int | float | str | None


class Figure(Schema):
    """Een cijfer om te bewaren: de velden van de soort van de indicator, of een reden."""

    model_config = ConfigDict(extra="forbid")

    reeks: UUID = Field(description="De reeks van de indicator.")
    waarde: Number = Field(None, description="Getal of bedrag: 12.5 of '12,5'.")
    teller: Number = Field(None, description="Percentage: hoeveel kinderen.")
    noemer: Number = Field(None, description="Percentage: van hoeveel kinderen.")
    niveau: Number = Field(None, description="Schaal: het nummer van het niveau, vanaf 1.")
    bereikt_op: str | None = Field(None, description="Mijlpaal: jjjj-mm-dd.")
    reden: str | None = Field(
        None, description="Geen cijfer: NOT_MEASURED, of de naam daarvan in het portaal."
    )
    peildatum: str | None = Field(None, description="jjjj-mm-dd; anders die van de definitie.")
    bron: str | None = Field(None, description="Hoogstens 200 tekens; anders die van de definitie.")
    toelichting: str | None = Field(
        None, description="Hoogstens 600 tekens, zonder gegevens van personen."
    )


class Figures(Schema):
    """De cijfers van één aanlevering: alle worden bewaard, of geen."""

    model_config = ConfigDict(extra="forbid")

    metingen: list[Figure] = Field(min_length=1, max_length=MOST_FIGURES)
    alleen_controleren: bool = Field(
        False, description="true: controleer en beoordeel, maar bewaar niets."
    )


class Judged(Schema):
    """Wat van één cijfer is geworden."""

    reeks: UUID
    oordeel: str
    uitleg: str
    vragen: list[str]


class Kept(Schema):
    """Het antwoord op een verzoek om te bewaren."""

    bewaard: int
    metingen: list[Judged]


class FieldProblem(Schema):
    """Waar het misgaat."""

    field: str
    detail: str


class Problem(Schema):
    """Een weigering (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem]
