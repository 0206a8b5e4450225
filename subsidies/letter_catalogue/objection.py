"""The letters about an objection: its receipt, what is missing, more time, the hearing and the decision (L19-L21)."""

from collections.abc import Mapping
from types import MappingProxyType

from subsidies.letter_catalogue.kinds import Field, FieldKind, LetterType

CASE = {
    "bezwaar": Field("kenmerk van het bezwaar"),
    "besluit": Field("kenmerk van het bestreden besluit"),
    "besluitdatum": Field("datum van het bestreden besluit", FieldKind.DATE),
}
RECEIVED = {"ontvangen_op": Field("dag waarop het bezwaar binnenkwam", FieldKind.DATE)}
NAMED = frozenset({"bezwaar", "besluit", "besluitdatum"})
LATER = {
    "was": Field("dag waarop eerst uiterlijk werd beslist", FieldKind.DATE),
    "beslissen_uiterlijk": Field("nieuwe laatste dag om te beslissen", FieldKind.DATE),
    "reden": Field("waarom de beslissing later komt"),
}
MEANWHILE = """## Wat u kunt doen

Heeft u vragen? Bel ons op {telefoon} en noem het kenmerk {bezwaar}. Beslissen wij niet vóór het einde van de nieuwe
termijn? Dan kunt u ons schriftelijk laten weten dat wij te laat zijn (een ingebrekestelling, artikel 4:17).

Uw bezwaar verandert nog niets aan het besluit. Kunt u daar niet op wachten? Dan kunt u de voorzieningenrechter van de
{rechtbank} om een voorlopige voorziening vragen. Dat kost geld.
"""

