"""What a new scheme starts with: the grounds of the Act, the usual bands of account, duties and wording.

A start to work from, not a rule: every row is data of the version and the project leader confirms or changes it.
Sources: domain reference 3.5 (duties), 3.8 (bands of the VNG model), 3.14 (grounds), 9.3 (wording).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from subsidies.letter_texts import EXAMPLES
from subsidies.models import AccountabilityRule, RefusalCode, StandardObligation

Band, Document = AccountabilityRule.Band, AccountabilityRule.Document
Theme = StandardObligation.Theme


def _ground(
    code: str, text: str, article: str, *, view: bool = False, must: bool = False
) -> dict[str, Any]:
    return {
        "code": code,
        "text": text,
        "article": article,
        "needs_view": view,
        "compulsory": must,
    }


C = RefusalCode
EXAMPLE_ROWS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "legal_bases": [{"kind": "awb", "text": "artikel 4:23 Awb"}],
    "accountability": [
        {
            "band": Band.ACTIVITY,
            "up_to": Decimal(50_000),
            "documents": [Document.ACTIVITY_REPORT],
            "due_weeks": 13,
        },
        {"band": Band.FULL, "documents": list(Document), "due_weeks": 13},
    ],
    "obligations": [
        {
            "theme": Theme.EXECUTION,
            "text": "U voert de activiteiten uit waarvoor u de subsidie krijgt.",
        },
        {
            "theme": Theme.REPORTING,
            "text": "U meldt het ons direct als activiteiten niet of anders doorgaan, of als de kosten sterk "
            "afwijken van de begroting.",
        },
        {
            "theme": Theme.ADMINISTRATION,
            "text": "U houdt een administratie bij van rechten, plichten en betalingen, en bewaart die zeven jaar.",
        },
        {
            "theme": Theme.MONITORING,
            "text": "U werkt mee aan de jaarlijkse monitoring en deelt wat u leert met andere IKC’s.",
        },
    ],
    "refusal_grounds": [
        _ground(C.CEILING, "het subsidieplafond is bereikt", "artikel 4:25, tweede lid, Awb", must=True),
        _ground(C.ELIGIBILITY, "dit deel niet in aanmerking komt voor subsidie", "artikel 4:31 Awb"),
        _ground(C.STATE_AID, "de subsidie niet mag volgens artikel 107 en 108 van het VWEU (staatssteun)", "artikel 4:35, derde lid, Awb", view=True, must=True),
        _ground(C.ACTIVITY_UNLIKELY, "er gegronde reden is om aan te nemen dat de activiteiten niet of niet geheel doorgaan", "artikel 4:35, eerste lid, onder a, Awb", view=True),
        _ground(C.DUTIES_UNLIKELY, "er gegronde reden is om aan te nemen dat u de verplichtingen niet nakomt", "artikel 4:35, eerste lid, onder b, Awb", view=True),
        _ground(C.ACCOUNTING_UNLIKELY, "er gegronde reden is om aan te nemen dat u geen behoorlijke verantwoording aflegt", "artikel 4:35, eerste lid, onder c, Awb", view=True),
        _ground(C.WRONG_DATA, "de gegevens onjuist of onvolledig zijn", "artikel 4:35, tweede lid, onder a, Awb", view=True),
        _ground(C.INSOLVENT, "er sprake is van faillissement, surseance van betaling of schuldsanering", "artikel 4:35, tweede lid, onder b, Awb", view=True),
        _ground(C.SCHEME_CRITERIA, "de aanvraag niet aan de regeling voldoet", "de regeling"),
        _ground(C.REPEAT, "u dit eerder vroeg en er geen nieuwe feiten zijn", "artikel 4:6 Awb"),
        _ground(C.LATE, "de aanvraag te laat is ingediend", "de regeling"),
        _ground(C.CHANGED_POLICY, "wij na drie of meer jaar subsidie andere inzichten hebben", "artikel 4:51 Awb", view=True),
    ],
    "letter_texts": [{"code": code, "text": text} for code, text in EXAMPLES.items()],
}  # fmt: skip
EXAMPLE_SOURCE = (
    "Voorbeeld van het portaal (Awb, VNG-model). Vergelijk dit met de regeling van de gemeente."
)
EXAMPLE_SECTIONS = ("verantwoording", "betaling", "verplichtingen", "weigering", "brieven")
