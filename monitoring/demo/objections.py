"""Objections: two that came late (one excused, one just in), one in time before its hearing, and one that was decided."""

from datetime import datetime, timedelta

from ikc.models import User
from kvk2.core.deadlines import local_date
from monitoring.demo.acts import decide_act
from monitoring.demo.people import World
from monitoring.demo.plans import moment
from subsidies.facts import known
from subsidies.models import Decision, Objection, SubsidyRound
from subsidies.objection_terms import Channel
from subsidies.services import disclosures, objection_answers
from subsidies.services import objection_hearings as hearings
from subsidies.services import objections as services
from subsidies.services.objections import Received

GROUNDS = (
    "De commissie schrijft dat ouders weinig meedoen. In ons plan staan zes bijeenkomsten met ouders, en een ouderraad "
    "die twee keer per jaar meedenkt.\n\nWij vinden dat ons plan daarom meer punten verdient."
)
EXCUSE = "De brief kwam aan op het oude adres van het bestuur. Wij zagen het besluit pas toen de school het noemde."
ADMISSIBLE = "Het bezwaar is op tijd, en de aanvrager is belanghebbende (artikelen 1:2 en 6:7 Awb)."
REFUSED = (
    "Wij kregen te weinig punten om voor subsidie in aanmerking te komen. Het samenwerkingsplan met de opvang is volgens "
    "ons wel af: de afspraken staan in de bijlage die wij meestuurden."
)
ADVICE = (
    "De commissie las de bijlage en noemt die in haar advies. Zij mocht vinden dat de afspraken nog te algemeen zijn: er "
    "staat niet in wie wat doet, en wanneer. De score is begrijpelijk en zorgvuldig tot stand gekomen."
)
ANSWER = (
    "Wij nemen het advies over. De bijlage is meegewogen. Dat de commissie de afspraken te algemeen vindt, kan de score "
    "dragen. De ondergrens van 50 punten geldt voor alle aanvragen in de ronde."
)
LOWERED = (
    "De middagen vervielen door ziekte van de vakdocent. Wij zochten een vervanger en betaalden de zaalhuur door.\n\n"
    "Een verlaging met dertig procent is daarom te zwaar: de kosten gingen voor een groot deel door."
)
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
    objection = _file(lowest, moment(now, -9))
    services.acknowledge(objection, by=leader, at=moment(now, -8))
    services.assess(
        objection,
        interested=True,
        excused=True,
        judgement=JUDGED,
        by=leader,
        at=moment(now, -7),
    )
    _plan_hearing(objection, now, days=12, by=leader)
    # the worker of the demonstration reads them; the project leader looks them through
    disclosures.start_for_objection(objection, by=leader, at=moment(now, -1))
    if own is not None:
        _file(own, moment(now, -1))


def _file(
    decision: Decision, at: datetime, *, grounds: str = GROUNDS, excuse: str = EXCUSE
) -> Objection:
    """In the portal, by who wrote the application."""
    application = decision.application
    received = Received(
        party=Objection.Party.ADDRESSEE,
        name=application.created_by.full_name,
        organisation=application.board.name,
        channel=Channel.PORTAL,
        received_at=at,
        grounds=grounds,
        excuse=excuse,
        signed=True,
        with_committee=True,
    )
    return services.register_objection(decision, received, by=application.created_by, at=at)


def object_in_time(world: World, decision: Decision, now: datetime, *, grounds: str) -> None:
    """Within the term, found admissible, and heard in two weeks."""
    leader = world.person("projectleider2")
    filed = known(decision.announced_at) + timedelta(days=20)
    objection = _file(decision, filed, grounds=grounds, excuse="")
    services.acknowledge(objection, by=leader, at=filed + timedelta(days=2))
    services.assess(
        objection,
        interested=True,
        excused=False,
        judgement=ADMISSIBLE,
        by=leader,
        at=filed + timedelta(days=5),
    )
    _plan_hearing(objection, now, days=16, by=leader)


def answer_objection(world: World, decision: Decision) -> None:
    """Filed, not heard because nobody wanted to, advised on, and decided by a signer who had no part in the decision."""
    leader = world.person("projectleider2")
    start = known(decision.announced_at)
    objection = _file(decision, start + timedelta(days=12), grounds=REFUSED, excuse="")
    services.acknowledge(objection, by=leader, at=start + timedelta(days=14))
    services.assess(
        objection,
        interested=True,
        excused=False,
        judgement=ADMISSIBLE,
        by=leader,
        at=start + timedelta(days=20),
    )
    hearings.skip_hearing(
        objection,
        ground="waived",
        reason="Het bestuur liet telefonisch weten dat het geen hoorzitting wil.",
        by=leader,
        at=start + timedelta(days=30),
    )
    advised = start + timedelta(days=55)
    hearings.advise(
        objection,
        outcome="unfounded",
        advice=ADVICE,
        advised_by="mr. A. Visser, voorzitter van de adviescommissie",
        advised_on=local_date(advised),
        by=leader,
        at=advised,
    )
    answer = objection_answers.Answer(outcome="unfounded", motivation=ANSWER)
    draft = objection_answers.draft_answer(
        objection, answer, by=leader, at=advised + timedelta(days=5)
    )
    decide_act(world, draft, advised + timedelta(days=6), signer="ondertekenaar2")


def _plan_hearing(objection: Objection, now: datetime, *, days: int, by: User) -> None:
    plan = hearings.HearingPlan(
        starts_at=moment(now, days),
        place="Stadskantoor, kamer 2.14",
        file_open_from=local_date(now) + timedelta(days=2),
        chair="mr. A. Visser, voorzitter van de adviescommissie",
    )
    hearings.plan_hearing(objection, plan, by=by, at=moment(now, -2))
