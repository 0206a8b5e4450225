"""Letters about the status Plus in the demonstration world, and the proof that they arrived."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from ikc.models import PlusStatus, RoleAssignment, User
from ikc.roles import Role
from ikc.services import plus_life
from ikc.states import PlusState
from kvk2.core.deadlines import local_date
from kvk2.core.models import OutgoingMail
from monitoring.demo.people import OWN_IKC, World
from subsidies.models import PlusLetter
from subsidies.services import plus_delivery
from subsidies.services.plus_letters import draft_plus_letter, open_plus_letter, sign_plus_letter

GRANTED = (
    "Het IKC ligt in een aandachtsgebied en voldoet aan de voorwaarden van het programma."
    " Het bestuurlijk overleg heeft het voorstel besproken."
)
CONTINUED = "De situatie van het IKC is niet wezenlijk veranderd (demonstratie)."


def make_plus_letters(world: World, now: datetime) -> None:
    """A decision that the board read at once, and a message that came back and went on paper."""
    running = PlusStatus.objects.filter(state=PlusState.GRANTED).order_by("ikc__name", "pk")
    own = running.filter(ikc__brin_location=OWN_IKC).exclude(ikc__attention_area=None).first()
    if own is not None:
        _read_at_once(world, own, now - timedelta(hours=30))
    other = _of_another_board(running, own)
    if other is not None:
        _on_paper(world, other, now - timedelta(days=9))


def _of_another_board(running: QuerySet[PlusStatus], own: PlusStatus | None) -> PlusStatus | None:
    return running.exclude(ikc__board=own.ikc.board).first() if own else running.first()


def _read_at_once(world: World, status: PlusStatus, at: datetime) -> None:
    letter = _signed(world, status, GRANTED, by=world.person("ondertekenaar"), at=at)
    open_plus_letter(letter, by=_speaker(status), at=at + timedelta(hours=3))


def _on_paper(world: World, status: PlusStatus, at: datetime) -> None:
    leader = world.person("projectleider")
    plus_life.take_into_recalibration(
        status, reason="Het schoolbestuur vroeg om een tussentijdse blik (demonstratie).",
        by=leader, at=at - timedelta(days=20),
    )  # fmt: skip
    plus_life.continue_status(status, reason=CONTINUED, by=leader, at=at - timedelta(days=2))
    letter = _signed(world, status, CONTINUED, by=leader, at=at)
    address = _speaker(status).email
    plus_delivery.record_bounce(
        letter, recipient=address, note="De postbus is vol.", by=leader, at=at + timedelta(days=1)
    )
    plus_delivery.send_on_paper(
        letter, posted_on=local_date(at + timedelta(days=2)), by=leader, at=at + timedelta(days=2)
    )


def _signed(
    world: World, status: PlusStatus, motivation: str, *, by: User, at: datetime
) -> PlusLetter:
    letter = draft_plus_letter(
        status, motivation=motivation, view="", run_out="",
        by=world.person("projectleider"), at=at - timedelta(hours=5),
    )  # fmt: skip
    letter = sign_plus_letter(letter, by=by, at=at)
    notices = OutgoingMail.objects.filter(plus_letter_event__letter=letter)
    notices.update(sent_at=at + timedelta(minutes=1), attempts=1)
    return letter


def _speaker(status: PlusStatus) -> User:
    """Who speaks for the school board of the IKC."""
    roles = RoleAssignment.objects.filter(role=Role.SCHOOL_BOARD, organisation=status.ikc.board)
    return roles.select_related("user").order_by("pk")[0].user
