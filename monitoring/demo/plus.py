"""The status Plus in the demonstration world: one IKC on its way, one before the college, one in review."""

from datetime import datetime, timedelta

from ikc.models import AttentionArea, Body, Ikc, PlusStatus
from ikc.plus_conditions import LOCATION
from ikc.services import governance, ikc_life, plus, plus_life
from ikc.services.centres import IkcFacts, change_ikc
from ikc.states import ConditionOutcome
from ikc.states_governance import BodyKind
from kvk2.core.deadlines import local_date
from monitoring.demo.people import OWN_IKC, World

C = ConditionOutcome
SHORT = "De opvang zit nog in een ander gebouw. In 2027 verhuist zij naar het IKC."
PLACES = (
    "schoolplan, hoofdstuk 3",
    "verslag van de teamdag van maart",
    "activiteitenplan van dit jaar",
)


def make_plus(world: World, now: datetime) -> None:
    leader = world.person("projectleider")
    board = Ikc.objects.get(brin_location=OWN_IKC).board
    free = Ikc.objects.open_on(local_date(now)).filter(
        plus_statuses=None, plus_candidate=False, successions=None, attention_area=None
    )
    own = free.filter(board=board).order_by("name", "pk").first()
    other = free.exclude(board=board).order_by("name", "pk").first()
    if own:
        status = _check(own, world, now - timedelta(days=40))
        for condition in status.conditions.filter(code__in=["P01", "P02", "P03"]):
            plus.assess(condition, outcome=C.MET, note="", by=leader, at=now)
        short = status.conditions.get(code="P07")
        plus.assess(short, outcome=C.PARTLY, note=SHORT, by=leader, at=now)
    if other:
        _propose(_check(other, world, now - timedelta(days=70)), world, now)
    _review(world, now)


def _check(ikc: Ikc, world: World, at: datetime) -> PlusStatus:
    """In an area, a candidate, and with the first evidence."""
    leader = world.person("projectleider")
    area = AttentionArea.objects.active_on(local_date(at)).order_by("name", "pk")[0]
    if ikc.form != Ikc.Form.AREA:
        ikc_life.change_form(
            ikc, form=Ikc.Form.AREA, special_education=ikc.special_education,
            valid_from=local_date(at), source="locatieanalyse (demonstratie)", by=leader, at=at,
        )  # fmt: skip
    facts = IkcFacts(
        attention_area=area,
        founding=ikc.founding,
        extended_learning_time=ikc.extended_learning_time,
        note=ikc.note,
    )
    ikc = change_ikc(ikc, facts=facts, by=leader, at=at)
    status = plus.nominate(ikc, source="locatieanalyse (demonstratie)", by=leader, at=at)
    status = plus.check(status, by=leader, at=at + timedelta(days=5))
    director = world.directors.get(ikc.pk, world.person("directeur"))
    for condition, text in zip(
        status.conditions.exclude(code=LOCATION).order_by("code"), PLACES, strict=False
    ):
        plus.supply_evidence(
            condition, text=text, file=None, by=director, at=at + timedelta(days=10)
        )
    return status


def _propose(status: PlusStatus, world: World, now: datetime) -> None:
    """All met, discussed, and now with the college."""
    leader, at = world.person("projectleider"), now - timedelta(days=30)
    for condition in status.conditions.exclude(code=LOCATION).order_by("code"):
        plus.assess(condition, outcome=C.MET, note="", by=leader, at=at)
    body = Body.objects.filter(kind=BodyKind.BOARD_CONSULTATION).order_by("pk")[0]
    meeting = governance.plan_meeting(
        body, takes_place_on=local_date(now) - timedelta(days=14), starts_at=None, location="Stadskantoor",
        by=leader, at=at,
    )  # fmt: skip
    item = governance.add_item(
        meeting, title=f"Predicaat Plus voor {status.ikc}", purpose="discuss", explanation="",
        subject=status, by=leader, at=at,
    )  # fmt: skip
    held = now - timedelta(days=13)
    governance.hold_meeting(meeting, attendance="Iedereen was aanwezig.", by=leader, at=held)
    governance.write_minutes(
        item, outcome="discussed", minutes="De besturen steunen het voorstel.", decision="",
        action=None, by=leader, at=held,
    )  # fmt: skip
    plus.propose(status, by=leader, at=now - timedelta(days=7))


def _review(world: World, now: datetime) -> None:
    """One status is looked at again; its board may still say something."""
    leader = world.person("projectleider")
    board = Ikc.objects.get(brin_location=OWN_IKC).board
    running = (
        PlusStatus.objects.running().filter(ikc__board=board).exclude(ikc__brin_location=OWN_IKC)
    )
    status = running.order_by("ikc__name", "pk").first()
    if status is None:
        return
    plus_life.take_into_recalibration(
        status, reason="Tweejaarlijkse herijking: het gebied staat er beter voor (demonstratie).",
        by=leader, at=now - timedelta(days=10),
    )  # fmt: skip
    plus_life.announce_intent(
        status, intent="adjust", reason="De inzet van de jeugdondersteuner kan kleiner worden.",
        respond_until=local_date(now) + timedelta(days=18), by=leader, at=now - timedelta(days=3),
    )  # fmt: skip
