"""The letters about paying: a separate advance (L11), and the notice that payment is suspended (L15)."""

from collections.abc import Mapping
from types import MappingProxyType

from subsidies.letter_catalogue.kinds import Field, FieldKind, LetterType

LETTERS: Mapping[str, LetterType] = MappingProxyType(
    {
        "L11": LetterType(
            title="Beschikking voorschot",
            is_decision=True,
            fields={
                "voorschot": Field("bedrag van het voorschot", FieldKind.AMOUNT),
                "verleend": Field("bedrag van de verleende subsidie", FieldKind.AMOUNT),
                "verleend_op": Field("datum van het besluit tot verlening", FieldKind.DATE),
                "betalen_op": Field("uiterste dag van betaling", FieldKind.DATE),
                "eerder": Field("bedrag van alle betalingen tot nu toe", FieldKind.AMOUNT),
                "laatste4": Field("laatste vier tekens van de bankrekening"),
            },
            required=frozenset({"voorschot", "verleend", "betalen_op", "laatste4"}),
            subject="Voorschot op de subsidie voor {ikc}",
            articles=("artikel 4:95 Awb", "artikel 4:87 Awb"),
            body="""
Wij geven u een voorschot van {voorschot} op de subsidie voor {ikc}.

## Waar het voorschot bij hoort

Op {verleend_op} verleenden wij u een subsidie van {verleend}. Het voorschot is een deel van dat bedrag. U krijgt dus niet
méér subsidie, maar wel eerder geld. Eerder betaalden wij u {eerder} of plannen wij dat te betalen.

## Wanneer wij betalen

- Wij betalen uiterlijk op {betalen_op}.
- Wij betalen op het rekeningnummer dat eindigt op {laatste4}.
- Klopt het rekeningnummer niet meer? Geef dan in het portaal een ander nummer door. Twee medewerkers controleren dat
  nummer. Zolang dat niet is gebeurd, betalen wij niet.

## Wat er later met het voorschot gebeurt

Als uw activiteiten klaar zijn, stellen wij de subsidie vast. Het voorschot gaat dan af van het bedrag dat u nog krijgt.
Heeft u meer voorschot gekregen dan wij vaststellen? Dan kunnen wij het verschil terugvragen.
""",
        ),
        "L15": LetterType(
            title="Kennisgeving opschorting betaling",
            is_decision=False,
            fields={
                "vermoeden": Field("het ernstige vermoeden"),
                "opgeschort": Field("bedrag van de betalingen die wachten", FieldKind.AMOUNT),
                "vanaf": Field("eerste dag van de opschorting", FieldKind.DATE),
                "tot_en_met": Field("laatste dag van de opschorting", FieldKind.DATE),
                "betalingen": Field("de betalingen die wachten", FieldKind.LINES),
            },
            required=frozenset({"vermoeden", "vanaf", "tot_en_met"}),
            subject="Wij stellen de betaling van uw subsidie voor {ikc} uit",
            body="""
Vanaf {vanaf} betalen wij u voorlopig niets meer van de subsidie voor {ikc}. Dat duurt hoogstens tot en met {tot_en_met}.

## Waarom wij wachten met betalen

Wij vermoeden ernstig dat er een reden is om uw subsidie in te trekken of te wijzigen. Het gaat om het volgende:

{vermoeden}

De wet geeft ons het recht om dan te wachten met betalen, tot wij een besluit hebben genomen (artikel 4:56 van de Algemene
wet bestuursrecht). Dat mag niet langer duren dan dertien weken.

## Om welk bedrag het gaat

Er wacht nu {opgeschort}:

{betalingen}

## Wat u kunt doen

- Klopt ons vermoeden niet, of wilt u iets uitleggen? Laat dat zo snel mogelijk weten, in het portaal of via {telefoon}.
- Voordat wij een besluit nemen dat slecht voor u uitpakt, mag u altijd eerst uw mening geven.

## Wat er daarna gebeurt

- Blijkt er niets aan de hand? Dan gaan wij door met betalen.
- Nemen wij op {tot_en_met} nog geen besluit? Dan eindigt het uitstel vanzelf.
- Trekken wij de subsidie in, of wijzigen wij haar? Dan krijgt u een apart besluit. Daartegen kunt u bezwaar maken.

Deze brief zelf is geen besluit. U kunt er geen bezwaar tegen maken.
""",
        ),
    }
)
