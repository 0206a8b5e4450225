"""The conditions for the status Plus (programme §2.2A 'Voorwaarden', domain reference 5.1), in plain words.

P00 is the place: it is not in the list of eleven, and follows from the register.
"""

from dataclasses import dataclass

from django.db.models import TextChoices


class ConditionCode(TextChoices):
    """The key of each condition; the label is its short name."""

    P00 = "P00", "ligt in een aandachtsgebied"
    P01 = "P01", "vernieuwende leiding"
    P02 = "P02", "team dat zijn werkwijze aanpast"
    P03 = "P03", "acht jaar meedoen"
    P04 = "P04", "resultaatafspraak"
    P05 = "P05", "open voor versterking van het team"
    P06 = "P06", "middelen voor preventie"
    P07 = "P07", "aanbod in het IKC en dichtbij"
    P08 = "P08", "ruimte voor andere oplossingen"
    P09 = "P09", "collectieve preventie"
    P10 = "P10", "meedoen aan onderzoek en kennis delen"
    P11 = "P11", "nieuw functiehuis"


LOCATION = ConditionCode.P00
AGREEMENT = ConditionCode.P04


@dataclass(frozen=True, slots=True)
class Condition:
    """The whole sentence, as it follows 'Het IKC …', and what shows that it is so."""

    text: str
    evidence: str


_C = ConditionCode
CONDITIONS: dict[str, Condition] = {
    _C.P00: Condition(
        "ligt in een aandachtsgebied en volgt uit de locatieanalyse.", "het register van gebieden"
    ),
    _C.P01: Condition(
        "heeft een vernieuwende directie met een duidelijke visie op ondersteuning, pedagogiek en "
        "ouderbetrokkenheid, die leiding geeft op basis van gelijkwaardigheid.",
        "een visiedocument, of een verslag van een gesprek",
    ),
    _C.P02: Condition(
        "heeft leerkrachten en pedagogisch medewerkers die hun werkwijze willen aanpassen aan wat "
        "de analyse laat zien.",
        "een verklaring van het team",
    ),
    _C.P03: Condition(
        "is gemotiveerd om acht jaar mee te doen aan het programma.", "een ondertekende toezegging"
    ),
    _C.P04: Condition(
        "maakt resultaatafspraken voor meer jaren met het schoolbestuur, de kinderopvang en de gemeente.",
        "de resultaatafspraak",
    ),
    _C.P05: Condition(
        "staat open voor versterking van het team met jeugdondersteuners, een pedagoog en een "
        "procesbegeleider.",
        "een verklaring, of de inzet zelf",
    ),
    _C.P06: Condition(
        "zet de extra middelen in voor preventief aanbod waar vraag naar is. Dat blijkt uit "
        "gegevens, ervaringen en signalen.",
        "een activiteitenplan",
    ),
    _C.P07: Condition(
        "maakt het aanbod deel van het bestaande IKC, zo dicht mogelijk bij ouders en kinderen.",
        "een plan",
    ),
    _C.P08: Condition(
        "heeft ruimte om andere oplossingen te bedenken, voor een hele groep of gericht op de "
        "professional.",
        "een plan",
    ),
    _C.P09: Condition(
        "heeft aandacht voor preventie, ook voor groepen, zodat latere hulp of straf niet nodig is.",
        "een plan",
    ),
    _C.P10: Condition(
        "doet mee aan analyses van gegevens en aan onderzoek, en deelt kennis met andere IKC’s.",
        "een overzicht van waar het IKC aan meedoet",
    ),
    _C.P11: Condition(
        "denkt mee over een nieuw functiehuis voor het IKC en werkt daarnaartoe.", "een verklaring"
    ),
}
