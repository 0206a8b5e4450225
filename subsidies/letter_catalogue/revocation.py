"""The letters about taking back or changing a grant: the intention and the decision (L07R, L16)."""

from collections.abc import Mapping
from types import MappingProxyType

from subsidies.letter_catalogue.kinds import Field, FieldKind, LetterType

CASE = {
    "verlening": Field("kenmerk van de verlening"),
    "verleend_op": Field("datum van de verlening", FieldKind.DATE),
    "verleend": Field("bedrag van de verlening", FieldKind.AMOUNT),
    "grond": Field("de wettelijke grond, met artikel"),
}

LETTERS: Mapping[str, LetterType] = MappingProxyType(
    {
        "L07R": LetterType(
            title="Voornemen intrekking of wijziging: u kunt reageren",
            is_decision=False,
            fields={
                **CASE,
                "voornemen": Field("wat wij van plan zijn"),
                "reden": Field("waarom"),
                "reageren_tot": Field("laatste dag om te reageren", FieldKind.DATE),
            },
            required=frozenset({"voornemen", "grond", "reden", "reageren_tot", "verlening"}),
            subject="Wij zijn van plan uw subsidie te veranderen: u kunt reageren",
            body="""
Wij zijn van plan {voornemen}. U kunt daarop reageren tot en met {reageren_tot}.

## Over welke subsidie het gaat

Met besluit {verlening} van {verleend_op} kreeg u {verleend} voor {ikc}.

## Waarom wij dit van plan zijn

{reden}

Dit kan volgens de wet op deze grond: {grond}.

## Zo reageert u

U reageert schriftelijk of mondeling, wat u zelf het prettigst vindt. Doe dat in het portaal ({portaal}), met een brief, of
bel ons op {telefoon} voor een gesprek. Wij beslissen pas als wij uw reactie hebben, of als de termijn voorbij is.

## Dit is nog geen besluit

U kunt nog geen bezwaar maken. Dat kan pas als wij een besluit hebben genomen.
""",
        ),
        "L16": LetterType(
            title="Beschikking intrekking of wijziging",
            is_decision=True,
            fields={
                **CASE,
                "beslissing": Field("wat wij beslissen, als zin"),
                "nieuw": Field("bedrag dat overblijft", FieldKind.AMOUNT),
                "werkt_vanaf": Field("dag vanaf wanneer het besluit werkt", FieldKind.DATE),
                "reactie": Field("wat wij met de reactie deden"),
                "afweging": Field("waarom dit in verhouding is"),
                "vergoeding": Field("schade die wij vergoeden"),
                "gevolgen": Field("wat dit betekent voor betalingen"),
            },
            required=frozenset(
                {"beslissing", "nieuw", "grond", "verlening", "werkt_vanaf", "gevolgen", "afweging"}
            ),
            subject="Besluit over uw subsidie voor {ikc}",
            articles=("afdeling 4.2.6 Awb",),
            body="""
{beslissing} De subsidie is daarmee {nieuw}.

## Over welke subsidie het gaat

Met besluit {verlening} van {verleend_op} kreeg u {verleend} voor {ikc}. Wij doen dit op deze grond: {grond}.

## Vanaf wanneer

Dit besluit werkt vanaf {werkt_vanaf}.

## Wat u ons liet weten

{reactie}

## Onze afweging

{afweging}

## Vergoeding

{vergoeding}

## Wat dit betekent voor betalingen

{gevolgen}
""",
        ),
    }
)
