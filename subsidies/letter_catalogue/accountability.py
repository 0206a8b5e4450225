"""The letters about accounting for a grant and determining it (L07L, L12-L14; domain reference 3.8, 3.9)."""

from collections.abc import Mapping
from types import MappingProxyType

from subsidies.letter_catalogue.kinds import Field, FieldKind, LetterType

REMINDER = LetterType(
    title="Herinnering verantwoording",
    is_decision=False,
    fields={
        "periode_tot": Field("laatste dag van de subsidieperiode", FieldKind.DATE),
        "uiterlijk": Field("laatste dag om te verantwoorden", FieldKind.DATE),
        "stukken": Field("de stukken die erbij horen", FieldKind.LINES),
        "verleend": Field("verleend bedrag", FieldKind.AMOUNT),
    },
    required=frozenset({"uiterlijk"}),
    subject="Laat ons uiterlijk {uiterlijk} zien wat u met de subsidie deed",
    body="""
U kreeg {verleend} subsidie voor {ikc}. De subsidieperiode liep tot en met {periode_tot}. Laat ons uiterlijk op
{uiterlijk} zien wat u met de subsidie heeft gedaan. Daarmee vraagt u ons ook om het bedrag definitief vast te stellen.

## Wat u doet

- Ga in het portaal naar ‘Verleningen’ en open de verantwoording. Uw activiteiten en uw begroting staan er al klaar.
- Zeg bij elke activiteit of zij is uitgevoerd. Alleen wat anders ging dan gepland, licht u toe.
- Uw schoolbestuur ondertekent en dient in.

## Wat u meestuurt

{stukken}

## Lukt het niet op tijd?

Bel ons dan voor {uiterlijk} op {telefoon}. Ontvangen wij niets, dan krijgt u een nieuwe termijn. Is er daarna nog niets,
dan kunnen wij de subsidie vaststellen zonder uw verantwoording (artikel 4:44 en 4:47 van de Algemene wet
bestuursrecht).
""",
)
NEW_TERM = LetterType(
    title="Nieuwe termijn voor uw verantwoording",
    is_decision=False,
    fields={
        "uiterlijk": Field("de dag die voorbij is", FieldKind.DATE),
        "nieuwe_termijn": Field("laatste dag van de nieuwe termijn", FieldKind.DATE),
        "stukken": Field("de stukken die erbij horen", FieldKind.LINES),
        "verleend": Field("verleend bedrag", FieldKind.AMOUNT),
    },
    required=frozenset({"nieuwe_termijn"}),
    subject="Uw verantwoording is te laat: nieuwe termijn tot en met {nieuwe_termijn}",
    body="""
Wij hebben uw verantwoording van de subsidie voor {ikc} nog niet. De termijn liep af op {uiterlijk}. U krijgt een nieuwe
termijn: tot en met {nieuwe_termijn}.

## Wat u doet

- Ga in het portaal naar ‘Verleningen’, open de verantwoording en vul in wat er van uw plan is geworden.
- Uw schoolbestuur ondertekent en dient in, met deze stukken:

{stukken}

## Wat er gebeurt als u niets stuurt

Dan kunnen wij de subsidie van {verleend} zonder uw verantwoording vaststellen (artikel 4:44, derde lid, en artikel 4:47 van
de Algemene wet bestuursrecht). Dat kan op een lager bedrag, ook op nul. Wij vragen u dan eerst om uw reactie. Heeft u een
goede reden waarom het niet lukt? Bel ons op {telefoon}.
""",
)
COMPLETION = LetterType(
    title="Verzoek om uw verantwoording aan te vullen",
    is_decision=False,
    fields={
        "ontvangen_op": Field("dag van ontvangst", FieldKind.DATE),
        "ontbreekt": Field("wat er ontbreekt", FieldKind.LINES),
        "uiterlijk": Field("laatste dag om aan te vullen", FieldKind.DATE),
    },
    required=frozenset({"ontbreekt", "uiterlijk"}),
    subject="Vul uw verantwoording voor {ikc} uiterlijk {uiterlijk} aan",
    body="""
Op {ontvangen_op} kregen wij uw verantwoording van de subsidie voor {ikc}. Zij is nog niet compleet. Vul haar uiterlijk op
{uiterlijk} aan.

## Wat wij missen

{ontbreekt}

## Wat er daarna gebeurt

In het portaal staat uw verantwoording weer open. Wat u al invulde, staat er nog. Uw schoolbestuur ondertekent de aanvulling.
Vult u niet aan, dan beoordelen wij de verantwoording zoals zij nu is. Vragen? Bel ons op {telefoon}.
""",
)
RECEIPT = LetterType(
    title="Ontvangstbevestiging verantwoording",
    is_decision=False,
    fields={
        "ontvangen_op": Field("dag van ontvangst", FieldKind.DATE),
        "ondertekenaar": Field("wie tekende, met functie"),
        "verklaringen": Field("wat is verklaard", FieldKind.LINES),
        "bereikt": Field("wat is bereikt, in de woorden van de ontvanger"),
        "activiteiten": Field("de activiteiten met wat ervan werd", FieldKind.TABLE),
        "bedragen": Field("begroot en werkelijk, per regel", FieldKind.TABLE),
        "bestanden": Field("de meegestuurde bestanden", FieldKind.LINES),
        "beslissen_voor": Field("laatste dag om vast te stellen", FieldKind.DATE),
    },
    required=frozenset({"ontvangen_op", "activiteiten"}),
    subject="Wij hebben uw verantwoording voor {ikc} ontvangen",
    body="""
Op {ontvangen_op} kregen wij uw verantwoording van de subsidie voor {ikc}. U vraagt ons daarmee om de subsidie vast te
stellen. Wij beslissen daarover uiterlijk op {beslissen_voor}, als uw verantwoording compleet is. Hieronder staat precies wat
u invulde. Bewaar deze brief.

## Wat is bereikt

{bereikt}

## De activiteiten

{activiteiten}

## Begroot en werkelijk

{bedragen}

## De bestanden

{bestanden}

## Ondertekening

Digitaal ondertekend door {ondertekenaar}. Daarbij is verklaard:

{verklaringen}
""",
)
INTENT = LetterType(
    title="Voornemen lagere vaststelling: u kunt reageren",
    is_decision=False,
    fields={
        "verleend": Field("verleend bedrag", FieldKind.AMOUNT),
        "voorgenomen": Field("bedrag waarop wij willen vaststellen", FieldKind.AMOUNT),
        "redenen": Field("waarom", FieldKind.LINES),
        "evenredigheid": Field("waarom de verlaging past bij wat er misging"),
        "reageren_tot": Field("laatste dag om te reageren", FieldKind.DATE),
    },
    required=frozenset({"voorgenomen", "redenen", "reageren_tot"}),
    subject="Wij willen uw subsidie voor {ikc} lager vaststellen: u kunt reageren",
    body="""
Wij zijn van plan uw subsidie voor {ikc} vast te stellen op {voorgenomen}. Dat is lager dan de {verleend} die wij u verleenden.
Voordat wij beslissen, horen wij graag uw reactie. Dat kan tot en met {reageren_tot}. Dit is nog geen besluit.

## Waarom wij dit van plan zijn

{redenen}

## Waarom wij dit bedrag passend vinden

{evenredigheid}

## Zo reageert u

- Schriftelijk: in het portaal, bij uw aanvraag.
- Mondeling: bel ons op {telefoon}. Wij maken dan een afspraak en schrijven op wat u zegt.

Reageert u niet, dan beslissen wij met wat wij nu weten.
""",
)
_BALANCE = {
    "aanleiding": Field("waarom wij nu vaststellen"),
    "verleend": Field("verleend bedrag", FieldKind.AMOUNT),
    "vastgesteld": Field("vastgesteld bedrag", FieldKind.AMOUNT),
    "voorschotten": Field("betaalde voorschotten", FieldKind.AMOUNT),
    "berekening": Field("hoe het bedrag is bepaald"),
    "afrekening": Field("wat er nog betaald of teruggevorderd wordt"),
}
_SETTLEMENT = """
## Voorschotten en afrekening

U kreeg al {voorschotten} aan voorschotten. {afrekening}

## Wat u bewaart

Bewaar uw administratie zo lang als in het besluit over de verlening staat. Komt later aan het licht dat gegevens niet klopten,
dan kunnen wij dit besluit tot vijf jaar na vandaag wijzigen (artikel 4:49 van de Algemene wet bestuursrecht).
"""
DETERMINATION = LetterType(
    title="Beschikking vaststelling subsidie",
    is_decision=True,
    fields=_BALANCE,
    required=frozenset({"vastgesteld", "afrekening"}),
    subject="Wij stellen uw subsidie voor {ikc} vast op {vastgesteld}",
    body="""
Wij stellen uw subsidie voor {ikc} vast op {vastgesteld}. {aanleiding}

## Hoe het bedrag is bepaald

Wij verleenden u {verleend}. {berekening}
"""
    + _SETTLEMENT,
    articles=("artikel 4:46, eerste lid, Awb",),
)
LOWER = LetterType(
    title="Beschikking lagere vaststelling",
    is_decision=True,
    fields={
        **_BALANCE,
        "grond": Field("waarom lager"),
        "artikel": Field("het artikel waarop de verlaging rust"),
        "evenredigheid": Field("waarom de verlaging past bij wat er misging"),
        "zienswijze": Field("wat er met de reactie is gedaan"),
    },
    required=frozenset(
        {"vastgesteld", "verleend", "grond", "artikel", "evenredigheid", "afrekening"}
    ),
    subject="Wij stellen uw subsidie voor {ikc} lager vast, op {vastgesteld}",
    body="""
Wij stellen uw subsidie voor {ikc} vast op {vastgesteld}. Dat is lager dan de verleende {verleend}, omdat {grond} ({artikel}).
{aanleiding}

## Hoe het bedrag is bepaald

{berekening}

## Waarom wij deze verlaging passend vinden

{evenredigheid}

## Uw reactie op ons voornemen

{zienswijze}
"""
    + _SETTLEMENT,
    articles=("artikel 4:46 Awb",),
)
LETTERS: Mapping[str, LetterType] = MappingProxyType(
    {
        "L07L": INTENT,
        "L12": REMINDER,
        "L12T": NEW_TERM,
        "L12A": COMPLETION,
        "L12O": RECEIPT,
        "L13": DETERMINATION,
        "L14": LOWER,
    }
)
