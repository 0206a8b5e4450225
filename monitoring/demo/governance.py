"""The bestuurlijk overleg, the Ontwikkelgroep and two working groups of the demonstration world, with their meetings."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from ikc.models import AgendaItem, Body, Consultation, Ikc, User
from ikc.services import governance as services
from ikc.states_governance import BodyKind
from kvk2.core.deadlines import AMSTERDAM, local_date
from monitoring.demo.people import World

STARTED = date(2021, 9, 28)
BODIES = (
    (
        BodyKind.BOARD_CONSULTATION,
        "Bestuurlijk overleg IKC",
        "Bestuurders van schoolbesturen en kinderopvang spreken over de koers van het programma. "
        "Zij bespreken iedere twee jaar de aandachtsgebieden.",
        ("projectleider", "projectleider2", "bestuur", "kinderopvang", "ondertekenaar"),
    ),
    (
        BodyKind.DEVELOPMENT_GROUP,
        "Ontwikkelgroep",
        "Stuurt de werkgroepen aan, verzamelt uitkomsten en adviezen, en geeft opdracht voor de jaarrapportage.",
        ("ontwikkelgroep", "projectleider", "projectleider2"),
    ),
    (
        BodyKind.WORKING_GROUP,
        "Werkgroep jeugdondersteuners",
        "Werkt de functie van de jeugdondersteuner uit.",
        ("projectleider2", "ontwikkelgroep"),
    ),
    (
        BodyKind.WORKING_GROUP,
        "Werkgroep data-analyse en monitoring",
        "Kijkt welke cijfers de IKC’s verder helpen.",
        ("projectleider", "ontwikkelgroep"),
    ),
)


class Point(NamedTuple):
    """What stood on the agenda, what was said of it and decided, who does what with it, and what came of that."""

    title: str
    minutes: str
    decision: str
    action: str
    result: str = ""


# Per body its last two meetings.
POINTS = {
    "Bestuurlijk overleg IKC": (
        (
            Point(
                "Nulmetingen van de resultaatafspraken",
                "De afspraken van de negen IKC’s zijn besproken. Bij drie IKC’s is de nulmeting later klaar.",
                "De nulmeting mag tot het einde van het schooljaar worden aangevuld.",
                "De drie IKC’s helpen om hun nulmeting aan te vullen",
                "De drie nulmetingen zijn compleet.",
            ),
            Point(
                "Bijdragen van de partijen",
                "De besturen bevestigen hun uren. De gemeente meldt wat het Rijk aan OAB-middelen geeft.",
                "",
                "Het overzicht van OAB- en VVE-middelen naar de besturen sturen",
                "Verstuurd, met een toelichting per bestuur.",
            ),
        ),
        (
            Point(
                "Stand van de resultaatafspraken",
                "Zeven IKC’s liggen op koers. Twee vragen om een gesprek over het overleg van school en opvang.",
                "",
                "Met de twee IKC’s bespreken wat zij nodig hebben",
            ),
            Point(
                "Jeugdondersteuners na 2028",
                "De besturen willen weten of de functie blijft als het programma stopt.",
                "De gemeente legt voor de zomer van 2027 een voorstel voor.",
                "Een voorstel schrijven met de kosten per jaar",
            ),
        ),
    ),
    "Ontwikkelgroep": (
        (
            Point(
                "Jaarrapportage",
                "De rapportage is doorgenomen. De leden willen meer uitleg bij kleine groepen.",
                "De rapportage gaat met een korte uitleg naar alle IKC’s.",
                "Uitleg bij kleine groepen schrijven",
                "De uitleg staat in de rapportage, onder ‘Hoe leest u dit rapport?’.",
            ),
        ),
        (
            Point(
                "Aanbevelingen van het onderzoeksbureau",
                "De leden willen dat elk IKC op dezelfde dag telt.",
                "De teldag is voortaan 1 februari.",
                "De teldag aan alle directeuren doorgeven",
            ),
        ),
    ),
    "Werkgroep jeugdondersteuners": (
        (
            Point(
                "Ouders bereiken",
                "Vier IKC’s vertelden hoe zij ouders bereiken. Thuis langsgaan werkt het best.",
                "",
                "Op één bladzijde zetten hoe een eerste gesprek thuis gaat",
                "De bladzijde is rondgestuurd en staat bij de praktijkkaarten.",
            ),
        ),
        (
            Point(
                "Samenwerken met het wijkteam",
                "Niet elk IKC weet wie in het wijkteam hun contact is.",
                "",
                "Een lijst maken met per IKC het contact in het wijkteam",
            ),
        ),
    ),
    "Werkgroep data-analyse en monitoring": (
        (
            Point(
                "Welke cijfers zijn op tijd?",
                "Het OAB-dashboard komt in mei. De Jeugdmonitor komt om het jaar.",
                "",
                "Een kalender maken van de bronnen en wanneer zij komen",
                "De kalender is klaar en wordt elk jaar in september bijgewerkt.",
            ),
        ),
        (
            Point(
                "Tevredenheid van het team",
                "De vragenlijst viel in een drukke maand. Minder mensen vulden haar in.",
                "De vragenlijst gaat voortaan in maart uit.",
                "De nieuwe planning met het onderzoeksbureau afspreken",
            ),
        ),
    ),
}
# One action is late, the next is not.
DUE_IN_WEEKS = (6, 12)
ATTENDANCE = "Iedereen was aanwezig."


def make_governance(world: World, now: datetime) -> None:
    """Two meetings behind each body, one to come, and actions done, open and late."""
    leader, today = world.person("projectleider"), local_date(now)
    for kind, name, purpose, people in BODIES:
        body = services.start_body(
            kind=kind, name=name, purpose=purpose, started_on=STARTED,
            by=leader, at=_moment(STARTED), is_demo=True,
        )  # fmt: skip
        for account in people:
            _join(body, world.person(account), leader)
        for weeks, points in zip((30, 8), POINTS[name], strict=True):
            _hold(body, today - timedelta(weeks=weeks), points, leader, adopted=weeks == 30)
        _plan(body, today + timedelta(weeks=3), leader, now)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(15), AMSTERDAM)


def _join(body: Body, user: User, leader: User) -> None:
    role = user.assignments.select_related("organisation").order_by("pk")[0]
    services.add_member(
        body, user=user, organisation=role.organisation, function="", valid_from=STARTED,
        by=leader, at=_moment(STARTED),
    )  # fmt: skip


def _hold(body: Body, day: date, points: Iterable[Point], leader: User, *, adopted: bool) -> None:
    at = _moment(day + timedelta(days=1))  # entered afterwards: nobody gets an e-mail
    meeting = services.plan_meeting(
        body, takes_place_on=day, starts_at=time(13, 30), location="Stadskantoor", by=leader, at=at
    )
    items = [(_item(meeting, point.title, leader, at), point) for point in points]
    services.hold_meeting(meeting, attendance=ATTENDANCE, by=leader, at=at)
    owner = body.members.order_by("-pk")[0].user
    for (item, point), weeks in zip(items, DUE_IN_WEEKS, strict=False):
        action = services.NewAction(point.action, owner, day + timedelta(weeks=weeks))
        services.write_minutes(
            item, outcome="discussed", minutes=point.minutes, decision=point.decision, action=action,
            by=leader, at=at,
        )  # fmt: skip
    if adopted:
        services.adopt_minutes(
            meeting, adopted_on=day + timedelta(days=21), by=leader, at=at + timedelta(days=21)
        )
        results = {point.action: point.result for _, point in items}
        for action in body.actions.all():
            services.close_action(
                action, step="finish", result=results[action.title],
                by=action.owner, at=at + timedelta(days=30),
            )  # fmt: skip


def _item(meeting: Consultation, title: str, leader: User, at: datetime) -> AgendaItem:
    return services.add_item(
        meeting, title=title, purpose="discuss", explanation="", subject=None, by=leader, at=at
    )


def _plan(body: Body, day: date, leader: User, now: datetime) -> None:
    meeting = services.plan_meeting(
        body, takes_place_on=day, starts_at=time(13, 30), location="Stadskantoor", by=leader, at=now
    )
    own = Ikc.objects.filter(plus_candidate=True).order_by("brin_location").first()
    services.add_item(
        meeting, title="Hoe gaat het bij dit IKC?", purpose="inform",
        explanation="De directeur vertelt wat dit jaar werkte.", subject=own, by=leader, at=now,
    )  # fmt: skip
