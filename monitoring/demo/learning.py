"""Two practice cards that every IKC finds, who does it too, a question, and a training and a visit around them."""

from datetime import datetime, time, timedelta

from ikc.models import Ikc
from kvk2.core.deadlines import AMSTERDAM, local_date
from monitoring.demo.people import World
from monitoring.models import Action, Practice
from monitoring.services import learning, learning_meetings
from monitoring.states_pdca import AgeGroup, Effect

# Per effect: who it was for, what it took.
TOLD = {
    Effect.WORKS: (
        "Eerst thuis langs, dan pas het formulier",
        "gezinnen met een peuter die nog niet bij ons kwam",
        AgeGroup.TODDLERS,
        "Twee dagdelen per week, een halfjaar lang, van een pedagogisch medewerker. De wijkverpleegkundige belde eerst.",
    ),
    Effect.PARTLY: (
        "Eén overleg voor school en opvang, met een vaste agenda",
        "leerkrachten en pedagogisch medewerkers",
        AgeGroup.ADULTS,
        "Een uur per maand voor het hele team. De opvang kreeg die uren van de houder vergoed.",
    ),
}
QUESTION = "Hoe vond u de ouders die nog nergens stonden ingeschreven?"
ANSWER = "Via de wijkverpleegkundige en via ouders die al kwamen. Zij namen hun buren mee."


def make_learning(world: World, now: datetime) -> None:
    """Cards of two different actions that somebody else found to work, shared last winter."""
    cards = [
        card
        for effect in (Effect.WORKS, Effect.PARTLY)
        if (card := _share(world, effect, now - timedelta(days=90)))
    ]
    if not cards:
        return
    _follow(world, cards, now)
    leader, today = world.person("projectleider"), local_date(now)
    for days, kind, title, places in (
        (18, "training", "Training: in gesprek bij ouders thuis", 16),
        (39, "visit", "Kijken bij een IKC dat het al doet", 8),
    ):
        meeting = learning_meetings.plan_meeting(
            learning_meetings.NewMeeting(
                title=title,
                kind=kind,
                takes_place_on=today + timedelta(days=days),
                starts_at=time(14),
                location="Stadskantoor, zaal 2" if kind == "training" else str(cards[0].ikc),
                about="U hoort van collega’s wat zij deden, wat het vroeg en wat zij anders zouden doen. "
                "Daarna oefent u in kleine groepen.",
                places=places,
            ),
            practices=cards[:1],
            by=leader,
            at=now,
        )
        for person in list(world.directors.values())[: places // 2]:
            learning_meetings.sign_up(meeting, by=person, at=now)


def _share(world: World, effect: Effect, at: datetime) -> Practice | None:
    action = (
        Action.objects.filter(effect=effect, practice=None)
        .select_related("conclusion__result__goal", "conclusion__of_return__agreement")
        .order_by("-effect_on", "pk")
        .first()
    )
    if action is None:
        return None
    title, for_whom, age, took = TOLD[effect]
    director = world.directors[action.conclusion.of_return.agreement.ikc_id]
    card = learning.Card(
        title=title,
        what=action.result,
        for_whom=for_whom,
        age_group=age,
        took=took,
        seen=action.effect_note,
        goal=action.conclusion.result.goal,
    )
    practice = learning.write_card(action, card, by=director, at=at)
    learning.move_card(practice, "agree", by=director, at=at + timedelta(days=2))
    return learning.move_card(
        practice, "publish", by=world.person("projectleider"), at=at + timedelta(days=5)
    )


def _follow(world: World, cards: list[Practice], now: datetime) -> None:
    others = list(
        Ikc.objects.filter(pk__in=world.directors).exclude(pk=cards[0].ikc_id).order_by("pk")[:4]
    )
    at = datetime.combine(local_date(now) - timedelta(days=30), time(11), AMSTERDAM)
    for ikc in others[:3]:
        learning.do_it_too(cards[0], ikc, by=world.directors[ikc.pk], at=at)
    question = learning.ask(cards[0], QUESTION, by=world.directors[others[3].pk], at=at)
    learning.answer(question, ANSWER, by=world.directors[cards[0].ikc_id], at=now)
