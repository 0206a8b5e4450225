"""The scheme of the demonstration rounds: the published norms, the usual bands and instalments, in force by decision."""

from datetime import date, datetime
from decimal import Decimal

from monitoring.demo.people import World
from subsidies.instalments import AccountDocument
from subsidies.letter_texts import PASSAGES
from subsidies.models import SchemeVersion
from subsidies.services import schemes

ROWS = {
    "legal_bases": [
        {"kind": "awb", "text": "artikel 4:23 Awb"},
        {"kind": "asv", "text": "Algemene subsidieverordening"},
    ],
    "accountability": [
        {
            "band": "activity",
            "up_to": Decimal(50_000),
            "documents": ["activity_report"],
            "due_weeks": 13,
        },
        {"band": "full", "documents": list(AccountDocument), "due_weeks": 13},
    ],
    "obligations": [
        {
            "theme": "execution",
            "text": "U voert de activiteiten uit waarvoor u de subsidie krijgt.",
        },
        {
            "theme": "reporting",
            "text": "U meldt het ons direct als activiteiten niet of anders doorgaan, of als de kosten sterk "
            "afwijken van de begroting.",
        },
        {
            "theme": "administration",
            "text": "U houdt een administratie bij van rechten, plichten en betalingen, en bewaart die zeven jaar.",
        },
        {
            "theme": "monitoring",
            "text": "U werkt mee aan de jaarlijkse monitoring en deelt wat u leert met andere IKC’s.",
        },
    ],
    "budget_rules": [
        {"kind": "hourly_rate", "limit": Decimal(80)},
        {"kind": "preparation", "limit": Decimal(40)},
        {"kind": "overhead", "limit": Decimal(20)},
    ],
    "refusal_grounds": [
        {
            "code": "ceiling",
            "text": "het subsidieplafond is bereikt",
            "article": "artikel 4:25, tweede lid, Awb",
            "compulsory": True,
        },
        {
            "code": "eligibility",
            "text": "dit deel niet in aanmerking komt voor subsidie",
            "article": "artikel 4:31 Awb",
        },
        {
            "code": "state_aid",
            "text": "de subsidie niet verenigbaar is met de interne markt",
            "article": "artikel 4:35, derde lid, Awb",
            "needs_view": True,
            "compulsory": True,
        },
        {
            "code": "scheme_criteria",
            "text": "de aanvraag niet aan de regeling voldoet",
            "article": "de regeling",
        },
    ],
    "letter_texts": [{"code": code, "text": passage.example} for code, passage in PASSAGES.items()],
}


def make_scheme(world: World, at: datetime) -> SchemeVersion:
    """Version 1, adopted by the college of the demonstration."""
    version = schemes.create_scheme(
        "Demonstratieregeling subsidie IKC-ontwikkeling",
        citation="Demonstratieregeling IKC-ontwikkeling",
        activities="Activiteiten die onderwijs en opvang in een IKC in één lijn brengen.",
        valid_from=date(2021, 1, 1),
        rows=ROWS,
        by=world.person("projectleider"),
        at=at,
        is_demo=True,
    )
    return schemes.put_in_force(
        version,
        decision_number="B&W-DEMO-2020",
        decided_on=date(2020, 11, 3),
        publication_reference="Gemeenteblad (demo) 2020, 1",
        published_on=date(2020, 11, 10),
        by=world.person("ondertekenaar"),
        at=at,
    )
