"""The passages of decision letters that a scheme may word itself, and the merge fields that each of them knows.

A text is written with fields between braces: `U ontvangt {voorschot}.` Blank lines part paragraphs. Which fields a
passage knows, and which it may not leave out (Awb 3:45-3:47, 4:30-4:44; domain reference 9.2), is fixed here;
the words are data of the scheme.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_FIELD = re.compile(r"\{([^{}]*)\}")
_BLANK_LINES = re.compile(r"\n\s*\n")


class LetterTextCode(TextChoices):
    GRANT = "grant", "besluit: verlening"
    PARTIAL_GRANT = "partial_grant", "besluit: gedeeltelijke verlening"
    REFUSAL = "refusal", "besluit: weigering"
    LEGAL_BASIS = "legal_basis", "grondslag"
    RANKING = "ranking", "motivering: plafond en rangschikking"
    ADVICE_FOLLOWED = "advice_followed", "advies overgenomen"
    ADVICE_DEVIATED = "advice_deviated", "advies niet gevolgd"
    CONTINUITY = "continuity", "eerdere subsidie (artikel 4:51)"
    OBLIGATIONS = "obligations", "verplichtingen"
    EFFORT = "effort", "inspanningsverplichting"
    ADVANCE = "advance", "bevoorschotting"
    ACCOUNTABILITY = "accountability", "verantwoording"
    DIRECT = "direct", "meteen vastgesteld"
    CONSEQUENCES = "consequences", "gevolgen van niet-nakoming"
    RECEIPT = "receipt", "ontvangstbevestiging"
    COMPLETION = "completion", "verzoek om aanvulling"
    NOT_PROCESSED = "not_processed", "besluit: buiten behandeling"
    ADVICE = "advice", "advies van de commissie"
    INTENT = "intent", "voornemen en zienswijze"
    BUDGET_RESERVATION = "budget_reservation", "begrotingsvoorbehoud"
    OBJECTION = "objection", "bezwaarclausule"


@dataclass(frozen=True, slots=True)
class Passage:
    """What is fixed about one passage. `fields`: name and meaning; `example` is the wording to begin with."""

    fields: Mapping[str, str]
    required: frozenset[str]
    example: str


T = LetterTextCode
_PERIOD = {"van": "begin van de subsidieperiode", "tot": "einde van de subsidieperiode"}
_ASKED = {
    "gevraagd": "gevraagd bedrag",
    "aanvraagdatum": "datum van de aanvraag",
    "ikc": "naam van het IKC",
}
_ADVICE = {"commissie": "naam van de commissie", "datum": "datum van het advies", "conclusie": "conclusie van het advies"}  # fmt: skip

PASSAGES: Mapping[str, Passage] = MappingProxyType(
    {
        T.GRANT: Passage(
            {"bedrag": "verleend bedrag", **_ASKED, **_PERIOD},
            frozenset({"bedrag", "van", "tot"}),
            "Wij verlenen u een subsidie van ten hoogste {bedrag} voor {ikc}. De subsidie is voor de periode van "
            "{van} tot en met {tot}. U vroeg op {aanvraagdatum} een bedrag van {gevraagd} aan.",
        ),
        T.PARTIAL_GRANT: Passage(
            {
                "bedrag": "verleend bedrag",
                "verschil": "wat wordt afgewezen",
                **_ASKED,
                **_PERIOD,
            },
            frozenset({"bedrag", "verschil", "van", "tot"}),
            "Wij verlenen u een subsidie van ten hoogste {bedrag} voor {ikc}. Dat is minder dan u vroeg. De subsidie "
            "is voor de periode van {van} tot en met {tot}.\n\n"
            "U vroeg op {aanvraagdatum} een bedrag van {gevraagd} aan. Het verschil van {verschil} wijzen wij af.",
        ),
        T.REFUSAL: Passage(
            dict(_ASKED),
            frozenset({"gevraagd", "aanvraagdatum"}),
            "Wij weigeren de subsidie van {gevraagd} die u op {aanvraagdatum} aanvroeg voor {ikc}. In deze brief leest "
            "u waarom, en wat u kunt doen als u het er niet mee eens bent.",
        ),
        T.LEGAL_BASIS: Passage(
            {"grondslagen": "verordening en andere grondslagen", "regeling": "citeertitel", "artikelen": "artikelen"},
            frozenset({"grondslagen", "regeling"}),
            "Wij namen dit besluit op grond van titel 4.2 van de Algemene wet bestuursrecht (Awb), de {grondslagen} en "
            "de {regeling}, in het bijzonder {artikelen}.",
        ),
        T.RANKING: Passage(
            {
                "ronde": "naam van de ronde",
                "plafond": "subsidieplafond",
                "aantal": "aantal aanvragen",
                "totaal": "samen gevraagd",
                "score": "score van de aanvraag",
                "rang": "plaats van de aanvraag",
                "laatste": "laatste plaats waarvoor geld was",
            },
            frozenset({"plafond", "rang", "laatste"}),
            "Voor de ronde ‘{ronde}’ is {plafond} beschikbaar. Er deden {aantal} aanvragen mee, samen voor {totaal}. "
            "Dat is meer dan er is. Daarom zijn de aanvragen op volgorde van hun score gezet. Uw aanvraag kreeg "
            "{score} van de 100 punten en staat op plaats {rang}. Het geld was genoeg tot en met plaats {laatste}.",
        ),
        T.ADVICE_FOLLOWED: Passage(
            dict(_ADVICE),
            frozenset({"commissie"}),
            "De {commissie} heeft uw aanvraag beoordeeld en gaf ons op {datum} een advies. Het advies is {conclusie}. "
            "Wij gingen na of het onderzoek van de commissie zorgvuldig was en of het advies de redenen noemt. Dat is "
            "zo.\n\nWij nemen het advies over. U vindt het bij de berichten over uw aanvraag.",
        ),
        T.ADVICE_DEVIATED: Passage(
            {**_ADVICE, "punt": "waarop wij afwijken", "reden": "waarom wij afwijken"},
            frozenset({"commissie", "reden"}),
            "De {commissie} heeft uw aanvraag beoordeeld en gaf ons op {datum} een advies. Het advies is {conclusie}. "
            "Wij gingen na of het onderzoek van de commissie zorgvuldig was en of het advies de redenen noemt. Dat is "
            "zo.\n\nWij volgen het advies op één punt niet: {punt}. Onze reden daarvoor is: {reden}",
        ),
        T.CONTINUITY: Passage(
            {
                "jaren": "jaren met subsidie",
                "oordeel": "oordeel over een redelijke termijn",
                "termijn": "de termijn en het bedrag daarvoor, of niets",
            },
            frozenset({"jaren", "oordeel", "termijn"}),
            "U kreeg in {jaren} subsidie voor dit IKC. Wie drie of meer jaar achter elkaar subsidie kreeg voor dezelfde "
            "activiteiten, kan recht hebben op een redelijke termijn voordat de subsidie lager wordt of stopt (artikel "
            "4:51 Awb). Wij gingen na of dat hier zo is.\n\n{oordeel}\n\n{termijn}",
        ),
        T.OBLIGATIONS: Passage({}, frozenset(), "Bij de subsidie horen deze verplichtingen:"),
        T.EFFORT: Passage(
            {
                "constatering": "wat de commissie ziet",
                "doel": "waarvoor de aanvrager zich inspant",
                "datum": "uiterste datum",
                "bewijs": "waarmee de aanvrager het laat zien",
            },
            frozenset({"doel", "datum", "bewijs"}),
            "De commissie ziet dat {constatering}. Daarom leggen wij u de verplichting op om u ervoor in te spannen dat "
            "{doel}. Uiterlijk {datum} laat u zien wat u deed en wat dat opleverde, met {bewijs}. Vinden wij uw "
            "inspanning niet genoeg, dan kan het bedrag aan het eind lager worden. Voordat wij dat besluiten, vragen "
            "wij wat u ervan vindt.",
        ),
        T.ADVANCE: Passage(
            {"voorschot": "voorschotten samen", "laatste4": "laatste vier tekens van de rekening"},
            frozenset({"voorschot", "laatste4"}),
            "U krijgt vooraf {voorschot} als voorschot. Wij maken het over op uw rekening die eindigt op {laatste4}. "
            "Het voorschot trekken wij af van het bedrag dat wij na afloop vaststellen.",
        ),
        T.ACCOUNTABILITY: Passage(
            {"datum": "uiterste datum", "stukken": "wat de ontvanger meestuurt"},
            frozenset({"datum", "stukken"}),
            "Vraag ons uiterlijk {datum} om de subsidie vast te stellen. Dat doet u in het portaal. Stuur dan mee: "
            "{stukken}.\n\nKrijgen wij op die dag geen aanvraag, dan mogen wij de subsidie vaststellen zonder dat u "
            "daarom vraagt.",
        ),
        T.DIRECT: Passage(
            {"bedrag": "verleend bedrag", "laatste4": "laatste vier tekens van de rekening"},
            frozenset({"bedrag"}),
            "Wij stellen de subsidie met dit besluit meteen vast op {bedrag}. U hoeft ons geen verslag te sturen. Wij "
            "maken het bedrag over op uw rekening die eindigt op {laatste4}. Wij kunnen u wel vragen om te laten zien "
            "dat u de activiteiten heeft gedaan.",
        ),
        T.CONSEQUENCES: Passage(
            {},
            frozenset(),
            "Houdt u zich niet aan de verplichtingen, of doet u minder dan u hebt aangevraagd? Dan kunnen wij de "
            "subsidie lager vaststellen of intrekken (artikelen 4:46 en 4:48 Awb). Te veel betaald voorschot moet u dan "
            "terugbetalen. Wij vragen u altijd eerst om uw reactie.",
        ),
        T.RECEIPT: Passage(
            {"moment": "dag en tijd van ontvangst", "ronde": "naam van de ronde", "gevraagd": "gevraagd bedrag", "ikc": "naam van het IKC"},
            frozenset({"moment", "gevraagd"}),
            "Op {moment} ontvingen wij uw aanvraag voor {ikc} in de ronde ‘{ronde}’. U vraagt een subsidie aan van "
            "{gevraagd}.",
        ),
        T.COMPLETION: Passage(
            {"aanvraagdatum": "datum van de aanvraag", "ronde": "naam van de ronde", "uiterste_datum": "laatste dag om aan te vullen"},
            frozenset({"uiterste_datum"}),
            "Uw aanvraag van {aanvraagdatum} in de ronde ‘{ronde}’ is nog niet compleet. Vul uw aanvraag uiterlijk op "
            "{uiterste_datum} aan.",
        ),
        T.NOT_PROCESSED: Passage(
            dict(_ASKED),
            frozenset({"gevraagd", "aanvraagdatum"}),
            "Wij laten uw aanvraag van {aanvraagdatum} voor een subsidie van {gevraagd} buiten behandeling. Dat betekent "
            "dat wij niet beoordelen of u subsidie krijgt. In deze brief leest u waarom, en wat u kunt doen als u het er "
            "niet mee eens bent.",
        ),
        T.ADVICE: Passage(
            {"commissie": "naam van de commissie", "conclusie": "conclusie van het advies", "ikc": "naam van het IKC", "ronde": "naam van de ronde"},
            frozenset({"commissie", "conclusie"}),
            "De {commissie} geeft een {conclusie} advies over uw aanvraag voor {ikc} in de ronde ‘{ronde}’.",
        ),
        T.INTENT: Passage(
            {"besluit": "wat wij van plan zijn", "datum": "laatste dag om te reageren", "ikc": "naam van het IKC"},
            frozenset({"besluit", "datum"}),
            "Wij zijn van plan om {besluit}. Het gaat om de aanvraag voor {ikc}. Voordat wij beslissen, horen wij graag "
            "wat u ervan vindt. U kunt tot en met {datum} reageren, schriftelijk of mondeling.",
        ),
        T.BUDGET_RESERVATION: Passage(
            {"jaar": "begrotingsjaar"},
            frozenset({"jaar"}),
            "De gemeenteraad moet de begroting voor {jaar} nog vaststellen. U krijgt de subsidie alleen als de raad er "
            "genoeg geld voor beschikbaar stelt (artikel 4:34 Awb). Doen wij binnen vier weken na het besluit van de "
            "raad geen beroep op dit voorbehoud, dan geldt het niet meer.",
        ),
        T.OBJECTION: Passage(
            {
                "college": "het college",
                "uiterste_datum": "laatste dag voor bezwaar",
                "kenmerk": "kenmerk van de brief",
                "adres": "waar bezwaar kan worden gemaakt",
                "rechtbank": "rechtbank",
            },
            frozenset({"college", "uiterste_datum", "kenmerk", "adres"}),
            "Dan kunt u bezwaar maken bij {college}. Doe dat binnen zes weken na de dag waarop wij dit besluit "
            "verstuurden: wij moeten uw bezwaar uiterlijk op {uiterste_datum} hebben. In uw bezwaar staan uw naam en "
            "adres, de datum, het kenmerk {kenmerk}, de reden waarom u het niet eens bent met het besluit, en uw "
            "handtekening.\n\nStuur uw bezwaar naar {adres}.\n\nDit besluit blijft gelden zolang wij uw bezwaar "
            "behandelen. Kunt u daar niet op wachten? Vraag dan, nadat u bezwaar heeft gemaakt, een voorlopige "
            "voorziening aan bij de voorzieningenrechter van de {rechtbank}. Dat kost geld.",
        ),
    }
)  # fmt: skip
# The wording to begin with, by the code of its passage.
EXAMPLES: Mapping[str, str] = {str(code): passage.example for code, passage in PASSAGES.items()}
# Printed in bold wherever it stands: what a reader looks for first.
STRONG = frozenset({"bedrag", "uiterste_datum", "gevraagd", "conclusie"})


def fields_in(text: str) -> list[str]:
    """The names between braces, in order of appearance."""
    return list(dict.fromkeys(name.strip() for name in _FIELD.findall(text)))


def problem_with(code: str, text: str) -> str:
    """The first thing wrong with a wording, as one sentence; empty when it is right."""
    passage = PASSAGES[code]
    if not text.strip():
        return "Schrijf de tekst op."
    if _FIELD.sub("", text).count("{") or _FIELD.sub("", text).count("}"):
        return "Een accolade staat los. Schrijf een invulveld als {naam}."
    for name in fields_in(text):
        if name not in passage.fields:
            known = ", ".join(f"{{{field}}}" for field in passage.fields) or "geen invulvelden"
            return f"Het invulveld {{{name}}} bestaat hier niet. U kunt kiezen uit: {known}."
    for name in passage.fields:
        if name in passage.required and name not in fields_in(text):
            return f"Het invulveld {{{name}}} ontbreekt ({passage.fields[name]}). Dat moet in deze tekst staan."
    return ""


def fill(text: str, values: Mapping[str, str]) -> tuple[SafeString, ...]:
    """The paragraphs of a text with its fields filled in, safe to print. Raises KeyError for a field without a value."""
    paragraphs = (part.strip() for part in _BLANK_LINES.split(text.replace("\r\n", "\n")))
    filled = (_paragraph(part, values) for part in paragraphs if part)
    return tuple(part for part in filled if part)


def _paragraph(text: str, values: Mapping[str, str]) -> SafeString:
    # Splitting on a group gives words and names in turn.
    pieces = _FIELD.split(text)
    return format_html_join(
        "",
        "{}",
        (
            (piece if index % 2 == 0 else _value(piece.strip(), values),)
            for index, piece in enumerate(pieces)
        ),
    )


def _value(name: str, values: Mapping[str, str]) -> str:
    return format_html("<strong>{}</strong>", values[name]) if name in STRONG else values[name]
