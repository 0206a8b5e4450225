"""Two objections to decisions of the decided round, both late: one excused and on its way to a hearing, one just in."""

from datetime import datetime, timedelta

from kvk2.core.deadlines import local_date
from monitoring.demo.people import World
from subsidies.models import Decision, Objection, SubsidyRound
from subsidies.objection_terms import Channel
from subsidies.services import objection_hearings as hearings
from subsidies.services import objections as services
from subsidies.services.objections import Received

GROUNDS = (
    "De commissie schrijft dat ouders weinig meedoen. In ons plan staan zes bijeenkomsten met ouders, en een ouderraad "
    "die twee keer per jaar meedenkt.\n\nWij vinden dat ons plan daarom meer punten verdient."
)
EXCUSE = "De brief kwam aan op het oude adres van het bestuur. Wij zagen het besluit pas toen de school het noemde."
JUDGED = "De gemeente gebruikte een oud adres. Dat kan de bezwaarmaker niet worden verweten (artikel 6:11 Awb)."


def object_to_decisions(world: World, round_: SubsidyRound, now: datetime) -> None:
    """By who got less than asked, and by the director of the demonstration."""
    rows = Decision.objects.filter(application__round=round_, announced_at__isnull=False)
    sent = list(
        rows.select_related("application__created_by", "application__board").order_by(
            "amount", "pk"
        )
    )
    own = next(
        (row for row in sent if row.application.created_by.email.startswith("directeur@")), None
    )
    leader = world.person("projectleider2")
    lowest = next(row for row in sent if row != own)
    objection = _file(lowest, now - timedelta(days=9))
    services.acknowledge(objection, by=leader, at=now - timedelta(days=8))
    services.assess(
        objection,
        interested=True,
        excused=True,
        judgement=JUDGED,
        by=leader,
        at=now - timedelta(days=7),
    )
    plan = hearings.HearingPlan(
        starts_at=(now + timedelta(days=12)).replace(hour=9, minute=0, second=0, microsecond=0),
        place="Stadskantoor, kamer 2.14",
        file_open_from=local_date(now) + timedelta(days=2),
        chair="mr. A. Visser, voorzitter van de adviescommissie",
    )
    hearings.plan_hearing(objection, plan, by=leader, at=now - timedelta(days=2))
    if own is not None:
        _file(own, now - timedelta(days=1))


def _file(decision: Decision, at: datetime) -> Objection:
    """In the portal, by who wrote the application."""
    application = decision.application
    received = Received(
        party=Objection.Party.ADDRESSEE,
        name=application.created_by.full_name,
        organisation=application.board.name,
        channel=Channel.PORTAL,
        received_at=at,
        grounds=GROUNDS,
        excuse=EXCUSE,
        signed=True,
        with_committee=True,
    )
    return services.register_objection(decision, received, by=application.created_by, at=at)
