"""The accounts of the demonstration world, one per role; they exist only in a demo (`load_demo`)."""

from typing import NamedTuple

from ikc.roles import Role

# Public on purpose: the demo prints it, and demo accounts are refused outside a demo.
DEMO_PASSWORD = "welkom-in-de-demo"  # noqa: S105


class DemoAccount(NamedTuple):
    role: Role
    email: str
    first_name: str
    last_name: str
    job_title: str
    task: str


DEMO_ACCOUNTS = [
    DemoAccount(
        Role.PROJECT_LEADER,
        "projectleider@demo.example",
        "Jetske",
        "Hoekstra",
        "projectleider KvK2",
        "rondes, controle, verdeling, afspraken, rapporten",
    ),
    DemoAccount(
        Role.PROJECT_LEADER,
        "projectleider2@demo.example",
        "Murk",
        "Zijlstra",
        "tweede projectleider KvK2",
        "juridische toets van besluiten (vier ogen)",
    ),
    DemoAccount(
        Role.SIGNER,
        "ondertekenaar@demo.example",
        "Aukje",
        "Terpstra",
        "teammanager Jeugd en Onderwijs",
        "ronde vaststellen, besluiten nemen, afspraak tekenen",
    ),
    DemoAccount(
        Role.SIGNER,
        "ondertekenaar2@demo.example",
        "Gosse",
        "Boersma",
        "directeur Sociaal Domein",
        "beslissen op bezwaar (was niet bij het besluit betrokken)",
    ),
    DemoAccount(
        Role.IKC_DIRECTOR,
        "directeur@demo.example",
        "Sanne",
        "de Boer",
        "directeur",
        "aanvraag doen, berichten lezen",
    ),
    DemoAccount(
        Role.COMMISSION_MEMBER,
        "commissielid@demo.example",
        "Harm",
        "Wiersma",
        "onafhankelijk commissielid",
        "aanvragen beoordelen",
    ),
    DemoAccount(
        Role.COMMISSION_MEMBER,
        "commissielid2@demo.example",
        "Neeltje",
        "Postma",
        "onafhankelijk commissielid",
        "aanvragen beoordelen",
    ),
    DemoAccount(
        Role.COMMISSION_MEMBER,
        "commissielid3@demo.example",
        "Wout",
        "van der Wal",
        "onafhankelijk commissielid",
        "aanvragen beoordelen",
    ),
    DemoAccount(
        Role.COMMISSION_MEMBER,
        "commissielid4@demo.example",
        "Baukje",
        "Dijkstra",
        "beleidsmedewerker PCBO",
        "lid met een belang: ziet wat de belangenregel overlaat",
    ),
    DemoAccount(
        Role.COMMISSION_SECRETARY,
        "secretaris@demo.example",
        "Ytsje",
        "Bakker",
        "secretaris IKC-commissie",
        "beoordelaars koppelen, vergadering en advies voorbereiden",
    ),
    DemoAccount(
        Role.COMMISSION_SECRETARY,
        "voorzitter@demo.example",
        "Tjalling",
        "Algra",
        "voorzitter IKC-commissie",
        "vergadering leiden, advies vaststellen",
    ),
    DemoAccount(
        Role.COMMISSION_SECRETARY,
        "plaatsvervanger@demo.example",
        "Froukje",
        "Hiemstra",
        "plaatsvervangend voorzitter IKC-commissie",
        "advies vaststellen als de voorzitter een belang heeft",
    ),
    DemoAccount(
        Role.SCHOOL_BOARD,
        "bestuur@demo.example",
        "Klaas",
        "Veenstra",
        "bestuurder",
        "aanvragen van het bestuur volgen, afspraak tekenen",
    ),
    DemoAccount(
        Role.CHILDCARE_BOARD,
        "kinderopvang@demo.example",
        "Fenna",
        "Jansma",
        "directeur kinderopvang",
        "afspraak tekenen",
    ),
    DemoAccount(
        Role.RESEARCHER,
        "onderzoeker@demo.example",
        "Inge",
        "Smits",
        "onderzoeker",
        "metingen invoeren",
    ),
    DemoAccount(
        Role.RESEARCHER,
        "onderzoeker2@demo.example",
        "Wietske",
        "Haagsma",
        "tweede onderzoeker",
        "metingen controleren",
    ),
    DemoAccount(
        Role.DEVELOPMENT_GROUP,
        "ontwikkelgroep@demo.example",
        "Douwe",
        "Kuipers",
        "lid Ontwikkelgroep",
        "cijfers en jaarrapport vaststellen",
    ),
    DemoAccount(
        Role.ADMIN,
        "beheerder@demo.example",
        "Geertje",
        "Visser",
        "functioneel beheerder",
        "gebruikers en rollen beheren",
    ),
    DemoAccount(
        Role.AUDITOR,
        "auditor@demo.example",
        "Rients",
        "Hofstra",
        "auditor",
        "alles lezen, niets wijzigen",
    ),
]