LETTERS: Mapping[str, LetterType] = MappingProxyType(
    {
        "L19": LetterType(
            title="Ontvangstbevestiging bezwaar",
            is_decision=False,
            fields={
                **CASE,
                **RECEIVED,
                "beslissen_uiterlijk": Field("laatste dag om te beslissen", FieldKind.DATE),
                "termijn": Field("de beslistermijn in woorden"),
                "behandelaar": Field("wie het bezwaar behandelt"),
            },
            required=NAMED | {"ontvangen_op", "beslissen_uiterlijk"},
            subject="Wij ontvingen uw bezwaar over {ikc}",
            body="""
Wij ontvingen uw bezwaar op {ontvangen_op}. U bent het niet eens met ons besluit {besluit} van {besluitdatum}. Uw bezwaar
heeft het kenmerk {bezwaar}.

## Wanneer wij beslissen

Wij beslissen uiterlijk op {beslissen_uiterlijk}. Dat is {termijn} na het einde van de bezwaartermijn (artikel 7:10 van de
Algemene wet bestuursrecht). Lukt dat niet? Dan laten wij u dat op tijd weten.

## Wat er nu gebeurt

- Wij kijken eerst of uw bezwaar op tijd is en of er niets ontbreekt. Missen wij iets, dan krijgt u tijd om dat aan te vullen.
- Daarna nodigen wij u meestal uit voor een hoorzitting. Daar kunt u uw bezwaar toelichten.
- Wij bekijken het besluit helemaal opnieuw. Iemand die niet bij het eerste besluit betrokken was, leidt de hoorzitting.

## Het besluit blijft nog gelden

Uw bezwaar verandert nog niets aan het besluit. Kunt u daar niet op wachten? Dan kunt u de voorzieningenrechter van de
{rechtbank} om een voorlopige voorziening vragen. Dat kost geld.

## Heeft u vragen?

{behandelaar} behandelt uw bezwaar. Bel ons op {telefoon} en noem het kenmerk {bezwaar}.
""",
        ),
        "L19H": LetterType(
            title="Verzoek om uw bezwaar aan te vullen",
            is_decision=False,
            fields={
                **CASE,
                "ontbreekt": Field("wat er ontbreekt", FieldKind.LINES),
                "aanvullen_tot": Field("laatste dag om aan te vullen", FieldKind.DATE),
            },
            required=NAMED | {"ontbreekt", "aanvullen_tot"},
            subject="Uw bezwaar is nog niet compleet",
            body="""
Uw bezwaar {bezwaar} tegen ons besluit {besluit} van {besluitdatum} is nog niet compleet. Vul het aan tot en met
{aanvullen_tot}.

## Wat wij missen

{ontbreekt}

## Wat dit betekent voor de beslistermijn

Tot de dag waarop u uw bezwaar aanvult, staat onze beslistermijn stil (artikel 7:10, tweede lid, van de Algemene wet
bestuursrecht).

## Wat er gebeurt als u niets aanvult

Dan kunnen wij uw bezwaar niet-ontvankelijk verklaren (artikel 6:6). Wij bekijken het besluit dan niet opnieuw.

## Zo vult u aan

U vult uw bezwaar aan in het portaal: {portaal}. Een brief mag ook. Heeft u hulp nodig? Bel ons op {telefoon}.
""",
        ),
        "L19V": LetterType(
            title="Wij hebben meer tijd nodig voor uw bezwaar",
            is_decision=False,
            fields={**CASE, **LATER},
            required=NAMED | set(LATER),
            subject="Wij beslissen later over uw bezwaar",
            body=f"""
Wij beslissen uiterlijk op {{beslissen_uiterlijk}} over uw bezwaar {{bezwaar}}. Eerst zou dat uiterlijk {{was}} zijn. Het
gaat om ons besluit {{besluit}} van {{besluitdatum}}.

## Waarom het langer duurt

{{reden}}

## Wat de wet zegt

Wij mogen onze beslissing één keer met ten hoogste zes weken uitstellen (artikel 7:10, derde lid, van de Algemene wet
bestuursrecht). Is ook dat te kort? Dan vragen wij u of u met nog meer uitstel instemt.

{MEANWHILE}""",
        ),
        "L19U": LetterType(
            title="Uitstel waarmee u instemde",
            is_decision=False,
            fields={**CASE, **LATER},
            required=NAMED | set(LATER),
            subject="U stemde in met een latere beslissing over uw bezwaar",
            body=f"""
U stemde ermee in dat wij later over uw bezwaar {{bezwaar}} beslissen: uiterlijk op {{beslissen_uiterlijk}}. Eerst zou dat
uiterlijk {{was}} zijn. Het gaat om ons besluit {{besluit}} van {{besluitdatum}}.

## Waarom het langer duurt

{{reden}}

## Wat de wet zegt

Met uw instemming mogen wij later beslissen (artikel 7:10, vierde lid, van de Algemene wet bestuursrecht). Stemde u niet
in, of is deze datum niet de afgesproken dag? Laat ons dat dan meteen weten.

{MEANWHILE}""",
        ),
        "L20": LetterType(
            title="Uitnodiging hoorzitting",
            is_decision=False,
            fields={
                **CASE,
                "wanneer": Field("dag en tijd van de hoorzitting"),
                "waar": Field("plaats van de hoorzitting"),
                "leiding": Field("wie de hoorzitting leidt"),
                "inzage_vanaf": Field(
                    "dag vanaf wanneer de stukken ter inzage liggen", FieldKind.DATE
                ),
                "stukken_tot": Field("laatste dag voor nieuwe stukken", FieldKind.DATE),
            },
            required=NAMED | {"wanneer", "waar", "leiding", "inzage_vanaf"},
            subject="Uitnodiging voor de hoorzitting over uw bezwaar",
            body="""
Wij nodigen u uit voor de hoorzitting over uw bezwaar {bezwaar}. De hoorzitting is op {wanneer}. De plaats is: {waar}.

## Waar het over gaat

U maakte bezwaar tegen ons besluit {besluit} van {besluitdatum}. Op de hoorzitting kunt u uitleggen waarom u het niet eens
bent met het besluit. {leiding} leidt de hoorzitting en was niet betrokken bij het besluit (artikel 7:5 van de Algemene wet
bestuursrecht).

## De stukken

- Vanaf {inzage_vanaf} kunt u de stukken bekijken. Maak daarvoor een afspraak via {telefoon}. U mag kopieën vragen.
- Wilt u zelf nog stukken insturen? Doe dat uiterlijk op {stukken_tot} (artikel 7:4).

## Wie u kunt meenemen

U mag iemand meenemen die u helpt, en getuigen of deskundigen die iets kunnen vertellen. Laat ons dat vooraf weten.

## Kunt u niet?

Bel ons dan zo snel mogelijk op {telefoon}. Wilt u niet worden gehoord? Laat ons dat ook weten. Wij maken van de hoorzitting
een verslag. Dat krijgt u bij de beslissing op uw bezwaar.
""",
        ),
        "L21": LetterType(
            title="Beslissing op bezwaar",
            is_decision=True,
            fields={
                **CASE,
                **RECEIVED,
                "beslissing": Field("wat wij beslissen, als zin"),
                "gevolg": Field("wat dat betekent voor het bestreden besluit"),
                "gehoord": Field("of en wanneer er een hoorzitting was"),
                "advies": Field("van wie het advies is en van wanneer"),
                "nieuw_besluit": Field("het nieuwe besluit: kenmerk, bedrag en periode"),
                "verplichtingen": Field("verplichtingen van het nieuwe besluit", FieldKind.LINES),
                "voorschotten": Field("voorschotten van het nieuwe besluit", FieldKind.LINES),
                "kosten": Field("wat wij beslissen over de kosten"),
            },
            required=NAMED | {"beslissing", "gevolg", "gehoord", "advies", "ontvangen_op"},
            subject="Onze beslissing op uw bezwaar {bezwaar}",
            articles=("artikel 7:11 Awb", "artikel 7:12 Awb"),
            body="""
{beslissing} {gevolg}

## Uw bezwaar

Op {ontvangen_op} ontvingen wij uw bezwaar tegen ons besluit {besluit} van {besluitdatum}. Wij hebben dat besluit helemaal
opnieuw bekeken. Uw bezwaar heeft het kenmerk {bezwaar}.

## Hoorzitting en advies

{gehoord}

{advies}

## Het nieuwe besluit

{nieuw_besluit}

## Verplichtingen

{verplichtingen}

## Voorschotten

{voorschotten}

## Kosten van het bezwaar

{kosten}
""",
        ),
    }
)
