"""Which e-mails a user may choose about, and which the law or safety asks for whatever the user likes."""

from collections.abc import Collection
from types import MappingProxyType

from django.db.models import TextChoices

from ikc.roles import Role


class NoticeKind(TextChoices):
    """An e-mail that somebody may do without: the portal itself says the same."""

    REVIEWS = "reviews", "De verdeling van beoordelingen verandert"
    MEETING = "meeting", "Een vergadering van de commissie gaat niet door"
    LATE = "late", "Besluiten zijn te laat, of moeten vandaag genomen worden"
    SIGNATURE = "signature", "Een afspraak ligt klaar om te ondertekenen"
    PLUS = "plus", "Een predicaat Plus loopt af of wordt herijkt"
    CONSULTATION = "consult", "Een overleg is gepland, verplaatst of afgezegd"
    SUPPORT = "support", "Er is een antwoord op uw verzoek om ondersteuning"
    AGREEMENT = "agreement", "Er is nieuws in het overleg over een resultaatafspraak"
    MONITORING = "figures", "Er worden cijfers gevraagd, teruggegeven of vastgesteld"
    REPORT = "report", "Er is nieuws over een jaarrapport"
    ACTION = "action", "Een verbeteractie is bijna klaar of te laat, of u bekijkt of zij werkt"


class NoticeWhen(TextChoices):
    AT_ONCE = "at_once", "Meteen"
    DAILY = "daily", "Een keer per dag, om 7 uur"
    NEVER = "never", "Niet: ik kijk zelf in het portaal"


# Who gets such an e-mail at all.
FOR_ROLES = MappingProxyType(
    {
        NoticeKind.REVIEWS: (Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY),
        NoticeKind.MEETING: (Role.COMMISSION_MEMBER, Role.COMMISSION_SECRETARY),
        NoticeKind.LATE: (Role.PROJECT_LEADER, Role.SIGNER),
        NoticeKind.PLUS: (Role.PROJECT_LEADER, Role.IKC_DIRECTOR, Role.SCHOOL_BOARD),
        NoticeKind.SIGNATURE: (
            Role.SIGNER,
            Role.SCHOOL_BOARD,
            Role.CHILDCARE_BOARD,
            Role.IKC_DIRECTOR,
        ),
        NoticeKind.SUPPORT: (Role.IKC_DIRECTOR,),
        NoticeKind.AGREEMENT: (
            Role.PROJECT_LEADER,
            Role.SIGNER,
            Role.SCHOOL_BOARD,
            Role.CHILDCARE_BOARD,
            Role.IKC_DIRECTOR,
        ),
        NoticeKind.MONITORING: (Role.RESEARCHER, Role.IKC_DIRECTOR, Role.DEVELOPMENT_GROUP),
        NoticeKind.REPORT: (
            Role.PROJECT_LEADER,
            Role.SIGNER,
            Role.DEVELOPMENT_GROUP,
            Role.SCHOOL_BOARD,
            Role.CHILDCARE_BOARD,
            Role.IKC_DIRECTOR,
        ),
        NoticeKind.ACTION: (
            Role.PROJECT_LEADER,
            Role.IKC_DIRECTOR,
            Role.SCHOOL_BOARD,
            Role.CHILDCARE_BOARD,
        ),
        NoticeKind.CONSULTATION: (
            Role.PROJECT_LEADER,
            Role.SIGNER,
            Role.DEVELOPMENT_GROUP,
            Role.SCHOOL_BOARD,
            Role.CHILDCARE_BOARD,
            Role.RESEARCHER,
            Role.IKC_DIRECTOR,
        ),
    }
)
# What comes at once, always, and why.
REQUIRED = (
    (
        "Er staat een bericht of brief voor u klaar",
        "Altijd meteen. De wet vraagt om een e-mail binnen 48 uur, omdat een termijn kan gaan lopen "
        "(artikel 2:10 Algemene wet bestuursrecht).",
    ),
    (
        "De sluiting van een ronde verandert door een storing",
        "Altijd meteen. Zo weet iedereen op tijd tot wanneer aanvragen kan (artikel 2:21 Algemene wet bestuursrecht).",
    ),
    ("Er verandert iets aan uw account", "Altijd meteen. Zo merkt u misbruik op tijd."),
)


def kinds_for(roles: Collection[str]) -> list[NoticeKind]:
    """What somebody with these roles may choose about."""
    return [kind for kind, wanted in FOR_ROLES.items() if set(wanted) & set(roles)]
