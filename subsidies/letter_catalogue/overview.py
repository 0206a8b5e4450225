"""Every document of the catalogue (domain reference 9.1): what it is for, when it goes, and where its words are written."""

from enum import StrEnum
from typing import NamedTuple


class Source(StrEnum):
    """Where the words of a document come from, as a reader knows it."""

    SCHEME = "in de regeling"
    TEXT = "hier"
    FIXED = "vaste tekst van het portaal"
    CASE = "volgt uit de gegevens"


class Document(NamedTuple):
    code: str
    title: str
    occasion: str
    is_decision: bool
    source: Source


DOCUMENTS = (
    Document("L01", "Ontvangstbevestiging aanvraag", "na het indienen, met een afschrift", False, Source.SCHEME),
    Document("L02", "Verzoek om aanvulling", "de aanvraag is niet compleet", False, Source.SCHEME),
    Document("L03", "Besluit buiten behandeling laten", "de aanvraag is niet aangevuld", True, Source.SCHEME),
    Document("L04", "Bericht latere beslissing", "de beslistermijn wordt niet gehaald", False, Source.FIXED),
    Document("L05", "Uitnodiging gesprek IKC-commissie", "de commissie wil de aanvrager spreken", False, Source.FIXED),
    Document("L06", "Advies van de IKC-commissie", "het advies is vastgesteld", False, Source.SCHEME),
    Document("L07", "Voornemen om af te wijzen", "de aanvrager mag eerst reageren", False, Source.SCHEME),
    Document("L07L", "Voornemen lagere vaststelling", "de ontvanger mag eerst reageren", False, Source.TEXT),
    Document("L07R", "Voornemen intrekking of wijziging", "de ontvanger mag eerst reageren", False, Source.TEXT),
    Document("L08", "Beschikking subsidieverlening", "het college verleent de subsidie", True, Source.SCHEME),
    Document("L09", "Beschikking gedeeltelijke verlening", "het college verleent een deel", True, Source.SCHEME),
    Document("L10", "Beschikking weigering subsidie", "het college weigert de subsidie", True, Source.SCHEME),
    Document("L11", "Voorschotbeschikking", "een voorschot dat niet bij de verlening is geregeld", True, Source.TEXT),
    Document("L12", "Herinnering verantwoording", "de verantwoording moet nog komen of is te laat", False, Source.TEXT),
    Document("L12T", "Nieuwe termijn voor de verantwoording", "de termijn is voorbij", False, Source.TEXT),
    Document("L12A", "Verzoek om de verantwoording aan te vullen", "er ontbreekt iets", False, Source.TEXT),
    Document("L12O", "Ontvangstbevestiging verantwoording", "de verantwoording is ingediend", False, Source.TEXT),
    Document("L13", "Beschikking vaststelling", "het bedrag ligt vast zoals verleend", True, Source.TEXT),
    Document("L14", "Beschikking lagere vaststelling", "het bedrag wordt lager dan verleend", True, Source.TEXT),
    Document("L15", "Kennisgeving opschorting betaling", "er is een ernstig vermoeden (artikel 4:56 Awb)", False, Source.TEXT),
    Document("L16", "Beschikking intrekking of wijziging", "de verlening gaat terug of verandert", True, Source.TEXT),
    Document("L17", "Beschikking terugvordering", "er is te veel betaald", True, Source.TEXT),
    Document("L18", "Aanmaning", "een terugbetaling is te laat", False, Source.TEXT),
    Document("L18V", "Bericht over een verrekening", "een betaling wordt verrekend met een vordering", False, Source.TEXT),
    Document("L19", "Ontvangstbevestiging bezwaar", "er kwam een bezwaar binnen", False, Source.TEXT),
    Document("L19H", "Verzoek om een bezwaar aan te vullen", "er ontbreekt iets aan het bezwaar", False, Source.TEXT),
    Document("L19V", "Meer tijd voor een bezwaar", "de beslissing op bezwaar wordt verdaagd", False, Source.TEXT),
    Document("L19U", "Uitstel waarmee de bezwaarmaker instemde", "de beslissing op bezwaar komt later", False, Source.TEXT),
    Document("L20", "Uitnodiging hoorzitting", "de indiener van het bezwaar wordt gehoord", False, Source.TEXT),
    Document("L21", "Beslissing op bezwaar", "het college beslist opnieuw; daarna is er beroep", True, Source.TEXT),
    Document("L22", "Bevestiging intrekking aanvraag", "de aanvrager trekt de aanvraag in", False, Source.TEXT),
    Document("L23", "Bekendmaking regeling en plafond", "de ronde wordt gepubliceerd", True, Source.CASE),
    Document("L24", "Besluit predicaat Plus IKC", "een IKC krijgt het predicaat", True, Source.CASE),
    Document("L25", "Besluit herijking", "de aandachtsgebieden zijn opnieuw bekeken", True, Source.CASE),
    Document("L26", "Resultaatafspraak", "de partijen ondertekenen", False, Source.CASE),
    Document("L27", "Addendum bij een resultaatafspraak", "de afspraken veranderen", False, Source.CASE),
    Document("L28", "Jaarrapportage Ontwikkelgroep", "de meting van een jaar is klaar", False, Source.CASE),
    Document("L29", "Publieksversie jaarrapportage", "de rapportage wordt openbaar", False, Source.CASE),
    Document("L30", "Belangenverklaring en overzicht belangen", "voor elke ronde van de commissie", False, Source.CASE),
    Document("L31", "Proces-verbaal van loting", "er is geloot", False, Source.CASE),
    Document("L32", "Subsidieoverzicht", "voor de openbaarheid (Woo)", False, Source.CASE),
    Document("L33", "E-mail: er staat een bericht klaar", "er komt een bericht in het portaal", False, Source.FIXED),
)  # fmt: skip
