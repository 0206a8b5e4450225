"""The letters about claiming a subsidy back (L17, L18, L18V; domain reference 3.10)."""

from collections.abc import Mapping
from types import MappingProxyType

from subsidies.letter_catalogue.kinds import Field, FieldKind, LetterType

LETTERS: Mapping[str, LetterType] = MappingProxyType(
    {
        "L17": LetterType(
            title="Beschikking terugvordering",
            is_decision=True,
            fields={
                "bedrag": Field("bedrag dat terug moet", FieldKind.AMOUNT),
                "voorschotten": Field("betaalde voorschotten", FieldKind.AMOUNT),
                "vastgesteld": Field("vastgesteld bedrag", FieldKind.AMOUNT),
                "vastgesteld_op": Field("dag van de vaststelling", FieldKind.DATE),
                "vaststelling": Field("kenmerk van de vaststelling"),
                "rekening": Field("rekening van de gemeente"),
                "termijn": Field("betaaltermijn in woorden"),
            },
            required=frozenset({"bedrag", "termijn"}),
            subject="U betaalt {bedrag} subsidie voor {ikc} terug",
            body="""
Wij vorderen {bedrag} van u terug. Betaal dit bedrag {termijn}.

## Waarom u terugbetaalt

U ontving {voorschotten} aan voorschotten voor {ikc}. Op {vastgesteld_op} stelden wij de subsidie vast op {vastgesteld}
(kenmerk {vaststelling}). Het verschil is te veel betaald.

## Zo betaalt u

- Maak het bedrag over naar {rekening}.
- Vermeld daarbij het kenmerk {kenmerk}.

## Kunt u niet in één keer betalen?

Vraag ons dan vóór het einde van de termijn om uitstel of een betalingsregeling. Bel {telefoon}. Betaalt u niet op tijd, dan
krijgt u een aanmaning. Daar zijn kosten aan verbonden.
""",
            articles=("artikel 4:57 Awb", "artikel 4:95, vierde lid, Awb"),
        ),
        "L18": LetterType(
            title="Aanmaning",
            is_decision=False,
            fields={
                "open_bedrag": Field("wat nog open staat", FieldKind.AMOUNT),
                "vergoeding": Field("vergoeding voor deze aanmaning", FieldKind.AMOUNT),
                "totaal": Field("wat u nu betaalt", FieldKind.AMOUNT),
                "besluit": Field("kenmerk van de terugvordering"),
                "vervallen_op": Field("dag waarop u had moeten betalen", FieldKind.DATE),
                "rekening": Field("rekening van de gemeente"),
            },
            required=frozenset({"open_bedrag", "vergoeding", "totaal"}),
            subject="Aanmaning: betaal {totaal} binnen twee weken",
            body="""
U heeft {open_bedrag} nog niet terugbetaald. Betaal {totaal} binnen twee weken na de dag van verzending van deze brief. Dat is
met {vergoeding} voor deze aanmaning (artikel 4:113 van de Algemene wet bestuursrecht).

## Waar het om gaat

Met ons besluit {besluit} vroegen wij u om subsidie voor {ikc} terug te betalen. U had dat uiterlijk op {vervallen_op} moeten
doen.

## Zo betaalt u

- Maak het bedrag over naar {rekening}.
- Vermeld daarbij het kenmerk {besluit}.

## Wat er gebeurt als u niet betaalt

Dan kunnen wij een dwangbevel laten uitbrengen (artikel 4:114 en 4:117 van de Algemene wet bestuursrecht). De kosten daarvan
betaalt u ook. Is betalen nu niet mogelijk? Bel ons dan meteen op {telefoon}.
""",
        ),
        "L18V": LetterType(
            title="Bericht over een verrekening",
            is_decision=False,
            fields={
                "verrekend": Field("bedrag dat wordt verrekend", FieldKind.AMOUNT),
                "vordering": Field("kenmerk van wat u moet terugbetalen"),
                "vordering_bedrag": Field("wat u nog moest terugbetalen", FieldKind.AMOUNT),
                "vordering_rest": Field("wat u daarna nog moet terugbetalen", FieldKind.AMOUNT),
                "betaling": Field("kenmerk van de betaling"),
                "betaling_bedrag": Field("bedrag van de betaling", FieldKind.AMOUNT),
                "betaling_rest": Field("wat u daarvan nog krijgt", FieldKind.AMOUNT),
                "waarom": Field("waarom verrekenen mag"),
            },
            # Awb 4:93(2): both debts and the amount.
            required=frozenset({"verrekend", "vordering", "vordering_bedrag", "betaling"}),
            subject="Wij verrekenen {verrekend} met een betaling voor {ikc}",
            body="""
Wij betalen u {verrekend} niet uit. Met dat bedrag is een deel betaald van wat u aan ons moet terugbetalen. Dat heet
verrekenen (artikel 4:93 van de Algemene wet bestuursrecht).

## Om welke bedragen het gaat

- U moest ons nog {vordering_bedrag} betalen (kenmerk {vordering}). Daarvan blijft {vordering_rest} over.
- Wij moesten u nog {betaling_bedrag} betalen (kenmerk {betaling}). Daarvan krijgt u nog {betaling_rest}.

## Waarom dat mag

{waarom}

## Bent u het er niet mee eens?

Bel ons dan op {telefoon}. U kunt ook binnen zes weken na de dag van verzending van deze brief bezwaar maken. Loopt er al
bezwaar of beroep tegen het besluit over wat u moet terugbetalen? Dan gaat dat ook over deze verrekening, als u die betwist
(artikel 4:125 van de Algemene wet bestuursrecht).
""",
        ),
    }
)
